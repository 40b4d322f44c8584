"""Embed documents into the files of an index, one after the other. Knows nothing of folders or formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rag.chunks import embedded_text
from rag.embedder import Embedder, Embedding
from rag.index.dense import write_dense
from rag.index.folder import FAISS_NAME, WINDOWS_NAME, Index
from rag.index.rows import RowFile
from rag.index.tokens import TokenCodes, TokenWriter, to_codes, tokens_of
from rag.text import sentence_spans
from rag.types import Chunk, Document
from rag.vectors import Vectors

Progress = Callable[[int, int], None]
_TEXTS_AT_ONCE = 1024


class Known(NamedTuple):
    """An index and where in it documents of the same words are, by id."""

    old: Index
    positions: dict[str, int]


class _Vectors(NamedTuple):
    whole: Vectors
    windows: Vectors
    tokens: TokenCodes


def write_vectors(
    data: Path,
    documents: Sequence[Document],
    chunks: Sequence[Sequence[Chunk]],
    embedder: Embedder,
    known: Known | None,
    progress: Progress | None,
) -> None:
    """Write the vectors of whole documents, windows and word pieces; those of known documents are taken over.

    Only the vectors of whole documents are held in memory.
    """
    wholes = np.empty((len(documents), embedder.dimension), dtype=np.float32)
    with (
        RowFile(data / WINDOWS_NAME, np.float16, (embedder.dimension,)) as windows,
        TokenWriter(data, embedder.token_dimension) as tokens,
    ):
        for number, vectors in enumerate(_vectors(documents, chunks, embedder, known, progress)):
            wholes[number] = vectors.whole
            windows.append(vectors.windows)
            tokens.append(vectors.tokens)
    write_dense(data / FAISS_NAME, wholes)


def known_documents(documents: Iterable[Document], old: Index) -> Known:
    """Return where an index has documents of the same words; equal ids may differ in punctuation."""
    before = {document.id: (position, document) for position, document in enumerate(old.store.all_documents())}
    positions: dict[str, int] = {}
    for document in documents:
        position, same = before.get(document.id, (0, None))
        if same is not None and (same.title, same.text) == (document.title, document.text):
            positions[document.id] = position
    return Known(old, positions)


def _vectors(
    documents: Sequence[Document],
    chunks: Sequence[Sequence[Chunk]],
    embedder: Embedder,
    known: Known | None,
    progress: Progress | None,
) -> Iterator[_Vectors]:
    positions = known.positions if known else {}
    new = [number for number, document in enumerate(documents) if document.id not in positions]
    texts = (embedded_text(documents[number], chunk) for number in new for chunk in chunks[number])
    made = _counted(_embedded(texts, embedder), sum(len(chunks[number]) for number in new), progress)
    for document, own_chunks in zip(documents, chunks, strict=True):
        if known and document.id in positions:
            yield _taken_over(known.old, positions[document.id])
            continue
        own = list(islice(made, len(own_chunks)))
        rows = np.array([embedding.vector for embedding in own], dtype=np.float32)
        tokens = tokens_of(document, sentence_spans(document.text), own_chunks, own)
        yield _Vectors(rows[0], rows[1:], to_codes(tokens))


def _taken_over(old: Index, position: int) -> _Vectors:
    whole = old.dense.vectors(np.array([position]))[0]
    return _Vectors(whole, old.dense.window_vectors(position), old.tokens.codes(position))


def _embedded(texts: Iterator[str], embedder: Embedder) -> Iterator[Embedding]:
    while block := list(islice(texts, _TEXTS_AT_ONCE)):
        yield from embedder.embed(block)


def _counted(made: Iterable[Embedding], total: int, progress: Progress | None) -> Iterator[Embedding]:
    for done, embedding in enumerate(made, start=1):
        if progress:
            progress(done, total)
        yield embedding
