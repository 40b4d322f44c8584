import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.conversation import stand_alone
from rag.errors import QuestionError
from rag.types import CANNOT_ANSWER

_FIRST = ("How much memory does MobileTL save on V2?", "The authors' method reduces memory usage by 46% [1].")


@pytest.mark.parametrize(
    "question",
    [
        "And on V3?",
        "What about accuracy?",
        "Why?",
        "How does it work?",
        "Does it lose accuracy on CIFAR10?",
        "Is that more than the second one?",
        "What are their results?",
        "Which GPUs?",
        "On MobileNetV2?",
        "How do the two compare on images of outdoor scenes?",
    ],
)
def test_a_question_that_leans_on_the_turn_before_gets_its_subject(question: str) -> None:
    """Continuations, pronouns and fragments are searched with the question they follow."""
    asked = stand_alone(question, [_FIRST])

    assert asked.question == question
    assert "MobileTL" in asked.context
    assert asked.searched == f"{question} ({asked.context})"


@pytest.mark.parametrize(
    "question",
    [
        "Which papers propose low-bit quantization of diffusion models?",
        "How much faster is Nemotron-51B than its parent?",
        "Now what is the weather on Mars?",
        "New topic: how do accelerators use sparsity in attention?",
        "Is it possible to train large language models from scratch on laptops?",
        "Compare OliVe and LLM.int8()",
        "How does MG-Verilog work?",
        "Which papers use FPGAs?",
        "thanks!",
    ],
)
def test_a_question_of_its_own_stands_alone(question: str) -> None:
    """A new subject is not mixed up with the old one."""
    assert stand_alone(question, [_FIRST]).searched == question


def test_the_first_question_stands_alone() -> None:
    """Without history there is nothing to lean on; outer white space goes."""
    assert stand_alone("  And on V3?\n", []).searched == "And on V3?"


def test_names_of_the_answer_join_the_subject() -> None:
    """What the last answer named can be referred to; its markers are left out."""
    turn = ("Which paper trains on phones?", "It is MobileTL [1], tested on CIFAR10 [2].")

    context = stand_alone("How much memory does it save?", [turn]).context

    assert "MobileTL" in context
    assert "CIFAR10" in context
    assert "[1]" not in context


def test_a_chain_of_follow_ups_keeps_the_subject() -> None:
    """The second follow-up still knows what the first question was about."""
    turns = [_FIRST, ("And on V3?", "By 53% [1].")]

    assert "MobileTL" in stand_alone("Why?", turns).context


def test_a_changed_subject_ends_the_chain() -> None:
    """What was asked before a question that stands alone is forgotten."""
    turns = [_FIRST, ("How fast is the Nemotron-51B model at inference?", "2.17x [1].")]

    context = stand_alone("And how accurate?", turns).context

    assert "Nemotron-51B" in context
    assert "MobileTL" not in context


@pytest.mark.parametrize("turn", ["a question", ("question",), ("a", "b", "c"), ("a", None), [1, 2]])
def test_a_turn_that_is_no_pair_of_texts_is_refused(turn: object) -> None:
    """The history's form is named with what was found."""
    with pytest.raises(QuestionError, match=r"^the history must be pairs of question and answer, found "):
        stand_alone("And on V3?", [turn])  # type: ignore[list-item]


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=4))
def test_the_question_itself_is_never_changed(question: str, history: list[tuple[str, str]]) -> None:
    """Whatever came before, the words asked are searched first."""
    asked = stand_alone(question, history)

    assert asked.question == question.strip()
    assert asked.searched.startswith(question.strip())


def test_a_follow_up_knows_the_turn_it_leans_on_and_no_abstention() -> None:
    """What was told names the paper; what could not be answered names none."""
    told = stand_alone("And on V3?", [("What does MobileTL save on V2?", "It saves 46% [1].")]).told
    declined = stand_alone(
        "And on V3?", [("What does TinyTL save?", f"{CANNOT_ANSWER} Nearest papers: MobileTL.")]
    ).told

    assert told == "What does MobileTL save on V2? It saves 46%."
    assert declined == ""
