"""Ctrl+C while a process is being started leaves none behind that nobody knows."""

import os
import signal
import subprocess
import sys

import pytest

from fitstudio.actions.launchers import processes

SLEEPING = [sys.executable, "-c", "import time; time.sleep(600)"]
started: list[subprocess.Popen] = []


@pytest.fixture
def interrupted(monkeypatch):
    """`Popen` in the middle of which somebody presses Ctrl+C, when the child is there already."""
    real = subprocess.Popen

    def popen(*arguments, **how):
        process = real(*arguments, **how)
        started.append(process)
        os.kill(os.getpid(), signal.SIGINT)
        return process

    monkeypatch.setattr(subprocess, "Popen", popen)
    yield
    while started:
        process = started.pop()
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")
def test_a_detached_process_is_known_before_the_interrupt_arrives(interrupted, tmp_path):
    with (tmp_path / "log").open("wb") as log, pytest.raises(KeyboardInterrupt):
        processes.start_detached(SLEEPING, log=log.fileno())
    processes.give_up_children()
    assert started[-1].wait(60) == -signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")
def test_a_process_that_somebody_waits_for_is_ended(interrupted):
    with pytest.raises(KeyboardInterrupt):
        processes.start_attended(SLEEPING, stdin=subprocess.DEVNULL)
    assert started[-1].wait(60) == -signal.SIGKILL


def test_without_an_interrupt_nothing_is_different():
    process = processes.start_attended([sys.executable, "-c", "print(7)"], stdout=subprocess.PIPE)
    assert process.communicate(timeout=60)[0].strip() == b"7"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
