"""The handlers of the conversation, as functions: what is yielded, who waits, what stops."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import wait_until
from ui_fixtures import MEMORY_QUESTION, SlowLLM, small_pipeline

from rag.config import Settings
from rag.embedder import Embedder
from rag.errors import RagError
from rag.ui.asking import Update, ask, read_options, show, stop
from rag.ui.desk import Desk
from rag.ui.examples import example_questions
from rag.ui.feedback import vote
from rag.ui.turnstile import Turnstile

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Any:
    """A small library without a language model; tests put theirs in."""
    return small_pipeline(tmp_path_factory.mktemp("small"), embedder, None)


@pytest.fixture
def desk(small: Any) -> Iterator[Desk]:
    """A desk whose language model writes quickly."""
    small.llm = SlowLLM(pause_s=0.0, words=5)
    yield Desk(small)
    small.llm = None


def _request(question: str = MEMORY_QUESTION, turn_id: str = "t1", **more: Any) -> dict[str, Any]:
    return {"turn": {"id": turn_id, "question": question}, "turns": [], **more}


def _last(updates: Iterator[Update]) -> Update:
    return list(updates)[-1]


def test_a_question_is_acknowledged_before_anything_is_computed(desk: Desk) -> None:
    """The first update shows the question and its step at once."""
    first = next(ask(desk, _request()))

    assert MEMORY_QUESTION in first.live
    assert "Searching" in first.live
    assert first.record is None


def test_the_last_update_is_the_answer_the_pipeline_gives(desk: Desk) -> None:
    """Text and citations of the record are those of `Pipeline.answer`, byte for byte."""
    record = _last(ask(desk, _request())).record
    direct = desk.pipeline.answer(MEMORY_QUESTION).to_dict()

    assert record is not None
    assert record["status"] == "answered"
    assert record["answer"]["text"] == direct["text"]
    assert record["answer"]["citations"] == direct["citations"]
    for citation in record["answer"]["citations"]:
        text = desk.pipeline.document(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_steps_are_shown_in_order(desk: Desk) -> None:
    """Searching, reading, writing, checking; the draft is shown while it is written."""
    shown = [update.live for update in ask(desk, _request())]
    steps = [match[1] for live in shown if (match := re.search(r'rag-step-now">(\w+)', live))]

    assert list(dict.fromkeys(steps)) == ["Searching", "Reading", "Writing", "Checking"]
    assert any("word0" in live for live in shown)


@pytest.mark.parametrize("request_", [None, {}, {"turn": None}, {"turn": {"question": "  "}}, 5])
def test_nothing_asked_changes_nothing(desk: Desk, request_: object) -> None:
    """A request without a question yields one update, which leaves everything as it is; none would empty the page."""
    assert list(ask(desk, request_)) == [Update(None, None, None)]


def test_a_follow_up_keeps_its_subject(desk: Desk) -> None:
    """Earlier turns, as the browser sends them back, are the history of the next question."""
    first = _last(ask(desk, _request())).record
    request = _request("And how much accuracy does it lose?", "t2", turns=[first])
    updates = list(ask(desk, request))
    record = updates[-1].record

    assert record is not None
    assert "TinyTune" in record["answer"]["searched"]
    assert "0.6%" in record["answer"]["text"]
    assert 'data-turn="t1"' in str(updates[0].past)


def test_a_question_can_be_asked_by_itself(desk: Desk) -> None:
    """What was misread as a follow-up offers to be asked without the turns before it, which stay on the page."""
    first = _last(ask(desk, _request())).record
    request = _request("And how much accuracy does it lose?", "t2", turns=[first])
    leaning = _last(ask(desk, request)).live
    updates = list(ask(desk, {**request, "alone": True}))
    record = updates[-1].record

    assert 'data-act="alone"' in str(leaning)
    assert record is not None
    assert record["answer"]["searched"] == "And how much accuracy does it lose?"
    in_brackets = _request("And with TinyTune()", "t3", turns=[first])
    assert 'data-act="alone"' in str(_last(ask(desk, in_brackets)).live)
    assert 'data-act="alone"' not in str(updates[-1].live)
    assert 'data-turn="t1"' in str(updates[0].past)


def test_a_question_about_chosen_papers_cites_those_alone(desk: Desk) -> None:
    """`within` reaches the retriever."""
    leaf = next(paper.id for paper in desk.pipeline.index.store.all_documents() if "LeafCount" in paper.title)
    request = _request("What error does it have?")
    request["turn"]["within"] = [leaf]
    record = _last(ask(desk, request)).record

    assert record is not None
    assert {item["document_id"] for item in record["answer"]["passages"]} == {leaf}


def test_an_error_of_the_model_is_shown_with_its_remedy_and_the_next_question_works(desk: Desk) -> None:
    """A RagError is a failed turn that says what to do; nothing is left stuck."""
    desk.pipeline.llm = SlowLLM(failure="the server at 127.0.0.1:1 does not answer: start it")
    failed = _last(ask(desk, _request()))
    desk.pipeline.llm = SlowLLM(pause_s=0.0)

    assert failed.record is not None
    assert failed.record["problem"] == "The server at 127.0.0.1:1 does not answer: start it."
    assert 'role="alert"' in failed.live
    assert _last(ask(desk, _request(turn_id="t2"))).record["status"] == "answered"  # type: ignore[index]


def test_a_fault_of_ours_is_told_in_plain_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised, the person sees a sentence and no traceback."""

    def fail(*_: object, **__: object) -> Any:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(desk.pipeline, "stream", fail)
    update = _last(ask(desk, _request()))

    assert "Something went wrong" in update.live
    assert "secret detail" not in update.live


