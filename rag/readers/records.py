"""What a reader yields, and the checks that every reader shares."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import SourceError
from rag.types import Metadata, Rejected

MAX_ABSTRACT_CHARACTERS = 100_000
# JSON can write halves of characters that no file and no database takes.
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a source: title and abstract as they stand there, and where they stand."""

    title: str
    text: str
    source: Metadata
    metadata: Metadata = field(default_factory=dict)


def read_text(path: Path) -> str:
    """Return the content of a UTF-8 file, unpacked when it ends in .gz.

    Raises:
        SourceError: The file cannot be opened, is damaged, or is not UTF-8 text.
    """
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SourceError(f"{path}, line {line}: not UTF-8 text: save the file as UTF-8 and try again") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "damaged gzip file"
        raise SourceError(f"{path}: {reason}") from error
    if "\x00" in text:
        raise SourceError(f"{path}: holds NUL bytes, so it is no text file")
    return text.replace("\r\n", "\n")


def check_record(record: Record, where: str, *, text_name: str, text_may_be_empty: bool = False) -> Record:
    """Return the record when it can be indexed.

    Raises:
        SourceError: The title or the abstract is empty, the abstract is no abstract but a book, or
            one of them holds what is no character.
    """
    if not record.title.strip() and not (text_may_be_empty and record.text.strip()):
        raise SourceError(f'{where}: "title" is empty')
    if not record.text.strip() and not text_may_be_empty:
        raise SourceError(f'{where}: "{text_name}" is empty')
    if len(record.text) > MAX_ABSTRACT_CHARACTERS:
        raise SourceError(
            f'{where}: "{text_name}" has {len(record.text):,} characters, more than {MAX_ABSTRACT_CHARACTERS:,}:'
            " index abstracts, not whole papers"
        )
    for name, value in (("title", record.title), (text_name, record.text)):
        if _SURROGATE.search(value):
            raise SourceError(f'{where}: "{name}" holds half of a character (a lone surrogate): write it whole')
    return record


def rejected(error: SourceError) -> Rejected:
    """Return the error "where: reason" as a value, so that reading can go on."""
    where, _, reason = str(error).partition(": ")
    return Rejected(where, reason)
