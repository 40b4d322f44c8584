"""The parts of the page that never change, as HTML; the scripts fill them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.ui.answer_markup import suggestion

SIDEBAR = """
<h1 class="rag-unseen">Ask your papers</h1>
<nav id="rag-conversations" aria-label="Conversations">
  <button type="button" class="rag-new" data-act="new">New conversation</button>
  <input type="search" id="rag-find" placeholder="Search conversations" aria-label="Search conversations">
  <ul id="rag-list"></ul>
  <p id="rag-none" hidden>No conversation yet. They are kept in this browser only.</p>
  <div class="rag-exports">
    <span>Export this one</span>
    <button type="button" class="rag-action" data-act="export" data-form="markdown">Markdown</button>
    <button type="button" class="rag-action" data-act="export" data-form="json">JSON</button>
  </div>
</nav>
"""

PANEL = """
<aside id="rag-panel" aria-label="Sources" tabindex="-1">
  <div class="rag-panel-head">
    <h2>Sources</h2>
    <button type="button" class="rag-action" id="rag-back" data-act="back">Back to the answer</button>
  </div>
  <div id="rag-cards">
    <p class="rag-empty">The papers behind an answer appear here, each with the words that support it.</p>
  </div>
</aside>
"""

NOTICES = '<div id="rag-scope" hidden></div><div id="rag-notice" role="alert" hidden></div>'

CHOSEN = """
<div id="rag-chosen" hidden>
  <span id="rag-chosen-count" role="status"></span>
  <button type="button" class="rag-action" data-act="ask-chosen">Ask about these</button>
  <button type="button" class="rag-action" data-act="remove-chosen">Remove</button>
  <button type="button" class="rag-action" data-act="clear-chosen">Clear</button>
</div>
"""

ADDING = """
<h2>Add papers</h2>
<p class="rag-note">Titles with abstracts, as JSON lines, JSON, CSV, TSV, BibTeX, text or Markdown, gzipped or not.
Everyone who uses this chat shares the library.</p>
"""

MODEL = """
<h2>Language model</h2>
<p class="rag-note">One model answers everyone who uses this chat: a change counts for all of them, from their next
question on.</p>
"""


def fixed(markup: str) -> Any:
    """Add HTML that never changes to the page that is being built."""
    import gradio as gr

    return gr.HTML(markup, js_on_load=None, apply_default_css=False)


def welcome(questions: Sequence[str], papers: int) -> str:
    """Return what an empty conversation shows: what this is, and questions to begin with."""
    buttons = "".join(suggestion(question) for question in questions)
    count = "1 paper" if papers == 1 else f"{papers:,} papers"
    return (
        '<div id="rag-welcome"><h2>Ask your papers</h2>'
        f"<p>Short answers from the abstracts of {count}. Every sentence carries a marker that opens"
        " the words of the paper that support it.</p>"
        f'<div class="rag-suggestions">{buttons}</div></div>'
    )
