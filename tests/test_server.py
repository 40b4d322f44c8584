"""`rag serve` as another program meets it: a process of its own, asked over HTTP on the loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser import wait_until

pytestmark = pytest.mark.model

_QUESTION = "How much memory does MobileTL save on MobileNetV2?"


@pytest.fixture(scope="module")
def served(seed_index: Path) -> Iterator[httpx.Client]:
    """A client of a running server that answers in quotes, from three papers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "rag", "serve", "--llm", "none", "--index", str(seed_index), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "RAG_PASSAGES": "3"}, stderr=subprocess.PIPE, text=True)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        wait_until(lambda: _is_up(client), timeout_s=120)
        yield client
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors


def _is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def test_an_answer_is_the_json_of_the_command(served: httpx.Client) -> None:
    """Each citation's words stand in the paper that the server shows."""
    answer = served.post("/answer", json={"question": _QUESTION}).json()

    assert "46%" in answer["text"]
    assert not answer["abstained"]
    for citation in answer["citations"]:
        paper = served.get(f"/documents/{citation['document_id']}").json()
        assert paper["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_follow_up_takes_its_history_along(served: httpx.Client) -> None:
    """As pairs of question and answer."""
    history = [[_QUESTION, "It saves 46% [1]."]]
    answer = served.post("/answer", json={"question": "And on V3?", "history": history}).json()

    assert "53%" in answer["text"]


def test_what_the_body_does_not_say_is_as_set_for_the_server(served: httpx.Client) -> None:
    """RAG_PASSAGES holds until a request asks for another number of papers."""
    usual, more = (
        len(served.post("/answer", json={"question": _QUESTION, **own}).json()["passages"])
        for own in ({}, {"passages": 5})
    )

    assert (usual, more) == (3, 5)


def test_a_stream_ends_with_the_same_answer(served: httpx.Client) -> None:
    """After its steps, as server-sent events."""
    told = served.post("/stream", json={"question": _QUESTION}).text
    events = [tuple(part.split(": ", 1)[1] for part in event.split("\n")) for event in told.strip().split("\n\n")]
    whole = served.post("/answer", json={"question": _QUESTION}).json()

    assert [name for name, _ in events] == ["step", "step", "step", "answer"]
    assert json.loads(events[-1][1])["text"] == whole["text"]


def test_search_lists_passages(served: httpx.Client) -> None:
    """As many as asked for."""
    passages = served.get("/search", params={"question": "int8 quantization", "k": 3}).json()

    assert [passage["rank"] for passage in passages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "question: Field required"),
        ({"question": " "}, "the question is empty: ask in words"),
        ({"question": "How?", "words": 0}, "words: Input should be greater than or equal to 1"),
        ({"question": "How?", "colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"question": "How?", "within": ["no such paper"]}, "no such paper"),
    ],
)
def test_a_body_that_makes_no_sense_is_told_in_one_line(
    served: httpx.Client, body: dict[str, object], told: str
) -> None:
    """With status 422 or 404, never 500."""
    response = served.post("/answer", json=body)

    assert response.status_code in (404, 422)
    assert told in response.json()["error"]
    assert "\n" not in response.json()["error"]


def test_an_unknown_paper_is_not_found(served: httpx.Client) -> None:
    """Status 404."""
    assert served.get("/documents/none").status_code == 404
