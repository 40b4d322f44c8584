"""Any sentence-transformers model, by name or folder, through that library's ordinary path."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedder.base import Embedding
from rag.embedder.projection import load_projection
from rag.errors import EmbedderError
from rag.vectors import Vectors, product, unit_rows

_BATCH = 32


class SentenceModel:
    """An embedding model run by sentence-transformers, on a GPU when there is one."""

    def __init__(self, name: str, cache_dir: Path) -> None:
        self.name = name
        self._cache_dir = cache_dir
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Name and digest of a probe's vector, so that other weights under one name are told apart."""
        probe = np.round(self.embed_question("the quick brown fox").vector, 2)
        return f"{self.name}:{hashlib.sha256(probe.tobytes()).hexdigest()[:16]}"

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return int(self._model.get_embedding_dimension())

    def knows_word(self, word: str) -> bool:
        """Say whether a lower-case word is one of the model's vocabulary, whole."""
        return word in self._vocabulary

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(word.strip("▁Ġ") for word in self._model.tokenizer.get_vocab())

    def embed(self, texts: Sequence[str]) -> Iterator[Embedding]:
        """Yield each text's embedding, in order, in batches."""
        for first in range(0, len(texts), _BATCH):
            yield from self._encode(self._model.encode_document, list(texts[first : first + _BATCH]))

    def embed_question(self, question: str) -> Embedding:
        """Return the embedding of a question, with the model's own query prompt if it has one."""
        return self._encode(self._model.encode_query, [question])[0]

    def _encode(self, encode: Any, texts: list[str]) -> list[Embedding]:
        with self._lock:
            outputs = encode(texts, output_value=None, show_progress_bar=False)
        return [self._embedding(text, output) for text, output in zip(texts, outputs, strict=True)]

    def _embedding(self, text: str, output: Any) -> Embedding:
        hidden = _as_array(output["token_embeddings"])
        encoded = self._model.tokenizer(text, return_offsets_mapping=True, truncation=True)
        offsets = [(int(start), int(end)) for start, end in encoded["offset_mapping"]]
        # A prompt before the text has pieces of its own.
        hidden = hidden[max(len(hidden) - len(offsets), 0) :]
        vector = unit_rows(_as_array(output["sentence_embedding"]))
        return Embedding(vector, unit_rows(product(hidden, self._projection)), offsets[: len(hidden)])

    @property
    def token_dimension(self) -> int:
        """Numbers per token vector."""
        return int(self._projection.shape[1])

    @cached_property
    def _projection(self) -> Vectors:
        digest = hashlib.sha256(f"{self.name}:{_as_array(self._hidden('the quick brown fox')).shape}".encode())
        path = self._cache_dir / f"projection-{digest.hexdigest()[:16]}.npy"
        return load_projection(path, self._model.tokenizer.get_vocab(), self._hidden)

    def _hidden(self, text: str) -> Vectors:
        with self._lock:
            return _as_array(self._model.encode(text, output_value="token_embeddings", show_progress_bar=False))

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self.name)
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
            raise EmbedderError(
                f"cannot load the embedding model {self.name!r}: {reason}: name a sentence-transformers model"
                ' or folder, or "default"'
            ) from error


def _as_array(tensor: Any) -> Vectors:
    # The library gives arrays or tensors, half precision among them, depending on the output asked for.
    return np.asarray(tensor if isinstance(tensor, np.ndarray) else tensor.float().cpu().numpy(), dtype=np.float32)
