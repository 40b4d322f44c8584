"""The handlers of the library: list and search papers, add and remove them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

from rag.api import update_index
from rag.errors import RagError
from rag.pipeline import Pipeline
from rag.types import Document, IndexReport
from rag.ui.dates import date_key
from rag.ui.desk import Desk
from rag.ui.library_markup import render_papers, render_report, render_trouble
from rag.ui.source_markup import date_of

Order = Literal["As added", "Title", "Newest first", "Oldest first"]
ORDERS: tuple[Order, ...] = get_args(Order)
PAGE = 40
_MAX_LISTED = 2000
Progress = Callable[[int, int], None]


def list_papers(desk: Desk, words: str = "", order: str = "As added", listed: int = PAGE) -> str:
    """Return the papers as HTML: those the retriever finds for the words, best first, or all in an order."""
    pipeline = desk.pipeline
    total = pipeline.index.manifest.documents
    listed = min(max(listed, 1), _MAX_LISTED)
    try:
        papers = _found(pipeline, words, listed) if words.strip() else _ordered(pipeline, order, listed)
    except RagError as error:
        return render_trouble(str(error))
    return render_papers(papers, total, searched=bool(words.strip()))


def add_papers(desk: Desk, paths: Sequence[str] | None, skip_bad: bool, progress: Progress | None = None) -> str:
    """Add files to the library and return a report as HTML; a bad file changes nothing unless it may be left out."""
    if not paths:
        return render_trouble("no file was given: drop one above, or choose it")
    return _change(
        desk,
        lambda folder, embedder: update_index(
            folder, add=paths, embedder=embedder, skip_bad=skip_bad, progress=progress
        ),
    )


def remove_papers(desk: Desk, document_ids: object) -> str:
    """Remove papers by id and return a report as HTML."""
    ids = [item for item in document_ids if isinstance(item, str)] if isinstance(document_ids, list) else []
    if not ids:
        return render_trouble("no paper is chosen: tick those to remove")
    return _change(desk, lambda folder, embedder: update_index(folder, remove=ids, embedder=embedder))


def _change(desk: Desk, change: Callable[[Path, str], IndexReport]) -> str:
    """Change the index, then answer from what it is now; questions being answered keep the one they began with."""
    if not desk.changing.acquire(blocking=False):
        return render_trouble("the library is being changed by someone at this moment: try again when that is done")
    try:
        settings = desk.pipeline.settings
        report = change(Path(settings.index), settings.embedder)
        desk.reopen()
    except RagError as error:
        return render_trouble(_without_upload_folders(str(error)))
    finally:
        desk.changing.release()
    return render_report(report)


def _without_upload_folders(message: str) -> str:
    """Return the message with the names of uploaded files alone: their folders are not the visitor's."""
    return re.sub(r"(?:/[^\s/:,]+)*/gradio/[0-9a-f]{16,}/", "", message).replace(
        "leave bad records out with --skip-bad", "tick “leave bad records out”"
    )


def _found(pipeline: Pipeline, words: str, listed: int) -> list[Document]:
    passages = pipeline.search(words[:4000], listed)
    return [pipeline.document(passage.document_id) for passage in passages]


def _ordered(pipeline: Pipeline, order: str, listed: int) -> list[Document]:
    papers: Iterable[Document] = pipeline.index.store.all_documents()
    if order == "Title":
        papers = sorted(papers, key=lambda paper: paper.title.casefold())
    elif order in ("Newest first", "Oldest first"):
        papers = sorted(papers, key=lambda paper: date_key(date_of(paper)), reverse=order == "Newest first")
    return list(islice(papers, listed))
