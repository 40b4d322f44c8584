"""Compare two runs question by question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rag import EvaluationError
from rag.evaluation.runs import QueryResult, Run
from rag.evaluation.significance import randomisation_p
from rag.evaluation.summary import measures_of


class Pair(NamedTuple):
    """The results of two runs on one question; `difference` is the second's score less the first's."""

    first: QueryResult
    second: QueryResult
    difference: float


class Comparison(NamedTuple):
    """One measure over the questions that have it in both runs; wins are the second run's."""

    measure: str
    queries: int
    first: float
    second: float
    difference: float
    p: float
    wins: int
    losses: int


def pair_results(first: Run, second: Run, measure: str) -> list[Pair]:
    """Return the paired results on the questions that have the measure in both runs, in the second's order.

    Raises:
        EvaluationError: No question has it in both.
    """
    known = {result.id: result for result in first.results if measure in result.scores}
    pairs = [
        Pair(known[result.id], result, result.scores[measure] - known[result.id].scores[measure])
        for result in second.results
        if measure in result.scores and result.id in known
    ]
    if not pairs:
        raise EvaluationError(f"no question has the measure {measure} in both runs")
    return pairs


def compare_runs(first: Run, second: Run, measures: Iterable[str] | None = None) -> list[Comparison]:
    """Return a comparison per measure; all that both runs have when none is named.

    Raises:
        EvaluationError: No question has a measure in both.
    """
    if measures is None:
        both = set(measures_of(first))
        measures = [name for name in measures_of(second) if name in both]
    return [_comparison(name, pair_results(first, second, name)) for name in measures]


def changed_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs that differ, worst for the second run first."""
    return sorted((pair for pair in pairs if pair.difference), key=lambda pair: pair.difference)


def spoken_p(p: float) -> str:
    """Return a p-value with three decimals, or that it is below what these can tell."""
    return f"{p:.3f}" if p >= 0.001 else "<0.001"


def _comparison(measure: str, pairs: list[Pair]) -> Comparison:
    differences = [pair.difference for pair in pairs]
    first = sum(pair.first.scores[measure] for pair in pairs) / len(pairs)
    second = sum(pair.second.scores[measure] for pair in pairs) / len(pairs)
    return Comparison(
        measure,
        len(pairs),
        first,
        second,
        second - first,
        randomisation_p(differences),
        wins=sum(difference > 0 for difference in differences),
        losses=sum(difference < 0 for difference in differences),
    )
