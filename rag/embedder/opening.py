"""Find the embedding model that a name means."""

from __future__ import annotations

from pathlib import Path

from rag.embedder.base import Embedder
from rag.embedder.onnx_minilm import OnnxMiniLM
from rag.embedder.sentence_model import SentenceModel
from rag.errors import EmbedderError
from rag.onnx_bert import shipped_model_dir

DEFAULT_EMBEDDER = "default"


def open_embedder(name: str, *, cache_dir: Path, threads: int) -> Embedder:
    """Return the model of a name: "default", or any sentence-transformers name or folder.

    Nothing is loaded before the first text.

    Raises:
        EmbedderError: The shipped model's package is absent, or the name is empty.
    """
    if not name.strip():
        raise EmbedderError('the embedding model has no name: use "default" or a sentence-transformers model')
    if name not in (DEFAULT_EMBEDDER, OnnxMiniLM.name):
        return SentenceModel(name, cache_dir)
    return OnnxMiniLM(shipped_model_dir(), cache_dir, threads=threads)
