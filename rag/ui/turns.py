"""A turn of a conversation, and its record: the form in which the browser keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from rag.types import Answer, AnswerSentence, Citation, Passage, Support

Status = Literal["asking", "answered", "stopped", "failed", "interrupted"]
Record = dict[str, Any]
_MAX_HISTORY = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what became of it.

    Attributes:
        id: Tells the turn apart from every other in the browser.
        question: What was asked.
        status: Where the turn stands; "interrupted" is one that was being answered when its page went.
        within: Ids of the papers the question was limited to; empty for all.
        answer: The checked answer, once there is one.
        problem: What went wrong and what to do, when the turn failed.
    """

    id: str
    question: str
    status: Status = "asking"
    within: tuple[str, ...] = ()
    answer: Answer | None = None
    problem: str = ""

    def to_record(self) -> Record:
        """Return the turn as values that JSON knows, without the words of the passages, which the index has."""
        record = asdict(replace(self, answer=None))
        record["within"] = list(self.within)
        if self.answer is not None:
            slim = tuple(replace(passage, text="") for passage in self.answer.passages)
            record["answer"] = replace(self.answer, passages=slim).to_dict()
        return record


def read_turns(records: object) -> list[Turn]:
    """Return the turns of records as a browser sent them; what is no turn at all is left out."""
    if not isinstance(records, Sequence) or isinstance(records, str):
        return []
    return [read_turn(record) for record in records if isinstance(record, Mapping)]


def read_turn(record: Mapping[str, Any]) -> Turn:
    """Return the turn of a record; an answer that cannot be read makes it a failed turn."""
    status: Status = next((known for known in get_args(Status) if known == record.get("status")), "failed")
    within = record.get("within")
    turn = Turn(
        id=str(record.get("id", ""))[:80],
        question=str(record.get("question", "")),
        status=status,
        within=tuple(str(item) for item in within) if isinstance(within, list) else (),
        problem=str(record.get("problem") or ""),
    )
    values = record.get("answer")
    if not isinstance(values, Mapping):
        return turn
    try:
        return replace(turn, answer=_read_answer(values))
    except (TypeError, KeyError, ValueError):
        return replace(turn, status="failed", problem="This answer was kept in a form that cannot be read: ask again.")


def history_of(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Return the last answered turns as question and answer, oldest first; an abstention says nothing of papers."""
    told = [(turn.question, turn.answer) for turn in turns if turn.answer is not None]
    return [(question, "" if answer.abstained else answer.text) for question, answer in told[-_MAX_HISTORY:]]


def _read_answer(values: Mapping[str, Any]) -> Answer:
    return Answer(
        question=str(values["question"]),
        searched=str(values["searched"]),
        text=str(values["text"]),
        abstained=bool(values["abstained"]),
        reason=None if values["reason"] is None else str(values["reason"]),
        sentences=tuple(_read_sentence(item) for item in values["sentences"]),
        citations=tuple(_read_citation(item) for item in values["citations"]),
        passages=tuple(_read_passage(item) for item in values["passages"]),
        origin=values["origin"] if values["origin"] in ("draft", "repaired", "quotes") else "none",
        llm=str(values["llm"]),
        confidence=float(values["confidence"]),
        timings={str(name): float(seconds) for name, seconds in values["timings"].items()},
    )


def _read_sentence(values: Mapping[str, Any]) -> AnswerSentence:
    support: Support = "quoted" if values["support"] == "quoted" else "supported"
    return AnswerSentence(str(values["text"]), tuple(int(marker) for marker in values["markers"]), support)


def _read_citation(values: Mapping[str, Any]) -> Citation:
    return Citation(
        marker=int(values["marker"]),
        document_id=str(values["document_id"]),
        title=str(values["title"]),
        quote=str(values["quote"]),
        start=int(values["start"]),
        end=int(values["end"]),
        score=float(values["score"]),
    )


def _read_passage(values: Mapping[str, Any]) -> Passage:
    return Passage(
        document_id=str(values["document_id"]),
        title=str(values["title"]),
        text=str(values["text"]),
        rank=int(values["rank"]),
        score=float(values["score"]),
        start=int(values["start"]),
        end=int(values["end"]),
    )
