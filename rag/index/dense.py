"""The vectors: whole documents in FAISS, their windows beside it for a closer look at candidates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.vectors import Vectors, inner_products

Positions = NDArray[np.int64]


def write_dense(path: Path, documents: Vectors) -> None:
    """Write document vectors, shape (n, d), unit rows."""
    import faiss

    # Unit rows, so inner product = cosine; exact, so size never changes a ranking.
    index = faiss.IndexFlatIP(documents.shape[1])
    index.add(documents)
    faiss.write_index(index, str(path))


class DenseIndex:
    """Exact cosines of all documents, and of any document's windows.

    Source: Douze et al., The Faiss library, 2024, arXiv:2401.08281.
    """

    def __init__(self, faiss_path: Path, windows_path: Path, window_owners: Positions) -> None:
        import faiss

        index = faiss.read_index(str(faiss_path))
        # A product of all rows takes a third of the time that FAISS needs for a single question.
        self._documents: Vectors = index.reconstruct_n(0, index.ntotal)
        # A plain view of the map, which is slow to slice.
        self._windows = np.asarray(np.load(windows_path, mmap_mode="r", allow_pickle=False))
        self._bounds = np.searchsorted(window_owners, np.arange(len(self._documents) + 1))

    def cosines(self, question_vector: Vectors) -> Vectors:
        """Return the cosine of every document, shape (documents,)."""
        return inner_products(self._documents, question_vector)

    def vectors(self, positions: Positions) -> Vectors:
        """Return the vectors of documents, shape (n, d)."""
        return np.asarray(self._documents[positions], dtype=np.float32)

    def window_vectors(self, position: int) -> Vectors:
        """Return the vectors of one document's windows, shape (windows, d), in their order."""
        begin, end = self._bounds[position], self._bounds[position + 1]
        return np.asarray(self._windows[begin:end], dtype=np.float32)

    def window_cosines(self, question_vector: Vectors, positions: Positions) -> list[Vectors]:
        """Return the cosines of each document's windows, in their order; none for a document without."""
        stretches = [self._windows[begin:end] for begin, end in zip(*self._window_bounds(positions), strict=True)]
        cosines = inner_products(np.concatenate(stretches).astype(np.float32), question_vector)
        return np.split(cosines, np.cumsum([len(stretch) for stretch in stretches])[:-1])

    def first_window(self, position: int) -> int:
        """Return the number of a document's first window among all windows."""
        return int(self._bounds[position])

    def _window_bounds(self, positions: Positions) -> tuple[Positions, Positions]:
        return self._bounds[positions], self._bounds[positions + 1]
