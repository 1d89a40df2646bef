"""What can be chosen: models, optimisers, losses, metrics and callbacks, each with its settings."""

from __future__ import annotations

from fitstudio.spec.catalogue_callbacks import CALLBACKS
from fitstudio.spec.catalogue_losses import LOSSES
from fitstudio.spec.catalogue_metrics import METRICS
from fitstudio.spec.catalogue_models import MODELS
from fitstudio.spec.catalogue_optimizers import OPTIMIZERS

__all__ = ["CALLBACKS", "LOSSES", "METRICS", "MODELS", "OPTIMIZERS"]
