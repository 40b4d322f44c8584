"""Measures, intervals and tests of significance against hand computation and a second implementation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from rag.evaluation import RETRIEVAL_MEASURES, bootstrap_interval, randomisation_p, score_rankings

QRELS = {"q1": {"a": 2, "b": 1, "x": 0}, "q2": {"c": 1}, "q3": {"d": 1, "e": 1, "f": 3}, "q4": {"g": 0}}
RANKINGS = {"q1": ["z", "a", "y", "b"], "q2": ["x", "y", "z"], "q3": ["f", "d", "e"]}


def second_implementation(ranking: Sequence[str], grades: Mapping[str, int]) -> dict[str, float]:
    """Score one ranking by the definitions alone, sharing no code with the package."""
    gains = [max(grades.get(name, 0), 0) for name in ranking]
    ideal = sorted((max(grade, 0) for grade in grades.values()), reverse=True)
    relevant = sum(grade > 0 for grade in grades.values())

    def dcg(values: Sequence[int]) -> float:
        return sum(value / math.log2(place + 2) for place, value in enumerate(values[:10]))

    first = next((place for place, gain in enumerate(gains[:10], start=1) if gain > 0), None)
    scores = {"nDCG@10": dcg(gains) / dcg(ideal) if relevant else 0.0, "RR@10": 1 / first if first else 0.0}
    for depth in (5, 10, 100):
        found = sum(gain > 0 for gain in gains[:depth])
        scores[f"R@{depth}"] = found / relevant if relevant else 0.0
    for depth in (1, 5):
        scores[f"Success@{depth}"] = float(any(gain > 0 for gain in gains[:depth]))
    return scores


def test_worked_example() -> None:
    """Grades 2 and 1 at ranks 2 and 4: DCG 2/log2(3) + 1/log2(5), the ideal 2 + 1/log2(3)."""
    scores = score_rankings(RANKINGS, QRELS)["q1"]

    assert scores["nDCG@10"] == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / (2 + 1 / math.log2(3)))
    assert scores["RR@10"] == 0.5
    assert scores["R@5"] == 1.0
    assert scores["Success@1"] == 0.0
    assert scores["Success@5"] == 1.0


def test_every_judged_query_counts() -> None:
    """A query without a ranking, or with nothing relevant, scores 0 and does not disappear."""
    scores = score_rankings({"q1": ["a"]}, QRELS)

    assert list(scores) == list(QRELS)
    assert set(scores["q2"].values()) == set(scores["q4"].values()) == {0.0}


def test_order_of_ids_breaks_no_tie() -> None:
    """The ranking as given counts: trec_eval's habit of ordering ties by document id has no say."""
    for ranking in (["a", "z"], ["z", "a"]):
        assert score_rankings({"q": ranking}, {"q": {"a": 1}})["q"]["Success@1"] == float(ranking[0] == "a")


def test_repeated_document_is_refused() -> None:
    """A ranking with an id twice would count it twice."""
    with pytest.raises(ValueError, match="the ranking of q1 holds an id twice"):
        score_rankings({"q1": ["a", "a"]}, QRELS)


def test_no_judgement_is_refused() -> None:
    """There is nothing to average over."""
    with pytest.raises(ValueError, match="no judged query"):
        score_rankings({}, {})


NAMES = [f"d{number}" for number in range(30)]
grades_of = st.dictionaries(st.sampled_from(NAMES), st.integers(-1, 3), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(grades_of, st.permutations(NAMES), st.integers(0, 30)), min_size=1, max_size=4))
def test_agrees_with_second_implementation(cases: list[tuple[dict[str, int], list[str], int]]) -> None:
    """On any rankings and grades both implementations give the same scores, all in [0, 1]."""
    qrels = {f"q{number}": grades for number, (grades, _, _) in enumerate(cases)}
    rankings = {f"q{number}": names[:length] for number, (_, names, length) in enumerate(cases)}

    scores = score_rankings(rankings, qrels)

    for query_id, grades in qrels.items():
        expected = second_implementation(rankings[query_id], grades)
        assert scores[query_id] == pytest.approx({name: expected[name] for name in RETRIEVAL_MEASURES}, abs=1e-5)
        assert all(0.0 <= score <= 1.0 for score in scores[query_id].values())


def test_interval_of_equal_values_is_a_point() -> None:
    """However they are drawn, the mean is the same."""
    assert bootstrap_interval([0.5] * 10) == (0.5, 0.5)


def test_interval_of_one_zero_and_one_one() -> None:
    """Of two draws a quarter are both 0 and a quarter both 1, so the middle 95% reach from 0 to 1."""
    assert bootstrap_interval([0.0, 1.0]) == (0.0, 1.0)


def test_interval_is_as_wide_as_the_normal_one() -> None:
    """Of 400 questions, half of them right: 1.96 standard errors of 0.025 on either side."""
    interval = bootstrap_interval([0.0, 1.0] * 200)

    assert interval.low == pytest.approx(0.5 - 1.96 * 0.025, abs=0.006)
    assert interval.high == pytest.approx(0.5 + 1.96 * 0.025, abs=0.006)


def test_interval_is_repeatable() -> None:
    """The same seed gives the same interval, another seed another."""
    values = [number / 37 for number in range(37)]

    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)


def test_no_values_have_no_interval() -> None:
    """An interval of nothing is an error, not a zero."""
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_interval_lies_within_the_values(values: list[float]) -> None:
    """Means of draws are never beyond what is drawn from."""
    interval = bootstrap_interval(values, resamples=200)

    assert min(values) - 1e-9 <= interval.low <= interval.high <= max(values) + 1e-9


def test_all_wins_by_hand() -> None:
    """Of the 2^5 signs of five equal wins, only all plus and all minus are as extreme: 2/32."""
    assert randomisation_p([1.0] * 5) == 2 / 32


def test_mixed_case_by_hand() -> None:
    """1, 1, -1: sums are 3 (once), 1 (three times) and their negatives; all eight reach |1|."""
    assert randomisation_p([1.0, 1.0, -1.0]) == 1.0


def test_questions_that_tie_change_nothing() -> None:
    """A difference of 0 is the same under either sign."""
    assert randomisation_p([1.0, 1.0, 1.0, 1.0, 0.0, 0.0]) == randomisation_p([1.0] * 4) == 2 / 16


def test_no_difference_is_certain_chance() -> None:
    """Two equal runs have a p-value of 1."""
    assert randomisation_p([0.0] * 20) == 1.0
    assert randomisation_p([]) == 1.0


def test_sampled_p_agrees_with_scipy() -> None:
    """With more pairs than are enumerated, the sample comes near scipy's permutation test."""
    differences = [0.3, -0.2, 0.5, 0.1, -0.4, 0.25, 0.15, -0.05, 0.35, 0.45, -0.3, 0.2, 0.1, 0.05, -0.1, 0.4, 0.3, -0.2]
    oracle = stats.permutation_test(
        (differences,),
        lambda sample, axis: sample.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=50_000,
        rng=7,
    )

    assert randomisation_p(differences) == pytest.approx(oracle.pvalue, abs=0.01)


@given(st.lists(st.floats(-1, 1), max_size=12))
@settings(max_examples=40, deadline=None)
def test_p_is_a_probability_and_takes_no_side(differences: list[float]) -> None:
    """It lies in (0, 1], and exchanging the two runs leaves it as it is."""
    p = randomisation_p(differences)

    assert 0.0 < p <= 1.0
    assert randomisation_p([-value for value in differences]) == pytest.approx(p)
