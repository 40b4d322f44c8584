import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.spelling import Spelling, spelling_of
from rag.types import Document

_PAPERS = [
    Document(
        "a", "MobileTL: On-device Transfer Learning", "We measure accuracy and memory on MobileNetV3 in real time."
    ),
    Document("b", "Superpipeline: A Universal Approach", "We propose ZeroQuant-FP, an approach to quantization."),
]


@pytest.fixture
def spelling() -> Spelling:
    return spelling_of(_PAPERS)


@pytest.mark.parametrize(
    ("question", "mended"),
    [
        ("what does mobile TL save?", "what does MobileTL save?"),
        ("zero quant fp, is it good?", "ZeroQuant-FP, is it good?"),
        ("super pipline speed", "Superpipeline speed"),
        ("the accurcy of quantizaton", "the accuracy of quantization"),
        ("How much memory does MobileTL save?", "How much memory does MobileTL save?"),
        ("measuring accuracies in real time", "measuring accuracies in real time"),
        ("bananas and kangaroos", "bananas and kangaroos"),
    ],
)
def test_names_and_words_are_spelled_as_the_papers_do(spelling: Spelling, question: str, mended: str) -> None:
    """Joined names, guessed names, misspelled words; what is right, inflected or of no paper stays."""
    assert spelling.mend(question, lambda _: False) == mended


def test_a_word_that_the_model_knows_is_left_alone(spelling: Spelling) -> None:
    """English has words near those of the corpus."""
    assert spelling.mend("memoir", lambda word: word == "memoir") == "memoir"


@given(st.text(max_size=200))
def test_any_text_can_be_mended(question: str) -> None:
    """No question breaks it."""
    assert isinstance(spelling_of(_PAPERS).mend(question, lambda _: False), str)
