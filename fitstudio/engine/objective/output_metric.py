"""A metric of one output of the model, and copies of it with sums of their own."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from fitstudio.engine import metrics as metric_kinds
from fitstudio.engine.metrics import Metric, TorchMetric


@dataclass(frozen=True, slots=True)
class OutputMetric:
    """A metric, the number of the output it watches, and whether sample weights count."""

    output: int
    metric: Metric
    weighted: bool


def own_sums(metric: Metric) -> Metric:
    """A copy of a metric whose running sums are its own."""
    return (
        copy.deepcopy(metric) if isinstance(metric, TorchMetric) else metric_kinds.copy_of(metric)
    )
