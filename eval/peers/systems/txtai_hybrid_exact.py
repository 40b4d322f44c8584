"""txtai: hybrid=True over an exact (flat) dense index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.peers.inputs import Paper, Rankings, Vectors
from eval.peers.systems.txtai_dense import EXACT, search


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what the hybrid index finds when its dense part is exact."""
    return search(corpus, queries, vectors, top_k, hybrid=True, faiss=EXACT)