def test_stop_ends_the_model_and_keeps_what_was_checked(desk: Desk) -> None:
    """Stopping amid the draft ends the stream of the model at once; the turn says it was stopped."""
    model = SlowLLM(pause_s=0.05, words=400)
    desk.pipeline.llm = model
    updates = ask(desk, _request())
    while "word2" not in next(updates).live:
        continue
    stop(desk, "t1")
    record = _last(updates).record

    assert record is not None
    assert record["status"] == "stopped"
    assert record["answer"]["citations"]
    wait_until(lambda: model.running == 0, 2)


def test_closing_the_page_ends_the_model(desk: Desk) -> None:
    """A generator that is closed, as when the page goes, frees its place and stops the model."""
    model = SlowLLM(pause_s=0.05, words=400)
    desk.pipeline.llm = model
    updates = ask(desk, _request())
    while "word2" not in next(updates).live:
        continue
    updates.close()  # type: ignore[attr-defined]

    wait_until(lambda: model.running == 0, 2)
    desk.pipeline.llm = SlowLLM(pause_s=0.0)
    assert _last(ask(desk, _request(turn_id="t2"))).record is not None


def test_a_third_question_waits_its_turn_and_answers_are_not_mixed(desk: Desk) -> None:
    """With two places, a third asker is told its place; each record answers its own question."""
    desk.pipeline.llm = SlowLLM(pause_s=0.03, words=20)
    questions = [MEMORY_QUESTION, "How many GB does SlowRAM move per token?", "What error does LeafCount have?"]
    seen: dict[int, list[Update]] = {}

    def run(number: int) -> None:
        seen[number] = list(ask(desk, _request(questions[number], f"t{number}")))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sum(any("before yours" in update.live for update in updates) for updates in seen.values()) == 1
    for number, fact in enumerate(["46%", "12 GB", "4.2%"]):
        record = seen[number][-1].record
        assert record is not None
        assert record["question"] == questions[number]
        assert fact in record["answer"]["text"]


def test_stopping_in_line_leaves_the_line(desk: Desk) -> None:
    """Who stops while waiting is told so, and the place goes to the next."""
    tickets = [desk.turnstile.enter(), desk.turnstile.enter()]
    updates = ask(desk, _request())
    assert "Searching" in next(updates).live
    assert "before yours" in next(updates).live
    stop(desk, "t1")
    record = _last(updates).record

    assert record is not None
    assert record["status"] == "failed"
    for ticket in tickets:
        desk.turnstile.leave(ticket)


