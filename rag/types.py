"""The values that steps hand to each other. Knows nothing of how any of them is made."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Literal

Metadata = dict[str, Any]
Support = Literal["quoted", "supported"]
Origin = Literal["draft", "repaired", "quotes", "none"]
# How the text of every abstention begins.
CANNOT_ANSWER = "I cannot answer this from these papers."


@dataclass(frozen=True, slots=True)
class Document:
    """One paper: its abstract as the source has it, character for character.

    `id` is made from title and text alone, so the same paper has the same id on any machine.
    `metadata["sources"]` lists every place the paper was read from.
    """

    id: str
    title: str
    text: str
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document: `document.text[start:end]`, in Unicode characters."""

    document_id: str
    start: int
    end: int
    kind: Literal["document", "window"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved document with the stretch of it that matched best.

    `rank` counts from 1; `score` is higher for better and comparable within one search only.
    `text` is `document.text[start:end]`.
    """

    document_id: str
    title: str
    text: str
    rank: int
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer the question: `document.text[start:end] == text`, raw.

    `score` is higher for better and comparable within one question only.
    """

    document_id: str
    title: str
    text: str
    start: int
    end: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words that support a sentence: `document(document_id).text[start:end] == quote`.

    `score` in [0, 1] says how well the quote supports the sentence, 1 for the paper's own words.
    """

    marker: int
    document_id: str
    title: str
    quote: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """One sentence of an answer, without markers, and the markers that support it, the main one first."""

    text: str
    markers: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about a question, every sentence of it marked, or why nothing is.

    An abstention is an answer: `abstained` is True, `reason` says why, `text` tells it in words
    and `passages` holds the nearest papers. `searched` is the question as it was searched,
    which differs from `question` in a follow-up. `timings` are seconds.
    """

    question: str
    searched: str
    text: str
    abstained: bool
    reason: str | None
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    origin: Origin
    llm: str
    confidence: float
    timings: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as values that JSON knows; what the command line and HTTP print."""
        return _json_values(self)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record or file that could not be read, and why, in one line."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an indexing run did: counts after it, and seconds it took."""

    path: str
    documents: int
    duplicates: int
    chunks: int
    added: int
    removed: int
    rejected: tuple[Rejected, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the report as values that JSON knows."""
        return _json_values(self)


@dataclass(frozen=True, slots=True)
class Step:
    """An answer in the making has come to a step: searching, reading, writing or checking."""

    name: Literal["searching", "reading", "writing", "checking"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of what the language model writes, unchecked."""

    text: str


@dataclass(frozen=True, slots=True)
class Working:
    """What an answer was made of.

    Attributes:
        evidence: The sentences of papers, best first.
        prompt: Role and words of each turn the language model was given; none where it had no say.
        draft: What it wrote, unchecked.
    """

    evidence: tuple[Evidence, ...] = ()
    prompt: tuple[tuple[str, str], ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a stream: the checked answer, and what it was made of."""

    answer: Answer
    working: Working = Working()


Event = Step | Draft | Done


def _json_values(record: Any) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(record)))
    return values
