"""Turn texts into unit vectors. Knows nothing of documents or indexes."""

from rag.embedder.base import Embedder, Embedding
from rag.embedder.opening import DEFAULT_EMBEDDER, open_embedder

__all__ = ["DEFAULT_EMBEDDER", "Embedder", "Embedding", "open_embedder"]
