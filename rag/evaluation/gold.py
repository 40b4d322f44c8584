"""Gold questions: what is asked, which papers answer it, and the facts a right answer states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag import Document, EvaluationError

TYPES = ("fact", "paraphrase", "multi", "followup", "noisy", "unanswerable")
SPLITS = ("dev", "test")
KINDS = ("detail", "absent", "offtopic")
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with its judgement.

    Attributes:
        id: Unique in its file.
        type: One of TYPES.
        question: What is asked.
        history: Earlier turns, oldest first, each a question and its answer.
        gold_titles: Titles of the papers that answer it; empty when none does.
        answer: A right answer, for people to read.
        key_facts: What a right answer states: of each fact, the variants that count.
        answerable: Whether the corpus answers it.
        split: "dev" or "test"; "" when the file is not split.
        kind: Why nothing answers it: "detail", "absent" or "offtopic"; "" when something does.
    """

    id: str
    type: str
    question: str
    history: tuple[tuple[str, str], ...]
    gold_titles: tuple[str, ...]
    answer: str
    key_facts: tuple[tuple[str, ...], ...]
    answerable: bool
    split: str = ""
    kind: str = ""


def fold(text: str) -> str:
    """Return the text as facts are looked for in it: markers stripped, case and white space folded.

    >>> fold("Memory falls by  46% [1].")
    'memory falls by 46%.'
    """
    return " ".join(_MARKER.sub("", text).casefold().split())


def states(text: str, fact: Iterable[str]) -> bool:
    """Say whether a variant of the fact stands in the text, both folded."""
    folded = fold(text)
    return any(fold(variant) in folded for variant in fact)


def read_questions(path: Path, split: str | None = None) -> list[GoldQuestion]:
    """Return the questions of a JSON-lines file, in order.

    Args:
        path: The file.
        split: Only those of this split; None for all.

    Raises:
        EvaluationError: The file cannot be read, a line is malformed, an id is there twice, or
            nothing is left.
    """
    questions: dict[str, GoldQuestion] = {}
    for number, row in enumerate_json_lines(path):
        question = _question(f"{path}, line {number}", row)
        if question.id in questions:
            raise EvaluationError(f'{path}, line {number}: the id "{question.id}" is there twice')
        questions[question.id] = question
    kept = [question for question in questions.values() if split in (None, question.split)]
    if not kept:
        raise EvaluationError(f"{path}: no questions" + (f' of the split "{split}"' if split else ""))
    return kept


def enumerate_json_lines(path: Path) -> list[tuple[int, Mapping[str, Any]]]:
    """Return (line number from 1, object) per line that is not blank; .gz is unpacked.

    Raises:
        EvaluationError: The file cannot be read or a line is no JSON object.
    """
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise EvaluationError(f"{path}, line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise EvaluationError(f"{path}, line {number}: expected an object, found {type(row).__name__}")
        rows.append((number, row))
    return rows


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 file, unpacked when it ends in .gz.

    Raises:
        EvaluationError: The file cannot be opened, is damaged, or is not UTF-8 text.
    """
    import gzip

    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def title_key(title: str) -> str:
    """Return the title as it is looked up: case and white space folded."""
    return " ".join(title.casefold().split())


def ids_by_title(documents: Iterable[Document]) -> dict[str, str]:
    """Return the document id per title key; the first document of a title counts."""
    ids: dict[str, str] = {}
    for document in documents:
        ids.setdefault(title_key(document.title), document.id)
        for source in document.metadata.get("sources", ()):
            if isinstance(source, Mapping) and isinstance(source.get("title"), str):
                ids.setdefault(title_key(source["title"]), document.id)
    return ids


def _question(where: str, row: Mapping[str, Any]) -> GoldQuestion:
    question_type = _string(where, row, "type")
    if question_type not in TYPES:
        raise EvaluationError(f'{where}: unknown type "{question_type}": use {", ".join(TYPES)}')
    answerable = row.get("answerable")
    if not isinstance(answerable, bool):
        raise EvaluationError(f'{where}: "answerable" must be true or false')
    return GoldQuestion(
        id=_string(where, row, "id"),
        type=question_type,
        question=_string(where, row, "question"),
        history=tuple(_turn(where, turn) for turn in _list(where, row, "history")),
        gold_titles=_strings(where, row, "gold_titles"),
        answer=str(row.get("answer") or ""),
        key_facts=tuple(_variants(where, fact) for fact in _list(where, row, "key_facts")),
        answerable=answerable,
        split=str(row.get("split") or ""),
        kind=str(row.get("kind") or ""),
    )


def _string(where: str, row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise EvaluationError(f'{where}: "{name}" is missing or no text')
    if not any(character.isalnum() for character in value):
        raise EvaluationError(f'{where}: "{name}" is empty')
    return value


def _list(where: str, row: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = row.get(name, [])
    if not isinstance(value, list):
        raise EvaluationError(f'{where}: "{name}" must be a list')
    return value


def _strings(where: str, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = _list(where, row, name)
    if not all(isinstance(value, str) and value.strip() for value in values):
        raise EvaluationError(f'{where}: "{name}" must list texts')
    return tuple(values)


def _turn(where: str, turn: Any) -> tuple[str, str]:
    if not isinstance(turn, list) or len(turn) != 2 or not all(isinstance(part, str) for part in turn):
        raise EvaluationError(f'{where}: "history" must list [question, answer] pairs')
    return turn[0], turn[1]


def _variants(where: str, fact: Any) -> tuple[str, ...]:
    if not isinstance(fact, list) or not fact or not all(isinstance(item, str) and item.strip() for item in fact):
        raise EvaluationError(f'{where}: "key_facts" must list, for each fact, a list of its variants')
    return tuple(fact)
