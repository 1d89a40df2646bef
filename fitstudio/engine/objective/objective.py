"""What compile() asked for (losses, weights, metrics), tied to the outputs of the model.

Who owns what: `Objective` knows which loss and metrics belong to which output, and holds the
running sums of an epoch. `losses.Loss` and `metrics.Metric` know their formulas. `TrainStep` and
`Evaluation` call ``losses`` and ``update`` batch by batch; the loop reads `read` when somebody
looks at the logs.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine import losses as loss_kinds
from fitstudio.engine import metrics as metric_kinds
from fitstudio.engine.losses import Loss, Reduction, TorchLoss, hinge, squared_hinge
from fitstudio.engine.metrics import Metric, TorchMetric
from fitstudio.engine.metrics.base import accumulator_dtype
from fitstudio.engine.objective.alignment import aligned, check_ranks
from fitstudio.engine.objective.as_given import (
    is_nested,
    is_settings,
    leaves,
    metrics_for,
    weights_for,
)
from fitstudio.engine.objective.first_batch import blamed, check_classes, check_probability
from fitstudio.engine.objective.output_metric import OutputMetric, own_sums
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.errors import ArgumentError
from fitstudio.words import say

Targets = tuple[Tensor | None, ...]
Weights = tuple[Tensor | None, ...]


# Whether targets are 0 and 1 or -1 and 1 is seen from all of a batch.
_LOOK_AT_THE_BATCH = (hinge, squared_hinge)


class Objective:
    """The losses and metrics of a compiled model.

    Args:
        loss: As compile() takes it: one for all outputs, or a list or dict per output.
        metrics: One flat list for all outputs, or a list of lists or a dict per output.
        weighted_metrics: The same; sample weights and class weights count in these.
        loss_weights: Factors of the outputs' losses in the total, a list or a dict.

    Raises:
        ArgumentError: If a loss or a metric has a name that does not exist.
    """

    def __init__(
        self,
        loss: Any,
        metrics: Any = None,
        weighted_metrics: Any = None,
        loss_weights: Any = None,
    ) -> None:
        #: The loss as it was given.
        self.given_loss = loss
        self._loss, self._loss_weights = loss, loss_weights
        self._metrics, self._weighted_metrics = metrics, weighted_metrics
        for each in leaves(loss, is_settings):
            loss_kinds.get(each)
        for each in [*leaves(metrics, is_settings), *leaves(weighted_metrics, is_settings)]:
            metric_kinds.get(each)
        self.form: OutputForm | None = None
        #: Whether the metrics are made too.
        self.is_bound = False
        #: Per output its loss, or None if it takes no part in training.
        self.output_losses: tuple[Loss | None, ...] = ()
        self.output_weights: tuple[float, ...] = ()
        #: Names of what `losses` returns: "loss", then per output where there are several.
        self.loss_names: tuple[str, ...] = ()
        self.metrics: tuple[OutputMetric, ...] = ()
        self.metric_names: tuple[str, ...] = ()
        #: The losses of the batches so far, each times the batch's rows, in double precision.
        self.totals = torch.zeros(1)
        self.rows = 0

    @property
    def has_loss(self) -> bool:
        """Whether there is anything to minimise."""
        return any(each is not None for each in leaves(self._loss, is_settings))

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of the logs, in the order of the history."""
        return self.loss_names + self.metric_names

    def names_for_one_output(self) -> tuple[str, ...]:
        """The keys of the logs for a model with one output, before it is tied to one."""
        names = ["loss"]
        for prefix, given in (("", self._metrics), ("weighted_", self._weighted_metrics)):
            for identifier in leaves(given, is_settings):
                name = metric_kinds.get(identifier).name
                names.append(prefix + name if name in names else name)
        return tuple(names)

    # -- ties to the outputs

    def bind_losses(self, form: OutputForm) -> None:
        """Assigns losses and their weights to outputs.

        Raises:
            ArgumentError: If a loss is meant for an output that does not exist.
        """
        if is_nested(self._loss) and not is_settings(self._loss):
            chosen = form.assign("loss", self._loss)
        else:
            chosen = (self._loss,) * len(form.names)
        self.output_losses = tuple(
            None if each is None else loss_kinds.get(each) for each in chosen
        )
        self.output_weights = weights_for(form, self._loss_weights)
        trained = [
            name
            for name, loss in zip(form.names, self.output_losses, strict=True)
            if loss is not None
        ]
        per_output = [f"{name}_loss" for name in trained] if len(form.names) > 1 else []
        self.loss_names = ("loss", *per_output)
        self.form = form

    def bind_metrics(self, outputs: Sequence[Tensor], targets: Targets, weights: Weights) -> None:
        """Makes the metrics, now that the shapes tell what "accuracy" means, and names them.

        The shapes also tell how many sums a metric needs that has some for each column.

        Raises:
            ArgumentError: If two of them would have the same name.
        """
        form = self.form
        assert form is not None, "bind_losses comes first"
        plain = metrics_for(form, "metrics", self._metrics)
        weighted = metrics_for(form, "weighted_metrics", self._weighted_metrics)
        bound: list[OutputMetric] = []
        names: list[str] = []
        used: set[int] = set()
        for index, output in enumerate(outputs):
            target = targets[index]
            shapes = {
                "output_shape": tuple(output.shape),
                "target_shape": None if target is None else tuple(target.shape),
            }
            prefix = f"{form.names[index]}_" if len(form.names) > 1 else ""
            for counts_weights, identifiers in ((False, plain[index]), (True, weighted[index])):
                for identifier in identifiers:
                    metric = metric_kinds.get(identifier, **shapes)
                    if id(metric) in used:
                        metric = metric_kinds.copy_of(metric)
                    used.add(id(metric))
                    name = prefix + metric.name
                    if counts_weights and name in names:
                        name = f"{prefix}weighted_{metric.name}"
                    if name in names or name in self.loss_names:
                        raise _named_twice(name)
                    names.append(name)
                    bound.append(OutputMetric(index, metric, counts_weights))
        self.metrics, self.metric_names = tuple(bound), tuple(names)
        self.totals = self._empty_totals(outputs[0].device)
        self.rows = 0
        for each in bound:
            target, output = targets[each.output], outputs[each.output]
            if target is not None:
                weight = weights[each.output] if each.weighted else None
                each.metric.learn_shapes(*_given_to(each.metric, target, output, weight))
            each.metric.place(output.device)
            each.metric.start_again()
        self.is_bound = True

    def place(self, device: torch.device) -> None:
        """Moves the running sums to where the outputs are; the module may have been moved."""
        if self.totals.device == device:
            return
        self.totals = self.totals.to(accumulator_dtype(device)).to(device)
        for each in self.metrics:
            each.metric.place(device)

    def unbind(self) -> None:
        """Forgets the outputs, when the first batch turned out not to fit."""
        self.form, self.is_bound = None, False
        self.metrics, self.metric_names, self.loss_names = (), (), ()

    def twin(self) -> Objective:
        """The same with running sums of its own: validation does not disturb the epoch's."""
        other = copy.copy(self)
        other.metrics = tuple(
            OutputMetric(each.output, own_sums(each.metric), each.weighted) for each in self.metrics
        )
        other.totals, other.rows = self._empty_totals(self.totals.device), 0
        for each in other.metrics:
            # Now: sums that first appear in inference mode could not be reset outside of it.
            each.metric.place(other.totals.device)
            each.metric.start_again()
        return other

    # -- batch by batch

    def flatten(self, returned: Any) -> tuple[Tensor, ...]:
        """The module's return value as tensors in output order."""
        assert self.form is not None, "bind_losses comes first"
        return self.form.flatten(returned)

    def losses(
        self, outputs: Sequence[Tensor], targets: Targets, weights: Weights
    ) -> tuple[Tensor, ...]:
        """The batch's losses: the weighted total, then one per output if there are several.

        A pure function of tensors, so that a step may be traced.
        """
        parts = [
            (factor, _batch_mean(loss(*_given_to(loss, target, output, weight), weight)))
            for loss, factor, output, target, weight in zip(
                self.output_losses, self.output_weights, outputs, targets, weights, strict=True
            )
            if loss is not None and target is not None
        ]
        total: Tensor | None = None
        for factor, value in parts:
            value = value if factor == 1.0 else value * factor
            total = value if total is None else total + value
        assert total is not None, "an objective without any loss is refused before"
        if len(self.loss_names) == 1:
            return (total,)
        return (total, *(value for _, value in parts))

    def try_losses(self, outputs: Sequence[Tensor], targets: Targets, weights: Weights) -> None:
        """Computes the losses of a first batch, to see whether they can be.

        Raises:
            ArgumentError: If shapes or values do not suit a loss.
        """
        assert self.form is not None, "bind_losses comes first"
        for name, loss, output, target, weight in zip(
            self.form.names, self.output_losses, outputs, targets, weights, strict=True
        ):
            if loss is None or target is None:
                continue
            with blamed(say("The loss {loss}", loss=repr(loss.name)), name, output, target, weight):
                if not isinstance(loss, TorchLoss):
                    check_ranks(name, target, output)
                    check_classes(loss, target, output)
                    check_probability(loss, output)
                loss(*_given_to(loss, target, output, weight), weight)

    def try_metrics(self, outputs: Sequence[Tensor], targets: Targets, weights: Weights) -> None:
        """Computes the metrics of a first batch, on sums of their own, to see whether they can be.

        Raises:
            ArgumentError: If shapes or values do not suit a metric.
        """
        assert self.form is not None, "bind_losses comes first"
        for name, each in zip(self.metric_names, self.twin().metrics, strict=True):
            target, output = targets[each.output], outputs[each.output]
            if target is None:
                continue
            weight = weights[each.output] if each.weighted else None
            output_name = self.form.names[each.output]
            with blamed(
                say("The metric {name}", name=repr(name)), output_name, output, target, weight
            ):
                if not isinstance(each.metric, TorchMetric):
                    check_ranks(output_name, target, output)
                pair = _given_to(each.metric, target, output, weight)
                each.metric.check(*pair)
                each.metric.add_batch(*pair, weight)
                each.metric.result()

    def update(
        self,
        losses: Sequence[Tensor],
        outputs: Sequence[Tensor],
        targets: Targets,
        weights: Weights,
        rows: int,
    ) -> None:
        """Adds a batch to the running sums. Nothing here waits for the device."""
        if len(losses) == 1:
            self.totals.add_(losses[0], alpha=rows)
        else:
            self.totals.add_(torch.stack(tuple(losses)), alpha=rows)
        self.rows += rows
        for each in self.metrics:
            target = targets[each.output]
            if target is not None:
                weight = weights[each.output] if each.weighted else None
                pair = _given_to(each.metric, target, outputs[each.output], weight)
                each.metric.add_batch(*pair, weight)

    @property
    def averages_rows(self) -> bool:
        """Whether all losses and metrics treat rows one by one, however they are put into batches.

        Our own do; a function of somebody else's may look at the batch as a whole.
        """
        losses = [each for each in self.output_losses if each is not None]
        metrics = [each.metric for each in self.metrics]
        functions = [getattr(each, "function", each) for each in (*losses, *metrics)]
        ours = all(
            type(each).__module__.startswith("fitstudio.") and not isinstance(each, TorchMetric)
            for each in (*losses, *metrics)
        )
        return (
            ours
            and all(
                each.reduction in (Reduction.AUTO, Reduction.SUM_OVER_BATCH_SIZE)
                and not isinstance(each, TorchLoss)
                for each in losses
            )
            and all(getattr(each, "__module__", "").startswith("fitstudio.") for each in functions)
            and not any(each in _LOOK_AT_THE_BATCH for each in functions)
        )

    def reset(self) -> None:
        """Forgets all batches."""
        self.totals.zero_()
        self.rows = 0
        for each in self.metrics:
            each.metric.start_again()

    def read(self) -> dict[str, Tensor]:
        """The means over the batches so far, as tensors on the device."""
        means = self.totals / max(self.rows, 1)
        results = {name: means[index] for index, name in enumerate(self.loss_names)}
        for name, each in zip(self.metric_names, self.metrics, strict=True):
            results[name] = torch.as_tensor(each.metric.result())
        return results

    def sums(self) -> list[Tensor]:
        """The tensors that hold the running sums."""
        return [self.totals, *(s for each in self.metrics for s in each.metric.state.values())]

    # -- for a checkpoint in the middle of an epoch

    def running_state(self) -> dict[str, Any]:
        """The running sums."""
        sums = [dict(each.metric.state) for each in self.metrics]
        return {"totals": self.totals, "rows": self.rows, "metrics": sums}

    def load_running_state(self, state: Mapping[str, Any]) -> None:
        """Puts the running sums back."""
        self.totals.copy_(state["totals"])
        self.rows = int(state["rows"])
        for each, sums in zip(self.metrics, state["metrics"], strict=True):
            each.metric.place(self.totals.device)
            for name, value in sums.items():
                each.metric.state[name].copy_(value)

    # -- details

    def _empty_totals(self, device: torch.device) -> Tensor:
        dtype = accumulator_dtype(device)
        return torch.zeros(len(self.loss_names), dtype=dtype, device=device)


def _given_to(
    part: Loss | Metric, target: Tensor, output: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Target and output as a loss or metric gets them; torch's own pair them by torch's rules."""
    if isinstance(part, (TorchLoss, TorchMetric)):
        return target, output
    return aligned(target, output, weight)


def _batch_mean(value: Tensor) -> Tensor:
    """One number, also for a loss with reduction "none".

    For that one the reference reports the mean, but goes down the gradient of the sum.
    """
    if value.ndim == 0:
        return value
    total = value.sum()
    return value.mean().detach() + (total - total.detach())


def _named_twice(name: str) -> ArgumentError:
    return ArgumentError(
        say("Two metrics are called {name}: the history needs a name for each.", name=repr(name)),
        code="compile.metric-twice",
        remedy=say("Leave one out, or give it another name."),
    )
