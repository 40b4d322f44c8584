"""The library as HTML: its papers, and reports of what was added and removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rag.types import Document, IndexReport
from rag.ui.markup import as_sentence, plain, verbatim
from rag.ui.source_markup import date_of, facts_line


def render_papers(papers: Sequence[Document], total: int, *, searched: bool) -> str:
    """Return a list of papers, each to be ticked, opened, and asked about."""
    if not papers:
        return '<p class="rag-empty">No paper is about that.</p>'
    rows = "".join(_row(paper) for paper in papers)
    count = f"{total:,} papers" if len(papers) >= total else f"{len(papers):,} of {total:,} papers"
    note = f"{count}, the nearest to your words first" if searched else count
    more = '<button type="button" class="rag-action rag-more" data-act="more">Show more</button>'
    jump = '<a class="rag-link rag-jump" href="#rag-adding">Add papers</a>'
    head = f'<p class="rag-count">{note}{jump}</p>'
    return f'{head}<ul class="rag-papers">{rows}</ul>{more if len(papers) < total else ""}'


def render_report(report: IndexReport) -> str:
    """Return what a change of the library did."""
    parts = [
        f"{report.added} added" if report.added else "",
        f"{report.removed} removed" if report.removed else "",
        f"{len(report.rejected)} left out" if report.rejected else "",
    ]
    done = ", ".join(part for part in parts if part) or "nothing new: every paper was here already"
    left_out = "".join(
        f"<li>{verbatim(PurePath(item.source).name)}: {verbatim(item.reason)}</li>" for item in report.rejected[:20]
    )
    duplicates = f" {report.duplicates:,} duplicates are merged in it." if report.duplicates else ""
    return (
        f'<div class="rag-report" role="status"><p>{done[0].upper()}{done[1:]}.'
        f" The library now holds {report.documents:,} papers.{duplicates} It took {report.seconds:.1f} s.</p>"
        + (f"<ul>{left_out}</ul>" if left_out else "")
        + "</div>"
    )


def render_trouble(message: str) -> str:
    """Return what went wrong, in words, with the remedy."""
    return f'<div class="rag-problem" role="alert"><p>{verbatim(as_sentence(message))}</p></div>'


def _row(paper: Document) -> str:
    title, date = plain(paper.title) or "Without a title", plain(date_of(paper))
    return (
        f'<li class="rag-paper" data-document="{verbatim(paper.id)}">'
        f'<input type="checkbox" class="rag-tick" aria-label="Choose {title}">'
        f'<details><summary>{title}<span class="rag-date">{date}</span></summary>{facts_line(paper, None)}'
        f'<p class="rag-abstract">{plain(paper.text)}</p>'
        f'<button type="button" class="rag-action" data-act="ask-about" data-title="{title}">'
        "Ask about this paper</button></details></li>"
    )
