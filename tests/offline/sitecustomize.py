"""Put first on PYTHONPATH, this keeps a Python process off every address but loopback."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class OfflineSocket(socket.socket):
    """A socket that connects to this machine alone."""

    def connect(self, address: Any) -> None:
        _check(self, address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        _check(self, address)
        return super().connect_ex(address)


def _check(own: socket.socket, address: Any) -> None:
    if own.family == socket.AF_UNIX or address[0] == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise RuntimeError(f"a test tried to reach {address[0]}")


socket.socket = OfflineSocket  # type: ignore[misc]
