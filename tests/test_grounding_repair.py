"""A mended sentence says what the evidence says, and less than before rather than more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding import Evidence, check_sentence, repair_sentence

TEXTS = [
    "TinySpeech reaches 94.1% accuracy on Google Speech Commands with 38K parameters and 76 KB of RAM.",
    "Inference takes 12 ms on an STM32F4 and 31 ms on a Cortex-M0.",
    "Pruning shrinks the model by up to 75% while keeping its accuracy.",
    "Outlier channels are kept in 16 bits, and all other weights are stored in 4 bits.",
]
EVIDENCE = [
    Evidence("tiny", "TinySpeech: Keyword Spotting", text, 100 * at, 100 * at + len(text))
    for at, text in enumerate(TEXTS)
]


@pytest.mark.parametrize(
    ("sentence", "mended"),
    [
        ("TinySpeech reaches 91.4% accuracy.", "TinySpeech reaches 94.1% accuracy."),
        ("It needs 76 MB of RAM.", "It needs 76 KB of RAM."),
        ("On a Cortex-M0 inference takes 12 ms.", "On a Cortex-M0 inference takes 31 ms."),
        ("Outlier channels are kept in 4 bits.", "Outlier channels are kept in 16 bits."),
        ("Pruning shrinks the model by 75%.", "Pruning shrinks the model by up to 75%."),
        ("Pruning always shrinks the model by up to 75%.", "Pruning shrinks the model by up to 75%."),
        (
            "TinySpeech reaches 94.1% accuracy on Google Speech Commands, which took two weeks of labelling.",
            "TinySpeech reaches 94.1% accuracy on Google Speech Commands.",
        ),
    ],
)
def test_mends_what_one_change_can_mend(sentence: str, mended: str) -> None:
    """A number, unit or bound from the evidence; a word of certainty or an invented clause left out."""
    assert repair_sentence(sentence, EVIDENCE) == mended


@pytest.mark.parametrize(
    "sentence",
    [
        "TinySpeech reaches 94.1% accuracy on LibriSpeech.",
        "Green lamps attract fewer moths than white ones.",
        "",
    ],
)
def test_leaves_alone_what_no_change_can_mend(sentence: str) -> None:
    """A condition is never dropped: without it the sentence would claim more."""
    assert repair_sentence(sentence, EVIDENCE) is None


def test_two_candidates_are_one_too_many() -> None:
    """A number that two of the evidence could replace is not guessed."""
    text = "The model has 12 layers in the encoder and 6 layers in the decoder."
    evidence = [Evidence("a", "A Model", text, 0, len(text))]

    assert repair_sentence("The model has 9 layers.", evidence) is None


@given(st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=14))
def test_whatever_is_returned_checks_as_supported(words: list[str]) -> None:
    """Repair never hands on a sentence that the check would reject."""
    mended = repair_sentence(" ".join(words), EVIDENCE)

    assert mended is None or check_sentence(mended, EVIDENCE).holds
