"""Slow work beside the window: outcome, errors, and newer work that replaces older."""

import threading

from fitstudio.errors import DataError
from fitstudio.viewmodel.shell.background import Background


def test_the_outcome_is_delivered_in_the_receivers_thread():
    background, seen = Background(), []
    background.run(lambda job: threading.get_ident(), seen.append)

    assert background.deliver(5)
    assert seen and seen[0] != threading.get_ident()


def test_an_error_reaches_failed_as_it_is():
    background, seen = Background(), []

    def fail(job):
        raise DataError("The file is empty.")

    background.run(fail, failed=seen.append)

    assert background.deliver(5)
    assert str(seen[0]) == "The file is empty."


def test_an_error_of_a_library_is_wrapped_with_its_words_as_details(caplog):
    background, seen = Background(), []
    background.run(lambda job: 1 / 0, failed=seen.append)

    assert background.deliver(5)
    assert seen[0].code == "internal"
    assert "ZeroDivisionError" in seen[0].details
    caplog.clear()


def test_newer_work_under_the_same_name_replaces_older():
    background, seen = Background(), []
    gate = threading.Event()
    background.run(lambda job: gate.wait(240) and "old", seen.append, replaces="summary")
    background.run(lambda job: "new", seen.append, replaces="summary")
    gate.set()

    while background.deliver(0.5):
        pass
    assert seen == ["new"]
