"""What must agree between a claim and its evidence, one kind of disagreement at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding import Evidence, check_sentence


def evidence(*texts: str, title: str = "") -> list[Evidence]:
    """Give each text as a sentence of one document, in order."""
    return [Evidence(title, title, text, 1000 * at, 1000 * at + len(text)) for at, text in enumerate(texts)]


RESPECTIVELY = "Our method reduces memory usage by 46\\% and 53\\% for MobileNetV2 and V3 IRBs, respectively."
CORAL = "Coral cover declined from 38% to 12% after the 2016 bleaching event and recovered to 27% by 2022."
REEFS = "Recovery was faster on reefs with high herbivore biomass than on heavily fished reefs."
RATED = "Instructors rated 83% of its hints as helpful and 4% as misleading."
DOSING = "Evening dosing lowered blood pressure by 9.4 mm Hg and morning dosing by 6.1 mm Hg."
LAMINA = "Results indicate that Lamina can provide 1.48x-12.1x higher throughput per dollar than homogeneous solutions."
STROKE = "Evening dosing may reduce the risk of stroke, but the trial was not powered to assess other events."
CLIENTS = "FedShard lets weak clients train sub-models and strong clients train the full model."
SOIL = "Biochar increased maize yield by 19% on sandy soils but not on clay soils."
CELLS = "The champion device keeps 92% of its efficiency after 1,000 hours at 65 °C."
NEMOTRON = "Nemotron-51B is the most accurate language model capable of inference on a single GPU."
DEPENDENT = "On-chip buffer size requirements are independent of sequence length."
WEIGHTS = "Outlier channels are kept in 16 bits, and all other weights are stored in 4 bits."

SUPPORTED = [
    ("number respelled", "It is 20,000 GPU hours in 7.9times less.", "It is 20k GPU hours in 7.9x less."),
    ("percent", "The cover declined by 24%.", "The cover declined by 24 percent."),
    (
        "told of the authors",
        "We find that AI agents know many topics -- e.g. an agent wrote a faster kernel than any of our human experts'"
        " -- and can generate and test solutions over ten times faster than humans.",
        "The authors find that AI agents know many topics -- e.g. an agent wrote a faster kernel than any of their"
        " human experts' -- and can generate and test solutions over ten times faster than humans.",
    ),
    ("billion", "We train a 1.7-billion-parameter model.", "The authors train a model of 1.7B parameters."),
    (
        "first in time",
        "Labels are merged, then the network is trained.",
        "Labels are first merged, then the network is trained.",
    ),
    ("half", "Amber lamps halved the decline.", "Amber lamps cut the decline by 50%."),
    ("quarter", "Wind speed was reduced by a quarter.", "Wind speed was reduced by 25%."),
    ("factor", "Model size shrinks by a factor of 4.", "Models become four times smaller."),
    ("units", "Latency falls from 410 to 95 ms.", "Latency falls from 0.41 s to 95 ms."),
    ("respectively, first", RESPECTIVELY, "The method saves 46% of memory for MobileNetV2."),
    ("respectively, second", RESPECTIVELY, "The method reduces memory usage by 53% for MobileNetV3."),
    ("respectively, both", RESPECTIVELY, "Memory usage is reduced by 46% for MobileNetV2 and 53% for V3 IRBs."),
    ("gapped half", DOSING, "Morning dosing lowered blood pressure by 6.1 mm Hg."),
    (
        "mirrored comparison",
        REEFS,
        "Heavily fished reefs recovered more slowly than reefs with high herbivore biomass.",
    ),
    ("passive", "FP8 consistently outperforms INT8.", "INT8 is consistently outperformed by FP8."),
    ("hedge kept", STROKE, "Evening dosing could lower the risk of stroke."),
    ("denial respelled", DEPENDENT, "On-chip buffer size does not depend on sequence length."),
    ("ellipsis", SOIL, "On sandy soils biochar raised the maize yield by 19%, but clay soils saw no such increase."),
    ("acronym", "We use Low Rank Compensation (LoRC).", "The authors use Low Rank Compensation."),
    ("acronym of the evidence", "QoR improves by 3%.", "Quality of result improves by 3%."),
    ("contrast", CLIENTS, "Weak clients train sub-models while strong clients train the full model."),
]
UNSUPPORTED = [
    ("number", CORAL, "Coral cover declined from 36% to 12%."),
    ("unit", "It takes 1.6 ms.", "It takes 1.6 s."),
    ("ratio for percent", "Accuracy is 4.6% higher.", "Accuracy is 4.6x higher."),
    ("counted", "We find seven failure modes in three case studies.", "Seven case studies show three failure modes."),
    ("bound dropped", "Memory falls by up to 60%.", "Memory falls by 60%."),
    ("bound turned", "Quality improves by up to 24.8%.", "Quality improves by at least 24.8%."),
    ("end of a range", LAMINA, "Lamina provides 12.1x higher throughput per dollar than homogeneous solutions."),
    ("respectively swapped", RESPECTIVELY, "The method reduces memory usage by 53% for MobileNetV2."),
    ("wrong half", DOSING, "Morning dosing lowered blood pressure by 9.4 mm Hg."),
    ("wrong role", CORAL, "Coral cover declined from 12% to 38%."),
    ("wrong attribute", RATED, "Instructors rated 83% of its hints as misleading."),
    ("name", "It runs on an NVIDIA H100 GPU.", "It runs on an NVIDIA A100 GPU."),
    ("common noun", "Doping with 3% copper lowered conductivity.", "Doping with 3% nickel lowered conductivity."),
    ("condition", CELLS, "The champion device keeps 92% of its efficiency after 1,000 hours at 85 °C."),
    ("direction", "Moth abundance fell by 34%.", "Moth abundance rose by 34%."),
    ("fewer and more", "It needs 2x fewer operations.", "It needs 2x more operations."),
    ("denied", SOIL, "Biochar increased maize yield on clay soils."),
    ("asserted", "It does not require retraining.", "It requires retraining."),
    ("avoided", "The shifts avoid storing activation maps.", "Activation maps are stored."),
    ("hedge removed", STROKE, "Evening dosing reduces the risk of stroke."),
    ("hedge hardened", "Agents may veer off course.", "Agents always veer off course."),
    ("all for some", "We evaluate various models.", "All models are evaluated."),
    ("all for all other", WEIGHTS, "All weights are stored in 4 bits."),
    ("superlative", "It achieves similar or better accuracy.", "It achieves the best accuracy."),
    (
        "first of all",
        "We present a compiler for quantum chips.",
        "The authors present the first compiler for quantum chips.",
    ),
    ("superlative without limits", NEMOTRON, "Nemotron-51B is the most accurate language model."),
    ("compared with the best", "It surpasses the state-of-the-art.", "It is the state-of-the-art."),
    ("comparison turned", REEFS, "Recovery was faster on heavily fished reefs than on reefs with high biomass."),
    ("doer and done-to", "FP8 consistently outperforms INT8.", "INT8 consistently outperforms FP8."),
    (
        "replaced and replacement",
        "We replace white lamps with amber ones.",
        "They replace amber lamps with white ones.",
    ),
    ("clauses crossed", CLIENTS, "Strong clients train sub-models."),
    ("before and after", "Use before treatment was harmful.", "Use after treatment was harmful."),
    ("antonym in a copy", "It maintains high accuracy at low cost.", "It maintains low accuracy at low cost."),
    ("invented cause", "Bats fed at lit sites.", "Bats fed at lit sites because of the mosquitoes."),
]


@pytest.mark.parametrize(("text", "claim"), [case[1:] for case in SUPPORTED], ids=[case[0] for case in SUPPORTED])
def test_the_same_said_otherwise_is_supported(text: str, claim: str) -> None:
    """Spelling, voice, order and synonyms may differ."""
    verdict = check_sentence(claim, evidence(text))

    assert verdict.label == "supported", verdict.reasons


@pytest.mark.parametrize(("text", "claim"), [case[1:] for case in UNSUPPORTED], ids=[case[0] for case in UNSUPPORTED])
def test_one_thing_changed_is_not_supported_and_says_why(text: str, claim: str) -> None:
    """Most words are the evidence's, one thing is not."""
    verdict = check_sentence(claim, evidence(text))

    assert verdict.label in ("partly", "unsupported")
    assert verdict.reasons


