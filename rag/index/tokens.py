"""Token vectors of every document, eight bits a number, memory-mapped: what late interaction compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedder import Embedding
from rag.index.rows import RowFile
from rag.text import STOP_WORDS, Span
from rag.types import Chunk, Document
from rag.vectors import Vectors, product, unit_rows

_TOKENS_NAME = "tokens.npy"
_OWNERS_NAME = "token_sentences.npy"
_BOUNDS_NAME = "token_bounds.npy"
# The number, in place of a sentence's, of pieces that stand in the title.
TITLE = 65535
_SCALE = 127.0


class Tokens(NamedTuple):
    """The word pieces of one document that are not of stop words.

    Attributes:
        vectors: Unit rows, shape (pieces, token dimension).
        sentences: The number of each piece's sentence, from 0, or `TITLE`; shape (pieces,).
    """

    vectors: Vectors
    sentences: NDArray[np.uint16]


class TokenCodes(NamedTuple):
    """Tokens as they are kept: vectors in eight bits a number, shape (pieces, token dimension), and sentences."""

    codes: NDArray[np.int8]
    sentences: NDArray[np.uint16]


def tokens_of(
    document: Document, spans: Sequence[Span], chunks: Sequence[Chunk], embeddings: Sequence[Embedding]
) -> Tokens:
    """Return the pieces of a document, each as the first chunk that holds its whole sentence has it.

    Windows come before the whole document, which a model may cut; the title is the whole's.
    """
    vectors: list[Vectors] = []
    owners: list[int] = []
    done: set[int] = set()
    order = [*range(1, len(chunks)), 0]
    for number in order:
        chunk, embedding = chunks[number], embeddings[number]
        fresh: set[int] = set()
        for vector, owner in _pieces(document, spans, chunk, embedding):
            if owner in done or (owner == TITLE and number != 0):
                continue
            fresh.add(owner)
            vectors.append(vector)
            owners.append(owner)
        done |= fresh
    rows = np.array(vectors, dtype=np.float32) if vectors else np.zeros((0, embeddings[0].tokens.shape[1]), np.float32)
    return Tokens(rows, np.array(owners, dtype=np.uint16))


def _pieces(
    document: Document, spans: Sequence[Span], chunk: Chunk, embedding: Embedding
) -> Iterator[tuple[Vectors, int]]:
    text = f"{document.title}. {document.text[chunk.start : chunk.end]}"
    body = len(document.title) + 2
    ends = np.array([span.end for span in spans], dtype=np.int64)
    for vector, (start, end) in zip(embedding.tokens, embedding.offsets, strict=True):
        if end <= start or not _tells(text, start, end):
            continue
        if start < body:
            yield vector, TITLE
            continue
        owner = int(np.searchsorted(ends, chunk.start + start - body, side="right"))
        yield vector, min(owner, TITLE - 1)


def _tells(text: str, start: int, end: int) -> bool:
    """Say whether a piece belongs to a word that is no stop word."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    word = text[start:end]
    return any(character.isalnum() for character in word) and word.casefold() not in STOP_WORDS


def to_codes(tokens: Tokens) -> TokenCodes:
    """Return tokens as they are kept."""
    return TokenCodes(np.round(tokens.vectors * _SCALE).astype(np.int8), tokens.sentences)


class TokenWriter:
    """Writes the tokens of documents, in order, into a folder; complete once closed. A context manager."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._files = ExitStack()
        self._bounds_path = folder / _BOUNDS_NAME
        self._bounds = [0]
        self._codes = self._files.enter_context(RowFile(folder / _TOKENS_NAME, np.int8, (dimension,)))
        self._owners = self._files.enter_context(RowFile(folder / _OWNERS_NAME, np.uint16))

    def append(self, tokens: TokenCodes) -> None:
        """Write the tokens of the next document."""
        self._codes.append(tokens.codes)
        self._owners.append(tokens.sentences)
        self._bounds.append(self._bounds[-1] + len(tokens.codes))

    def __enter__(self) -> TokenWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()
        np.save(self._bounds_path, np.array(self._bounds, dtype=np.int64), allow_pickle=False)


class TokenIndex:
    """The tokens of any document, by position."""

    def __init__(self, folder: Path) -> None:
        # Plain views of the maps, which are slow to slice.
        self._tokens = np.asarray(np.load(folder / _TOKENS_NAME, mmap_mode="r", allow_pickle=False))
        self._owners = np.asarray(np.load(folder / _OWNERS_NAME, mmap_mode="r", allow_pickle=False))
        self._bounds = np.load(folder / _BOUNDS_NAME, allow_pickle=False)

    def __getitem__(self, position: int) -> Tokens:
        codes, sentences = self.codes(position)
        return Tokens(unit_rows(codes.astype(np.float32)), sentences)

    def max_similarities(self, question: Vectors, weights: Vectors, positions: Sequence[int]) -> Vectors:
        """Return the `max_similarity` of each document, its mean weighted by piece, shape (positions,)."""
        matches = np.zeros(len(positions), dtype=np.float32)
        codes = [self.codes(position).codes for position in positions]
        sizes = np.array([len(rows) for rows in codes])
        if not len(question) or not sizes.any():
            return matches
        rows = np.concatenate(codes).astype(np.float32)
        cosines = product(rows, question.T)
        cosines /= np.maximum(np.sqrt(np.vecdot(rows, rows)), 1e-12)[:, np.newaxis]
        firsts = np.cumsum(sizes) - sizes
        best = np.maximum.reduceat(cosines, firsts[sizes > 0])
        matches[sizes > 0] = np.vecdot(best, weights) / max(float(weights.sum()), 1e-12)
        return matches

    def codes(self, position: int) -> TokenCodes:
        """Return the tokens of a document as they are kept."""
        begin, end = self._bounds[position], self._bounds[position + 1]
        return TokenCodes(self._tokens[begin:end], self._owners[begin:end])


def max_similarity(question: Vectors, document: Vectors) -> float:
    """Return the mean, over the question's pieces, of the best cosine among the document's; 0 without pieces.

    Source: Khattab and Zaharia, ColBERT, SIGIR 2020, doi:10.1145/3397271.3401075.
    """
    if not len(question) or not len(document):
        return 0.0
    return float(product(document, question.T).max(axis=0).mean())
