"""A server of the test's own speaks OpenAI's protocol on the loopback."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rag.errors import ModelError
from rag.llm import LLM, Message, open_llm

WORDS = ["The", " tide", " rises."]


class Server:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.models: list[dict[str, Any]] | None = [{"id": "first", "max_model_len": 9000}, {"id": "second"}]
        self.status = 200
        self.key: str | None = None
        self.reply: Callable[[Callable[[str], None]], None] = lambda send: [send(word) for word in WORDS] and None
        self.requests: list[dict[str, Any]] = []
        self.hung_up = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Server

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.refused():
            return
        if self.state.models is None:
            self.answer(404, {"error": {"message": "no such page"}})
        else:
            entries = [{"object": "model", "created": 0, "owned_by": "me", **model} for model in self.state.models]
            self.answer(200, {"object": "list", "data": entries})

    def do_POST(self) -> None:
        self.state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if self.refused():
            return
        if self.state.status != 200:
            self.answer(self.state.status, {"error": {"message": "it went wrong\nsecond line"}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self.state.reply(self.piece)
            self.event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.state.hung_up.set()
            self.close_connection = True

    def piece(self, text: str) -> None:
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "first",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}],
        }
        self.event(json.dumps(chunk))

    def event(self, content: str) -> None:
        body = f"data: {content}\n\n".encode()
        self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
        self.wfile.flush()

    def refused(self) -> bool:
        if self.state.key is None or self.headers.get("Authorization") == f"Bearer {self.state.key}":
            return False
        self.answer(401, {"error": {"message": "wrong key"}})
        return True

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running(server: Server) -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": server}))
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}/v1"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    with running(server) as address:
        yield address


def reach(name: str, api_key: str | None = None) -> LLM:
    llm = open_llm(name, cache_dir=Path("unused"), api_key=api_key)
    assert llm is not None
    return llm


def ask(llm: LLM, *messages: Message, **options: Any) -> list[str]:
    return list(llm.stream(messages or [Message("user", "What rises?")], max_tokens=20, **options))


def test_the_reply_comes_in_the_servers_pieces(url: str, server: Server) -> None:
    """The first model serves when none is named; its request is greedy and bounded."""
    llm = reach(url)

    assert ask(llm, Message("system", "Be short."), Message("user", "What rises?"), seed=3) == WORDS
    (request,) = server.requests
    assert request["model"] == "first"
    assert (request["temperature"], request["max_tokens"], request["seed"]) == (0, 20, 3)
    assert [(turn["role"], turn["content"]) for turn in request["messages"]] == [
        ("system", "Be short."),
        ("user", "What rises?"),
    ]
    llm.close()


def test_the_server_says_how_much_it_reads(url: str) -> None:
    llm = reach(url)

    assert (llm.name, llm.fingerprint) == (url, f"first@{url}")
    assert (llm.context_tokens, llm.size) == (9000, "full")
    assert llm.count_tokens("four") >= 1


def test_a_model_is_chosen_behind_the_hash(url: str, server: Server) -> None:
    llm = reach(f"{url}#second")
    ask(llm)

    assert server.requests[0]["model"] == "second"
    assert llm.context_tokens == 4096


def test_a_begun_reply_is_asked_for_and_not_repeated(url: str, server: Server) -> None:
    pieces = ask(reach(url), Message("user", "What rises?"), Message("assistant", "The"))

    assert "".join(pieces) == " tide rises."
    assert server.requests[0]["messages"][-1]["role"] == "user"


def test_a_server_without_a_list_serves_a_named_model(url: str, server: Server) -> None:
    server.models = None

    assert ask(reach(f"{url}#mine")) == WORDS
    with pytest.raises(ModelError, match="lists no models: add #model-name"):
        reach(url)


def test_a_server_without_models_is_told(url: str, server: Server) -> None:
    server.models = []

    with pytest.raises(ModelError, match="has no model loaded"):
        reach(url)


def test_a_server_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(
        ModelError, match=r"^http://127\.0\.0\.1:9/v1 cannot be reached: is the server running there\?$"
    ):
        reach("http://127.0.0.1:9/v1")


def test_a_server_that_went_away_is_told(server: Server) -> None:
    with running(server) as address:
        llm = reach(address)

    with pytest.raises(ModelError, match="cannot be reached"):
        ask(llm)


def test_a_key_is_sent_and_a_wrong_one_told(url: str, server: Server) -> None:
    server.key = "sesame"

    assert ask(reach(url, api_key="sesame")) == WORDS
    with pytest.raises(ModelError, match=r"^http://\S+ refuses the key: set RAG_API_KEY to one it accepts$"):
        reach(url, api_key="wrong")


@pytest.mark.parametrize(
    ("status", "message"),
    [(404, "does not know the model first"), (500, "answers 500: .*it went wrong"), (429, "answers 429")],
)
def test_a_refusal_is_one_line_and_asked_once(url: str, server: Server, status: int, message: str) -> None:
    llm = reach(url)
    server.status = status

    with pytest.raises(ModelError, match=message) as caught:
        ask(llm)
    assert "\n" not in str(caught.value)
    assert len(server.requests) == 1


def test_a_reply_that_breaks_off_is_told(url: str, server: Server) -> None:
    """The words before the break come; then the error, not a silent end."""

    def broken(send: Callable[[str], None]) -> None:
        send("The")
        raise ConnectionResetError

    server.reply = broken
    llm = reach(url)
    stream = llm.stream([Message("user", "What rises?")], max_tokens=20)

    assert next(stream) == "The"
    with pytest.raises(ModelError, match="broke off its reply"):
        next(stream)


def test_to_stop_is_to_hang_up(url: str, server: Server) -> None:
    """The server sees the connection end within moments, long before its endless reply would."""

    def endless(send: Callable[[str], None]) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            send("tide ")
            time.sleep(0.01)

    server.reply = endless
    stop = threading.Event()
    pieces = []
    for piece in reach(url).stream([Message("user", "What rises?")], max_tokens=9999, stop=stop):
        pieces.append(piece)
        if len(pieces) == 3:
            stop.set()

    assert len(pieces) == 3
    assert server.hung_up.wait(10)


def test_what_is_no_such_server_is_told(url: str, server: Server) -> None:
    """A page that answers everything with other JSON, such as the address without /v1."""
    server.models = [{"id": None}]

    with pytest.raises(ModelError, match=r"has no model loaded|does not answer as OpenAI does"):
        reach(url)
