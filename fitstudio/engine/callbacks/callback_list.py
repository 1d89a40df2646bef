"""Calls the hooks of several callbacks in order, and skips work that no callback wants."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from fitstudio.engine.callbacks.callback import Callback
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.logging import LambdaCallback
from fitstudio.engine.callbacks.progress import ProgbarLogger
from fitstudio.engine.callbacks.watched_model import WatchedModel
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class CallbackList:
    """The callbacks of one fit, evaluate or predict call.

    Args:
        callbacks: A callback, or a list of them.
        add_history: Add a `History` at the end unless there is one.
        add_progbar: Add a `ProgbarLogger` at the end unless there is one.
        model: The model they watch.
        params: ``verbose``, ``epochs`` and ``steps``.

    Raises:
        ArgumentError: If something in the list is no callback.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: WatchedModel | None = None,
        **params: Any,
    ) -> None:
        self.params: dict[str, Any] = params
        self.callbacks: list[Any] = list(_flattened(callbacks))
        for callback in self.callbacks:
            _check(callback)
        found = [each for each in self.callbacks if isinstance(each, History)]
        self.history = found[-1] if found else None
        if self.history is None and add_history:
            self.history = History()
            self.callbacks.append(self.history)
        self.callbacks = _in_order(self.callbacks)
        if add_progbar and not any(isinstance(each, ProgbarLogger) for each in self.callbacks):
            self.callbacks.append(ProgbarLogger(count_mode="steps"))
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)
        self._train_batch_begin = self._overriding("on_train_batch_begin", "on_batch_begin")
        self._train_batch_end = self._overriding("on_train_batch_end", "on_batch_end")
        self._test_batch_begin = self._overriding("on_test_batch_begin")
        self._test_batch_end = self._overriding("on_test_batch_end")
        self._predict_batch_begin = self._overriding("on_predict_batch_begin")
        self._predict_batch_end = self._overriding("on_predict_batch_end")
        #: Whether code that is not ours runs between batches, and may change the model there.
        self.has_foreign_batch_hooks = any(
            not type(each).__module__.startswith("fitstudio.") or isinstance(each, LambdaCallback)
            for each in (*self._train_batch_begin, *self._train_batch_end)
        )
        self.loss_listeners = [
            each for each in self.callbacks if callable(getattr(each, "on_batch_losses", None))
        ]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.callbacks)

    def append(self, callback: Any) -> None:
        """Adds a callback at the end."""
        _check(callback)
        self.__init__([*self.callbacks, callback])

    def set_params(self, params: dict[str, Any]) -> None:
        """Hands the call's parameters to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: WatchedModel) -> None:
        """Hands the model to every callback, and the history to the model."""
        self.model = model
        if self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    # Whether a hook of every batch has anything to do: if not, the loop does not call it.

    @property
    def watches_train_batches(self) -> bool:
        """Whether any callback has a hook for batches of training; else the loop calls none."""
        return bool(self._train_batch_begin or self._train_batch_end)

    @property
    def watches_test_batches(self) -> bool:
        """Whether any callback has a hook for single batches of an evaluation."""
        return bool(self._test_batch_begin or self._test_batch_end)

    @property
    def takes_large_test_batches(self) -> bool:
        """Whether nobody needs to hear of each single test batch."""
        return all(
            getattr(each, "takes_large_test_batches", False)
            for each in (*self._test_batch_begin, *self._test_batch_end)
        )

    @property
    def watches_predict_batches(self) -> bool:
        """Whether any callback has a hook for single batches of a prediction."""
        return bool(self._predict_batch_begin or self._predict_batch_end)

    # -- hooks

    def on_train_begin(self, logs: Any = None) -> None:
        """Calls the hook of every callback; no logs are an empty dict, as for all hooks here."""
        for callback in self.callbacks:
            callback.on_train_begin({} if logs is None else logs)

    def on_train_end(self, logs: Any = None) -> None:
        """Calls the hook of every callback."""
        for callback in self.callbacks:
            callback.on_train_end({} if logs is None else logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Calls the hook of every callback; epochs count from 0."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, {} if logs is None else logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Calls every callback's hook with one dict of logs: what one adds, the next ones see."""
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook; batches count from 0 in each epoch."""
        for callback in self._train_batch_begin:
            callback.on_train_batch_begin(batch, {} if logs is None else logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook, with the means of the epoch so far."""
        for callback in self._train_batch_end:
            callback.on_train_batch_end(batch, {} if logs is None else logs)

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """The older name of `on_train_batch_begin`."""
        self.on_train_batch_begin(batch, logs)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The older name of `on_train_batch_end`."""
        self.on_train_batch_end(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """Calls the hook of every callback; also before the validation of an epoch."""
        for callback in self.callbacks:
            callback.on_test_begin({} if logs is None else logs)

    def on_test_end(self, logs: Any = None) -> None:
        """Calls the hook of every callback, with loss and metrics."""
        for callback in self.callbacks:
            callback.on_test_end({} if logs is None else logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook."""
        for callback in self._test_batch_begin:
            callback.on_test_batch_begin(batch, {} if logs is None else logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook, with the means so far."""
        for callback in self._test_batch_end:
            callback.on_test_batch_end(batch, {} if logs is None else logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        """Calls the hook of every callback."""
        for callback in self.callbacks:
            callback.on_predict_begin({} if logs is None else logs)

    def on_predict_end(self, logs: Any = None) -> None:
        """Calls the hook of every callback."""
        for callback in self.callbacks:
            callback.on_predict_end({} if logs is None else logs)

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook."""
        for callback in self._predict_batch_begin:
            callback.on_predict_batch_begin(batch, {} if logs is None else logs)

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Calls the callbacks that have this hook, with the batch's outputs."""
        for callback in self._predict_batch_end:
            callback.on_predict_batch_end(batch, {} if logs is None else logs)

    # -- for checkpoints

    def get_states(self) -> list[dict[str, Any]]:
        """Every callback's state, with its class's name and its identity, in order."""
        return [
            {"class": type(each).__name__, "identity": _identity(each), "state": each.get_state()}
            for each in self.callbacks
            if hasattr(each, "get_state")
        ]

    def set_states(self, states: list[dict[str, Any]]) -> None:
        """Hands each state back to the callback that it came from; others start afresh.

        The list may have changed meanwhile: it is the class and the identity that count, and the
        order among those that agree in both.
        """
        waiting = list(states)
        for callback in self.callbacks:
            if not hasattr(callback, "set_state"):
                continue
            mine = (type(callback).__name__, _identity(callback))
            for index, saved in enumerate(waiting):
                # A state of an earlier version has no identity: there the order alone counts.
                if (saved["class"], saved.get("identity", mine[1])) == mine:
                    callback.set_state(waiting.pop(index)["state"])
                    break

    def _overriding(self, *hooks: str) -> list[Any]:
        return [
            each for each in self.callbacks if any(_is_overridden(each, hook) for hook in hooks)
        ]


def _in_order(callbacks: list[Any]) -> list[Any]:
    """The callbacks, with one that saves the others' state behind the last that has any.

    Wherever it stands in the list, what it saves after an epoch must be what all of them know after
    that epoch, and what it puts back must not be put back before they begin.
    """
    ordered = list(callbacks)
    for saver in [each for each in callbacks if getattr(each, "saves_other_callbacks", False)]:
        place = ordered.index(saver)
        last = max((i for i, each in enumerate(ordered) if _has_state(each)), default=0)
        if last > place:
            ordered.insert(last, ordered.pop(place))
    return ordered


def _has_state(callback: Any) -> bool:
    # What the history holds is no part of such a backup: fit() returns a new one.
    own = getattr(type(callback), "get_state", Callback.get_state)
    return own is not Callback.get_state and not isinstance(callback, History)


def _identity(callback: Any) -> str:
    identity = getattr(callback, "identity", None)
    return str(identity()) if callable(identity) else ""


def _is_overridden(callback: Any, hook: str) -> bool:
    if hook in getattr(callback, "__dict__", {}):  # set on the object, as LambdaCallback does
        return True
    own = getattr(type(callback), hook, None)
    return own is not None and own is not getattr(Callback, hook)


def _flattened(callbacks: Any) -> Iterator[Any]:
    if callbacks is None:
        return
    if isinstance(callbacks, (list, tuple)):
        for each in callbacks:
            if each is None:
                # A helper that was to be made and was not: training without it is no small thing.
                raise ArgumentError(
                    say("callbacks holds None, which is no callback."),
                    code="fit.callbacks",
                    remedy=say("Leave it out; callbacks=None is for none at all."),
                )
            yield from _flattened(each)
    else:
        yield callbacks


def _check(callback: Any) -> None:
    if inspect.isclass(callback):
        raise ArgumentError(
            say(
                "callbacks holds the class {callback}, not an object of it.",
                callback=callback.__name__,
            ),
            code="fit.callbacks",
            remedy=say("Write {callback}().", callback=callback.__name__),
        )
    missing = [
        name
        for name in ("set_model", "set_params", "on_train_begin", "on_epoch_end", "on_train_end")
        if not callable(getattr(callback, name, None))
    ]
    if missing:
        raise ArgumentError(
            say(
                "callbacks holds {callback}, which is no callback: it has no {missing}().",
                callback=repr(callback),
                missing=missing[0],
            ),
            code="fit.callbacks",
            remedy=say("Derive it from fitstudio.callbacks.Callback."),
        )
