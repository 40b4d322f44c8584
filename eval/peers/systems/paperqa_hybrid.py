"""paper-qa with its hybrid embedding: the dense vector and a 256-number bag of word pieces, end to end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from lmi import HybridEmbeddingModel, SparseEmbeddingModel

from eval.peers.inputs import Paper, Rankings, Vectors
from eval.peers.systems.paperqa_dense import Given, retrieve


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what `Docs.retrieve_texts` finds with what paper-qa makes of a name "hybrid-…"."""
    model = HybridEmbeddingModel(models=[Given(vectors), SparseEmbeddingModel()])
    return asyncio.run(retrieve(corpus, queries, model, top_k))
