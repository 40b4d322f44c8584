"""Exact search by cosine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eval.peers.inputs import Paper, Rankings, Scored, Vectors


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return the papers nearest to each query."""
    found = score(corpus, queries, vectors, top_k)
    return {query_id: [paper_id for paper_id, _ in scored] for query_id, scored in found.items()}


def score(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> dict[str, Scored]:
    """Return the papers with their cosines."""
    papers = vectors.of([paper.whole for paper in corpus])
    scores = vectors.of(list(queries.values())) @ papers.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top_k]
    return {
        query_id: [(corpus[number].id, float(row[number])) for number in numbers]
        for query_id, row, numbers in zip(queries, scores, order, strict=True)
    }
