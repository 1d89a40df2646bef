"""What can be chosen: models, optimisers, losses, metrics and callbacks, each with its settings."""

from __future__ import annotations

from fitstudio.declared.catalogue.callbacks import CALLBACKS
from fitstudio.declared.catalogue.losses import LOSSES
from fitstudio.declared.catalogue.metrics import METRICS
from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.catalogue.optimizers import OPTIMIZERS

__all__ = ["CALLBACKS", "LOSSES", "METRICS", "MODELS", "OPTIMIZERS"]
