"""No test, and no process that a test starts, reaches beyond this machine."""

import socket
import subprocess
import sys

import pytest


def test_a_connection_that_leaves_the_machine_is_refused():
    with (
        socket.socket() as outside,
        pytest.raises(RuntimeError, match="never goes to the network"),
    ):
        outside.connect(("192.0.2.1", 80))


def test_children_of_the_suite_are_guarded_too():
    code = "import socket; socket.socket().connect(('192.0.2.1', 80))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "never goes to the network" in child.stderr