def test_an_opened_conversation_shows_its_turns_as_they_were(desk: Desk) -> None:
    """Answered turns come back with their sources; one that was being answered is told as interrupted."""
    answered = _last(ask(desk, _request())).record
    past, live = show(desk, {"turns": [answered, {"id": "t2", "question": "And?", "status": "asking"}]})

    assert 'data-turn="t1"' in past
    assert "<mark" in past
    assert "interrupted" in live


def test_an_abstention_is_an_answer(desk: Desk) -> None:
    """A question beside the corpus ends as answered, with the nearest papers."""
    record = _last(ask(desk, _request("Who won the football world cup of 1998?"))).record

    assert record is not None
    assert record["status"] == "answered"
    assert record["answer"]["abstained"]


def test_settings_of_the_page_reach_the_pipeline() -> None:
    """Passages, length and quotes only are taken; what is garbled is as usual."""
    usual = Settings(passages=8, words=60)

    options = read_options({"passages": 3, "length": "short", "quotes_only": True}, ("a",), usual)
    assert (options.passages, options.words, options.within, options.draft) == (3, 30, ("a",), False)
    options = read_options({"passages": "many", "length": 5}, (), usual)
    assert (options.passages, options.words, options.within, options.draft) == (8, 60, None, True)


def test_quotes_only_asks_no_model(desk: Desk) -> None:
    """With quotes only the model's stream is never opened."""
    desk.pipeline.llm = SlowLLM(failure="must not be asked")
    record = _last(ask(desk, _request(settings={"quotes_only": True}))).record

    assert record is not None
    assert record["answer"]["llm"] == "none"


def test_a_vote_is_kept_with_all_that_a_gold_question_needs(desk: Desk) -> None:
    """One JSON line: question, history, answer, judgement, note."""
    record = _last(ask(desk, _request())).record
    told = vote(desk, {"turn": record, "turns": [], "vote": "down", "note": "It is 47%."})
    line = json.loads(desk.feedback_file.read_text(encoding="utf-8").splitlines()[-1])

    assert told.startswith("Thank you")
    assert (line["rating"], line["note"], line["question"]) == ("down", "It is 47%.", MEMORY_QUESTION)
    assert line["answer"]["citations"] == record["answer"]["citations"]  # type: ignore[index]
    assert line["history"] == []


@pytest.mark.parametrize(
    "request_", [None, {}, {"vote": "up"}, {"vote": "sideways", "turn": {}}, {"vote": "up", "turn": {}}]
)
def test_no_vote_is_kept_of_nothing(desk: Desk, request_: object) -> None:
    """A judgement without an answer, or of an unknown kind, is not written."""
    before = desk.feedback_file.read_text() if desk.feedback_file.exists() else ""

    assert vote(desk, request_) == ""
    assert (desk.feedback_file.read_text() if desk.feedback_file.exists() else "") == before


def test_a_vote_that_cannot_be_kept_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that cannot be written is a RagError with its name."""
    record = _last(ask(desk, _request())).record
    monkeypatch.setattr(Desk, "feedback_file", tmp_path / "absent" / "x.jsonl")

    with pytest.raises(RagError, match=r"x\.jsonl cannot be written"):
        vote(desk, {"turn": record, "vote": "up"})


def test_example_questions_name_papers_of_the_library(desk: Desk) -> None:
    """Each example is about another paper that is there."""
    questions = example_questions(desk.pipeline)

    assert "What is TinyTune?" in questions
    assert len(set(questions)) == len(questions)


def test_the_turnstile_lets_in_the_order_of_coming() -> None:
    """Two places: the first two are in, the third has one before it until someone leaves."""
    turnstile = Turnstile(2)
    first, second, third, fourth = (turnstile.enter() for _ in range(4))

    assert [turnstile.wait(ticket, 0) for ticket in (first, second, third, fourth)] == [0, 0, 1, 2]
    turnstile.leave(second)
    turnstile.leave(second)
    assert [turnstile.wait(ticket, 0) for ticket in (third, fourth)] == [0, 1]
