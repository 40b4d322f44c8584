"""Answers judged: facts, citations after ALCE, abstention, risk and coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import Answer, AnswerSentence, Citation
from rag.evaluation import (
    GoldQuestion,
    Run,
    abstention,
    evaluate_answers,
    over_answers,
    question_values,
    risk_coverage,
    score_answer,
    score_citations,
    summarize,
)

FACT = GoldQuestion("f1", "fact", "How much?", (), ("MobileTL",), "46%.", (("46%", "46 percent"), ("V2",)), True)
DETAIL = GoldQuestion("u1", "unanswerable", "Which batch size?", (), (), "", (), False, "dev", "detail")


def words_judge(sentence: str, quotes: Sequence[str], titles: Sequence[str]) -> bool:
    """Support a sentence whose words all stand in the quotes."""
    return set(sentence.split()) <= set(" ".join(quotes).split())


JUDGES = {"": words_judge, "strict_": lambda sentence, quotes, titles: False}


def an_answer(*sentences: tuple[str, str], abstained: bool = False, confidence: float = 0.5) -> Answer:
    """Make an answer of (sentence, quotes between semicolons) pairs."""
    made: list[AnswerSentence] = []
    citations: list[Citation] = []
    for text, quotes in sentences:
        markers = []
        for quote in filter(None, quotes.split(";")):
            citations.append(Citation(len(citations) + 1, "d1", "MobileTL", quote, 0, len(quote), 1.0))
            markers.append(len(citations))
        made.append(AnswerSentence(text, tuple(markers), "quoted"))
    text = " ".join(f"{item.text} " + "".join(f"[{marker}]" for marker in item.markers) for item in made)
    return Answer(
        question="?",
        searched="?",
        text="I cannot answer. Nearest papers: 46% of V2." if abstained else text,
        abstained=abstained,
        reason="nothing relevant" if abstained else None,
        sentences=() if abstained else tuple(made),
        citations=tuple(citations),
        passages=(),
        origin="none" if abstained else "quotes",
        llm="none",
        confidence=confidence,
        timings={"search": 0.01, "first_token": 0.02, "total": 0.04},
    )


class ScriptedAnswerer:
    """Gives the answers written for it, in order."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def answer(self, question: str, history: Sequence[Sequence[str]] = ()) -> Answer:
        """Return the next answer."""
        return self.answers.pop(0)


def a_run(name: str, *answers: Answer) -> Run:
    questions = [replace((FACT, DETAIL)[number % 2], id=f"q{number}") for number in range(len(answers))]
    results = evaluate_answers(ScriptedAnswerer(*answers), questions, JUDGES)
    return Run("answers", name, "gold.jsonl", "", {}, {"corpus_hash": "c", "embedder": "e"}, {}, results)


RIGHT = an_answer(("saves 46% on v2", "it saves 46% on V2 and v2"), confidence=0.9)
WRONG = an_answer(("saves a lot", "it saves a lot"), confidence=0.2)
DECLINED = an_answer(abstained=True)


def test_facts_are_found_in_any_case_behind_markers() -> None:
    """Every fact needs one variant; markers within, case and white space do not matter."""
    answer = replace(RIGHT, text="It saves 46 [1]\n  PERCENT on v2 [2].")

    assert score_answer(FACT, answer, {})["correct"] == 1.0


def test_half_of_the_facts_is_incorrect_and_half_complete() -> None:
    """Correct is all or nothing, completeness is the share."""
    scores = score_answer(FACT, replace(RIGHT, text="It saves 46%."), {})

    assert scores["correct"] == scores["pass"] == 0.0
    assert scores["completeness"] == 0.5
    assert scores["words"] == 3.0


def test_abstention_that_names_a_paper_states_nothing() -> None:
    """The nearest papers in its words hold both facts by chance; it is a false abstention all the same."""
    assert score_answer(FACT, DECLINED, JUDGES) == {
        "correct": 0.0,
        "completeness": 0.0,
        "false_abstention": 1.0,
        "pass": 0.0,
    }


def test_right_refusal_passes_and_over_answer_does_not() -> None:
    """An unanswerable question has no facts: only whether it is declined counts."""
    assert score_answer(DETAIL, DECLINED, JUDGES) == {"over_answer": 0.0, "pass": 1.0}
    assert score_answer(DETAIL, WRONG, JUDGES)["pass"] == 0.0
    assert "correct" not in score_answer(DETAIL, WRONG, JUDGES)


