"""Make documents of records: give each paper its id and merge what is the same paper."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from rag.readers import Record
from rag.text import fold
from rag.types import Document, Metadata

_ID_CHARACTERS = 16
# Two texts under one title are one paper when they share this part of their words, e.g. two versions.
_SAME_WORDS = 0.8
_TELLING_TITLE_WORDS = 4


def document_id(title: str, text: str) -> str:
    """Return the id of a paper: 16 hex digits of the SHA-256 of its folded title and abstract."""
    content = f"{_letters(title)}\n{_letters(text)}"
    return hashlib.sha256(content.encode()).hexdigest()[:_ID_CHARACTERS]


def merge_records(records: Iterable[Record], known: Iterable[Document] = ()) -> list[Document]:
    """Return one document per paper, known ones first, then in reading order.

    Records are one paper when their abstracts are the same letters and digits, or when their
    titles are and their abstracts share 80% of their words. A record without abstract joins a
    paper of the same title when that has four words or more ("Editorial" names many papers). The
    first text is kept, unless it is empty; every source is remembered in `metadata["sources"]`.
    """
    merged: list[Document] = []
    positions: dict[str, list[int]] = {}
    for document in known:
        _add(merged, positions, document)
    for record in records:
        document = Document(
            document_id(record.title, record.text),
            record.title,
            record.text,
            {"sources": [dict(record.source)], **record.metadata},
        )
        position = _find(merged, positions, document)
        if position is None:
            _add(merged, positions, document)
        else:
            merged[position] = _merge(merged[position], document)
            _register(positions, merged[position], position)
    return merged


def _add(merged: list[Document], positions: dict[str, list[int]], document: Document) -> None:
    _register(positions, document, len(merged))
    merged.append(document)


def _register(positions: dict[str, list[int]], document: Document, position: int) -> None:
    for key in _keys(document):
        known = positions.setdefault(key, [])
        if position not in known:
            known.append(position)


def _keys(document: Document) -> Iterator[str]:
    # Without a letter in it a paper has an id all the same.
    yield "id " + document.id
    title, text = _letters(document.title), _letters(document.text)
    if text:
        yield "text " + text
    if title:
        yield "title " + title


def _find(merged: list[Document], positions: dict[str, list[int]], document: Document) -> int | None:
    for key in _keys(document):
        for position in positions.get(key, ()):
            if not key.startswith("title ") or _same_words(merged[position].text, document.text):
                return position
    return None


def _same_words(one: str, other: str) -> bool:
    words, others = set(_letters(one).split()), set(_letters(other).split())
    if not words or not others:
        return True
    return len(words & others) >= _SAME_WORDS * min(len(words), len(others))


def _merge(first: Document, second: Document) -> Document:
    sources = list(first.metadata["sources"])
    sources += [source for source in second.metadata["sources"] if source not in sources]
    metadata: Metadata = {**second.metadata, **first.metadata, "sources": sources}
    if first.text or not second.text:
        return Document(first.id, first.title, first.text, metadata)
    return Document(second.id, second.title, second.text, metadata)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", " ", fold(text)).strip()
