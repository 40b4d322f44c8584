"""Text from papers and people as HTML that shows it and does nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

from rag.text import readable
from rag.types import Citation

_ADDRESS = re.compile(
    r"(?:https?://|(?<![\w/@.-])(?:www\.|github\.com/|huggingface\.co/|arxiv\.org/|doi\.org/))[^\s<>\"'`\\{}|^]+",
    re.IGNORECASE,
)
# What follows an address in prose rather than ends it.
_TRAILING = ".,;:!?)]}*_~"


def plain(text: str) -> str:
    """Return text as people read it, escaped for HTML, also within an attribute."""
    return escape(readable(text), quote=True)


def verbatim(text: str) -> str:
    """Return text as it stands, escaped for HTML, also within an attribute."""
    return escape(text, quote=True)


def model_name(llm: str) -> str:
    """Return what people call a language model that settings call by a word."""
    return "SmolLM2-135M" if llm == "default" else llm


def as_sentence(message: str) -> str:
    """Return an error's message as a sentence; a name that it opens with keeps its letters.

    >>> as_sentence("no paper is chosen"), as_sentence("a.jsonl, record 2: empty")
    ('No paper is chosen.', 'a.jsonl, record 2: empty.')
    """
    text = message[:1].upper() + message[1:] if re.match(r"[a-z]+ ", message) else message
    return text if text.endswith((".", "!", "?")) else f"{text}."


def highlighted(text: str, citations: Sequence[Citation]) -> str:
    """Return an abstract with the quotes of the citations marked, each with the numbers of its markers.

    Every quote is a `<mark>` that holds `text[start:end]` and nothing else; where two overlap,
    the shared part is a mark of both. A citation whose offsets do not give its quote is left out.
    """
    found = [item for item in citations if item.quote and text[item.start : item.end] == item.quote]
    edges = sorted({0, len(text), *(item.start for item in found), *(item.end for item in found)})
    pieces: list[str] = []
    for start, end in pairwise(edges):
        covering = [item for item in found if item.start <= start and end <= item.end]
        piece = plain(text[start:end])
        if not covering:
            pieces.append(piece)
            continue
        numbers = " ".join(str(item.marker) for item in covering)
        pieces.append(f'<mark data-markers="{numbers}">{piece}</mark>')
    return "".join(pieces)


def addresses_in(text: str) -> list[str]:
    """Return the web addresses that a text names, each once, in order, with their scheme.

    >>> addresses_in("Code: https://a.org/x_y. See github.com/b/c, or (https://a.org/x_y).")
    ['https://a.org/x_y', 'https://github.com/b/c']
    """
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(readable(text)):
        address = match.group().rstrip(_TRAILING)
        found[address if "://" in address else f"https://{address}"] = None
    return [address for address in found if safe_address(address)]


def safe_address(address: object) -> str | None:
    """Return the address when a browser may be sent there: http or https, with a host; else None."""
    if not isinstance(address, str):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def link(address: str, text: str) -> str:
    """Return a link that opens in a tab of its own and tells the other side nothing."""
    href, shown = escape(address, quote=True), escape(text)
    return f'<a href="{href}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'
