"""The library's tab: its parts, and which handler each calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rag.ui import library
from rag.ui.desk import Desk
from rag.ui.shell import ADDING, CHOSEN, fixed

_SUFFIXES = [".jsonl", ".json", ".csv", ".tsv", ".bib", ".txt", ".md", ".gz"]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The parts that events read and change."""

    words: Any
    order: Any
    listed: Any
    papers: Any
    files: Any
    skip_bad: Any
    add: Any
    report: Any


def build_library(desk: Desk) -> Shelf:
    """Add the library to the page that is being built."""
    import gradio as gr

    with gr.Row(elem_id="rag-library"):
        with gr.Column(scale=3, min_width=300):
            with gr.Row(elem_id="rag-shelf-tools"):
                words = gr.Textbox(
                    label="Search the library", placeholder="Words, a question, a name…", scale=3, max_lines=1
                )
                order = gr.Dropdown(list(library.ORDERS), value="As added", label="Order", scale=1, min_width=140)
            fixed(CHOSEN)
            papers = gr.HTML(library.list_papers(desk), elem_id="rag-shelf", js_on_load=None, apply_default_css=False)
        with gr.Column(scale=2, min_width=300, elem_id="rag-adding"):
            fixed(ADDING)
            files = gr.File(label="Files", file_count="multiple", file_types=_SUFFIXES, height=176)
            skip_bad = gr.Checkbox(label="Leave bad records out", info="Otherwise nothing is added when one is bad.")
            add = gr.Button("Add to the library", variant="primary", elem_id="rag-add")
            report = gr.HTML("", elem_id="rag-report", js_on_load=None, apply_default_css=False)
    return Shelf(words, order, gr.Number(library.PAGE, visible=False), papers, files, skip_bad, add, report)


def connect_library(page: Any, shelf: Shelf, desk: Desk) -> None:
    """Let the library's parts call their handlers."""
    _connect_listing(page, shelf, desk)
    _connect_changes(shelf, desk)


def _listing(shelf: Shelf, desk: Desk) -> dict[str, Any]:
    return {
        "fn": lambda words, order, listed: library.list_papers(desk, words or "", order or "", int(listed or 0)),
        "inputs": [shelf.words, shelf.order, shelf.listed],
        "outputs": [shelf.papers],
        "show_progress": "hidden",
        "api_visibility": "private",
    }


def _connect_listing(page: Any, shelf: Shelf, desk: Desk) -> None:
    import gradio as gr

    more = gr.Button("More", visible="hidden", elem_id="rag-more")
    listing = _listing(shelf, desk)
    ticked = {"fn": None, "js": "() => window.rag.showChosen()", "show_progress": "hidden"}
    gr.on([shelf.words.change, shelf.order.change, page.load], **listing, queue=False, trigger_mode="always_last").then(
        **ticked
    )
    more.click(
        lambda listed: listed + library.PAGE,
        inputs=[shelf.listed],
        outputs=[shelf.listed],
        queue=False,
        api_visibility="private",
    ).then(**listing).then(**ticked)


def _connect_changes(shelf: Shelf, desk: Desk) -> None:
    import gradio as gr

    removed = gr.Button("Remove", visible="hidden", elem_id="rag-removed")
    ids = gr.JSON(visible=False)

    def on_add(paths: list[str] | None, skip_bad: bool, progress: Any = gr.Progress()) -> str:  # noqa: B008
        return library.add_papers(
            desk, paths, skip_bad, lambda done, total: progress((done, total), desc="Reading papers in", unit="pieces")
        )

    one_by_one = {"concurrency_id": "change", "concurrency_limit": 1}
    change = {"outputs": [shelf.report], "api_visibility": "private", **one_by_one}
    changed = {"fn": None, "js": "() => window.rag.libraryChanged()", "show_progress": "hidden"}
    shelf.add.click(on_add, inputs=[shelf.files, shelf.skip_bad], show_progress_on=[shelf.report], **change).then(
        **_listing(shelf, desk)
    ).then(**changed)
    removed.click(
        lambda chosen: library.remove_papers(desk, chosen), inputs=[ids], js="(_) => [window.rag.removing()]", **change
    ).then(**_listing(shelf, desk)).then(**changed)
