"""A turn of a conversation as HTML: the question, its answer, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import shorten

from rag.composition import by_paper
from rag.naming import title_head
from rag.types import Answer, AnswerSentence, Citation, Document
from rag.ui.action_markup import actions
from rag.ui.markup import model_name, plain, verbatim
from rag.ui.source_markup import source_cards
from rag.ui.turns import Turn

Lookup = Callable[[str], Document | None]
STEPS = {"searching": "Searching", "reading": "Reading", "writing": "Writing", "checking": "Checking"}
_SUPPORT = {
    "own": ("Verified quote", "The model's sentence is the paper's own words."),
    "supported": ("Paraphrase, checked", "Other words than the paper's; every claim of it was found in the quote."),
    "instead": ("Quoted", "The paper's own sentence, “we” told as “the authors”; none of the model's took its place."),
}
_MISSING = {
    "nothing relevant": "No paper in the library is about this.",
    "not in the passages": "Papers close to the question are here, but their abstracts do not state what is asked.",
    "not in the corpus": "The work that the question names is not among these papers.",
}
_MAX_SUBJECT = 70
_MAX_UNDERSTOOD = 180
# A longer question is a text, and not set as a headline.
_MAX_HEADLINE = 200
_ENDED = {
    "stopped": "Stopped early: this is what had been checked by then.",
    "interrupted": "This was interrupted before it was answered: the page was closed or reloaded, or the chat stopped.",
}


def render_turns(turns: Sequence[Turn], lookup: Lookup) -> str:
    """Return the turns of a conversation, oldest first."""
    return "".join(render_turn(turn, lookup) for turn in turns)


def render_turn(turn: Turn, lookup: Lookup) -> str:
    """Return a turn that is over: an answer, an abstention, or what went wrong."""
    if turn.answer is None:
        return _article(turn, _problem(turn))
    note = f'<p class="rag-note">{_ENDED[turn.status]}</p>' if turn.status in _ENDED else ""
    body = _abstention(turn.answer) if turn.answer.abstained else _answer(turn, turn.answer)
    sources = f'<div class="rag-sources" hidden>{source_cards(turn.answer, lookup)}</div>'
    return _article(turn, f"{note}{body}{_meta(turn, turn.answer)}{actions(turn, lookup)}{sources}")


def render_progress(turn: Turn, step: str, draft: str, ahead: int = 0) -> str:
    """Return a turn in the making: its place in the queue or its step, and the draft so far."""
    if ahead:
        people = "1 question is" if ahead == 1 else f"{ahead} questions are"
        status = f"<span>Waiting: {people} before yours</span>"
    else:
        reached = list(STEPS).index(step) if step in STEPS else 0
        status = "".join(_step(name, number, reached) for number, name in enumerate(STEPS.values()))
    clock = '<span class="rag-clock" aria-hidden="true"></span>'
    words = f'<p class="rag-draft" aria-hidden="true">{verbatim(draft)}</p>' if draft else ""
    return _article(turn, f'<p class="rag-steps" role="status">{status}{clock}</p>{words}', busy=True)


def _article(turn: Turn, body: str, *, busy: bool = False) -> str:
    scope = ""
    if turn.within:
        papers = "1 chosen paper" if len(turn.within) == 1 else f"{len(turn.within)} chosen papers"
        scope = f'<p class="rag-scope-note">Asked of {papers}</p>'
    length = " rag-question-long" if len(turn.question) > _MAX_HEADLINE else ""
    return (
        f'<article class="rag-turn" data-turn="{verbatim(turn.id)}" data-status="{turn.status}"'
        f' aria-busy="{"true" if busy else "false"}">'
        f'<h2 class="rag-question{length}">{verbatim(turn.question)}</h2>{scope}'
        f'<div class="rag-reply">{body}</div></article>'
    )


def _step(name: str, number: int, reached: int) -> str:
    state = "done" if number < reached else "now" if number == reached else "next"
    hidden = "" if state == "now" else ' aria-hidden="true"'
    return f'<span class="rag-step rag-step-{state}"{hidden}>{name}</span>'


def _answer(turn: Turn, answer: Answer) -> str:
    quotes = {citation.marker: citation for citation in answer.citations}
    sections = by_paper(answer.sentences, answer.citations, answer.searched)
    told = [
        (title, " ".join(_sentence(turn, sentence, quotes, answer.origin) for sentence in sentences))
        for title, sentences in sections
    ]
    if len(told) == 1 and not told[0][0]:
        return f'{_searched(answer)}<p class="rag-answer">{told[0][1]}</p>'
    parts = "".join(f'<p><b class="rag-told-by">{verbatim(title)}</b> {sentences}</p>' for title, sentences in told)
    return f'{_searched(answer)}<div class="rag-answer">{parts}</div>'


def _searched(answer: Answer) -> str:
    if answer.searched == answer.question.strip():
        return ""
    understood = verbatim(shorten(answer.searched, _MAX_UNDERSTOOD, placeholder="…"))
    # Words of earlier turns stand in brackets after the question.
    leans = answer.searched.endswith(")") and answer.searched.count(" (") > answer.question.count(" (")
    alone = '<button type="button" class="rag-link" data-act="alone">Ask it by itself</button>' if leans else ""
    return f'<p class="rag-note" title="{verbatim(answer.searched)}">Understood as: {understood} {alone}</p>'


def _sentence(turn: Turn, sentence: AnswerSentence, quotes: dict[int, Citation], origin: str) -> str:
    body = sentence.text.rstrip()
    end = body[-1:] if body[-1:] in ".!?" else "."
    markers = "".join(_marker(turn, number, quotes.get(number)) for number in sorted(sentence.markers))
    kind = "supported" if sentence.support == "supported" else "instead" if origin == "quotes" else "own"
    label, explanation = _SUPPORT[kind]
    return (
        f'<span class="rag-sentence">{verbatim(body.rstrip(".!? "))}'
        f' <span class="rag-markers">{markers}{end}</span></span>'
        f'<span class="rag-support rag-support-{kind}" data-label="{label}" title="{explanation}"'
        f' role="img" aria-label="{label}"></span>'
    )


def _marker(turn: Turn, number: int, citation: Citation | None) -> str:
    if citation is None:
        return f"[{number}]"
    return (
        f'<a class="rag-marker" href="#{verbatim(turn.id)}-{number}" data-marker="{number}"'
        f' data-quote="{plain(citation.quote)}" data-title="{plain(citation.title)}"'
        f' aria-label="Source {number}: {plain(citation.title)}">[{number}]</a>'
    )


def _abstention(answer: Answer) -> str:
    missing = _MISSING.get(answer.reason or "", "The papers do not answer this.")
    nearest = "".join(
        f'<li><button type="button" class="rag-link" data-act="source" data-document="{verbatim(passage.document_id)}">'
        f"{plain(passage.title)}</button></li>"
        for passage in answer.passages[:3]
    )
    better = "".join(suggestion(question) for question in better_questions(answer))
    return (
        f'{_searched(answer)}<div class="rag-abstention"><p class="rag-answer">These papers do not answer that.</p>'
        f'<p class="rag-missing">{missing}</p>'
        f'<h3>Nearest papers</h3><ol class="rag-nearest">{nearest}</ol>'
        f'<h3>Questions to ask instead</h3><div class="rag-suggestions">{better}</div></div>'
    )


def better_questions(answer: Answer) -> list[str]:
    """Return questions that the nearest papers are likely to answer."""
    forms = ("What does the paper on {} propose?", "What results are reported for {}?")
    return [form.format(subject_of(passage.title)) for passage, form in zip(answer.passages, forms, strict=False)]


def subject_of(title: str) -> str:
    """Return what a paper is called, as short as a question can hold it."""
    return shorten(title_head(title), _MAX_SUBJECT, placeholder="…")


def suggestion(question: str) -> str:
    """Return a button that asks a question."""
    asked = verbatim(question)
    return f'<button type="button" class="rag-suggestion" data-act="ask" data-question="{asked}">{asked}</button>'


def _problem(turn: Turn) -> str:
    words = turn.problem or _ENDED.get(turn.status, "This question was not answered.")
    return (
        f'<div class="rag-problem" role="alert"><p>{verbatim(words)}</p>'
        '<button type="button" class="rag-action" data-act="again">Ask again</button></div>'
    )


def _meta(turn: Turn, answer: Answer) -> str:
    parts = [f"{answer.timings.get('total', 0.0):.1f} s"]
    papers = len({citation.document_id for citation in answer.citations})
    if papers:
        parts.append("1 paper" if papers == 1 else f"{papers} papers")
    unused = " (its draft was not used)" if answer.origin == "quotes" and turn.status == "answered" else ""
    # An abstention comes before the model is asked.
    if not answer.abstained:
        parts.append("quotes only" if answer.llm == "none" else f"model: {model_name(answer.llm)}{unused}")
    return f'<p class="rag-meta">{verbatim(" · ".join(parts))}</p>'
