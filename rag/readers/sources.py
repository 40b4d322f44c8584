"""Walk the sources a user names and hand each file to the reader of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.readers.bibliography import read_bibtex
from rag.readers.daily_papers import is_daily_papers, read_daily_papers
from rag.readers.prose import read_prose
from rag.readers.records import Record, read_text, rejected
from rag.readers.tables import read_csv, read_json_array, read_json_lines
from rag.types import Rejected

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".bib", ".txt", ".md")


def read_sources(sources: Iterable[str | Path]) -> Iterator[Record | Rejected]:
    """Yield what the sources hold, file by file in the order of their names.

    A file that cannot be read as a whole, or a record of it that is malformed, comes as a
    Rejected; what else the file holds still comes.

    Raises:
        SourceError: A source does not exist, has an unknown kind, or a folder holds nothing to read.
    """
    for source in sources:
        for path in _files_of(Path(source)):
            yield from _read_file(path)


def _files_of(source: Path) -> list[Path]:
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file() and _is_readable_kind(path, source))
        if not files:
            raise SourceError(f"{source}: no file that can be read in this folder ({', '.join(SUFFIXES)})")
        return files
    if not source.exists():
        raise SourceError(f"{source}: no such file or folder")
    if _suffix(source) not in SUFFIXES:
        raise SourceError(f"{source}: unknown kind {_suffix(source) or 'without suffix'}: use {', '.join(SUFFIXES)}")
    return [source]


def _is_readable_kind(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and _suffix(path) in SUFFIXES and path.stem.casefold() not in ("readme", "license")


def _suffix(path: Path) -> str:
    suffixes = path.suffixes
    if suffixes and suffixes[-1].casefold() == ".gz":
        suffixes = suffixes[:-1]
    return suffixes[-1].casefold() if suffixes else ""


def _read_file(path: Path) -> Iterator[Record | Rejected]:
    empty = True
    try:
        for item in _records_of(path, read_text(path)):
            empty = False
            yield item
        if empty:
            raise SourceError(f"{path}: the file holds no record")
    except SourceError as error:
        yield rejected(error)


def _records_of(path: Path, text: str) -> Iterator[Record | Rejected]:
    if not text.strip():
        raise SourceError(f"{path}: the file is empty")
    match _suffix(path):
        case ".jsonl" | ".ndjson":
            yield from read_json_lines(path, text)
        case ".json":
            yield from read_json_array(path, text)
        case ".csv":
            yield from read_csv(path, text, ",")
        case ".tsv":
            yield from read_csv(path, text, "\t")
        case ".bib":
            yield from read_bibtex(path, text)
        case _ if is_daily_papers(text):
            # All or nothing: past a missing line, titles and abstracts would change places.
            yield from list(read_daily_papers(path, text))
        case _:
            yield read_prose(path, text)
