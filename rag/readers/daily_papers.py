"""Read a "Daily Papers" page saved as text: navigation lines, a date, then title and abstract in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.readers.records import Record

_DATE = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:, \d{4})?")
_MAX_TITLE_CHARACTERS = 300
_MIN_ABSTRACT_CHARACTERS = 100


def is_daily_papers(text: str) -> bool:
    """Say whether a text is such a page: its name stands in the first lines, a date soon after."""
    head = [line.strip() for line in text[:4000].splitlines() if line.strip()][:40]
    return "Daily Papers" in head and any(_DATE.fullmatch(line) for line in head[head.index("Daily Papers") :])


def read_daily_papers(path: Path, text: str) -> Iterator[Record]:
    """Yield the entries of a page in order, each with the date above it.

    Raises:
        SourceError: A title has no abstract, or an abstract no title; the line is named.
    """
    date = ""
    title: tuple[int, str] | None = None
    number = 0
    for line_number, line in _lines_from_first_date(text):
        if _DATE.fullmatch(line):
            if title:
                raise SourceError(f"{path}, line {title[0]}: no abstract follows the title {title[1]!r}")
            date = line
        elif title is None:
            title = (line_number, _checked_title(path, line_number, line))
        else:
            _check_abstract(path, line_number, line, title[1])
            number += 1
            source = {"file": str(path), "record": number, "date": date}
            yield Record(title[1], line, source)
            title = None
    if title:
        raise SourceError(f"{path}, line {title[0]}: no abstract follows the title {title[1]!r}")
    if number == 0:
        raise SourceError(f"{path}: the page has no entries")


def _lines_from_first_date(text: str) -> Iterator[tuple[int, str]]:
    started = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        started = started or bool(_DATE.fullmatch(line))
        if started and line:
            yield number, line


def _checked_title(path: Path, number: int, line: str) -> str:
    if len(line) > _MAX_TITLE_CHARACTERS:
        raise SourceError(
            f"{path}, line {number}: expected a title, found a text of {len(line):,} characters: {line[:60]!r}…"
        )
    return line


def _check_abstract(path: Path, number: int, line: str, title: str) -> None:
    if len(line) < _MIN_ABSTRACT_CHARACTERS:
        raise SourceError(f"{path}, line {number}: expected the abstract of {title!r}, found {line[:60]!r}")
