"""Reading ahead: overlap, order, depth, errors, and that nothing is left behind."""

from __future__ import annotations

import itertools
import os
import threading
import time
import traceback

import numpy as np
import pytest
import torch
from torch import nn

from fitstudio import Model, callbacks
from fitstudio.engine.feeding.prefetch import Prefetcher, puller
from fitstudio.errors import ArgumentError, WorkerError
from tests.unit.engine.slow_sources import Failing, Numbered, Unsendable, Vanishing, WithLock


@pytest.fixture(autouse=True)
def _nothing_left_behind():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 240
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < deadline, f"threads are left: {left}"
        time.sleep(0.01)


def eventually(condition) -> None:
    """Waits as long as a busy machine may need."""
    deadline = time.monotonic() + 240
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert condition()


def square(ticket: int) -> int:
    time.sleep(0.002 * (ticket % 3))
    return ticket * ticket


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("depth", [1, 3, 50])
def test_order_is_kept(workers, depth):
    found = list(Prefetcher([square] * workers, range(30), depth))
    assert found == [number * number for number in range(30)]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_depth_is_respected(depth):
    made: list[int] = []
    ahead = Prefetcher([made.append] * 3, itertools.count(), depth)
    fetched = 0
    for _ in range(5):
        eventually(lambda most=fetched + depth: len(made) >= most)
        time.sleep(0.01)
        assert len(made) == fetched + depth
        next(ahead)
        fetched += 1
    ahead.close()
    assert len(made) <= fetched + depth


def test_making_overlaps_with_using():
    made: list[int] = []
    for used in Prefetcher([lambda ticket: made.append(ticket) or ticket], range(10), 2):
        # While one is in use, the next is made.
        eventually(lambda after=used + 1: after in made or after == 10)
    assert made == list(range(10))


def test_several_workers_share_the_work():
    # Nobody passes before all four work at once.
    together = threading.Barrier(4)
    list(Prefetcher([lambda _: together.wait(timeout=240)] * 4, range(20), 8))
    assert not together.broken


