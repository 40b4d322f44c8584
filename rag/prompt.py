"""The words a language model is given. Data and assembly only; knows no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from rag.text import without_control_tokens

TINY_SYSTEM = "Answer the question in one short sentence using the passages."
FULL_SYSTEM = (
    "You answer questions about research papers from the passages alone. Answer every part of the question"
    " in one to three short, complete sentences, with the numbers, units, names and conditions exactly as the"
    " passages have them. Do not add anything the passages do not say, no citations and no introduction."
)

Turn = tuple[Literal["system", "user"], str]


def build_prompt(
    question: str,
    passages: Sequence[str],
    *,
    size: Literal["tiny", "full"],
    budget: int,
    count_tokens: Callable[[str], int],
) -> list[Turn]:
    """Return the turns that ask for a draft.

    The system turn never changes, so a model keeps it computed. Passages are taken in order while
    they fit the budget of tokens, each whole or not at all; the first always is. No words of a
    paper or a reader can pass for a turn of their own.
    """
    question = without_control_tokens(question)
    system = TINY_SYSTEM if size == "tiny" else FULL_SYSTEM
    kept: list[str] = []
    used = count_tokens(system) + count_tokens(question)
    for passage in map(without_control_tokens, passages):
        used += count_tokens(passage)
        if kept and used > budget:
            break
        kept.append(passage)
    lines = "\n".join(f"- {passage}" for passage in kept)
    return [("system", system), ("user", f"Passages:\n{lines}\n\nQuestion: {question}")]
