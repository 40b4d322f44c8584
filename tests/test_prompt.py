from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.prompt import FULL_SYSTEM, TINY_SYSTEM, build_prompt

_DATA = Path(__file__).parent / "data"
_PASSAGES = ["MobileTL reduces memory usage by 46% on V2.", "It is Pareto-optimal.", "It fine-tunes a few top blocks."]


def _words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("size", ["tiny", "full"])
def test_the_prompt_is_the_one_in_the_file(size: str) -> None:
    """Each word of a prompt counts: a change of it is seen here, and measured before it is kept."""
    turns = build_prompt("How much memory does MobileTL save?", _PASSAGES, size=size, budget=999, count_tokens=_words)  # type: ignore[arg-type]
    text = "\n".join(f"[{role}]\n{content}" for role, content in turns) + "\n"

    assert text == (_DATA / f"prompt_{size}.txt").read_text(encoding="utf-8")


def test_the_system_turn_never_changes() -> None:
    """A model keeps it computed from question to question."""
    one = build_prompt("A?", ["x"], size="tiny", budget=99, count_tokens=_words)
    two = build_prompt("B?", ["y", "z"], size="tiny", budget=5, count_tokens=_words)

    assert one[0] == two[0] == ("system", TINY_SYSTEM)
    assert build_prompt("A?", ["x"], size="full", budget=99, count_tokens=_words)[0] == ("system", FULL_SYSTEM)


def test_passages_that_do_not_fit_are_left_out_whole() -> None:
    """By hand: 10 words of system, 1 of question, passages of 2, 3 and 1 words: a budget of 14 takes the first."""
    assert _words(TINY_SYSTEM) == 10
    passages = ["one two", "three four five", "six"]

    assert build_prompt("Why?", passages, size="tiny", budget=15, count_tokens=_words)[1][1] == (
        "Passages:\n- one two\n\nQuestion: Why?"
    )
    assert "- three four five\n" in build_prompt("Why?", passages, size="tiny", budget=16, count_tokens=_words)[1][1]


@given(
    st.lists(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=30), min_size=1, max_size=6),
    st.integers(0, 60),
)
def test_a_budget_never_cuts_a_passage(passages: list[str], budget: int) -> None:
    """Whatever the budget, the passages shown are the first ones, whole, and at least one."""
    content = build_prompt("Why?", passages, size="tiny", budget=budget, count_tokens=len)[1][1]
    shown = content.removeprefix("Passages:\n- ").removesuffix("\n\nQuestion: Why?").split("\n- ")

    assert shown == passages[: len(shown)]
    assert len(shown) == 1 or len(TINY_SYSTEM) + len("Why?") + sum(map(len, shown)) <= budget
