"""The handlers of a conversation: ask, stop, show. Plain functions of a desk and a browser's records."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from rag.config import Settings
from rag.errors import RagError
from rag.pipeline import Options
from rag.searching import History
from rag.types import Answer, Done, Draft, Step
from rag.ui.answer_markup import render_progress, render_turn, render_turns
from rag.ui.desk import Desk
from rag.ui.markup import as_sentence
from rag.ui.turns import Record, Turn, history_of, read_turn, read_turns

logger = logging.getLogger(__name__)

LENGTHS = {"short": 30, "normal": 50, "long": 120}
# A draft is shown at most so often; a browser that redraws each word falls behind.
_REDRAW_S = 0.08
_WAIT_S = 0.5
_FAULT = (
    "Something went wrong here that should not: the terminal in which the chat was started says what."
    " Your conversation is kept; ask again, or start the chat anew."
)


class Update(NamedTuple):
    """What changes on the page: earlier turns, the turn in the making, and its record once it is over.

    None leaves what is there.
    """

    past: str | None
    live: str | None
    record: Record | None


def ask(desk: Desk, request: object) -> Iterator[Update]:
    """Answer the question of a request and yield what changes on the page, first at once.

    Args:
        desk: What answers.
        request: `{"turn": record, "turns": [record, …], "settings": {…}}` as the page sends it;
            `turns` are the earlier ones, oldest first; with `"alone": true` the question leans on none
            of them. One without a question changes nothing.
    """
    turn = _asked_turn(request)
    if turn is None or not isinstance(request, Mapping):
        # Not even this yielded, the page would be emptied.
        yield Update(None, None, None)
        return
    earlier = _past_turns(request.get("turns"))
    yield Update(render_turns(earlier, desk.document), render_progress(turn, "searching", ""), None)
    ticket = desk.turnstile.enter()
    stop = desk.stoppable(turn.id)
    try:
        while ahead := desk.turnstile.wait(ticket, _WAIT_S):
            if stop.is_set():
                break
            yield Update(None, render_progress(turn, "", "", ahead), None)
        if not stop.is_set() or not ahead:
            history = [] if request.get("alone") is True else history_of(earlier)
            yield from _answer(desk, turn, history, request.get("settings"))
        else:
            yield _over(desk, replace(turn, status="failed", problem="Stopped before it was begun."))
    finally:
        # Also when the page has gone: the model is not to write for nobody.
        stop.set()
        desk.finished(turn.id)
        desk.turnstile.leave(ticket)


def stop(desk: Desk, turn_id: object) -> None:
    """Stop the turn of that id, the language model too."""
    desk.stop(str(turn_id))


def show(desk: Desk, request: object) -> tuple[str, str]:
    """Return the earlier turns of a conversation that is opened, and its last turn."""
    turns = _past_turns(request.get("turns")) if isinstance(request, Mapping) else []
    return render_turns(turns[:-1], desk.document), render_turns(turns[-1:], desk.document)


def read_options(settings: object, within: tuple[str, ...], usual: Settings) -> Options:
    """Return how to answer, as the page's settings say; what they leave out or garble is as usual."""
    values: Mapping[str, Any] = settings if isinstance(settings, Mapping) else {}
    passages = values.get("passages")
    return Options(
        passages=min(max(passages, 1), 50) if isinstance(passages, int) else usual.passages,
        words=LENGTHS.get(str(values.get("length")), usual.words),
        within=within or None,
        draft=not values.get("quotes_only"),
    )


def _asked_turn(request: object) -> Turn | None:
    record = request.get("turn") if isinstance(request, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    turn = replace(read_turn(record), status="asking", answer=None, problem="")
    return turn if turn.question.strip() else None


def _past_turns(records: object) -> list[Turn]:
    """Return earlier turns; one still being asked, by its record, lost its page or its server."""
    turns = read_turns(records)
    return [replace(turn, status="interrupted") if turn.status == "asking" else turn for turn in turns]


def _answer(desk: Desk, turn: Turn, history: History, settings: object) -> Iterator[Update]:
    stop = desk.stoppable(turn.id)
    draft, step, drawn = "", "searching", 0.0
    try:
        with desk.borrow() as pipeline:
            options = read_options(settings, turn.within, pipeline.settings)
            for event in pipeline.stream(turn.question, history, options, stop=stop):
                if isinstance(event, Done):
                    yield _over(desk, _answered(turn, event.answer, stopped=stop.is_set()))
                    return
                if isinstance(event, Step):
                    step = event.name
                elif isinstance(event, Draft):
                    draft += event.text
                if isinstance(event, Step) or time.monotonic() - drawn >= _REDRAW_S:
                    drawn = time.monotonic()
                    yield Update(None, render_progress(turn, step, draft), None)
    except RagError as error:
        yield _over(desk, replace(turn, status="failed", problem=as_sentence(str(error))))
    except Exception:
        # The person who asked must see that it failed; the log has why.
        logger.exception("a question could not be answered")
        yield _over(desk, replace(turn, status="failed", problem=_FAULT))


def _answered(turn: Turn, answer: Answer, *, stopped: bool) -> Turn:
    return replace(turn, status="stopped" if stopped else "answered", answer=answer)


def _over(desk: Desk, turn: Turn) -> Update:
    return Update(None, render_turn(turn, desk.document), turn.to_record())
