"""The BM25 index, memory-mapped. Knows terms, not texts."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.index.rows import RowFile

Positions = NDArray[np.int64]
Scores = NDArray[np.float32]
K1 = 1.5
B = 0.75
_TERMS_NAME = "document_terms.npy"
_COUNTS_NAME = "document_counts.npy"
_BOUNDS_NAME = "document_bounds.npy"
_MOST_COUNTED = 65535


def write_lexical(folder: Path, documents: Iterable[Sequence[str]]) -> None:
    """Index each document's terms with BM25, and save that and the terms of each document into a folder."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    folder.mkdir()
    numbers: dict[str, int] = {}
    documents_numbers = [[numbers.setdefault(term, len(numbers)) for term in terms] for terms in documents]
    if not numbers:
        # Without a term there is no matrix; the empty term matches no question.
        numbers[""] = 0
        documents_numbers = [[0] for _ in documents_numbers]
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    tokenized = bm25s.tokenization.Tokenized(ids=documents_numbers, vocab=numbers)
    index.index(tokenized, create_empty_token=False, show_progress=False)
    index.save(folder, show_progress=False)
    _write_terms(folder, documents_numbers)


def _write_terms(folder: Path, documents: Iterable[Sequence[int]]) -> None:
    bounds = [0]
    with RowFile(folder / _TERMS_NAME, np.int32) as terms, RowFile(folder / _COUNTS_NAME, np.uint16) as counts:
        for numbers in documents:
            told = Counter(numbers)
            terms.append(np.fromiter(told, np.int32, len(told)))
            counts.append(np.minimum(np.fromiter(told.values(), np.int64, len(told)), _MOST_COUNTED))
            bounds.append(bounds[-1] + len(told))
    np.save(folder / _BOUNDS_NAME, np.array(bounds, dtype=np.int64), allow_pickle=False)


class LexicalIndex:
    """BM25 scores of every document for a bag of terms.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009,
    doi:10.1561/1500000019; Lucene's variant of the idf, in Lù, BM25S, 2024, arXiv:2407.03618.
    """

    def __init__(self, folder: Path) -> None:
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        index = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        # Plain views of the maps, which are slow to slice.
        self._bounds, self._documents, self._values = (
            np.asarray(index.scores[name]) for name in ("indptr", "indices", "data")
        )
        self._vocabulary: dict[str, int] = index.vocab_dict
        self._terms = list(self._vocabulary)
        self._told_terms = np.load(folder / _TERMS_NAME, mmap_mode="r", allow_pickle=False)
        self._told_counts = np.load(folder / _COUNTS_NAME, mmap_mode="r", allow_pickle=False)
        self._told_bounds = np.load(folder / _BOUNDS_NAME, allow_pickle=False)

    def __contains__(self, term: str) -> bool:
        return term in self._vocabulary

    def document_frequency(self, term: str) -> int:
        """Return in how many documents a term stands."""
        begin, end = self._column(term)
        return end - begin

    def term_counts(self, position: int) -> dict[str, int]:
        """Return how often each term stands in a document, in the order of their first places."""
        begin, end = self._told_bounds[position], self._told_bounds[position + 1]
        numbers, counts = self._told_terms[begin:end].tolist(), self._told_counts[begin:end].tolist()
        return {self._terms[number]: count for number, count in zip(numbers, counts, strict=True)}

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Return the weighted sum of BM25 term scores, shape (documents,); unknown terms add nothing."""
        totals = np.zeros(len(self._told_bounds) - 1, dtype=np.float32)
        for term, weight in weights.items():
            begin, end = self._column(term)
            # A document stands once in a term's column, so no index repeats.
            totals[self._documents[begin:end]] += weight * self._values[begin:end]
        return totals

    def scores_of(self, positions: Positions, weights: Mapping[str, float]) -> Scores:
        """Return what `scores` gives at positions, without looking at other documents."""
        totals = np.zeros(len(positions), dtype=np.float32)
        # Of one type with the column, which would be copied otherwise.
        wanted = positions.astype(self._documents.dtype)
        for term, weight in weights.items():
            begin, end = self._column(term)
            if begin == end:
                continue
            # The documents of a term's column are in order.
            rows = self._documents[begin:end]
            places = np.minimum(np.searchsorted(rows, wanted), end - begin - 1)
            found = rows[places] == wanted
            totals[found] += weight * self._values[begin:end][places[found]]
        return totals

    def _column(self, term: str) -> tuple[int, int]:
        """Return where the matrix has the documents of a term: from, to; equal for an unknown one."""
        number = self._vocabulary.get(term)
        if number is None:
            return 0, 0
        return int(self._bounds[number]), int(self._bounds[number + 1])
