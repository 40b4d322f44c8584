"""LlamaIndex: VectorStoreIndex over its default in-memory store, one node per paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import TextNode
from pydantic import PrivateAttr

from eval.peers.inputs import Paper, Rankings, Vectors


class _Given(BaseEmbedding):
    """An embedding model that looks its vectors up."""

    _vectors: Vectors = PrivateAttr()

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(model_name="given")
        self._vectors = vectors

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._vectors.of([text])[0].tolist()

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what the index's own retriever finds."""
    nodes = [TextNode(id_=paper.id, text=paper.whole) for paper in corpus]
    index = VectorStoreIndex(nodes, embed_model=_Given(vectors))
    retriever = index.as_retriever(similarity_top_k=top_k)
    return {query_id: [hit.node.node_id for hit in retriever.retrieve(text)] for query_id, text in queries.items()}
