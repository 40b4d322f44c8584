"""An index folder, loaded: documents, chunks, vectors and terms of one corpus."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexFolderError
from rag.index.dense import DenseIndex
from rag.index.lexical import LexicalIndex
from rag.index.manifest import data_folder_name, read_manifest, verify_files
from rag.index.store import Store
from rag.index.tokens import TokenIndex
from rag.spelling import Spelling
from rag.text import fold, readable, squeeze, stem
from rag.types import Document

DOCUMENTS_NAME = "documents.sqlite"
CHUNKS_NAME = "chunks.npy"
FAISS_NAME = "documents.faiss"
WINDOWS_NAME = "windows.npy"
LEXICAL_NAME = "bm25"
SPELLING_NAME = "spelling.json"


class Index:
    """A corpus that can be searched. Read-only and thread-safe.

    Attributes:
        folder: Where it lies.
        manifest: What it holds and what made it.
        store: The documents.
        chunks: Shape (chunks, 3): position of the document, start, end; whole documents first, in
            their order, then windows by document.
        lexical: BM25.
        dense: Vectors of documents and windows.
        tokens: Vectors of word pieces, by position of the document.
        spelling: Words and names of the corpus.
    """

    def __init__(self, folder: str | Path) -> None:
        """Open an index and check every file of it.

        Raises:
            IndexFolderError: The folder is absent, incomplete, altered or of another format.
        """
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        try:
            self._open()
        except IndexFolderError:
            newer = read_manifest(self.folder)
            if newer == self.manifest:
                raise
            # Another index was swapped in meanwhile, and the files of this one went.
            self.manifest = newer
            self._open()

    def _open(self) -> None:
        verify_files(self.folder, self.manifest)
        data = self.folder / data_folder_name(self.manifest)
        try:
            self.store = Store(data / DOCUMENTS_NAME)
            self.chunks: NDArray[np.int32] = np.load(data / CHUNKS_NAME, allow_pickle=False)
            windows = self.chunks[self.manifest.documents :]
            self.dense = DenseIndex(data / FAISS_NAME, data / WINDOWS_NAME, windows[:, 0])
            self.lexical = LexicalIndex(data / LEXICAL_NAME)
            self.tokens = TokenIndex(data)
            self.spelling = Spelling(**json.loads((data / SPELLING_NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, RuntimeError, sqlite3.Error) as error:
            raise IndexFolderError(
                f"{self.folder} cannot be read ({error}): build it anew: rag index --replace SOURCE…"
                f" --index {self.folder}"
            ) from error

    @cached_property
    def document_count(self) -> int:
        """How many documents the index holds."""
        return self.manifest.documents

    def document(self, document_id: str) -> Document:
        """Return the document of an id.

        Raises:
            IndexFolderError: The index has no such document.
        """
        found = self.store.by_id(document_id)
        if found is None:
            raise IndexFolderError(f"no document {document_id!r} in {self.folder}")
        return found

    def knows(self, name: str) -> bool:
        """Say whether a name, in any spelling of its parts, stands in some document."""
        if stem(squeeze(name)) in self.lexical:
            return True
        parts = re.findall(r"[^\W_]+", readable(name))
        return len(parts) > 1 and all(stem(fold(part)) in self.lexical for part in parts)

    def rarity(self, term: str) -> float:
        """Return a term's inverse document frequency, above 0 even for a term of every document."""
        frequency = self.lexical.document_frequency(term)
        return math.log(1 + (self.document_count - frequency + 0.5) / (frequency + 0.5))

    def window_span(self, position: int, window: int) -> tuple[int, int]:
        """Return start and end, in its document's text, of a document's window, counted from 0."""
        row = self.chunks[self.manifest.documents + self.dense.first_window(position) + window]
        return int(row[1]), int(row[2])
