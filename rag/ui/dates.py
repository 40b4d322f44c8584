"""Dates as sources write them, in an order."""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_NAMED = re.compile(r"([A-Za-z]{3})[a-z]* (\d{1,2})(?:, (\d{4}))?")


def date_key(text: str) -> tuple[int, int, int]:
    """Return year, month and day for sorting, 0 for what the text does not say.

    >>> date_key("Aug 13, 2024"), date_key("2024-07"), date_key("Aug 13"), date_key("soon")
    ((2024, 8, 13), (2024, 7, 0), (0, 8, 13), (0, 0, 0))
    """
    named = _NAMED.match(text.strip())
    if named and named[1].casefold() in _MONTHS:
        return int(named[3] or 0), _MONTHS.index(named[1].casefold()) + 1, int(named[2])
    iso = _ISO.match(text.strip())
    if iso:
        return int(iso[1]), int(iso[2] or 0), int(iso[3] or 0)
    return 0, 0, 0
