"""txtai: an exact (flat) dense index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from txtai import Embeddings

from eval.peers.inputs import Paper, Rankings, Vectors

EXACT = {"components": "IDMap,Flat"}


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what an exact dense index finds."""
    return search(corpus, queries, vectors, top_k, faiss=EXACT)


def search(
    corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int, **settings: object
) -> Rankings:
    """Return what txtai finds with the given vectors and further settings of its index."""

    # Wrapped: txtai calls whatever is no plain function to get one.
    def transform(texts: list[str]) -> object:
        return vectors.of(texts)

    embeddings = Embeddings(method="external", transform=transform, **settings)
    embeddings.index((paper.id, paper.whole, None) for paper in corpus)
    found = embeddings.batchsearch(list(queries.values()), top_k)
    return {query_id: [str(hit[0]) for hit in hits] for query_id, hits in zip(queries, found, strict=True)}
