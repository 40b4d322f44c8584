"""Arithmetic on rows of vectors that stays on one thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
# Up to so many multiplications OpenBLAS uses one thread. Its further ones wait in a loop, and while another
# program has a core, a product of 0.1 ms takes 40.
_ONE_THREAD = 2**18


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
