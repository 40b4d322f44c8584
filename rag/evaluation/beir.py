"""Retrieval sets in the BEIR layout: corpus.jsonl, queries.jsonl, qrels/test.tsv; read and written.

Source: Thakur, Reimers, Rücklé, Srivastava and Gurevych, BEIR, NeurIPS 2021, arXiv:2104.08663.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from rag import Document, EvaluationError
from rag.evaluation.gold import GoldQuestion, enumerate_json_lines, ids_by_title, read_text, title_key
from rag.evaluation.runs import write_text

_HEADER = ("query-id", "corpus-id", "score")


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with the grades of the documents that were judged for it; 1 and above is relevant."""

    id: str
    type: str
    question: str
    history: tuple[tuple[str, str], ...]
    grades: dict[str, int]


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A retrieval set: its name, its corpus file if it has one, and the queries that were judged."""

    name: str
    corpus: Path | None
    queries: tuple[JudgedQuery, ...]


def read_beir(folder: Path, split: str = "test") -> BeirSet:
    """Return the retrieval set of a folder; files may be gzipped, the corpus may be elsewhere.

    Every query of the qrels is there, in their order; other queries are left out.

    Raises:
        EvaluationError: A file is missing or malformed, an id is there twice or unknown, a
            question is empty.
    """
    texts = _query_texts(_existing(folder / "queries.jsonl"))
    corpus = next((path for path in _variants(folder / "corpus.jsonl") if path.is_file()), None)
    qrels_path = folder / "qrels" / f"{split}.tsv"
    qrels = _read_qrels(qrels_path)
    for query_id in qrels:
        if query_id not in texts:
            raise EvaluationError(f'{qrels_path}: unknown query id "{query_id}"')
    queries = tuple(
        JudgedQuery(query_id, texts[query_id][1], texts[query_id][0], (), grades) for query_id, grades in qrels.items()
    )
    if corpus is not None:
        check_judged(queries, _corpus_ids(corpus), str(qrels_path))
    return BeirSet(folder.resolve().name, corpus, queries)


def check_judged(queries: Iterable[JudgedQuery], known: AbstractSet[str], where: str) -> None:
    """Check that every judged document is known.

    Raises:
        EvaluationError: Some are not; the first is named.
    """
    unknown = [document_id for query in queries for document_id in query.grades if document_id not in known]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise EvaluationError(f'{where}: unknown document id "{unknown[0]}"{more}: the corpus does not have it')


def judged_gold(questions: Iterable[GoldQuestion], documents: Iterable[Document], where: str) -> list[JudgedQuery]:
    """Return the answerable questions with their gold papers as the relevant documents, grade 1.

    Raises:
        EvaluationError: A gold paper is not in the index, or no question is answerable.
    """
    ids = ids_by_title(documents)
    queries: list[JudgedQuery] = []
    for item in questions:
        if not item.answerable:
            continue
        for title in item.gold_titles:
            if title_key(title) not in ids:
                raise EvaluationError(f'{where}: {item.id}: no paper titled "{title}" in the index')
        grades = {ids[title_key(title)]: 1 for title in item.gold_titles}
        queries.append(JudgedQuery(item.id, item.type, item.question, item.history, grades))
    if not queries:
        raise EvaluationError(f"{where}: no answerable question to search for")
    return queries


def export_beir(questions: Sequence[GoldQuestion], documents: Iterable[Document], folder: Path) -> list[Path]:
    """Write the answerable questions and the whole corpus as a retrieval set, and return its files.

    A follow-up is written with the questions before it, so that it can be searched by a tool that
    knows no history. Each split has its qrels; questions without a split are "test".

    Raises:
        EvaluationError: A gold paper is not in the index, or a file cannot be written.
    """
    papers = list(documents)
    queries = judged_gold(questions, papers, "gold questions")
    splits = {item.id: item.split or "test" for item in questions}
    rows = [json.dumps({"_id": paper.id, "title": paper.title, "text": paper.text}) for paper in papers]
    asked = [
        json.dumps({"_id": query.id, "text": _in_one_line(query), "metadata": {"type": query.type}})
        for query in queries
    ]
    contents = {folder / "corpus.jsonl": rows, folder / "queries.jsonl": asked}
    for split in sorted({splits[query.id] for query in queries}):
        contents[folder / "qrels" / f"{split}.tsv"] = ["\t".join(_HEADER)] + [
            f"{query.id}\t{document_id}\t{grade}"
            for query in queries
            if splits[query.id] == split
            for document_id, grade in query.grades.items()
        ]
    for path, lines in contents.items():
        write_text(path, "\n".join(lines) + "\n")
    return list(contents)


def _in_one_line(query: JudgedQuery) -> str:
    return " ".join([*(turn[0] for turn in query.history), query.question])


def _variants(path: Path) -> tuple[Path, Path]:
    return path, path.with_name(path.name + ".gz")


def _existing(path: Path) -> Path:
    for variant in _variants(path):
        if variant.is_file():
            return variant
    raise EvaluationError(f"{path}: no such file, nor with .gz")


def _query_texts(path: Path) -> dict[str, tuple[str, str]]:
    texts: dict[str, tuple[str, str]] = {}
    for number, row in enumerate_json_lines(path):
        query_id, text = row.get("_id"), row.get("text")
        if not isinstance(query_id, str) or not query_id:
            raise EvaluationError(f'{path}, line {number}: "_id" is missing or no text')
        if query_id in texts:
            raise EvaluationError(f'{path}, line {number}: the id "{query_id}" is there twice')
        if not isinstance(text, str) or not any(character.isalnum() for character in text):
            raise EvaluationError(f'{path}, line {number}: the question of "{query_id}" is empty')
        metadata = row.get("metadata")
        query_type = metadata.get("type") if isinstance(metadata, dict) else None
        texts[query_id] = text, str(query_type or "query")
    return texts


def _corpus_ids(path: Path) -> set[str]:
    ids: set[str] = set()
    for number, row in enumerate_json_lines(path):
        document_id = row.get("_id")
        if not isinstance(document_id, str) or not document_id:
            raise EvaluationError(f'{path}, line {number}: "_id" is missing or no text')
        if document_id in ids:
            raise EvaluationError(f'{path}, line {number}: the id "{document_id}" is there twice')
        ids.add(document_id)
    return ids


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or (number == 1 and line.split("\t")[2:] == ["score"]):
            continue
        cells = line.split("\t")
        where = f"{path}, line {number}"
        if len(cells) != 3 or not cells[0] or not cells[1]:
            raise EvaluationError(f"{where}: expected query id, document id and grade between tabs")
        if not cells[2].strip().lstrip("-").isdigit():
            raise EvaluationError(f'{where}: the grade "{cells[2]}" is no whole number')
        grades = qrels.setdefault(cells[0], {})
        if cells[1] in grades:
            raise EvaluationError(f'{where}: "{cells[1]}" is judged twice for "{cells[0]}"')
        grades[cells[1]] = int(cells[2])
    if not qrels:
        raise EvaluationError(f"{path}: no judgements")
    return qrels
