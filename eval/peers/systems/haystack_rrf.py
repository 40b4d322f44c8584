"""haystack: BM25 and embedding retrievers over its in-memory store, joined by reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from eval.peers.inputs import Paper, Rankings, Vectors


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what a hybrid pipeline of default components finds."""
    store = InMemoryDocumentStore()
    rows = vectors.of([paper.whole for paper in corpus]).tolist()
    store.write_documents(
        [Document(id=paper.id, content=paper.whole, embedding=row) for paper, row in zip(corpus, rows, strict=True)]
    )
    pipeline = _hybrid(store, top_k)
    return {query_id: _search(pipeline, text, vectors) for query_id, text in queries.items()}


def _hybrid(store: InMemoryDocumentStore, top_k: int) -> Pipeline:
    pipeline = Pipeline()
    pipeline.add_component("bm25", InMemoryBM25Retriever(store, top_k=top_k))
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=top_k))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=top_k))
    pipeline.connect("bm25", "joiner")
    pipeline.connect("dense", "joiner")
    return pipeline


def _search(pipeline: Pipeline, text: str, vectors: Vectors) -> list[str]:
    found = pipeline.run({"bm25": {"query": text}, "dense": {"query_embedding": vectors.of([text])[0].tolist()}})
    return [document.id for document in found["joiner"]["documents"]]
