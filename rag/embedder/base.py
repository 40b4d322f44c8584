"""What the rest of the package asks of an embedding model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from rag.vectors import Vectors


class Embedding(NamedTuple):
    """A text as vectors.

    Attributes:
        vector: Of the whole text, unit length, shape (dimension,).
        tokens: One unit row per word piece, shape (pieces, token_dimension).
        offsets: Start and end of each piece in the text; equal for pieces that stand for none.
    """

    vector: Vectors
    tokens: Vectors
    offsets: list[tuple[int, int]]


class Embedder(Protocol):
    """An embedding model. Thread-safe."""

    @property
    def name(self) -> str:
        """What the user called the model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identity of weights and numerics: vectors of equal fingerprints can be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers per text vector."""
        ...

    @property
    def token_dimension(self) -> int:
        """Numbers per token vector."""
        ...

    def knows_word(self, word: str) -> bool:
        """Say whether a lower-case word is one of the model's vocabulary, whole."""
        ...

    def embed(self, texts: Sequence[str]) -> Iterator[Embedding]:
        """Yield each text's embedding, in order, as soon as it is made."""
        ...

    def embed_question(self, question: str) -> Embedding:
        """Return the embedding of a question."""
        ...
