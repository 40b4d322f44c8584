"""The strict judge asks for numbers, units and names, and for nothing else."""

import pytest

from rag.grounding import strict_support

QUOTE = "Our method reduces memory usage by 46\\% and 53\\% for MobileNetV2 and V3 IRBs, respectively, on 8 GPUs."


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("It saves 46 percent.", [QUOTE]),
        ("MobileTL saves 53%.", [QUOTE, "MobileTL: On-device Transfer Learning"]),
        ("It runs on eight GPUs.", [QUOTE]),
        ("Less memory is needed.", [QUOTE]),
        ("The model has 1.7B parameters.", ["A 1.7-billion-parameter model."]),
        ("It is 7.9x faster.", ["It is 7.9times faster."]),
        ("BERT-based rankers win.", ["A ranker based on BERT."]),
    ],
)
def test_numbers_and_names_that_stand_in_the_quotes_pass(sentence: str, quotes: list[str]) -> None:
    """Spelling of units, LaTeX, number words and titles do not matter."""
    assert strict_support(sentence, quotes)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("It saves 64%.", [QUOTE]),
        ("It saves 46 GB.", [QUOTE]),
        ("It is 46x smaller.", [QUOTE]),
        ("MobileTL saves 53%.", [QUOTE]),
        ("It needs less memory on ResNet.", [QUOTE]),
        ("Less memory is needed.", []),
        ("Less memory is needed.", [" "]),
    ],
)
def test_a_number_unit_or_name_from_elsewhere_fails(sentence: str, quotes: list[str]) -> None:
    """So does a sentence that cites nothing."""
    assert not strict_support(sentence, quotes)
