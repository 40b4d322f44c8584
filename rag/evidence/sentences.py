"""A document's sentences, ready to be scored."""

from __future__ import annotations

from dataclasses import dataclass

from rag.text import Span
from rag.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Sentences:
    """Spans in the document's raw text, readable texts, index terms and unit token vectors, one each per sentence.

    `own_names` are those of what the paper presents.
    """

    spans: list[Span]
    texts: list[str]
    terms: list[frozenset[str]]
    tokens: list[Vectors]
    own_names: tuple[str, ...]
