"""Serve the chat until interrupted: the port, the password, what a browser may load."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rag.errors import RagError
from rag.pipeline import Pipeline
from rag.ui.desk import Desk

if TYPE_CHECKING:
    from fastapi import FastAPI

_GRACE_S = 2
_MAX_UPLOAD = "200mb"
# The browser itself refuses any other address, whatever a library or a paper asks for.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:;"
    " connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# Gradio's page names its manifest, which it has none of, and no icon, which browsers then seek at the root.
_MANIFEST = b'<link rel="manifest" href="/manifest.json" />'
# As long as the other: the length of the page has been told already.
_ICON = b'<link rel="icon" href="favicon.ico" />'.ljust(len(_MANIFEST))
_ICON_FILE = str(files("rag.ui").joinpath("assets", "icon.svg"))


def launch(
    pipeline: Pipeline, *, host: str = "127.0.0.1", port: int = 7860, auth: str | None = None, root_path: str = ""
) -> None:
    """Serve the chat until Ctrl-C.

    Args:
        pipeline: What answers.
        host: Address to listen on.
        port: Port to listen on; 0 for any that is free.
        auth: "user:password" that a visitor must give; None for no password.
        root_path: The path under which a proxy that strips it shows the chat, e.g. "/papers".

    Raises:
        RagError: The port is in use or may not be had, or `auth` is no user and password.
    """
    login = _read_auth(auth)
    listener = listen(host, port)
    try:
        desk = Desk(pipeline)
        try:
            _serve(build_app(desk, login, root_path), listener, _opening_line(listener, root_path, login))
        finally:
            desk.close()
    finally:
        listener.close()


def build_app(desk: Desk, login: tuple[str, str] | None = None, root_path: str = "") -> FastAPI:
    """Return the application: the page, and headers that keep the browser to it."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from fastapi import FastAPI

    from rag.ui.page import build_page, head, theme

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/alive", lambda: {"alive": True})
    app.add_middleware(_Guard)
    page = build_page(desk)
    page.queue(api_open=False, max_size=200)
    return gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth=login,
        root_path=root_path or None,
        favicon_path=_ICON_FILE,
        footer_links=[],
        run_history=False,
        show_error=True,
        max_file_size=_MAX_UPLOAD,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
        head=head(),
    )


class _Guard:
    """Adds the headers to every response, and keeps what the page loads under the page's own prefix."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_page = scope["path"] == "/"
        if is_page:
            # Uncompressed, so that it can be changed.
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *own]}
            elif is_page and message["type"] == "http.response.body":
                message = {**message, "body": message.get("body", b"").replace(_MANIFEST, _ICON)}
            await send(message)

        await self._app(scope, receive, guarded)


def _read_auth(auth: str | None) -> tuple[str, str] | None:
    if auth is None:
        return None
    user, colon, password = auth.partition(":")
    if not (user and colon and password):
        raise RagError("--auth takes a user and a password with a colon between them: --auth reader:secret")
    return user, password


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the port; 0 takes any that is free.

    Raises:
        RagError: The host is unknown, or the port is in use or may not be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise RagError(f"no address is known for the host {host!r}: give another with --host") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise RagError(f"port {port} of {host} cannot be had ({_reason(error)}): choose another with --port") from error
    return listener


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _opening_line(listener: socket.socket, root_path: str, login: tuple[str, str] | None) -> str:
    host, port = listener.getsockname()[:2]
    everyone = host in ("0.0.0.0", "::")
    shown = "127.0.0.1" if everyone else f"[{host}]" if ":" in host else host
    line = f"The chat is open at http://{shown}:{port}{root_path}/ (Ctrl-C ends it)\n"
    if login is None and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        line += f"No password: anyone who reaches {host}:{port} can ask and change the library; --auth USER:PASSWORD\n"
    return line


def _serve(app: FastAPI, listener: socket.socket, line: str) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                sys.stderr.write(line)
                sys.stderr.flush()

    config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=_GRACE_S)
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        # Ctrl-C is how the chat ends; all is shut down by now.
        return
