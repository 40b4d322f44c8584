"""The BM25 index, memory-mapped. Knows terms, not texts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

K1 = 1.5
B = 0.75


def write_lexical(folder: Path, documents: Sequence[Sequence[str]]) -> None:
    """Index each document's terms with BM25 and save it into a folder."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    folder.mkdir(parents=True)
    # Without a term there is no matrix; the empty term matches no question.
    documents = documents if any(documents) else [[""] for _ in documents]
    vocabulary = sorted({term for terms in documents for term in terms})
    numbers = {term: number for number, term in enumerate(vocabulary)}
    tokenized = bm25s.tokenization.Tokenized(
        ids=[[numbers[term] for term in terms] for terms in documents], vocab=numbers
    )
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(tokenized, create_empty_token=False, show_progress=False)
    index.save(folder, show_progress=False)


class LexicalIndex:
    """BM25 scores of every document for a bag of terms.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009,
    doi:10.1561/1500000019; Lucene's variant of the idf, in Lù, BM25S, 2024, arXiv:2407.03618.
    """

    def __init__(self, folder: Path) -> None:
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)
        self._index = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        self._vocabulary: dict[str, int] = self._index.vocab_dict

    def __contains__(self, term: str) -> bool:
        return term in self._vocabulary

    def document_frequency(self, term: str) -> int:
        """Return in how many documents a term stands."""
        number = self._vocabulary.get(term)
        if number is None:
            return 0
        bounds = self._index.scores["indptr"]
        return int(bounds[number + 1] - bounds[number])

    def scores(self, weights: dict[str, float]) -> NDArray[np.float32]:
        """Return the weighted sum of BM25 term scores, shape (documents,); unknown terms add nothing."""
        matrix = self._index.scores
        totals = np.zeros(int(matrix["num_docs"]), dtype=np.float32)
        bounds, rows, values = matrix["indptr"], matrix["indices"], matrix["data"]
        for term, weight in weights.items():
            number = self._vocabulary.get(term)
            if number is not None:
                begin, end = int(bounds[number]), int(bounds[number + 1])
                # A document stands once in a term's column, so no index repeats.
                totals[rows[begin:end]] += weight * values[begin:end]
        return totals
