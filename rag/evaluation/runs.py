"""Runs: what a system did on a set of questions, as a file that can be compared with another."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from rag import EvaluationError
from rag.evaluation.gold import read_text

FORMAT = 1
RunKind = Literal["retrieval", "answers"]
_PACKAGES = ("rag", "ir-measures", "numpy", "faiss-cpu", "bm25s", "onnxruntime", "xllamacpp")


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage that a run found, as shown when runs are compared."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a system did on one question.

    Attributes:
        id: Of the question.
        type: Of the question.
        digest: Of the question and its judgement; results are compared only when it is equal.
        scores: By measure; a measure that makes no sense for this question is left out.
        question: What was asked.
        kind: Why nothing answers it; "" when something does.
        seconds: Latency by step, "total" among them.
        ranking: Ids, best first.
        grades: Of the judged documents, by id; 1 and above is relevant.
        shown: The first passages.
        answer: What was answered, when the run is of answers.
    """

    id: str
    type: str
    digest: str
    scores: dict[str, float]
    question: str = ""
    kind: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    ranking: tuple[str, ...] = ()
    grades: dict[str, int] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """The results of one system on one set of questions.

    Attributes:
        kind: What was scored.
        name: Of the system, as the report calls it.
        questions: Name of the set of questions.
        split: The part of the set that was asked; "" for all of it.
        settings: What the run was made with.
        index: Fingerprint of the index: its format, embedder and corpus hash.
        versions: Of Python and of the packages that matter.
        results: One per question, in the order asked.
    """

    kind: RunKind
    name: str
    questions: str
    split: str
    settings: dict[str, Any]
    index: dict[str, Any]
    versions: dict[str, str]
    results: tuple[QueryResult, ...]


def digest_of(*parts: object) -> str:
    """Return 12 hex digits of the SHA-256 of the parts as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of the installed packages that a score depends on."""
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def write_run(path: Path, run: Run) -> None:
    """Write a run as JSON, one line per question, and make the folder when it is not there.

    Raises:
        EvaluationError: The file cannot be written.
    """
    head = {"format": FORMAT, **{name: getattr(run, name) for name in _HEAD_FIELDS}}
    lines = ",\n".join(json.dumps(_slim(result), ensure_ascii=False) for result in run.results)
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    write_text(path, f'{opening},\n "results": [\n{lines}\n]}}\n')


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file, and make its folder when it is not there.

    Raises:
        EvaluationError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"{path} cannot be written: {error.strerror}") from error


def read_run(path: Path) -> Run:
    """Return the run of a file; a baseline is a run too, without what was found.

    Raises:
        EvaluationError: The file cannot be read or holds no run of this format.
    """
    try:
        values = json.loads(read_text(path))
        if values["format"] != FORMAT:
            raise EvaluationError(f"{path} has run format {values['format']}, this version reads {FORMAT}")
        head = {name: values[name] for name in _HEAD_FIELDS}
        if head["kind"] not in ("retrieval", "answers"):
            raise ValueError(head["kind"])
        return Run(**head, results=tuple(_result(row) for row in values["results"]))
    except (ValueError, TypeError, KeyError) as error:
        raise EvaluationError(f'{path} is no run: write one with "rag eval retrieval --out FILE"') from error


def baseline_of(run: Run) -> Run:
    """Return the run with scores alone, small enough to be committed."""
    results = (
        QueryResult(id=result.id, type=result.type, digest=result.digest, scores=result.scores, kind=result.kind)
        for result in run.results
    )
    return dataclasses.replace(run, results=tuple(results))


def check_comparable(run: Run, other: Run, other_name: str) -> None:
    """Check that two runs answer the same questions, judged alike, over the same papers.

    A run of one split may be compared with a run of the whole set.

    Raises:
        EvaluationError: They do not; the message says what differs.
    """
    if run.kind != other.kind:
        raise EvaluationError(f"{other_name} scores {other.kind}, this run {run.kind}")
    if run.index.get("corpus_hash") != other.index.get("corpus_hash"):
        raise EvaluationError(
            f"{other_name} was made over another index (corpus {_short(other)}, here"
            f" {_short(run)}): make it anew over this one"
        )
    digests = {result.id: result.digest for result in other.results}
    missing = [result.id for result in run.results if result.id not in digests]
    changed = [result.id for result in run.results if digests.get(result.id, result.digest) != result.digest]
    dropped = [] if run.split else sorted(digests.keys() - {result.id for result in run.results})
    for ids, what in ((missing, "lacks"), (changed, "judged otherwise"), (dropped, "alone has")):
        if ids:
            raise EvaluationError(f"{other_name} {what} {_listed(ids)}: make it anew on these questions")


_HEAD_FIELDS = ("kind", "name", "questions", "split", "settings", "index", "versions")


def _short(run: Run) -> str:
    return str(run.index.get("corpus_hash"))[:12]


def _listed(ids: list[str], limit: int = 3) -> str:
    return ", ".join(ids[:limit]) + (f" and {len(ids) - limit} more" if len(ids) > limit else "")


def _slim(result: QueryResult) -> dict[str, Any]:
    values = dataclasses.asdict(result)
    values["scores"] = {name: round(score, 6) for name, score in result.scores.items()}
    values["seconds"] = {name: round(seconds, 5) for name, seconds in result.seconds.items()}
    return {name: value for name, value in values.items() if value or name in ("id", "type", "digest", "scores")}


def _result(row: Mapping[str, Any]) -> QueryResult:
    shown: Iterable[Mapping[str, str]] = row.get("shown", ())
    values = {
        **row,
        "scores": {name: float(score) for name, score in row["scores"].items()},
        "ranking": tuple(row.get("ranking", ())),
        "shown": tuple(Shown(**passage) for passage in shown),
    }
    return QueryResult(**values)
