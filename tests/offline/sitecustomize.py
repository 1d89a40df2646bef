"""Refuses every connection that leaves this machine; Python runs it at the start of each child.

The suite puts this folder on PYTHONPATH, so that the workers and readers that tests start are
guarded as well. A refused call raises in the process that made it.
"""

from __future__ import annotations

import socket
from typing import Any

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_LOCAL = ("127.", "::1", "localhost")


def _refuse_outside(own: socket.socket, address: Any) -> None:
    if own.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOCAL):
        raise RuntimeError(f"FitStudio never goes to the network; a connection to {address!r} came")


def connect(self: socket.socket, address: Any) -> None:
    """socket.connect for addresses of this machine only."""
    _refuse_outside(self, address)
    return _connect(self, address)


def connect_ex(self: socket.socket, address: Any) -> int:
    """socket.connect_ex for addresses of this machine only."""
    _refuse_outside(self, address)
    return _connect_ex(self, address)


socket.socket.connect = connect  # type: ignore[method-assign]
socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
