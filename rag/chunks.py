"""Cut documents into the stretches that are embedded. Knows nothing of models."""

from __future__ import annotations

from collections.abc import Iterator

from rag.text import sentence_spans
from rag.types import Chunk, Document

WINDOW_SENTENCES = 3
WINDOW_STRIDE = 2


def chunk_document(
    document: Document, *, sentences: int = WINDOW_SENTENCES, stride: int = WINDOW_STRIDE
) -> Iterator[Chunk]:
    """Yield the whole document as one chunk, then windows of sentences that overlap.

    The whole tells what the paper is about, a window what one part of it says. A document no
    longer than one window gives no window: it would repeat the whole.

    Raises:
        ValueError: `stride` is not between 1 and `sentences`, so that sentences would be left out.
    """
    if not 1 <= stride <= sentences:
        raise ValueError(f"stride must be from 1 to {sentences}, got {stride}")
    yield Chunk(document.id, 0, len(document.text), "document")
    spans = sentence_spans(document.text)
    if len(spans) <= sentences:
        return
    for first in range(0, len(spans) - sentences + stride, stride):
        window = spans[first : first + sentences]
        yield Chunk(document.id, window[0].start, window[-1].end, "window")


def embedded_text(document: Document, chunk: Chunk) -> str:
    """Return what the embedder is given for a chunk: the title, then the chunk's words."""
    return f"{document.title}. {document.text[chunk.start : chunk.end]}".strip()
