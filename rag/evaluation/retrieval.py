"""Score the search of a pipeline on judged queries."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Protocol

from rag import Document, Passage
from rag.evaluation.beir import JudgedQuery
from rag.evaluation.measures import score_rankings
from rag.evaluation.runs import QueryResult, Shown, digest_of

DEPTH = 100
_SHOWN = 3
# `Pipeline.search` takes no longer question; some sets ask whole documents.
_MAX_QUERY_CHARACTERS = 4_000


class Searcher(Protocol):
    """The part of `rag.Pipeline` that is scored here."""

    def search(self, question: str, top_k: int = 10, *, history: Sequence[Sequence[str]] = ()) -> list[Passage]:
        """Return the best passages, one per document, best first."""


def corpus_ids(documents: Iterable[Document]) -> dict[str, list[str]]:
    """Return the ids that each document has in the corpus it was read from, by its id in the index.

    A paper that stands in the corpus more than once was merged in the index, and has each of its ids.
    """
    return {
        document.id: [str(source["id"]) for source in document.metadata.get("sources", ()) if "id" in source]
        for document in documents
    }


def evaluate_retrieval(
    searcher: Searcher,
    queries: Iterable[JudgedQuery],
    *,
    judged_ids: Mapping[str, Sequence[str]] | None = None,
    depth: int = DEPTH,
) -> tuple[QueryResult, ...]:
    """Search for every query as an answer would, and score what is found.

    Args:
        searcher: What is scored.
        queries: With their judgements.
        judged_ids: The ids that each document is judged under; its own when None.
        depth: How many documents to retrieve; a measure that looks deeper sees no more.

    Raises:
        QuestionError: A question makes no sense.
    """
    found = [_search(searcher, query, judged_ids, depth) for query in queries]
    scores = score_rankings(
        {result.id: result.ranking for result in found}, {result.id: result.grades for result in found}
    )
    return tuple(replace(result, scores=scores[result.id]) for result in found)


def _search(
    searcher: Searcher, query: JudgedQuery, judged_ids: Mapping[str, Sequence[str]] | None, depth: int
) -> QueryResult:
    started = time.perf_counter()
    passages = searcher.search(query.question[:_MAX_QUERY_CHARACTERS], depth, history=query.history)
    seconds = time.perf_counter() - started
    ids = [judged_ids[item.document_id] if judged_ids else (item.document_id,) for item in passages]
    return QueryResult(
        id=query.id,
        type=query.type,
        digest=digest_of(query.question, query.history, query.grades),
        scores={},
        question=query.question,
        seconds={"total": seconds},
        ranking=tuple(chain.from_iterable(ids)),
        grades=query.grades,
        shown=tuple(
            Shown(names[0] if names else "", item.title, item.text)
            for item, names in zip(passages[:_SHOWN], ids, strict=False)
        ),
    )
