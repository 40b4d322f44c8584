"""An answer to take along: as text, as Markdown, as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.text import readable
from rag.types import Answer, Citation, Document

Lookup = Callable[[str], Document | None]
_MARKDOWN_SIGN = re.compile(r"([\\`*_{}\[\]()#+!|<>~$])")
_BIBTEX_SIGN = re.compile(r"([&%$#_{}\\~^])")
# BibTeX counts braces, those behind a backslash too.
_BIBTEX_WORDS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_KEPT_FIELDS = ("author", "authors", "year", "doi", "url", "journal", "booktitle")
# Taken letter by letter by whoever reads them.
_ADDRESS_FIELDS = ("doi", "url")


def as_text(answer: Answer) -> str:
    """Return the answer and, numbered as in it, titles and quotes."""
    sources = [f"[{item.marker}] {readable(item.title)}: “{_one_line(item.quote)}”" for item in answer.citations]
    return "\n".join([answer.text, *([""] if sources else []), *sources])


def as_markdown(answer: Answer) -> str:
    """Return question and answer in Markdown; nothing in a paper's words acts as Markdown."""
    lines = [f"### {_no_markdown(answer.question)}", "", "\n\n".join(map(_no_markdown, answer.text.split("\n\n")))]
    for item in answer.citations:
        title, quote = _no_markdown(readable(item.title)), _no_markdown(_one_line(item.quote))
        lines += ["", f"{item.marker}. **{title}**", f"   > {quote}"]
    return "\n".join(lines)


def as_bibtex(answer: Answer, lookup: Lookup) -> str:
    """Return an entry for every paper cited, with what the library knows of it and the quotes as note."""
    by_paper: dict[str, list[Citation]] = {}
    for item in answer.citations:
        by_paper.setdefault(item.document_id, []).append(item)
    return "\n\n".join(_entry(paper, cited, lookup(paper)) for paper, cited in by_paper.items())


def _entry(paper: str, cited: list[Citation], document: Document | None) -> str:
    fields = {"title": "{" + _no_bibtex(readable(cited[0].title)) + "}"}
    if document is not None:
        fields |= _known_fields(document)
    fields["note"] = "Quoted: " + "; ".join(f"``{_no_bibtex(_one_line(item.quote))}''" for item in cited)
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{rag-{paper},\n{body}\n}}"


def _known_fields(document: Document) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name in _KEPT_FIELDS:
        value = document.metadata.get(name)
        if isinstance(value, list):
            value = " and ".join(str(item) for item in value)
        if isinstance(value, str | int) and value:
            is_address = name in _ADDRESS_FIELDS
            text = re.sub(r"[\\{}\s]", "", str(value)) if is_address else _no_bibtex(readable(str(value)))
            fields.setdefault("author" if name == "authors" else name, text)
    return fields


def _one_line(text: str) -> str:
    return " ".join(readable(text).split())


def _no_markdown(text: str) -> str:
    # Markers keep their brackets: without an address behind them they are no link.
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", _MARKDOWN_SIGN.sub(r"\\\1", " ".join(text.split())))


def _no_bibtex(text: str) -> str:
    return _BIBTEX_SIGN.sub(lambda match: _BIBTEX_WORDS.get(match[1], f"\\{match[1]}"), text)
