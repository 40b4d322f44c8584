"""The charts of a report: scores by type, differences, recall by depth, latency, risk against coverage."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.compare import Pair, changed_pairs
from rag.evaluation.measures import recall_by_depth
from rag.evaluation.runs import QueryResult
from rag.evaluation.selective import RiskPoint
from rag.evaluation.summary import Estimate, Latency, by_type, estimate
from rag.evaluation.svg import (
    Axis,
    bar,
    dot,
    horizontal_grid,
    line,
    path,
    round_ticks,
    shares,
    svg,
    text,
    vertical_grid,
)

_WIDTH = 560
_WIDE = 1160
_DEPTHS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 70, 100)
_BINS = 28


def score_chart(results: Sequence[QueryResult], measure: str, baseline: Sequence[QueryResult] = ()) -> str:
    """Draw a measure of all questions and of each type, with 95% intervals; the baseline as rings."""
    groups = {"all": list(results), **by_type(results)}
    before = {"all": list(baseline), **by_type(baseline)}
    rows = [
        (name, item, estimate(before.get(name, ()), measure))
        for name, group in groups.items()
        if (item := estimate(group, measure)) is not None
    ]
    lowest = min(min(item.low, old.low if old else 1.0) for _, item, old in rows)
    floor = 0.5 if lowest >= 0.55 else 0.0
    axis = Axis(floor, 1.0, 120.0, _WIDTH - 60.0)
    bottom = 14 + 32 * len(rows)
    parts = vertical_grid(axis, shares(floor), 8, bottom)
    for number, (name, item, old) in enumerate(rows):
        parts += _score_row(axis, 28.0 + 32 * number, name, item, old)
    return svg(_WIDTH, bottom + 26, f"{measure} by type of question", parts)


def _score_row(axis: Axis, y: float, name: str, item: Estimate, old: Estimate | None) -> list[str]:
    told = f"{name}: {item.value:.3f} [{item.low:.3f}, {item.high:.3f}], {item.queries} questions"
    parts = [
        text(108, y + 4, f"{name} ({item.queries})", css="label strong" if name == "all" else "label", anchor="end"),
        line((axis.at(item.low), y), (axis.at(item.high), y), "whisker"),
        dot(axis.at(item.value), y, "fill-accent", told, 6),
        text(_WIDTH - 8, y + 4, f"{item.value:.3f}", css="value", anchor="end"),
    ]
    if old is not None:
        parts.append(dot(axis.at(old.value), y, "ring", f"baseline: {old.value:.3f}", 8.5))
    return parts


def difference_chart(pairs: Sequence[Pair], measure: str) -> str:
    """Draw the questions whose score changed as bars across the page, worst first."""
    changed = changed_pairs(pairs)
    axis = Axis(-1.0, 1.0, 180.0, 20.0)
    left, right = 48.0, _WIDE - 12.0
    parts = horizontal_grid(axis, [(-1.0, "-1"), (-0.5, "-0.5"), (0.0, "0"), (0.5, "+0.5"), (1.0, "+1")], left, right)
    if not changed:
        parts.append(text((left + right) / 2, 90, "no question changed", css="label", anchor="middle"))
    step = min((right - left) / max(len(changed), 1), 26.0)
    for number, pair in enumerate(changed):
        zero, tip = axis.at(0.0), axis.at(pair.difference)
        told = f"{pair.second.id}: {pair.first.scores[measure]:.3f} → {pair.second.scores[measure]:.3f}"
        css = "fill-loss" if pair.difference < 0 else "fill-win"
        parts.append(bar((left + 2 + step * number, min(zero, tip)), (step * 0.8, abs(tip - zero)), css, told))
    return svg(_WIDE, 200, f"{measure}: change by question", parts)


def depth_chart(results: Sequence[QueryResult]) -> str:
    """Draw how much of what is relevant was found down to each depth, of all questions and by type."""
    groups = {"all": list(results), **by_type(results)}
    x, y = Axis(1, 100, 48.0, _WIDTH - 12.0, logarithmic=True), Axis(0.0, 1.0, 240.0, 40.0)
    parts = vertical_grid(x, [(depth, str(depth)) for depth in (1, 2, 5, 10, 20, 50, 100)], 40, 240)
    parts += horizontal_grid(y, shares(), 48, _WIDTH - 12)
    legend = 48.0
    for number, (name, group) in enumerate(groups.items()):
        recalls = [recall_by_depth(result.ranking, result.grades, _DEPTHS) for result in group]
        means = [sum(column) / len(column) for column in zip(*recalls, strict=True)]
        css = "line-all" if name == "all" else f"line-{(number - 1) % 5}"
        points = [(x.at(depth), y.at(mean)) for depth, mean in zip(_DEPTHS, means, strict=True)]
        parts += [path(points, css, f"{name}: recall {means[0]:.3f} at 1, {means[6]:.3f} at 10")]
        parts += [line((legend, 16), (legend + 16, 16), css), text(legend + 21, 20, name, css="tick-left")]
        legend += 34 + 6.6 * len(name)
    parts.append(text((48 + _WIDTH) / 2, 274, "depth of the ranking", css="tick", anchor="middle"))
    return svg(_WIDTH, 280, "Recall by depth", parts)


def latency_chart(results: Sequence[QueryResult], latency: Latency) -> str:
    """Draw the distribution of seconds per question in milliseconds, with median and 95th percentile.

    The slowest 1% share the last bar, so that one slow question does not flatten the rest.
    """
    values = sorted(1000 * result.seconds["total"] for result in results if "total" in result.seconds)
    high = max(values[int(0.99 * (len(values) - 1))], 1000 * latency.p95) * 1.05 + 0.01
    counts = [0] * _BINS
    for value in values:
        counts[min(int(value / high * _BINS), _BINS - 1)] += 1
    x, y = Axis(0.0, high, 48.0, _WIDTH - 16.0), Axis(0.0, max(counts), 220.0, 34.0)
    parts = horizontal_grid(y, [(tick, f"{tick:g}") for tick in round_ticks(max(counts), 4)], 48, _WIDTH - 16)
    width = (x.end - x.start) / _BINS
    for number, count in enumerate(counts):
        if count:
            told = f"{high * number / _BINS:.1f} to {high * (number + 1) / _BINS:.1f} ms: {count} questions"
            parts.append(
                bar((x.at(high * number / _BINS), y.at(count)), (width - 1.5, 220 - y.at(count)), "fill-soft", told)
            )
    parts += [text(x.at(tick), 236, f"{tick:g}", css="tick", anchor="middle") for tick in round_ticks(high)]
    for name, seconds in latency._asdict().items():
        at = x.at(1000 * seconds)
        anchor = "end" if name == "p50" or at > _WIDTH - 90 else "start"
        label = f"{name} {1000 * seconds:.{1 if seconds < 0.1 else 0}f}"
        parts += [line((at, 30), (at, 220), "mark"), text(at, 22, label, css="value", anchor=anchor)]
    parts.append(text((48 + _WIDTH) / 2, 256, "milliseconds per question", css="tick", anchor="middle"))
    return svg(_WIDTH, 262, "Latency", parts)


def risk_chart(points: Sequence[RiskPoint]) -> str:
    """Draw the share of wrong answers against the share of questions answered."""
    high = max(0.1, min(1.0, 1.2 * max((point.risk for point in points), default=0.0)))
    x, y = Axis(0.0, 1.0, 56.0, _WIDTH - 16.0), Axis(0.0, high, 220.0, 24.0)
    parts = vertical_grid(x, shares(), 24, 220)
    parts += horizontal_grid(y, [(tick, f"{tick:g}") for tick in round_ticks(high, 5)], 56, _WIDTH - 16)
    parts.append(path([(x.at(point.coverage), y.at(point.risk)) for point in points], "line-all", "risk by coverage"))
    if points:
        last = points[-1]
        told = f"as it runs: {last.coverage:.0%} of the questions answered, {last.risk:.1%} of the answers wrong"
        at = x.at(last.coverage), y.at(last.risk)
        parts += [
            dot(*at, "fill-accent", told, 6),
            text(at[0] - 4, at[1] - 12, f"{last.risk:.1%} wrong", css="value", anchor="end"),
        ]
    parts.append(
        text(
            (56 + _WIDTH) / 2, 256, "share of the questions answered, most confident first", css="tick", anchor="middle"
        )
    )
    return svg(_WIDTH, 262, "Risk against coverage", parts)
