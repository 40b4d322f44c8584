"""BM25 as bm25s has it, k1 1.5 and b 0.75, with English stop words and stemming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import bm25s
import Stemmer

from eval.peers.inputs import Paper, Rankings, Scored, Vectors


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return the papers that share a term with each query, best first; asks for no vectors."""
    found = score(corpus, queries, top_k)
    return {query_id: [paper_id for paper_id, _ in scored] for query_id, scored in found.items()}


def score(corpus: Sequence[Paper], queries: Mapping[str, str], top_k: int) -> dict[str, Scored]:
    """Return the papers with their scores."""
    index = bm25s.BM25(k1=1.5, b=0.75)
    index.index(_terms([paper.whole for paper in corpus]), show_progress=False)
    found, scores = index.retrieve(_terms(list(queries.values())), k=min(top_k, len(corpus)), show_progress=False)
    return {
        query_id: [(corpus[number].id, float(one)) for number, one in zip(numbers, row, strict=True) if one > 0]
        for query_id, numbers, row in zip(queries, found, scores, strict=True)
    }


def _terms(texts: list[str]) -> list[list[str]]:
    return bm25s.tokenize(
        texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), return_ids=False, show_progress=False
    )
