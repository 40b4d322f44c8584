"""The vectors: whole documents in FAISS, their windows beside it for a closer look at candidates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedder.base import Vectors

Positions = NDArray[np.int64]


def write_dense(faiss_path: Path, windows_path: Path, documents: Vectors, windows: Vectors) -> None:
    """Write document vectors, shape (n, d), and window vectors, shape (m, d), both of unit rows."""
    import faiss

    # Unit rows, so inner product = cosine; exact, so size never changes a ranking.
    index = faiss.IndexFlatIP(documents.shape[1])
    index.add(documents)
    faiss.write_index(index, str(faiss_path))
    np.save(windows_path, windows.astype(np.float16), allow_pickle=False)


class DenseIndex:
    """Exact cosine search over documents, and the cosines of any document's windows.

    Source: Douze et al., The Faiss library, 2024, arXiv:2401.08281.
    """

    def __init__(self, faiss_path: Path, windows_path: Path, window_owners: Positions) -> None:
        import faiss

        self._index: Any = faiss.read_index(str(faiss_path))
        self._windows = np.load(windows_path, mmap_mode="r", allow_pickle=False)
        owners = np.arange(self._index.ntotal + 1)
        self._bounds = np.searchsorted(window_owners, owners)

    def search(self, question_vector: Vectors, top_k: int) -> tuple[Positions, Vectors]:
        """Return document positions and cosines, best first, at most top_k."""
        scores, positions = self._index.search(question_vector[np.newaxis], min(top_k, self._index.ntotal))
        return positions[0], scores[0]

    def vectors(self, positions: Positions) -> Vectors:
        """Return the vectors of documents, shape (n, d)."""
        return np.asarray(self._index.reconstruct_batch(np.ascontiguousarray(positions)), dtype=np.float32)

    def window_vectors(self, position: int) -> Vectors:
        """Return the vectors of one document's windows, shape (windows, d), in their order."""
        begin, end = self._bounds[position], self._bounds[position + 1]
        return np.asarray(self._windows[begin:end], dtype=np.float32)

    def first_window(self, position: int) -> int:
        """Return the number of a document's first window among all windows."""
        return int(self._bounds[position])
