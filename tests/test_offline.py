import socket

import pytest
from conftest import Run
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_a_test_reaches_no_address_but_loopback() -> None:
    """Connecting to another machine fails at once, whatever the network."""
    with pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_a_test_reaches_loopback() -> None:
    """A server on this machine can be talked to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_a_process_started_by_a_test_reaches_no_address_but_loopback(run: Run) -> None:
    """Commands run as processes of their own are kept off the network too."""
    result = run("-c", "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)")

    assert result.returncode == 1
    assert "a test tried to reach 192.0.2.1" in result.stderr


def test_a_process_started_by_a_test_reaches_loopback(run: Run) -> None:
    """A process of its own can still serve and ask on this machine."""
    code = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"

    assert run("-c", code).returncode == 0
