"""Rerank by a cross-encoder, which reads question and paper together. Off unless named."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from rag.errors import EmbedderError


class Reranker(Protocol):
    """Anything that scores texts for a question. Thread-safe."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, higher for better."""
        ...


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder, by name or folder; loaded with the first question.

    Source: Nogueira and Cho, Passage Re-ranking with BERT, 2019, arXiv:1901.04085.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text, higher for better.

        Raises:
            EmbedderError: The model cannot be loaded.
        """
        with self._lock:
            scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in scores]

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder

        try:
            return CrossEncoder(self.name, num_labels=1)
        except (OSError, ValueError, RuntimeError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
            raise EmbedderError(
                f"cannot load the reranker {self.name!r}: {reason}: name a sentence-transformers CrossEncoder,"
                " or leave RAG_RERANKER empty"
            ) from error
