"""Keep an answer with all that it came from, and make it again to see whether it still comes out the same."""

from __future__ import annotations

import dataclasses
import json
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import RecordError
from rag.grounding import Label, check_sentence
from rag.pipeline import SEED, Options
from rag.quoting import plain
from rag.text import sentence_spans
from rag.types import Answer, Done, Evidence, Working

if TYPE_CHECKING:
    from rag.pipeline import Pipeline
    from rag.searching import History

FORMAT = 1
# Of a fingerprint, in a message.
_SHOWN = 40
# Those whose arithmetic or rules an answer goes through.
_PACKAGES = ("rag", "bm25s", "faiss-cpu", "numpy", "onnxruntime", "PyStemmer", "tokenizers", "xllamacpp")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and how: all that goes into a pipeline. The fields after the history are those of `Options`."""

    question: str
    history: tuple[tuple[str, str], ...]
    passages: int
    words: int
    within: tuple[str, ...] | None
    draft: bool

    @property
    def options(self) -> Options:
        """How it was to be answered."""
        return Options(passages=self.passages, words=self.words, within=self.within, draft=self.draft)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A retrieved document and its score."""

    document_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check says of a sentence of the draft; `evidence` counts the recorded evidence from 0."""

    sentence: str
    label: Label
    evidence: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What came out, step by step; what is the same up to a step and not after it changed there."""

    ranked: tuple[Ranked, ...]
    evidence: tuple[Evidence, ...]
    prompt: tuple[tuple[str, str], ...]
    draft: str
    checked: tuple[Checked, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Record:
    """All that is needed to check an answer.

    Attributes:
        format: Number of the file format.
        versions: Of the packages that an answer depends on.
        fingerprint: Of index and models, as `Pipeline.fingerprint`.
        llm: Name of the language model, "none" for none.
        seed: What the language model drew with.
        asked: What went in.
        made: What came out.
    """

    format: int
    versions: dict[str, str]
    fingerprint: dict[str, str | int]
    llm: str
    seed: int
    asked: Asked
    made: Made

    def save(self, path: str | Path) -> None:
        """Write the record as JSON, whole or not at all, in place of what is there.

        Raises:
            RecordError: The file cannot be written.
        """
        target = Path(path).resolve()
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2)
        if target.exists() and not target.is_file():
            raise RecordError(f"{path} is no file: name one for the record")
        part = target.with_name(f".{target.name}-{secrets.token_hex(4)}.part")
        try:
            part.write_bytes(f"{text}\n".encode())
            part.replace(target)
        except (OSError, UnicodeError) as error:
            part.unlink(missing_ok=True)
            raise RecordError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from error

    @classmethod
    def load(cls, path: str | Path) -> Record:
        """Return the record in a file.

        Raises:
            RecordError: There is no such file, or it is no record of this format.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            text = Path(path).read_bytes()
        except OSError as error:
            raise RecordError(f"{path} cannot be read: {error.strerror}") from error
        _check_format(path, text)
        try:
            return TypeAdapter(cls).validate_json(text, strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise RecordError(f"{path} is no record: {place}: {first['msg']}") from error


@dataclass(frozen=True, slots=True)
class Replay:
    """How a record fared when its question was answered again.

    Attributes:
        answer: The answer of now.
        differences: What is not the recorded one byte for byte, in the order of the steps; empty
            when all is the same. Seconds are left out.
        other_versions: Package, recorded version and version of now, where they differ.
    """

    answer: Answer
    differences: tuple[str, ...]
    other_versions: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Whether everything came out the same, byte for byte."""
        return not self.differences

    def __str__(self) -> str:
        if self.same:
            return "same: the answer is the recorded one, byte for byte"
        parts = ", ".join(self.differences)
        if not any(name.startswith("answer.") for name in self.differences):
            parts += "; the answer is the recorded one"
        changed = ", ".join(f"{name} {now}, recorded with {then}" for name, then, now in self.other_versions)
        return f"differs: {parts}" + (f" ({changed})" if changed else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as values that JSON knows."""
        return {
            "same": self.same,
            "differences": list(self.differences),
            "other_versions": [list(entry) for entry in self.other_versions],
            "answer": self.answer.to_dict(),
        }


def record(pipeline: Pipeline, question: str, history: History = (), options: Options | None = None) -> Record:
    """Answer a question and keep all that the answer came from.

    Raises:
        RagError: As `Pipeline.answer`.
    """
    options = options or pipeline.options
    done = next(event for event in pipeline.stream(question, history, options) if isinstance(event, Done))
    return Record(
        format=FORMAT,
        versions=_versions(),
        fingerprint=pipeline.fingerprint,
        llm=pipeline.llm.name if pipeline.llm else "none",
        seed=SEED,
        asked=Asked(
            question=question,
            history=tuple((turn[0], turn[1]) for turn in history),
            passages=options.passages,
            words=options.words,
            within=None if options.within is None else tuple(sorted(options.within)),
            draft=options.draft,
        ),
        made=_made(done.answer, done.working),
    )


def replay(pipeline: Pipeline, recorded: Record) -> Replay:
    """Answer a recorded question again and compare what comes out with what is recorded.

    Raises:
        RecordError: The index or a model is not the recorded one; the message says which.
        RagError: As `Pipeline.answer`.
    """
    _check_fingerprint(recorded.fingerprint, pipeline.fingerprint)
    again = record(pipeline, recorded.asked.question, recorded.asked.history, recorded.asked.options)
    before, now = _values(recorded), _values(again)
    return Replay(
        answer=again.made.answer,
        differences=tuple(name for name in now if json.dumps(before[name]) != json.dumps(now[name])),
        other_versions=tuple(
            (name, recorded.versions[name], again.versions[name])
            for name in recorded.versions
            if again.versions.get(name, recorded.versions[name]) != recorded.versions[name]
        ),
    )


def _made(answer: Answer, working: Working) -> Made:
    return Made(
        ranked=tuple(Ranked(passage.document_id, passage.score) for passage in answer.passages),
        evidence=working.evidence,
        prompt=tuple((role, words) for role, words in working.prompt),
        draft=working.draft,
        checked=tuple(_checked(working, answer.searched)),
        answer=answer,
    )


def _checked(working: Working, question: str) -> list[Checked]:
    sentences = [plain(working.draft[start:end]) for start, end in sentence_spans(working.draft)]
    verdicts = [check_sentence(sentence, working.evidence, question=question) for sentence in sentences]
    return [
        Checked(sentence, verdict.label, verdict.evidence, verdict.reasons)
        for sentence, verdict in zip(sentences, verdicts, strict=True)
    ]


def _values(kept: Record) -> dict[str, Any]:
    """Return what is compared, by name, in the order of the steps."""
    made = dataclasses.asdict(kept.made)
    answer = made.pop("answer")
    return {
        "seed": kept.seed,
        **made,
        **{f"answer.{name}": value for name, value in answer.items() if name != "timings"},
    }


def _check_fingerprint(recorded: Mapping[str, str | int], here: Mapping[str, str | int]) -> None:
    names = {"format": "index format", "documents": "index", "corpus_hash": "index", "llm": "language model"}
    for key, value in here.items():
        if recorded.get(key) != value:
            kind, then = names.get(key, key), recorded.get(key, "unknown")
            unit = " papers" if key == "documents" else ""
            raise RecordError(
                f"the answer was recorded with another {kind} ({_short(then)}{unit}, here {_short(value)}{unit}):"
                f" replay it with that {kind.removesuffix(' format')}"
            )


def _short(value: str | int) -> str:
    return str(value) if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}…"


def _check_format(path: str | Path, text: bytes) -> None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{path} is no record: not JSON") from error
    found = values.get("format") if isinstance(values, dict) else None
    if found != FORMAT:
        what = "is no record" if found is None else f"has record format {found}, this version reads {FORMAT}"
        raise RecordError(f"{path} {what}: make one with: rag ask QUESTION --record FILE")


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