def test_the_papers_name_stands_for_we() -> None:
    """What the title names before its colon is "our method"; another paper's name is not."""
    sentences = evidence("Our method reduces memory usage by 46%.", title="MobileTL: On-device Transfer Learning")

    assert check_sentence("MobileTL reduces memory usage by 46%.", sentences).label == "supported"
    assert not check_sentence("TinyTL reduces memory usage by 46%.", sentences).holds


def test_a_result_of_another_paper_is_not_taken_over() -> None:
    """Each clause holds by the sentences of one document."""
    sentences = [
        *evidence("Puzzle achieves a 2.17x throughput speedup.", title="Puzzle: NAS for LLMs"),
        *evidence("MegaScale achieves 55.2% utilization.", title="MegaScale: Training at Scale"),
    ]

    assert not check_sentence("MegaScale achieves a 2.17x throughput speedup.", sentences).holds
    both = check_sentence("Puzzle achieves a 2.17x speedup, while MegaScale achieves 55.2% utilization.", sentences)
    assert both.holds
    assert sorted(both.evidence) == [0, 1]


def test_only_the_sentences_needed_are_named() -> None:
    """A sentence that adds nothing is no evidence."""
    sentences = evidence("We sampled 14 lakes.", CORAL, "Concentrations decreased with altitude.")

    assert check_sentence("Concentrations fell with altitude.", sentences).evidence == (2,)


