"""A run as one self-contained HTML page: no script, no outside address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from rag.evaluation import charts
from rag.evaluation.compare import Comparison, Pair, changed_pairs, compare_runs, pair_results, spoken_p
from rag.evaluation.page_style import STYLE
from rag.evaluation.runs import QueryResult, Run
from rag.evaluation.selective import abstention, over_answers, risk_coverage
from rag.evaluation.summary import PRIMARY, by_type, estimate, latencies, measures_of, median_words, origin_shares

_CHARTED = {"retrieval": ("nDCG@10", "Success@1"), "answers": ("pass", "completeness")}
_LISTED = 60


def html_report(run: Run, baseline: Run | None = None) -> str:
    """Return the page of a run, with its differences from the baseline when there is one.

    Raises:
        EvaluationError: Run and baseline have no measure in common.
    """
    comparisons = {item.measure: item for item in compare_runs(baseline, run)} if baseline else {}
    primary = PRIMARY[run.kind]
    pairs = pair_results(baseline, run, primary) if baseline else []
    body = [
        _header(run, baseline),
        _cards(run, comparisons),
        _panels(run, baseline, pairs),
        "<h2>All measures</h2>",
        _measure_table(run, comparisons),
        "<h2>By type of question</h2>",
        _type_table(run),
    ]
    if run.kind == "answers":
        body += ["<h2>Abstention, origin and time</h2>", _answer_tables(run)]
    if baseline:
        body += [f"<h2>Questions whose {escape(primary)} changed</h2>", _changes(pairs, primary)]
    body += [f"<h2>Questions below 1 on {escape(primary)}</h2>", _misses(run, primary), _footer(run)]
    title = f"{run.kind.capitalize()}: {run.name}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _header(run: Run, baseline: Run | None) -> str:
    split = f", split {escape(run.split)}" if run.split else ""
    embedder = escape(str(run.index.get("embedder", "")))
    against = f" Rings and differences: the baseline, {escape(baseline.name)}." if baseline else ""
    return (
        f"<h1>{run.kind.capitalize()}: {escape(run.name)}</h1>"
        f'<p class="soft">{len(run.results)} questions of {escape(run.questions)}{split}. Embedder: {embedder}.'
        f" Intervals are 95% bootstrap intervals over questions.{against}</p>"
    )


def _cards(run: Run, comparisons: dict[str, Comparison]) -> str:
    cards: list[str] = []
    for measure in measures_of(run):
        item = estimate(run.results, measure)
        if item is None:
            continue
        cards.append(
            f'<div class="card"><div class="name">{_spoken(measure)}</div><div class="figure">{item.value:.3f}</div>'
            f'<div class="range">{item.low:.3f} to {item.high:.3f} {_delta(comparisons.get(measure))}</div></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def _delta(comparison: Comparison | None) -> str:
    if comparison is None or not comparison.difference:
        return ""
    css = "up" if comparison.difference > 0 else "down"
    return f'<span class="{css}">{comparison.difference:+.3f}</span>'


def _panels(run: Run, baseline: Run | None, pairs: Sequence[Pair]) -> str:
    before = baseline.results if baseline else ()
    panels = [
        (f"{_spoken(measure)} by type of question", charts.score_chart(run.results, measure, before))
        for measure in _CHARTED[run.kind]
        if measure in measures_of(run)
    ]
    if run.kind == "retrieval":
        panels.append(("Recall by depth", charts.depth_chart(run.results)))
    else:
        points = risk_coverage(run.results)
        if points:
            panels.append(("Risk against coverage", charts.risk_chart(points)))
    latency = latencies(run.results).get("total")
    if latency:
        panels.append(("Latency", charts.latency_chart(run.results, latency)))
    shown = "".join(f'<div class="panel"><h3>{name}</h3>{chart}</div>' for name, chart in panels)
    if baseline:
        primary = PRIMARY[run.kind]
        chart = charts.difference_chart(pairs, primary)
        shown += f'<div class="panel wide"><h3>Change of {primary} by question</h3>{chart}</div>'
    return f'<div class="panels">{shown}</div>'


def _measure_table(run: Run, comparisons: dict[str, Comparison]) -> str:
    head = ["measure", "mean", "95% interval", "questions"]
    if comparisons:
        head += ["baseline", "difference", "p", "higher on", "lower on"]
    rows: list[list[str]] = []
    for measure in measures_of(run):
        item = estimate(run.results, measure)
        if item is None:
            continue
        row = [_spoken(measure), f"{item.value:.4f}", f"{item.low:.4f} to {item.high:.4f}", str(item.queries)]
        other = comparisons.get(measure)
        if other:
            row += [
                f"{other.first:.4f}",
                _delta(other) or "0",
                escape(spoken_p(other.p)),
                str(other.wins),
                str(other.losses),
            ]
        rows.append(row)
    return _table(head, rows)


def _type_table(run: Run) -> str:
    measures = measures_of(run)
    rows: list[list[str]] = []
    for name, group in {"all": list(run.results), **by_type(run.results)}.items():
        items = [estimate(group, measure) for measure in measures]
        rows.append([escape(name), str(len(group)), *(f"{item.value:.3f}" if item else "" for item in items)])
    return _table(["type", "questions", *(_spoken(measure) for measure in measures)], rows)


def _answer_tables(run: Run) -> str:
    declined = [[_spoken(name), f"{value:.3f}"] for name, value in abstention(run.results)._asdict().items()]
    over = [[escape(kind), f"{item.answered} of {item.questions}"] for kind, item in over_answers(run.results).items()]
    origins = [[escape(name), f"{share:.1%}"] for name, share in origin_shares(run.results).items()]
    origins.append(["median words", f"{median_words(run.results):.0f}"])
    steps = [
        [escape(_spoken(step)), f"{1000 * item.p50:.0f}", f"{1000 * item.p95:.0f}"]
        for step, item in latencies(run.results).items()
    ]
    tables = (
        _table(["abstention", ""], declined),
        _table(["unanswerable", "answered"], over),
        _table(["text from", "share"], origins),
        _table(["step, ms", "p50", "p95"], steps),
    )
    return f'<div class="panels">{"".join(tables)}</div>'


def _changes(pairs: Iterable[Pair], measure: str) -> str:
    rows = [
        _question(
            pair.second,
            f'<span class="{"up" if pair.difference > 0 else "down"}">'
            f"{pair.first.scores[measure]:.3f} → {pair.second.scores[measure]:.3f}</span>",
        )
        for pair in changed_pairs(pairs)
    ]
    return _list(rows, "No question changed.")


def _misses(run: Run, measure: str) -> str:
    missed = sorted(
        (result for result in run.results if result.scores.get(measure, 1.0) < 1.0),
        key=lambda result: result.scores[measure],
    )
    return _list([_question(item, f"{item.scores[measure]:.3f}") for item in missed], "None.")


def _list(rows: Sequence[str], empty: str) -> str:
    if not rows:
        return f'<p class="soft">{empty}</p>'
    more = f'<p class="soft small">and {len(rows) - _LISTED} more</p>' if len(rows) > _LISTED else ""
    return f'<div class="panel">{"".join(rows[:_LISTED])}{more}</div>'


def _question(result: QueryResult, figure: str) -> str:
    inside: list[str] = []
    if result.answer:
        told = "declined: " + str(result.answer["reason"]) if result.answer["abstained"] else result.answer["text"]
        inside.append(
            f"<p>Answered: {escape(told)}</p><p>Expected: {escape(result.answer['expected'] or 'to decline')}</p>"
        )
    elif result.grades:
        ranks = [str(rank) for rank, name in enumerate(result.ranking, start=1) if result.grades.get(name, 0) > 0]
        right = sum(grade > 0 for grade in result.grades.values())
        inside.append(f'<p class="small soft">{right} right, found at rank {", ".join(ranks[:10]) or "none"}</p>')
    for rank, passage in enumerate(result.shown, start=1):
        mark = " ✓" if result.grades.get(passage.id, 0) > 0 else ""
        inside.append(
            f"<blockquote>{rank}. <b>{escape(passage.title)}</b>{mark}<br>{escape(passage.text)}</blockquote>"
        )
    return (
        f"<details><summary><code>{escape(result.id)}</code>{escape(result.question)} {figure}</summary>"
        f"{''.join(inside)}</details>"
    )


def _footer(run: Run) -> str:
    made = {"settings": run.settings, "index": run.index, "versions": run.versions}
    return f"<h2>Made with</h2><div class='panel'><code>{escape(json.dumps(made, ensure_ascii=False))}</code></div>"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; the cells of its rows are HTML."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="panel scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _spoken(name: str) -> str:
    return name.replace("_", " ")
