"""The scores of a run in figures: means with intervals, by type, latencies; as values that JSON knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rag.evaluation.answers import ANSWER_MEASURES
from rag.evaluation.measures import RETRIEVAL_MEASURES
from rag.evaluation.runs import QueryResult, Run
from rag.evaluation.selective import abstention, over_answers, risk_coverage
from rag.evaluation.significance import bootstrap_interval

# The measure that differences between runs are told of.
PRIMARY = {"retrieval": "nDCG@10", "answers": "pass"}


class Estimate(NamedTuple):
    """A mean over queries with its 95% bootstrap interval."""

    value: float
    low: float
    high: float
    queries: int


class Latency(NamedTuple):
    """Seconds that half and that 95% of the questions stay under."""

    p50: float
    p95: float


def measures_of(run: Run) -> tuple[str, ...]:
    """Return the measures of a run's kind that some question of it has."""
    names = RETRIEVAL_MEASURES if run.kind == "retrieval" else ANSWER_MEASURES
    return tuple(name for name in names if any(name in result.scores for result in run.results))


def estimate(results: Iterable[QueryResult], measure: str) -> Estimate | None:
    """Return the mean over the questions that have the measure, or None when none has."""
    values = [result.scores[measure] for result in results if measure in result.scores]
    if not values:
        return None
    interval = bootstrap_interval(values)
    return Estimate(float(np.mean(values)), interval.low, interval.high, len(values))


def by_type(results: Iterable[QueryResult]) -> dict[str, list[QueryResult]]:
    """Return the results by type of question, types in first-seen order."""
    groups: dict[str, list[QueryResult]] = defaultdict(list)
    for result in results:
        groups[result.type].append(result)
    return dict(groups)


def latencies(results: Iterable[QueryResult]) -> dict[str, Latency]:
    """Return the latency of each step over the questions that took it, "total" first."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for step, value in result.seconds.items():
            seconds[step].append(value)
    order = sorted(seconds, key=lambda step: (step != "total", step != "first_token"))
    return {step: Latency(*(float(value) for value in np.percentile(seconds[step], [50, 95]))) for step in order}


def median_words(results: Iterable[QueryResult]) -> float:
    """Return the median length of the answers given, in words; 0 without any."""
    lengths = [result.scores["words"] for result in results if "words" in result.scores]
    return float(np.median(lengths)) if lengths else 0.0


def origin_shares(results: Iterable[QueryResult]) -> dict[str, float]:
    """Return which share of the answers given came from the draft, the repaired draft or quotes; most first."""
    origins = Counter(
        str(result.answer["origin"]) for result in results if result.answer and not result.answer["abstained"]
    )
    return {origin: count / origins.total() for origin, count in origins.most_common()}


def summarize(run: Run) -> dict[str, Any]:
    """Return the run's scores as `rag eval … --json` prints them.

    Means stand under the measure's name, their 95% intervals under "intervals", and both again by
    type of question.
    """
    values: dict[str, Any] = {"name": run.name, **_scores(run, run.results)}
    if run.kind == "answers":
        values.update(_answer_values(run.results))
    values["latency_s"] = {step: _rounded(latency) for step, latency in latencies(run.results).items()}
    values["by_type"] = {name: _scores(run, group) for name, group in by_type(run.results).items()}
    values.update({"set": run.questions, "split": run.split, "settings": run.settings, "index": run.index})
    return values


def _scores(run: Run, results: Sequence[QueryResult]) -> dict[str, Any]:
    estimates = {name: estimate(results, name) for name in measures_of(run)}
    known = {name: item for name, item in estimates.items() if item is not None}
    return {
        **{name: round(item.value, 5) for name, item in known.items()},
        "queries": len(results),
        "intervals": {name: [round(item.low, 5), round(item.high, 5)] for name, item in known.items()},
    }


def _answer_values(results: Sequence[QueryResult]) -> dict[str, Any]:
    return {
        "judges": {
            "citation_": "the project's own support check",
            "strict_citation_": "independent: all numbers and names of the sentence stand in the quotes or titles",
        },
        "abstention": _rounded(abstention(results)),
        "over_answers": {kind: item._asdict() for kind, item in over_answers(results).items()},
        "words_median": median_words(results),
        "origins": {origin: round(share, 5) for origin, share in origin_shares(results).items()},
        "risk_coverage": [_rounded(point) for point in risk_coverage(results)],
    }


_TOLD = ("text", "abstained", "reason", "origin")


def question_values(run: Run) -> list[dict[str, Any]]:
    """Return each question's scores, and its answer when the run is of answers."""
    return [
        {
            "id": result.id,
            "type": result.type,
            "question": result.question,
            **{name: round(score, 5) for name, score in result.scores.items()},
            **{name: result.answer[name] for name in _TOLD if name in result.answer},
        }
        for result in run.results
    ]


def _rounded(values: Any) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values._asdict().items()}