def test_a_list_of_the_sentence_before_is_paired() -> None:
    """The word "respectively" may point back to the items of the previous sentence."""
    sentences = evidence(
        "We test three designs: systolic array, 3D-Cube, and 2D-Matrix.",
        "Our techniques improve efficiency by 1.27x, 1.28x, and 1.44x, respectively.",
    )

    assert check_sentence("For the 3D-Cube, efficiency improves by 1.28x.", sentences).holds
    assert not check_sentence("For the 3D-Cube, efficiency improves by 1.44x.", sentences).holds


def test_a_bare_answer_is_read_with_its_question() -> None:
    """A number alone is right or wrong only for what was asked."""
    sentences = evidence(RESPECTIVELY, title="MobileTL: On-device Transfer Learning")
    question = "How much memory does MobileTL save on MobileNetV3?"

    assert check_sentence("53%.", sentences, question=question).holds
    assert not check_sentence("46%.", sentences, question=question).holds


def test_similarity_names_the_nearest_evidence_and_decides_nothing() -> None:
    """A cosine near one does not make a wrong claim right."""
    sentences = evidence(CORAL, REEFS)

    verdict = check_sentence("Green lamps attract moths.", sentences, similarity=lambda _, text: float(text == REEFS))

    assert verdict.label == "unsupported"
    assert verdict.evidence == (1,)


@pytest.mark.parametrize("claim", ["", "   ", ".", "and the of"])
def test_nothing_to_check_is_unsupported(claim: str) -> None:
    """A sentence without content is no claim."""
    assert check_sentence(claim, evidence(CORAL)).label == "unsupported"


def test_without_evidence_nothing_holds() -> None:
    """No evidence, no support, and no indices into it."""
    verdict = check_sentence("Coral cover declined.", [])

    assert (verdict.label, verdict.evidence, verdict.reasons) == ("unsupported", (), ("no evidence",))


TEXT = st.one_of(st.text(max_size=120), st.lists(st.sampled_from((CORAL + REEFS + RATED).split())).map(" ".join))


@given(TEXT, st.lists(TEXT, max_size=4), TEXT)
def test_any_text_gives_a_verdict(claim: str, texts: list[str], title: str) -> None:
    """It never raises; its indices are of the evidence, each once; its score is in [0, 1]."""
    verdict = check_sentence(claim, evidence(*texts, title=title))

    assert 0 <= verdict.score <= 1
    assert set(verdict.evidence) <= set(range(len(texts)))
    assert len(set(verdict.evidence)) == len(verdict.evidence)
    assert not (verdict.holds and verdict.reasons)


@given(st.text(min_size=1, max_size=80).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_the_papers_own_words_are_quoted(text: str) -> None:
    """An exact evidence sentence is quoted, with score 1, whatever stands beside it."""
    verdict = check_sentence(text, evidence(CORAL, text))

    assert verdict.label == "quoted"
    assert verdict.score == 1.0
