"""The chat as a server: its port, its password, its prefix, and its end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import Served

from rag.errors import RagError
from rag.pipeline import Pipeline
from rag.ui import launch
from rag.ui.serving import listen

pytestmark = pytest.mark.model
ROOT = Path(__file__).parent.parent


def test_a_busy_port_is_one_line_that_names_the_option(quotes_pipeline: Pipeline) -> None:
    """The port, why it cannot be had, and --port."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(RagError, match=rf"port {port} of 127.0.0.1 cannot be had .*--port") as caught:
            launch(quotes_pipeline, port=port)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("auth", ["user", "user:", ":secret", ""])
def test_a_password_without_its_parts_is_refused(quotes_pipeline: Pipeline, auth: str) -> None:
    """--auth wants user and password."""
    with pytest.raises(RagError, match="--auth"):
        launch(quotes_pipeline, port=0, auth=auth)


def test_an_unknown_host_is_one_line() -> None:
    """A host that is no address of this machine names --host or --port."""
    with pytest.raises(RagError, match=r"--host|--port"):
        listen("203.0.113.7", 0)


def _get(port: int, path: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_the_browser_is_told_to_load_nothing_from_elsewhere(quotes_pipeline: Pipeline) -> None:
    """Every response carries a policy that names no other host."""
    with Served(quotes_pipeline) as served:
        for path in ("/", "/config", "/alive"):
            status, headers, _ = _get(served.port, path)
            assert status == 200
            assert "default-src 'self'" in headers["content-security-policy"]
            assert "http" not in headers["content-security-policy"]


def test_the_icon_is_the_chats_own(quotes_pipeline: Pipeline) -> None:
    """A browser's tab shows it; nothing else is served in its place."""
    own = (ROOT / "rag" / "ui" / "assets" / "icon.svg").read_text(encoding="utf-8")
    with Served(quotes_pipeline) as served:
        status, headers, body = _get(served.port, "/favicon.ico")

    assert (status, headers["content-type"], body) == (200, "image/svg+xml", own)


def test_a_password_guards_the_page_and_its_data(quotes_pipeline: Pipeline) -> None:
    """Without logging in, neither the page's parts nor the papers' titles are given out."""
    with Served(quotes_pipeline, login=("reader", "secret")) as served:
        assert _get(served.port, "/config")[0] == 401
        assert "MobileTL" not in _get(served.port, "/")[2]


def test_no_handler_is_open_to_programs(quotes_pipeline: Pipeline) -> None:
    """The page's handlers are the page's alone; programs have the HTTP interface."""
    with Served(quotes_pipeline) as served:
        described = json.loads(_get(served.port, "/gradio_api/info")[2])

    assert described["named_endpoints"] == {}


@pytest.mark.parametrize("arguments", [[], ["--host", "0.0.0.0"]])
def test_ctrl_c_ends_the_chat_cleanly(tmp_path: Path, seed_index: Path, arguments: list[str]) -> None:
    """The command says where it is open, in one line, says so when it is open to all, and ends without a trace."""
    command = [
        sys.executable,
        "-m",
        "rag",
        "chat",
        "--port",
        "0",
        "--llm",
        "none",
        "--index",
        str(seed_index),
        *arguments,
    ]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("The chat is open at http://127.0.0.1:")
        port = int(line.split(":")[2].split("/")[0])
        assert _get(port, "/alive")[0] == 200
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - started < 10
    assert ("No password" in rest) == bool(arguments)
    assert "Traceback" not in rest