def test_an_error_comes_in_its_place_with_its_own_traceback():
    def fails_at_three(ticket: int) -> int:
        if ticket == 3:
            raise LookupError("three")
        return ticket

    ahead = Prefetcher([fails_at_three] * 2, range(9), 4)
    assert [next(ahead) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(LookupError, match="three") as caught:
        next(ahead)
    assert "fails_at_three" in "".join(traceback.format_tb(caught.value.__traceback__))


def test_what_is_made_and_not_fetched_is_given_back():
    source = iter(range(10))
    ahead = Prefetcher([puller(source)], itertools.count(), 4)
    assert next(ahead) == 0
    eventually(lambda: source.__length_hint__() == 5)
    assert ahead.close() == [1, 2, 3, 4]


def test_a_worker_that_is_busy_is_waited_for_but_the_rest_is_not_made():
    made = []

    def slow(ticket: int) -> None:
        time.sleep(0.05)
        made.append(ticket)

    ahead = Prefetcher([slow], range(100), 10)
    ahead.close()
    assert len(made) <= 1


# -- in fit()


def make_model() -> Model:
    torch.manual_seed(0)
    model = Model(nn.Linear(3, 1))
    model.compile("sgd", "mse")
    return model


class FirstValues(callbacks.Callback):
    """Notes the first number of every batch that the model is trained on."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.seen: list[list[int]] = []
        model.module.register_forward_pre_hook(self._note)

    def on_train_batch_begin(self, batch, logs=None):
        self.listening = True

    def on_train_batch_end(self, batch, logs=None):
        self.listening = False

    def on_epoch_begin(self, epoch, logs=None):
        self.seen.append([])

    listening = False

    def _note(self, module, inputs):
        if self.listening:
            self.seen[-1].append(int(inputs[0][0, 0]))


@pytest.mark.parametrize("use_multiprocessing", [False, True])
def test_a_sequence_in_order_as_it_is_in_each_epoch(use_multiprocessing):
    model = make_model()
    watch = FirstValues(model)
    model.fit(
        Numbered(5),
        epochs=3,
        shuffle=False,
        workers=2,
        use_multiprocessing=use_multiprocessing,
        callbacks=[watch],
        verbose=0,
    )
    # on_epoch_end changes the Sequence: the processes must see that.
    assert watch.seen == [[100 * e + i for i in range(5)] for e in range(3)]


def test_processes_make_the_batches():
    pids: set[int] = set()
    model = make_model()

    class Watch(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    convert = model._binding.batch

    def watched(item, class_weights=None):
        pids.add(int(item[1][0, 0]))
        return convert(item, class_weights)

    model._binding.batch = watched
    model.fit(
        Numbered(8, seconds=0.05),
        workers=2,
        use_multiprocessing=True,
        verbose=0,
        callbacks=[Watch()],
    )
    assert os.getpid() % 100_000 not in pids
    assert len(pids) == 2


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_the_users_own_error_surfaces(workers):
    model = make_model()
    watch = FirstValues(model)
    with pytest.raises(KeyError, match="batch 3") as caught:
        model.fit(Failing(6), shuffle=False, workers=workers, callbacks=[watch], verbose=0)
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[-1].name == "__getitem__"
    assert frames[-1].filename.endswith("slow_sources.py")
    assert watch.seen == [[0, 1, 2]]
    make_model().fit(Numbered(2), verbose=0)


def test_an_error_in_a_process_shows_the_users_traceback():
    with pytest.raises(KeyError, match="batch 3") as caught:
        make_model().fit(Failing(6), shuffle=False, workers=2, use_multiprocessing=True, verbose=0)
    assert "slow_sources.py" in str(caught.value.__cause__)
    assert "raise KeyError" in str(caught.value.__cause__)


def test_what_cannot_be_sent_is_named():
    with pytest.raises(ArgumentError, match=r"'door' \(lock\)"):
        make_model().fit(WithLock(), workers=2, use_multiprocessing=True, verbose=0)


def test_a_class_that_cannot_be_imported_falls_back_to_threads():
    class Local(Numbered):
        pass

    model = make_model()
    with pytest.warns(RuntimeWarning, match=r"Local.*2 thread"):
        history = model.fit(Local(3), workers=2, use_multiprocessing=True, verbose=0)
    assert history.epoch == [0]


def test_a_process_that_dies_is_told_of():
    with pytest.raises(WorkerError, match="ended without a word"):
        make_model().fit(
            Vanishing(6), shuffle=False, workers=1, use_multiprocessing=True, verbose=0
        )


def test_a_batch_that_cannot_be_sent_is_told_of():
    with pytest.raises((TypeError, AttributeError), match="pickle"):
        make_model().fit(
            Unsendable(4), shuffle=False, workers=1, use_multiprocessing=True, verbose=0
        )


def test_a_stop_ends_at_once():
    trained = []

    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            trained.append(batch)
            self.model.stop_training = True

    source = Numbered(1000, seconds=0.03)
    make_model().fit(source, workers=2, callbacks=[Stop()], verbose=0)
    assert trained == [0]


def endless():
    for number in itertools.count():
        yield np.full((2, 3), number, "float32"), np.zeros((2, 1), "float32")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_generator_loses_no_batch_between_fits(workers):
    source = endless()
    model = make_model()
    watch = FirstValues(model)
    for steps in (2, 3, 1):
        model.fit(source, steps_per_epoch=steps, workers=workers, callbacks=[watch], verbose=0)
    assert watch.seen == [[0, 1], [2, 3, 4], [5]]


def test_a_generator_loses_no_batch_when_training_is_stopped():
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    source = endless()
    model = make_model()
    watch = FirstValues(model)
    model.fit(source, steps_per_epoch=9, epochs=3, callbacks=[watch, Stop()], verbose=0)
    model.fit(source, steps_per_epoch=2, callbacks=[watch], verbose=0)
    assert watch.seen == [[0, 1], [2, 3]]


def test_a_generator_is_not_read_further_than_needed():
    read = []

    def noting():
        for item in endless():
            read.append(item)
            yield item

    source = noting()
    make_model().fit(source, steps_per_epoch=3, epochs=2, max_queue_size=50, verbose=0)
    assert len(read) == 6


def test_a_generator_and_processes_use_a_thread():
    source = endless()
    with pytest.warns(RuntimeWarning, match="generator cannot be sent"):
        make_model().fit(source, steps_per_epoch=2, use_multiprocessing=True, verbose=0)


def test_one_generator_for_training_and_validation():
    source = endless()
    model = make_model()
    watch = FirstValues(model)
    model.fit(
        source,
        steps_per_epoch=2,
        epochs=2,
        validation_data=source,
        validation_steps=1,
        callbacks=[watch],
        verbose=0,
    )
    assert watch.seen == [[0, 1], [3, 4]]
