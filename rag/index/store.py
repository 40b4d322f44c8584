"""Documents in SQLite: an open form, read by row."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.types import Document

_SCHEMA = """
CREATE TABLE documents (position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, title TEXT NOT NULL,
                        text TEXT NOT NULL, metadata TEXT NOT NULL);
"""


def write_documents(path: Path, documents: Sequence[Document]) -> None:
    """Write documents, positions counting from 0 in the order given."""
    connection = sqlite3.connect(path)
    try:
        connection.execute(_SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
            (
                (position, document.id, document.title, document.text, json.dumps(document.metadata))
                for position, document in enumerate(documents)
            ),
        )
        connection.commit()
    finally:
        connection.close()


class Store:
    """The documents of an index, read-only. Thread-safe; outlives a swap of the files on disk."""

    def __init__(self, path: Path) -> None:
        # Opened now and kept: a thread that came later would find the file of a newer index, or none.
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()

    def by_position(self, positions: Iterable[int]) -> list[Document]:
        """Return the documents at positions, in the order asked for."""
        return [self._one("position = ?", position) for position in positions]

    def by_id(self, document_id: str) -> Document | None:
        """Return the document of an id, or None when the index has none."""
        rows = self._rows("SELECT id, title, text, metadata FROM documents WHERE id = ?", document_id)
        return _document(rows[0]) if rows else None

    def positions_of(self, document_ids: Iterable[str]) -> dict[str, int]:
        """Return the positions of the ids that the index has."""
        found: dict[str, int] = {}
        for document_id in document_ids:
            rows = self._rows("SELECT position FROM documents WHERE id = ?", document_id)
            if rows:
                found[document_id] = int(rows[0][0])
        return found

    def all_documents(self) -> Iterator[Document]:
        """Yield every document, in order."""
        query = "SELECT id, title, text, metadata FROM documents ORDER BY position"
        for row in self._rows(query):
            yield _document(row)

    def _one(self, where: str, value: int) -> Document:
        return _document(self._rows(f"SELECT id, title, text, metadata FROM documents WHERE {where}", value)[0])

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _document(row: Sequence[object]) -> Document:
    return Document(str(row[0]), str(row[1]), str(row[2]), json.loads(str(row[3])))
