"""What threads may do to a window: nothing once it is closed, and never collect its garbage."""

from __future__ import annotations

import gc
import threading
import weakref

from fitstudio.gui.garbage import Garbage
from fitstudio.gui.window.posting import Poster
from fitstudio.viewmodel.shell.background import Background


class Cycle:
    """An object that only the collector takes away."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_collected_in_the_windows_thread_alone(qapp, qtbot):
    garbage = Garbage(qapp)
    collected_in: list[threading.Thread] = []
    cycle = Cycle()
    weakref.finalize(cycle, lambda: collected_in.append(threading.current_thread()))
    del cycle

    def make_many() -> None:
        for _ in range(20 * gc.get_threshold()[0]):
            Cycle()

    thread = threading.Thread(target=make_many)
    thread.start()
    thread.join()
    assert collected_in == [], "a thread that makes objects does not collect"
    qtbot.waitUntil(lambda: garbage.collect() or bool(collected_in), timeout=60_000)
    assert collected_in == [threading.main_thread()]
    garbage.stop()
    assert gc.isenabled()
    gc.disable()  # as the session's own has it


def test_after_close_nothing_is_posted(qtbot):
    poster = Poster()
    calls: list[str] = []
    poster.post(lambda: calls.append("before"))
    qtbot.waitUntil(lambda: calls == ["before"])
    poster.post(lambda: calls.append("under way"))
    poster.close()
    poster.post(lambda: calls.append("after"))
    qtbot.wait(50)

    assert calls == ["before"]


def test_threads_may_post_while_the_window_is_closed(qtbot):
    poster = Poster()
    going = threading.Event()

    def post_often() -> None:
        going.set()
        for _ in range(2000):
            poster.post(lambda: None)

    threads = [threading.Thread(target=post_often) for _ in range(3)]
    for thread in threads:
        thread.start()
    going.wait()
    poster.close()
    poster.deleteLater()
    qtbot.wait(20)
    for thread in threads:
        thread.join()


def test_after_close_the_background_does_nothing():
    background = Background()
    background.close()
    done: list[int] = []
    job = background.run(lambda job: 1, done.append)

    assert job.cancelled.is_set()
    assert not background.deliver(0)
    assert done == []
