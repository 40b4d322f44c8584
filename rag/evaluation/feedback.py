"""Make drafts of gold questions of the thumbs that people gave answers in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rag import EvaluationError
from rag.evaluation.gold import enumerate_json_lines, fold

RATINGS = ("up", "down")


def draft_questions(path: Path) -> list[dict[str, Any]]:
    """Return a gold question to be edited per question rated; of one rated twice, the last.

    A question whose answer was liked keeps it, with the papers cited; one whose answer was not
    gets the papers found, to choose from, and no answer. Key facts are left for a person; "note"
    and "rating" are what the person who rated said.

    Raises:
        EvaluationError: The file cannot be read, or a line is malformed.
    """
    drafts: dict[tuple[str, str], dict[str, Any]] = {}
    for number, row in enumerate_json_lines(path):
        where = f"{path}, line {number}"
        question, rating, answer = row.get("question"), row.get("rating"), row.get("answer")
        if not isinstance(question, str) or not question.strip():
            raise EvaluationError(f'{where}: "question" is empty')
        if rating not in RATINGS:
            raise EvaluationError(f'{where}: the rating is {rating!r}: expected "up" or "down"')
        if not isinstance(answer, dict):
            raise EvaluationError(f'{where}: "answer" is missing or no object')
        history = row.get("history") or []
        drafts[fold(question), str(history)] = _draft(row, answer, history)
    return [{"id": f"feedback-{number:04d}", **draft} for number, draft in enumerate(drafts.values(), start=1)]


def _draft(row: Mapping[str, Any], answer: Mapping[str, Any], history: list[Any]) -> dict[str, Any]:
    liked = row["rating"] == "up"
    declined = liked and bool(answer.get("abstained"))
    papers = answer.get("citations") if liked else answer.get("passages")
    return {
        "type": "unanswerable" if declined else "followup" if history else "fact",
        "split": "dev",
        "question": row["question"].strip(),
        "history": history,
        "gold_titles": [] if declined else list(dict.fromkeys(paper["title"] for paper in papers or [])),
        "answer": answer.get("text", "") if liked and not declined else "",
        "key_facts": [],
        "answerable": not declined,
        **({"kind": "absent"} if declined else {}),
        "note": row.get("note") or "",
        "rating": row["rating"],
    }
