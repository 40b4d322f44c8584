"""A small space for token vectors, so that those of a whole corpus can be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from rag.errors import EmbedderError
from rag.vectors import Vectors, unit_rows

TOKEN_DIMENSION = 64
# For the shipped model, fitted by eval/fit_matching.py; shape (384, 64).
TRAINED = Path(__file__).parent / "all-MiniLM-L6-v2.projection.npy"
_WORDS = 3000
_WORDS_PER_TEXT = 12


def load_projection(path: Path, vocabulary: Iterable[str], token_vectors: Callable[[str], Vectors]) -> Vectors:
    """Return the projection kept at a path, made on first use, shape (model dimension, 64 or fewer).

    Its columns are the main directions of the token vectors of common words in random company, so
    that it hangs on the model alone and not on any corpus: principal components without centring,
    since cosines are compared.

    Raises:
        EmbedderError: It cannot be read or kept.
    """
    try:
        if path.exists():
            return np.asarray(np.load(path, allow_pickle=False), dtype=np.float32)
        projection = principal_directions(vocabulary, token_vectors)
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_suffix(".new.npy")
        np.save(staged, projection, allow_pickle=False)
        staged.replace(path)
    except (OSError, ValueError) as error:
        raise EmbedderError(f"{path}: cannot be read or kept ({error}): delete it, or set RAG_CACHE") from error
    return projection


def trained_projection() -> Vectors:
    """Return the projection that was fitted for the shipped model, shape (384, 64)."""
    return np.asarray(np.load(TRAINED, allow_pickle=False), dtype=np.float32)


def principal_directions(vocabulary: Iterable[str], token_vectors: Callable[[str], Vectors]) -> Vectors:
    """Return the main directions of the token vectors of common words, shape (model dimension, 64 or fewer)."""
    words = sorted({word for word in vocabulary if len(word) > 2 and word.isascii() and word.isalpha()})
    chosen = [words[number] for number in np.random.default_rng(0).permutation(len(words))[:_WORDS]]
    texts = [" ".join(chosen[first : first + _WORDS_PER_TEXT]) for first in range(0, len(chosen), _WORDS_PER_TEXT)]
    rows = np.concatenate([unit_rows(token_vectors(text))[1:-1] for text in texts])
    directions = np.linalg.svd(rows, full_matrices=False)[2]
    return np.ascontiguousarray(directions[:TOKEN_DIMENSION].T, dtype=np.float32)
