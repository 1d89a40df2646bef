"""What scripts for TF 2.1 say in other words: arguments of compile(), and methods beside fit()."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from fitstudio.engine import metrics as metric_kinds
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.model_state import ModelState
from fitstudio.errors import ArgumentError
from fitstudio.words import marked, say, say_marked

#: Arguments of compile() in TF 2.1 and later that change speed only: any value will do.
_OF_SPEED = frozenset(
    {"run_eagerly", "experimental_run_tf_function", "jit_compile", "steps_per_execution"}
)
#: Arguments that would change what is computed: only None will do.
_REFUSED = {
    "target_tensors": marked("Pass the targets to fit() as y."),
    "distribute": marked("Training runs on one device: the one that the module is on."),
}
_MODES = (None, "temporal", "samplewise")


def check_other_compile_arguments(others: Mapping[str, Any]) -> None:
    """Accepts arguments that change no number, and refuses the rest.

    Raises:
        ArgumentError: If one would have to do something.
        TypeError: If there is no such argument.
    """
    for name, value in others.items():
        if name in _OF_SPEED:
            continue
        if name not in _REFUSED:
            raise TypeError(f"compile() got an unexpected keyword argument {name!r}")
        if value is not None:
            raise ArgumentError(
                say(
                    "compile() does not take {name} here; {kind} was given.",
                    name=name,
                    kind=type(value).__name__,
                ),
                code=f"compile.{name}",
                remedy=say_marked(_REFUSED[name]),
            )


def told_apart(weighted_metrics: Any, sample_weight_mode: Any) -> tuple[Any, Any]:
    """The two in this order, whichever place they were given at.

    In TF 2.1 the fifth argument of compile() is sample_weight_mode, in later versions it is
    weighted_metrics. What can only be the one is taken for it.
    """
    is_mode = weighted_metrics is not None and _is_mode(weighted_metrics)
    is_metrics = sample_weight_mode is not None and not _is_mode(sample_weight_mode)
    if is_mode and (sample_weight_mode is None or is_metrics):
        return sample_weight_mode, weighted_metrics
    return weighted_metrics, sample_weight_mode


def _is_mode(value: Any) -> bool:
    if isinstance(value, Mapping):
        value = list(value.values())
    each_is = [
        each is None or (isinstance(each, str) and each in _MODES)
        for each in (value if isinstance(value, (list, tuple)) else [value])
    ]
    return bool(each_is) and all(each_is)


class OlderKeras(ModelState):
    """Methods and attributes of the reference's models that fit(), evaluate() and predict() need
    not have, for scripts and notebooks that use them."""

    fit: Callable[..., History]
    evaluate: Callable[..., Any]
    predict: Callable[..., Any]

    def __call__(self, *inputs: Any) -> Any:
        """What the module returns for a batch, as tensors with gradients, in its present mode."""
        self._binding.look()
        x: Any = inputs[0] if len(inputs) == 1 else list(inputs)
        return self.module(*self._binding.inputs_of((x,)))

    @property
    def loss(self) -> Any:
        """The loss as compile() got it."""
        return None if self._objective is None else self._objective.given_loss

    @property
    def metrics(self) -> list[metric_kinds.Metric]:
        """The metrics as objects, known after the first fit or evaluate."""
        return [] if self._objective is None else [each.metric for each in self._objective.metrics]

    @property
    def metrics_names(self) -> list[str]:
        """The names in the logs.

        Before the first fit or evaluate the outputs are not known, and it is assumed that there is
        one.
        """
        if self._objective is None:
            return []
        return list(self._objective.names or self._objective.names_for_one_output())

    def reset_metrics(self) -> None:
        """Forgets all batches in the running sums of loss and metrics."""
        if self._objective is not None:
            self._objective.reset()

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], Any] | None = None,
    ) -> None:
        """Prints the module's layers and how many numbers each learns.

        Args:
            line_length: Width of the table; 65 if not given.
            positions: Accepted for the reference's sake.
            print_fn: Called with each line in place of print.
        """
        show, width = print_fn or print, line_length or 65
        show(f"Model: {type(self.module).__name__}")
        show("_" * width)
        show(f"{'Layer (type)':<{width - 16}}{'Param #':<16}")
        show("=" * width)
        layers = list(self.module.named_children()) or [("", self.module)]
        for name, layer in layers:
            count = sum(each.numel() for each in layer.parameters())
            show(f"{f'{name} ({type(layer).__name__})':<{width - 16}}{count:<16,}")
        show("=" * width)
        own: list[Tensor] = list(self.module.parameters())
        learned = sum(each.numel() for each in own if each.requires_grad)
        total = sum(each.numel() for each in own)
        for what, count in (
            ("Total", total),
            ("Trainable", learned),
            ("Non-trainable", total - learned),
        ):
            show(f"{what} params: {count:,}")
        show("_" * width)

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: Any = None,
        epochs: int = 1,
        verbose: int | str = 1,
        callbacks: Any = None,
        validation_data: Any = None,
        validation_steps: Any = None,
        validation_freq: Any = 1,
        class_weight: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        shuffle: bool | str = True,
        initial_epoch: int = 0,
    ) -> History:
        """`fit` on a generator or Sequence, which takes them too."""
        return self.fit(
            generator,
            steps_per_epoch=steps_per_epoch,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
        )

    def evaluate_generator(
        self,
        generator: Any,
        steps: Any = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int | str = 0,
    ) -> Any:
        """`evaluate` on a generator or Sequence, which takes them too."""
        return self.evaluate(
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
        )

    def predict_generator(
        self,
        generator: Any,
        steps: Any = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int | str = 0,
    ) -> Any:
        """`predict` on a generator or Sequence, which takes them too."""
        return self.predict(
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
        )
