"""txtai: hybrid=True and nothing else, whose dense index is approximate above 5,000 papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.peers.inputs import Paper, Rankings, Vectors
from eval.peers.systems.txtai_dense import search


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what the default hybrid index finds."""
    return search(corpus, queries, vectors, top_k, hybrid=True)
