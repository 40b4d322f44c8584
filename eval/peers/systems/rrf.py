"""Reciprocal rank fusion, k 60, of the plain BM25 and the exact dense search here.

Source: Cormack, Clarke and Büttcher, SIGIR 2009, doi:10.1145/1571941.1572114.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from eval.peers.inputs import Paper, Rankings, Vectors
from eval.peers.systems import bm25, dense

_K = 60


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return the fusion of the first top_k papers of both."""
    lexical = bm25.rank(corpus, queries, vectors, top_k)
    near = dense.rank(corpus, queries, vectors, top_k)
    return {query_id: _fused(near[query_id], lexical[query_id])[:top_k] for query_id in queries}


def _fused(*rankings: Sequence[str]) -> list[str]:
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for position, paper_id in enumerate(ranking, start=1):
            scores[paper_id] += 1 / (_K + position)
    return sorted(scores, key=scores.__getitem__, reverse=True)
