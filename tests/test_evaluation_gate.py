"""Runs compared question by question, and the gate that a significant loss closes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag import EvaluationError
from rag.evaluation import (
    QueryResult,
    Run,
    Thresholds,
    baseline_of,
    changed_pairs,
    check_comparable,
    check_gate,
    compare_runs,
    pair_results,
    read_thresholds,
)

THRESHOLDS = Thresholds(p=0.05, drops={"nDCG@10": 0.01})


def a_run(scores: Sequence[float], corpus: str = "c1", measure: str = "nDCG@10") -> Run:
    results = tuple(
        QueryResult(f"q{number}", "fact" if number % 2 else "multi", "same", {measure: score})
        for number, score in enumerate(scores)
    )
    return Run("retrieval", "ours", "gold.jsonl", "", {}, {"corpus_hash": corpus, "embedder": "e"}, {}, results)


def test_baseline_keeps_scores_alone() -> None:
    """What was found and how long it took is left out; ids, types, digests and scores stay."""
    run = replace(a_run([0.5]), results=(QueryResult("q", "fact", "d", {"R@5": 1.0}, "How?", seconds={"total": 1.0}),))

    assert baseline_of(run).results == (QueryResult("q", "fact", "d", {"R@5": 1.0}),)


def test_comparison_by_hand() -> None:
    """Means, wins and losses over the pairs; both differences of four reach |0.5| in 4 of 4 signs."""
    [comparison] = compare_runs(a_run([1.0, 0.0, 0.5, 0.5]), a_run([0.0, 0.5, 0.5, 0.5]))

    assert comparison.first == 0.5
    assert comparison.second == 0.375
    assert (comparison.wins, comparison.losses, comparison.p) == (1, 1, 1.0)


def test_changed_pairs_come_worst_first() -> None:
    """Questions that tie are left out."""
    pairs = pair_results(a_run([1.0, 0.0, 0.5, 0.9]), a_run([0.0, 0.5, 0.5, 0.8]), "nDCG@10")

    assert [pair.second.id for pair in changed_pairs(pairs)] == ["q0", "q3", "q1"]


def test_measure_that_a_run_lacks_is_told() -> None:
    """A typing error in a measure is not taken for no difference."""
    with pytest.raises(EvaluationError, match=r"^no question has the measure MAP in both runs$"):
        compare_runs(a_run([1.0]), a_run([1.0]), ["MAP"])


def test_gate_fails_on_a_regression_and_names_what_fell() -> None:
    """Eight of forty questions lost: p = 2/2^8."""
    before, after = a_run([1.0] * 40), a_run([0.0] * 8 + [1.0] * 32)

    with pytest.raises(EvaluationError) as caught:
        check_gate(after, before, THRESHOLDS, "base.json")

    assert str(caught.value) == (
        "retrieval fell below base.json: nDCG@10 1.000 → 0.800 (p 0.008), lower on q0, q1, q2, q3, q4, q5, q6, q7"
    )


@pytest.mark.parametrize(
    "after",
    [
        [1.0] * 40,
        [0.0] * 3 + [1.0] * 37,  # a loss that chance explains: p = 0.25
        [0.995] * 40,  # a certain loss, but below the least drop that counts
    ],
    ids=["same", "chance", "tiny"],
)
def test_gate_passes_a_harmless_change(after: list[float]) -> None:
    """Neither equality, nor noise, nor a loss too small to matter closes the gate."""
    check_gate(a_run(after), a_run([1.0] * 40), THRESHOLDS, "base.json")


def test_gain_passes_the_gate() -> None:
    """A significant difference upwards is no loss."""
    check_gate(a_run([1.0] * 40), a_run([0.0] * 40), THRESHOLDS, "base.json")


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (
            a_run([1.0, 1.0], corpus="c2"),
            "b was made over another index (corpus c1, here c2): make it anew over this one",
        ),
        (a_run([1.0]), "b alone has q1: make it anew on these questions"),
        (a_run([1.0] * 6), "b lacks q2, q3, q4 and 1 more: make it anew on these questions"),
        (replace(a_run([1.0, 1.0]), kind="answers"), "b scores retrieval, this run answers"),
        (
            replace(a_run([1.0, 1.0]), results=tuple(replace(x, digest="new") for x in a_run([1.0, 1.0]).results)),
            "b judged otherwise q0, q1: make it anew on these questions",
        ),
    ],
    ids=["index", "fewer", "more", "kind", "edited"],
)
def test_baseline_that_does_not_belong_is_refused(run: Run, message: str) -> None:
    """Scores over other papers or other questions are never compared."""
    with pytest.raises(EvaluationError) as caught:
        check_comparable(run, a_run([1.0, 1.0]), "b")

    assert str(caught.value) == message


def test_split_may_be_compared_with_the_whole() -> None:
    """A run of one split is paired with its part of the baseline."""
    check_comparable(replace(a_run([1.0]), split="dev"), a_run([1.0, 1.0]), "b")


def test_malformed_thresholds_are_told(tmp_path: Path) -> None:
    """What is expected stands in the message."""
    path = tmp_path / "thresholds.json"
    path.write_text(json.dumps({"retrieval": {"p": 0.05, "drop": {"nDCG@10": 0.01}}}))

    assert read_thresholds(path, "retrieval") == THRESHOLDS
    with pytest.raises(EvaluationError, match=r'thresholds.json: expected \{"answers": \{"p": 0.05'):
        read_thresholds(path, "answers")


def test_committed_thresholds_gate_known_measures() -> None:
    """The thresholds that ship are read, and the main measure is gated."""
    path = Path(__file__).parent.parent / "eval" / "thresholds.json"

    assert "nDCG@10" in read_thresholds(path, "retrieval").drops
    assert "pass" in read_thresholds(path, "answers").drops
