"""The sources of an answer as HTML: a card a paper, the quotes marked in its abstract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from rag.types import Answer, Citation, Document, Passage
from rag.ui.markup import addresses_in, highlighted, link, plain, safe_address, verbatim

Lookup = Callable[[str], Document | None]
_MAX_LINKS = 4
_MAX_ALSO = 5


def source_cards(answer: Answer, lookup: Lookup) -> str:
    """Return the cited papers in marker order, and under them the papers found but not cited."""
    by_paper: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_paper.setdefault(citation.document_id, []).append(citation)
    scores = {passage.document_id: passage.score for passage in answer.passages}
    cards = [_card(cited, lookup(paper), scores.get(paper)) for paper, cited in by_paper.items()]
    others = [passage for passage in answer.passages if passage.document_id not in by_paper][:_MAX_ALSO]
    heading = "Also read" if cards else "Nearest papers"
    also = "".join(_also(passage, lookup(passage.document_id)) for passage in others)
    return "".join(cards) + (f'<h3 class="rag-also">{heading}</h3>{also}' if also else "")


def _card(cited: Sequence[Citation], document: Document | None, score: float | None) -> str:
    markers = "".join(f'<span class="rag-number">{item.marker}</span>' for item in cited)
    title = cited[0].title
    if document is None:
        quotes = "".join(f"<p><mark>{plain(item.quote)}</mark></p>" for item in cited)
        note = '<p class="rag-facts">No longer in the library; the quote is kept with the answer.</p>'
        return _shell(cited[0].document_id, f"{markers}{plain(title)}", note, quotes)
    abstract = highlighted(document.text, cited)
    missing = [item for item in cited if document.text[item.start : item.end] != item.quote]
    quotes = "".join(f"<p><mark>{plain(item.quote)}</mark></p>" for item in missing)
    facts = facts_line(document, score)
    return _shell(document.id, f"{markers}{plain(title)}", facts, f'<p class="rag-abstract">{abstract}</p>{quotes}')


def _shell(document_id: str, title: str, facts: str, body: str) -> str:
    return (
        f'<section class="rag-card" data-document="{verbatim(document_id)}">'
        f'<h3 class="rag-card-title">{title}</h3>{facts}{body}</section>'
    )


def _also(passage: Passage, document: Document | None) -> str:
    body = '<p class="rag-facts">No longer in the library.</p>'
    if document is not None:
        body = f'{facts_line(document, passage.score)}<p class="rag-abstract">{plain(document.text)}</p>'
    return (
        f'<details class="rag-card rag-card-also" data-document="{verbatim(passage.document_id)}">'
        f"<summary>{plain(passage.title)}</summary>{body}</details>"
    )


def facts_line(document: Document, score: float | None) -> str:
    """Return the line under a title: date, file, the paper's page, addresses in the abstract, and score if any."""
    parts = [plain(text) for text in (date_of(document), origin_of(document)) if text]
    page = page_of(document)
    if page:
        parts.append(link(page, "source page"))
    parts += [link(address, _shortened(address)) for address in addresses_in(document.text)[:_MAX_LINKS]]
    if score is not None:
        parts.append(f'<span title="How well the paper fits the question, within this search">match {score:.2f}</span>')
    return f'<p class="rag-facts">{" · ".join(parts)}</p>'


def date_of(document: Document) -> str:
    """Return the date of a paper as its source has it, or ""."""
    return next((str(source["date"]) for source in _sources(document) if source.get("date")), "")


def origin_of(document: Document) -> str:
    """Return the names of the files that a paper was read from, without their folders."""
    names = dict.fromkeys(PurePath(str(source["file"])).name for source in _sources(document) if source.get("file"))
    return ", ".join(names)


def page_of(document: Document) -> str | None:
    """Return the address of a paper's own page when its record names one: url, DOI or arXiv id."""
    records: list[Mapping[str, Any]] = [document.metadata, *_sources(document)]
    for record in records:
        if page := safe_address(record.get("url")):
            return page
        for key, prefix in (("doi", "https://doi.org/"), ("arxiv", "https://arxiv.org/abs/")):
            value = record.get(key)
            if isinstance(value, str) and value.strip():
                return safe_address(value.strip()) or safe_address(prefix + value.strip())
    return None


def _sources(document: Document) -> list[Mapping[str, Any]]:
    sources = document.metadata.get("sources")
    return [source for source in sources if isinstance(source, Mapping)] if isinstance(sources, list) else []


def _shortened(address: str) -> str:
    bare = address.partition("://")[2].removeprefix("www.").rstrip("/")
    return bare if len(bare) <= 40 else bare[:39] + "…"
