"""Exact search by cosine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eval.peers.inputs import Paper, Rankings, Vectors


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return the papers nearest to each query."""
    papers = vectors.of([paper.whole for paper in corpus])
    scores = vectors.of(list(queries.values())) @ papers.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :top_k]
    return {query_id: [corpus[number].id for number in row] for query_id, row in zip(queries, order, strict=True)}
