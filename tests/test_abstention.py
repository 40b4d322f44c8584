from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.abstention import (
    NOT_IN_CORPUS,
    NOT_IN_PASSAGES,
    NOTHING_RELEVANT,
    Signals,
    asks_in_general,
    confidence,
    is_answerable,
    lacks_detail,
    lacks_number,
    reason_for,
)

_NONE = Signals(**{field.name: 0.0 for field in fields(Signals)})
_STRONG = replace(_NONE, lexical=0.9, least_match=0.7, length=0.5, answers=2.0)
_signals = st.builds(Signals, **{field.name: st.floats(-1, 1) for field in fields(Signals)})


@given(_signals)
def test_confidence_is_a_probability(signals: Signals) -> None:
    """Whatever the signals."""
    assert 0 <= confidence(signals) <= 1


def test_a_paper_about_the_question_is_answered_from_and_a_far_one_is_not() -> None:
    """The two ends of the scale."""
    assert is_answerable(confidence(_STRONG), listed=False, several=False, chosen=False)
    assert not is_answerable(confidence(_NONE), listed=False, several=False, chosen=False)
    assert confidence(_STRONG) > confidence(_NONE)


@pytest.mark.parametrize("name", ["missing_names", "other_subject", "detail_missing"])
def test_what_the_paper_lacks_speaks_against_an_answer(name: str) -> None:
    """A name or a detail that is not there never raises the confidence."""
    assert confidence(replace(_STRONG, **{name: 1.0})) < confidence(_STRONG)


@pytest.mark.parametrize(
    ("question", "silent", "telling"),
    [
        ("What box AP does it reach?", "It is an approach.", "It reaches 50.1 AP."),
        ("How many people judged it?", "Many people play games.", "It was judged by 12 people."),
        ("At what temperature was it sampled?", "It was sampled.", "The temperature is 0.2."),
        ("Which programming language is it written in?", "It is fast.", "It is written in Rust."),
        ("What are the names of the authors?", "It is fast.", "Its authors are from Google."),
        ("Which share of them is wrong?", "Some are wrong.", "Of all, 12\\% are wrong."),
    ],
)
def test_a_detail_is_missing_where_a_text_does_not_tell_it(question: str, silent: str, telling: str) -> None:
    """By what the question asks for and what an answer would need."""
    assert lacks_detail(question, silent)
    assert not lacks_detail(question, telling)


@pytest.mark.parametrize("question", ["What would lock step have cost?", "What does that cost in accuracy?"])
def test_what_something_costs_need_not_be_money(question: str) -> None:
    """Area, accuracy and time are costs too."""
    assert not lacks_detail(question, "It needs 38% more area.")


def test_how_many_is_not_answered_without_a_number() -> None:
    """In figures or in words; other questions need none."""
    assert lacks_number("How many parameters does it have?", ["It is small.", "It is good."])
    assert not lacks_number("How many parameters does it have?", ["It is small.", "It has 5M."])
    assert not lacks_number("How many parts does it have?", ["It has three parts."])
    assert not lacks_number("How does it work?", ["It is small."])


@given(st.floats(0, 1))
def test_papers_the_user_chose_are_trusted_more(probability: float) -> None:
    """What is answered from all papers is answered from chosen ones."""
    trusted = is_answerable(probability, listed=False, several=False, chosen=True)
    assert trusted >= is_answerable(probability, listed=False, several=False, chosen=False)


def test_a_list_is_refused_sooner_than_a_comparison() -> None:
    """Works that are named are here; what a list is about may not be."""
    assert is_answerable(0.05, listed=False, several=True, chosen=False)
    assert not is_answerable(0.05, listed=True, several=True, chosen=False)


@given(st.floats(0, 1))
def test_several_papers_are_refused_only_where_one_would_be(probability: float) -> None:
    """No one paper matches it well."""
    several = is_answerable(probability, listed=False, several=True, chosen=False)
    assert several >= is_answerable(probability, listed=False, several=False, chosen=False)


@pytest.mark.parametrize(
    ("terms", "general"),
    [((), True), (("work",), True), (("problem", "address"), True), (("author", "find"), True), (("licens",), False)],
)
def test_what_any_abstract_tells_is_asked_in_general(terms: tuple[str, ...], general: bool) -> None:
    """A licence is a detail, what a system does is not."""
    assert asks_in_general(terms) is general


@pytest.mark.parametrize(
    ("signals", "reason"),
    [
        (_NONE, NOTHING_RELEVANT),
        (replace(_NONE, named=1.0), NOT_IN_PASSAGES),
        (replace(_STRONG, unknown_names=1.0), NOT_IN_CORPUS),
        (replace(_STRONG, detail_missing=1.0), NOT_IN_PASSAGES),
    ],
)
def test_the_reason_tells_what_is_missing(signals: Signals, reason: str) -> None:
    """Nothing near, another work, or a detail that the abstract does not state."""
    assert reason_for(signals) == reason


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("What learning rate was used?", "We train a model.", True),
        ("What learning rate was used?", "We use a learning rate of 0.1.", False),
        ("Under which license is it released?", "Code is released.", True),
        ("How many GPUs were needed?", "We train on 8 A100 GPUs.", False),
        ("What is the monthly subscription fee?", "It trains large models.", True),
        ("Who funded the work?", "It trains large models.", True),
        ("How fast is it?", "It is fast.", False),
    ],
)
def test_a_detail_the_text_never_mentions_is_noticed(question: str, text: str, lacks: bool) -> None:
    """Batch sizes, licences and the like are asked for often and stated seldom."""
    assert lacks_detail(question, text) is lacks


def test_to_map_asks_for_no_average_precision_and_any_abstract_can_be_summed_up() -> None:
    """The metric is written in capitals; a summary is asked for in general."""
    assert not lacks_detail("How does the compiler map loops onto the array?", "It assigns loops.")
    assert lacks_detail("What mAP does it reach?", "It assigns loops.")
    assert asks_in_general(["give", "summari", "paper"])
