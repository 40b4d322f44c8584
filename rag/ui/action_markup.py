"""What can be done with an answer, as HTML: copy it, ask again, judge it."""

from __future__ import annotations

from collections.abc import Callable

from rag.types import Document
from rag.ui.exports import as_bibtex, as_markdown, as_text
from rag.ui.markup import verbatim
from rag.ui.turns import Turn

Lookup = Callable[[str], Document | None]
_THUMB = "M7 10v10H4V10zM7 11l4-8c1.7 0 2.6 1.2 2.2 3L12.6 9H19c1.3 0 2.2 1.1 2 2.4l-1.2 6.8c-.2 1-1 1.8-2 1.8H7"


def actions(turn: Turn, lookup: Lookup) -> str:
    """Return the buttons under an answer: copy it, ask again, judge it."""
    copies = ""
    if turn.answer is not None and not turn.answer.abstained:
        forms = {
            "Text": as_text(turn.answer),
            "Markdown": as_markdown(turn.answer),
            "BibTeX": as_bibtex(turn.answer, lookup),
        }
        copies = "".join(
            f'<button type="button" class="rag-action" data-act="copy" data-form="{name}"'
            f' aria-label="Copy as {name}">{name}</button><span hidden data-copy="{name}">{verbatim(text)}</span>'
            for name, text in forms.items()
        )
        copies = f'<span class="rag-copies">Copy as {copies}</span>'
    return (
        f'<div class="rag-actions">{copies}'
        '<button type="button" class="rag-action" data-act="again">Ask again</button>'
        '<span class="rag-votes">'
        f"{_vote('up', 'Good answer')}{_vote('down', 'Bad answer')}</span></div>"
    )


def _vote(direction: str, label: str) -> str:
    return (
        f'<button type="button" class="rag-action rag-vote" data-act="vote" data-vote="{direction}"'
        f' aria-label="{label}" aria-pressed="false" title="{label}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_THUMB}"/></svg></button>'
    )
