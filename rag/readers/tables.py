"""Read JSON lines, JSON arrays, CSV and TSV whose columns name a title and an abstract."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.errors import SourceError
from rag.readers.records import Record, check_record, rejected
from rag.types import Rejected

_TITLE_NAMES = ("title", "paper_title", "name")
_TEXT_NAMES = ("abstract", "text", "summary", "description")
_ID_NAMES = ("_id", "id", "paper_id", "doi", "arxiv_id", "corpus_id")
_DATE_NAMES = ("date", "update_date", "published", "year")
_KEPT_NAMES = ("authors", "year", "doi", "url", "journal-ref", "categories", "venue")


def read_json_lines(path: Path, text: str) -> Iterator[Record | Rejected]:
    """Yield a record per line that is not blank; a bad line gives a Rejected that names it."""
    lines = text.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parsed_line(path, number, line)


def _parsed_line(path: Path, number: int, line: str) -> Record | Rejected:
    where = f"{path}, line {number}"
    try:
        return _record(path, number, where, json.loads(line))
    except json.JSONDecodeError as error:
        return Rejected(where, f"not JSON: {error.msg} at column {error.colno}")
    except (RecursionError, ValueError):
        return Rejected(where, "not JSON that can be read: nested too deep, or a number too long")
    except SourceError as error:
        return rejected(error)


def read_json_array(path: Path, text: str) -> Iterator[Record | Rejected]:
    """Yield a record per object of the array.

    Raises:
        SourceError: The file is not JSON, or its top is no array of objects.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not JSON: {error}") from error
    if isinstance(rows, Mapping):
        rows = [rows]
    if not isinstance(rows, list):
        raise SourceError(f"{path}: expected an array of objects with title and abstract")
    for number, row in enumerate(rows, start=1):
        yield _checked_row(path, number, f"{path}, record {number}", row)


def read_csv(path: Path, text: str, delimiter: str) -> Iterator[Record | Rejected]:
    """Yield a record per row; the first row names the columns.

    Raises:
        SourceError: The header names no title or no abstract column, or a row cannot be parsed.
    """
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip().casefold() for name in reader.fieldnames or []]
        for wanted in (_TITLE_NAMES, _TEXT_NAMES):
            if not set(wanted) & set(names):
                raise SourceError(f"{path}, line 1: no column named {' or '.join(wanted)} among {', '.join(names)}")
        for row in reader:
            where = f"{path}, line {reader.line_num}"
            if None in row:
                yield Rejected(where, f"{len(row[None])} more cells than the header has columns")
                continue
            yield _checked_row(path, reader.line_num, where, row)
    except csv.Error as error:
        raise SourceError(f"{path}, line {reader.line_num}: {error}") from error


def _checked_row(path: Path, number: int, where: str, row: Any) -> Record | Rejected:
    try:
        return _record(path, number, where, row)
    except SourceError as error:
        return rejected(error)


def _record(path: Path, number: int, where: str, row: Any) -> Record:
    if not isinstance(row, Mapping):
        raise SourceError(f"{where}: expected an object with title and abstract, found {type(row).__name__}")
    cells = {str(name).strip().casefold(): value for name, value in row.items()}
    title = _string(where, cells, _TITLE_NAMES)
    text = _string(where, cells, _TEXT_NAMES)
    source = {"file": str(path), "record": number}
    for key, names in (("id", _ID_NAMES), ("date", _DATE_NAMES)):
        value = next((cells[name] for name in names if cells.get(name) not in (None, "")), None)
        if value is not None:
            source[key] = str(value)
    kept = {name: cells[name] for name in _KEPT_NAMES if cells.get(name)}
    # Benchmark corpora hold papers known by title alone.
    may_be_empty = "abstract" not in cells and "text" in cells
    text_name = next(name for name in _TEXT_NAMES if name in cells)
    record = Record(" ".join(title.split()), text.strip(), source, kept)
    return check_record(record, where, text_name=text_name, text_may_be_empty=may_be_empty)


def _string(where: str, cells: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        if name in cells:
            value = cells[name]
            if value is None:
                return ""
            if not isinstance(value, str):
                raise SourceError(f'{where}: "{name}" is {type(value).__name__}, not text')
            return value
    raise SourceError(f"{where}: no field named {' or '.join(names)}")
