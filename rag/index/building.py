"""Build, extend and shrink an index folder."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from rag.chunks import WINDOW_SENTENCES, WINDOW_STRIDE, chunk_document
from rag.documents import merge_records
from rag.embedder import Embedder
from rag.errors import IndexFolderError, SourceError
from rag.index.embedding import Progress, known_documents, write_vectors
from rag.index.folder import CHUNKS_NAME, DOCUMENTS_NAME, LEXICAL_NAME, SPELLING_NAME, Index
from rag.index.lexical import write_lexical
from rag.index.manifest import FORMAT, Manifest, file_digest
from rag.index.store import write_documents
from rag.index.swapping import locked, staged, swap_in
from rag.readers import Record, read_sources
from rag.spelling import spelling_of
from rag.text import search_terms
from rag.types import Chunk, Document, IndexReport, Rejected

_CHUNKING = {"window_sentences": WINDOW_SENTENCES, "window_stride": WINDOW_STRIDE}


def build_folder(
    sources: Iterable[str | Path],
    folder: Path,
    embedder: Embedder,
    *,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Build an index of the sources alone, in place of whatever index the folder holds.

    Raises:
        SourceError: A source is missing or malformed (unless skip_bad), or there is nothing in any.
        IndexFolderError: The folder cannot be written, or another build is at work on it.
    """
    started = time.perf_counter()
    records, rejected = _read(sources, skip_bad=skip_bad)
    documents = merge_records(records)
    with locked(folder):
        old = _reusable(folder, embedder)
        chunks = _write(folder, documents, embedder, old, progress)
    return _report(folder, documents, chunks, (len(documents), 0), rejected, started)


def update_folder(
    folder: Path,
    embedder: Embedder,
    *,
    add: Iterable[str | Path] = (),
    remove: Iterable[str] = (),
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> IndexReport:
    """Add sources to an index and remove documents by id; only what is new is embedded.

    Raises:
        SourceError: A source is missing or malformed (unless skip_bad).
        IndexFolderError: There is no index, it was built with another embedder, it lacks a document
            to be removed, or another build is at work on it.
    """
    started = time.perf_counter()
    add = list(add)
    records, rejected = _read(add, skip_bad=skip_bad) if add else ([], ())
    with locked(folder):
        old = Index(folder)
        check_embedder(old.manifest, embedder, folder)
        known = list(old.store.all_documents())
        kept = _without(known, set(remove), folder)
        documents = merge_records(records, kept)
        if not documents:
            raise IndexFolderError(f"{folder}: no document would be left: delete the folder instead")
        chunks = _write(folder, documents, embedder, old, progress)
    changes = (len(documents) - len(kept), len(known) - len(kept))
    return _report(folder, documents, chunks, changes, rejected, started)


def check_embedder(manifest: Manifest, embedder: Embedder, folder: Path) -> None:
    """Check that an index and an embedder belong together.

    Raises:
        IndexFolderError: They do not; both are named.
    """
    if manifest.embedder_fingerprint == embedder.fingerprint:
        return
    raise IndexFolderError(
        f"{folder} was built with the embedder {manifest.embedder!r} ({manifest.dimension} dimensions),"
        f" not with {embedder.name!r} ({embedder.dimension}): set RAG_EMBEDDER={manifest.embedder},"
        f" or build it anew: rag index --replace SOURCE… --index {folder}"
    )


def _read(sources: Iterable[str | Path], *, skip_bad: bool) -> tuple[list[Record], tuple[Rejected, ...]]:
    records: list[Record] = []
    rejected: list[Rejected] = []
    for item in read_sources(sources):
        if isinstance(item, Record):
            records.append(item)
        else:
            rejected.append(item)
    if rejected and not skip_bad:
        more = f" (and {len(rejected) - 1} more)" if len(rejected) > 1 else ""
        first = rejected[0]
        raise SourceError(
            f"{first.source}: {first.reason}{more}; nothing was changed: mend it,"
            " or leave bad records out with --skip-bad"
        )
    if not records:
        why = f"{rejected[0].source}: {rejected[0].reason}" if rejected else "none given"
        raise SourceError(f"no papers in the sources: {why}")
    return records, tuple(rejected)


def _without(documents: list[Document], removed: set[str], folder: Path) -> list[Document]:
    unknown = removed - {document.id for document in documents}
    if unknown:
        raise IndexFolderError(f"no document {sorted(unknown)[0]!r} in {folder}: nothing was changed")
    return [document for document in documents if document.id not in removed]


def _reusable(folder: Path, embedder: Embedder) -> Index | None:
    try:
        index = Index(folder)
    except IndexFolderError:
        return None
    return index if index.manifest.embedder_fingerprint == embedder.fingerprint else None


def _write(
    folder: Path, documents: Sequence[Document], embedder: Embedder, old: Index | None, progress: Progress | None
) -> int:
    chunks = [list(chunk_document(document)) for document in documents]
    known = known_documents(documents, old) if old and old.manifest.chunking == _CHUNKING else None
    try:
        with staged(folder) as data:
            write_vectors(data, documents, chunks, embedder, known, progress)
            write_documents(data / DOCUMENTS_NAME, documents)
            np.save(data / CHUNKS_NAME, _chunk_table(chunks), allow_pickle=False)
            write_lexical(data / LEXICAL_NAME, (search_terms(f"{d.title}\n{d.text}") for d in documents))
            spelling = json.dumps(asdict(spelling_of(documents)), ensure_ascii=False)
            (data / SPELLING_NAME).write_text(spelling, encoding="utf-8")
            manifest = _manifest(data, documents, sum(map(len, chunks)), embedder)
            swap_in(folder, data, manifest)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise IndexFolderError(f"{folder} cannot be written: {reason}; the index is as it was") from error
    return manifest.chunks


def _chunk_table(chunks: Sequence[Sequence[Chunk]]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    wholes = [(number, own[0].start, own[0].end) for number, own in enumerate(chunks)]
    windows = [(number, chunk.start, chunk.end) for number, own in enumerate(chunks) for chunk in own[1:]]
    return np.array(wholes + windows, dtype=np.int32).reshape(-1, 3)


def _manifest(data: Path, documents: Sequence[Document], chunks: int, embedder: Embedder) -> Manifest:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    name = f"data-{secrets.token_hex(4)}"
    return Manifest(
        format=FORMAT,
        embedder=embedder.name,
        embedder_fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        chunking=_CHUNKING,
        documents=len(documents),
        duplicates=_duplicates(documents),
        chunks=chunks,
        corpus_hash=hashlib.sha256("\n".join(document.id for document in documents).encode()).hexdigest(),
        files={f"{name}/{path.relative_to(data).as_posix()}": file_digest(path) for path in files},
    )


def _duplicates(documents: Iterable[Document]) -> int:
    return sum(len(document.metadata["sources"]) - 1 for document in documents)


def _report(
    folder: Path,
    documents: Sequence[Document],
    chunks: int,
    changes: tuple[int, int],
    rejected: tuple[Rejected, ...],
    started: float,
) -> IndexReport:
    return IndexReport(
        path=str(folder),
        documents=len(documents),
        duplicates=_duplicates(documents),
        chunks=chunks,
        added=changes[0],
        removed=changes[1],
        rejected=rejected,
        seconds=round(time.perf_counter() - started, 3),
    )
