"""Judgements of answers, kept as JSON lines: enough to make a gold question of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from rag.errors import RagError
from rag.ui.desk import Desk
from rag.ui.turns import history_of, read_turn, read_turns

_VOTES = ("up", "down")
_MAX_NOTE = 4000


def vote(desk: Desk, request: object) -> str:
    """Append a judgement to the desk's feedback file and return what to tell the person.

    Args:
        desk: Whose feedback file it is.
        request: `{"turn": record, "turns": [earlier…], "vote": "up" | "down", "note": text}`.

    Each line is `{"time", "rating", "note", "question", "history", "within", "answer"}`, the answer as
    `Answer.to_dict()` gives it but for the words of the passages. A later line of the same turn
    (`"turn"` is its id) takes the place of an earlier one.
    """
    if not isinstance(request, Mapping) or request.get("vote") not in _VOTES:
        return ""
    turn_record = request.get("turn")
    turn = read_turn(turn_record) if isinstance(turn_record, Mapping) else None
    if turn is None or turn.answer is None:
        return ""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "turn": turn.id,
        "rating": request["vote"],
        "note": str(request.get("note") or "")[:_MAX_NOTE],
        "question": turn.question,
        "history": [list(pair) for pair in history_of(read_turns(request.get("turns")))],
        "within": list(turn.within),
        "answer": turn.to_record()["answer"],
    }
    try:
        with desk.feedback_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        reason = f"{desk.feedback_file} cannot be written ({error.strerror})"
        raise RagError(f"your judgement cannot be kept: {reason}") from error
    return "Thank you: kept with the library."
