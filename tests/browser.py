"""The chat served in this process, and a real browser that reads it."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from rag.pipeline import Pipeline
from rag.ui.desk import Desk
from rag.ui.serving import build_app, listen

# No sandbox: continuous integration runs as root.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390)
QUESTION = "#rag-question textarea"
ANSWERED = '.rag-turn[data-status="answered"]'


def chromium_path() -> str | None:
    """The browser: RAG_CHROMIUM, or what the system has."""
    return os.environ.get("RAG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run a headless Chromium that goes nowhere by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=_ARGUMENTS)
        yield browser
        browser.close()


class Served:
    """The chat of a pipeline on a loopback port, in a thread; a context manager."""

    def __init__(
        self, pipeline: Pipeline, *, port: int = 0, login: tuple[str, str] | None = None, root_path: str = ""
    ) -> None:
        self.desk = Desk(pipeline)
        self._listener = listen("127.0.0.1", port)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}{root_path}/"
        app = build_app(self.desk, login, root_path)
        if root_path:
            app = _behind_proxy(app, root_path)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        wait_until(lambda: self._server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._listener.close()
        self.desk.close()


def _behind_proxy(app: Any, prefix: str) -> Any:
    """Return an application that shows another under a prefix, which it strips, as a reverse proxy does."""

    async def proxy(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            if not scope["path"].startswith(f"{prefix}/"):
                await send({"type": "http.response.start", "status": 404, "headers": []})
                await send({"type": "http.response.body", "body": b"not here"})
                return
            path = scope["path"].removeprefix(prefix)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await app(scope, receive, send)

    return proxy


@contextmanager
def visiting(browser: Browser, url: str, width: int = 1280, *, quiet: bool = True) -> Iterator[Page]:
    """Open the chat in a browser profile of its own; at the end check what it loaded and what it complained of.

    Args:
        browser: The browser.
        url: The chat's address.
        width: Of the window, in pixels.
        quiet: Whether errors on the console are failures.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 800}, reduced_motion="reduce", accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    page = context.new_page()
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(url)
        page.wait_for_selector(QUESTION)
        page.wait_for_selector("#rag-list", state="attached")
        yield page
        outside = [one for one in requested if urlsplit(one).hostname not in (None, "127.0.0.1")]
        if outside or (quiet and complaints):
            raise AssertionError(f"loaded from outside: {outside}; console: {complaints}")
    finally:
        context.close()


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    page.fill(QUESTION, question)
    page.press(QUESTION, "Enter")


def answered(page: Page, number: int = 1, timeout_s: float = 60) -> None:
    """Wait until so many turns are answered and the page is free again."""
    page.wait_for_function(
        f"document.querySelectorAll('{ANSWERED}').length === {number} && !document.body.classList.contains('rag-busy')",
        timeout=timeout_s * 1000,
    )


def wait_until(condition: object, timeout_s: float = 20) -> None:
    """Wait until a condition holds.

    Raises:
        TimeoutError: It does not in time.
    """
    end = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end:
            raise TimeoutError("the condition did not come about")
        time.sleep(0.02)
