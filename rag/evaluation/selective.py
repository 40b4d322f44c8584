"""How well a system knows when not to answer: abstention, over-answers, risk against coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from rag.evaluation.runs import QueryResult


class Abstention(NamedTuple):
    """Abstaining seen as finding the unanswerable questions; a ratio of nothing is 0.

    Source: precision and recall after van Rijsbergen, Information Retrieval, 1979, chapter 7; of
    refusals as in Rajpurkar, Jia and Liang, SQuAD 2.0, ACL 2018, arXiv:1806.03822.
    """

    precision: float
    recall: float
    f1: float
    false_abstention_rate: float


class OverAnswers(NamedTuple):
    """How many unanswerable questions of a kind were answered, of how many."""

    answered: int
    questions: int


class RiskPoint(NamedTuple):
    """At this confidence and above: the share of all questions answered, and of those the wrong ones."""

    confidence: float
    coverage: float
    risk: float


def abstention(results: Iterable[QueryResult]) -> Abstention:
    """Return precision, recall and F1 of abstaining, and how many answerable questions were declined."""
    right = wrong = missed = answerable = 0
    for result in results:
        if "over_answer" in result.scores:
            right += result.scores["over_answer"] == 0.0
            missed += result.scores["over_answer"] == 1.0
        else:
            answerable += 1
            wrong += result.scores["false_abstention"] == 1.0
    return Abstention(
        precision=_ratio(right, right + wrong),
        recall=_ratio(right, right + missed),
        f1=_ratio(2 * right, 2 * right + wrong + missed),
        false_abstention_rate=_ratio(wrong, answerable),
    )


def over_answers(results: Iterable[QueryResult]) -> dict[str, OverAnswers]:
    """Return the over-answers by kind of unanswerable question, kinds in first-seen order."""
    counts: dict[str, list[float]] = defaultdict(list)
    for result in results:
        if "over_answer" in result.scores:
            counts[result.kind or "unanswerable"].append(result.scores["over_answer"])
    return {kind: OverAnswers(int(sum(scores)), len(scores)) for kind, scores in counts.items()}


def risk_coverage(results: Sequence[QueryResult]) -> list[RiskPoint]:
    """Return the risk-coverage curve of the answers given, most confident first, one point per confidence.

    Questions declined are not covered, so the curve ends at the share answered. An answer to an
    unanswerable question is wrong.

    Source: El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification,
    JMLR 11, 2010.
    """
    given = sorted(
        ((float(result.answer["confidence"]), result.scores["pass"]) for result in results if _answered(result)),
        reverse=True,
    )
    points: list[RiskPoint] = []
    answered = wrong = 0
    for confidence, group in groupby(given, key=lambda pair: pair[0]):
        passes = [passed for _, passed in group]
        answered += len(passes)
        wrong += sum(passed == 0.0 for passed in passes)
        points.append(RiskPoint(confidence, answered / len(results), wrong / answered))
    return points


def _answered(result: QueryResult) -> bool:
    return bool(result.answer) and not result.answer["abstained"]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
