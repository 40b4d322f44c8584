"""The convex sum of the plain BM25 and the exact dense search here, half and half.

Scores are scaled by the least and greatest of each list; a paper that one list lacks has 0 there.

Source: Bruch, Gai and Ingber, ACM TOIS 2023, doi:10.1145/3596512.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from eval.peers.inputs import Paper, Rankings, Scored, Vectors
from eval.peers.systems import bm25, dense

_SHARE = 0.5


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return the fusion of the first top_k papers of both."""
    lexical = bm25.score(corpus, queries, top_k)
    near = dense.score(corpus, queries, vectors, top_k)
    return {query_id: _fused(near[query_id], lexical[query_id])[:top_k] for query_id in queries}


def _fused(near: Scored, lexical: Scored) -> list[str]:
    sums: dict[str, float] = defaultdict(float)
    for share, found in ((_SHARE, near), (1 - _SHARE, lexical)):
        scores = [score for _, score in found]
        low, span = min(scores, default=0.0), max(scores, default=0.0) - min(scores, default=0.0)
        for paper_id, score in found:
            sums[paper_id] += share * (score - low) / span if span else 0.0
    return sorted(sums, key=sums.__getitem__, reverse=True)
