"""paper-qa: the search of `Docs` over its default NumpyVectorStore, one text per paper, without a language model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from lmi import EmbeddingModel
from paperqa import Docs, Settings
from paperqa.types import Doc, Text
from pydantic import PrivateAttr

from eval.peers.inputs import Paper, Rankings, Vectors


class Given(EmbeddingModel):
    """An embedding model that looks its vectors up."""

    _vectors: Vectors = PrivateAttr()

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(name="given", ndim=vectors.dimension)
        self._vectors = vectors

    async def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of texts."""
        return self._vectors.of(texts).tolist()


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what `Docs.retrieve_texts` finds with the given vectors."""
    return asyncio.run(retrieve(corpus, queries, Given(vectors), top_k))


async def retrieve(corpus: Sequence[Paper], queries: Mapping[str, str], model: EmbeddingModel, top_k: int) -> Rankings:
    """Return what `Docs.retrieve_texts` finds with an embedding model."""
    settings, docs = Settings(), Docs()
    for paper in corpus:
        doc = Doc(docname=paper.id, dockey=paper.id, citation=paper.title)
        await docs.aadd_texts([Text(text=paper.whole, name=paper.id, doc=doc)], doc, settings, model)
    found = {query_id: await docs.retrieve_texts(text, top_k, settings, model) for query_id, text in queries.items()}
    return {query_id: [text.doc.dockey for text in texts] for query_id, texts in found.items()}
