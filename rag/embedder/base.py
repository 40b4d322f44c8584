"""What the rest of the package asks of an embedding model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Up to so many multiplications OpenBLAS uses one thread. Its further ones wait in a loop, and while another
# program has a core, a product of 0.1 ms takes 40.
_ONE_THREAD = 2**18


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


def unit_rows(vectors: Vectors) -> Vectors:
    """Return rows scaled to length 1; a row of zeros stays one."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def product(left: Vectors, right: Vectors) -> Vectors:
    """Return left @ right, shape (n, m), made in blocks of rows that are worth one thread each."""
    rows = max(1, _ONE_THREAD // max(right.size, 1))
    products = np.empty((len(left), right.shape[1]), dtype=np.float32)
    for first in range(0, len(left), rows):
        np.matmul(left[first : first + rows], right, out=products[first : first + rows])
    return products


def inner_products(rows: Vectors, vector: Vectors) -> Vectors:
    """Return the inner product of each row with a vector, shape (n,), on one thread."""
    return np.asarray(np.vecdot(rows, vector), dtype=np.float32)