@pytest.mark.parametrize(
    ("sentences", "recall", "precision"),
    [
        ([("a b", "a b")], 1.0, 1.0),
        ([("a b", "a;b")], 1.0, 1.0),  # neither supports alone, together they do: both are needed
        ([("a b", "a b;c")], 1.0, 0.5),  # the second adds nothing
        ([("a b", "a b;b a")], 1.0, 1.0),  # each supports alone: none is superfluous by ALCE
        ([("a b", "a")], 0.0, 0.0),
        ([("a b", "")], 0.0, 0.0),
        ([("a b", "a b"), ("c", "d")], 0.5, 0.5),
        ([("a b", "a b"), ("c", "")], 0.5, 1.0),
    ],
)
def test_citations_by_hand(sentences: list[tuple[str, str]], recall: float, precision: float) -> None:
    """Worked examples of the definitions in ALCE, with a judge that compares words."""
    assert score_citations(an_answer(*sentences), words_judge) == (recall, precision)


def test_answer_without_sentences_has_no_citation_score() -> None:
    """There is nothing to divide by."""
    with pytest.raises(ValueError, match="without sentences"):
        score_citations(DECLINED, words_judge)


def test_each_judge_has_its_measures() -> None:
    """The second judge refuses everything, and the first is not asked in its place."""
    scores = score_answer(FACT, RIGHT, JUDGES)

    assert (scores["cited"], scores["citation_recall"], scores["citation_precision"]) == (1.0, 1.0, 1.0)
    assert (scores["strict_citation_recall"], scores["strict_citation_precision"]) == (0.0, 0.0)


def test_abstention_by_hand() -> None:
    """Two right refusals, one false, one over-answer: precision 2/3, recall 2/3, one of two declined."""
    run = a_run("ours", DECLINED, DECLINED, RIGHT, DECLINED, RIGHT, WRONG)

    assert abstention(run.results) == pytest.approx((2 / 3, 2 / 3, 2 / 3, 1 / 3))
    assert over_answers(run.results) == {"detail": (1, 3)}


def test_abstention_of_nothing_is_zero() -> None:
    """No question, no division by zero."""
    assert abstention(()) == (0.0, 0.0, 0.0, 0.0)


def test_risk_grows_with_coverage_by_hand() -> None:
    """The surest answer is right, the next, an over-answer, wrong; the last question is declined."""
    points = risk_coverage(a_run("ours", RIGHT, replace(WRONG, confidence=0.4), WRONG, DECLINED).results)

    assert points == [(0.9, 0.25, 0.0), (0.4, 0.5, 0.5), (0.2, 0.75, pytest.approx(2 / 3))]


@given(st.lists(st.tuples(st.sampled_from([RIGHT, WRONG, DECLINED]), st.floats(0, 1)), max_size=12))
def test_all_shares_are_shares(answers: list[tuple[Answer, float]]) -> None:
    """Whatever was answered, every score but the length lies in [0, 1], and coverage only grows."""
    run = a_run("ours", *(replace(answer, confidence=confidence) for answer, confidence in answers))
    scores = [score for result in run.results for name, score in result.scores.items() if name != "words"]
    points = risk_coverage(run.results)

    assert all(0.0 <= score <= 1.0 for score in [*scores, *abstention(run.results)])
    assert all(0.0 <= point.risk <= 1.0 for point in points)
    assert [point.coverage for point in points] == sorted({point.coverage for point in points})


RUN = a_run("tiny <model>", RIGHT, DECLINED, WRONG, WRONG)


def test_answer_summary_has_the_agreed_parts() -> None:
    """Correctness, citations and their judges, abstention, over-answers, lengths, origins, latencies, types."""
    values = summarize(RUN)

    assert values["pass"] == 0.5
    assert values["abstention"] == {"precision": 1.0, "recall": 0.5, "f1": 0.66667, "false_abstention_rate": 0.0}
    assert values["over_answers"] == {"detail": {"answered": 1, "questions": 2}}
    assert values["origins"] == {"quotes": 1.0}
    assert values["latency_s"]["total"] == {"p50": 0.04, "p95": 0.04}
    assert values["by_type"]["unanswerable"]["pass"] == 0.5
    assert {"judges", "words_median", "risk_coverage", "intervals"} <= values.keys()


def test_each_question_is_told() -> None:
    """Scores and words of every answer, declined ones with their reason."""
    values = question_values(RUN)

    assert values[1]["reason"] == "nothing relevant"
    assert values[0]["text"] == RIGHT.text
    assert len(values) == 4
