"""A run in plain words: Markdown for a pull request, columns for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence

from rag.evaluation.compare import Comparison, Pair, changed_pairs, compare_runs, pair_results, spoken_p
from rag.evaluation.runs import QueryResult, Run
from rag.evaluation.selective import abstention, over_answers
from rag.evaluation.summary import PRIMARY, by_type, estimate, latencies, measures_of, median_words, origin_shares

_LISTED = 15


def markdown_report(run: Run, baseline: Run | None = None) -> str:
    """Return the summary of a run, with its differences from the baseline when there is one.

    Raises:
        EvaluationError: Run and baseline have no measure in common.
    """
    split = f", split {run.split}" if run.split else ""
    comparisons = compare_runs(baseline, run) if baseline else []
    parts = [
        f"## {run.kind.capitalize()}: {run.name}",
        f"{len(run.results)} questions of {run.questions}{split}, embedder {run.index.get('embedder')}."
        + (f" Against the baseline {baseline.name}." if baseline else ""),
        _markdown_table(*_measure_rows(run, comparisons)),
        _markdown_table(*_type_rows(run)),
    ]
    if run.kind == "answers":
        parts.append(_answer_lines(run))
    latency = latencies(run.results).get("total")
    if latency:
        parts.append(f"Latency: p50 {1000 * latency.p50:.0f} ms, p95 {1000 * latency.p95:.0f} ms.")
    if baseline:
        parts.append(_changed(pair_results(baseline, run, PRIMARY[run.kind]), PRIMARY[run.kind]))
    return "\n\n".join(parts) + "\n"


def text_report(run: Run) -> str:
    """Return the scores of a run as aligned columns."""
    blocks = [_columns(*_measure_rows(run, ())), _columns(*_type_rows(run))]
    if run.kind == "answers":
        blocks.append(_answer_lines(run))
    steps = [
        [step, f"{1000 * item.p50:.1f}", f"{1000 * item.p95:.1f}"] for step, item in latencies(run.results).items()
    ]
    blocks.append(_columns(["latency, ms", "p50", "p95"], steps))
    return "\n\n".join(blocks)


def side_by_side(runs: Sequence[Run]) -> str:
    """Return the scores of several runs on the same questions, one column per run."""
    names = list(dict.fromkeys(name for run in runs for name in measures_of(run)))
    rows: list[list[str]] = []
    for name in names:
        items = [estimate(run.results, name) for run in runs]
        rows.append([name, *(f"{item.value:.3f} [{item.low:.3f}, {item.high:.3f}]" if item else "" for item in items)])
    for field in ("f1", "false_abstention_rate"):
        values = [abstention(run.results)._asdict()[field] for run in runs]
        rows.append([f"abstention {field}", *(f"{value:.3f}" for value in values)])
    rows.append(["words, median", *(f"{median_words(run.results):.0f}" for run in runs)])
    tests = [compare_runs(runs[0], run, ["pass"])[0] for run in runs[1:]]
    rows.append(["p of the difference in pass from the first", "", *(spoken_p(test.p) for test in tests)])
    for step in ("first_token", "total"):
        items_s = [latencies(run.results).get(step) for run in runs]
        rows.append([f"{step} p50, ms", *(f"{1000 * item.p50:.0f}" if item else "" for item in items_s)])
    return _columns(["measure", *(run.name for run in runs)], rows)


def comparison_report(first: Run, second: Run, measure: str | None = None, limit: int = 5) -> str:
    """Return all measures of two runs and, of one measure, the questions that changed most, side by side.

    Args:
        first: The run that is compared with.
        second: The run whose wins and losses are told.
        measure: Of the questions listed; the main one of the kind when None.
        limit: How many losses and how many wins to list.

    Raises:
        EvaluationError: No question has the measure in both runs.
    """
    measure = measure or PRIMARY[first.kind]
    head, rows = _comparison_rows(compare_runs(first, second))
    changed = changed_pairs(pair_results(first, second, measure))
    losses = [pair for pair in changed if pair.difference < 0]
    wins = [pair for pair in changed if pair.difference > 0][::-1]
    blocks = [f"A = {first.name}, B = {second.name}", _columns(head, rows)]
    for name, pairs in (("B lower", losses), ("B higher", wins)):
        blocks.append(f"{name} on {measure}: {len(pairs)} questions")
        blocks.extend(_beside(pair, measure) for pair in pairs[:limit])
    return "\n\n".join(blocks)


def _measure_rows(run: Run, comparisons: Iterable[Comparison]) -> tuple[list[str], list[list[str]]]:
    known = {item.measure: item for item in comparisons}
    head = ["measure", "mean", "95% interval", "questions"] + (["baseline", "difference", "p"] if known else [])
    rows: list[list[str]] = []
    for name in measures_of(run):
        item = estimate(run.results, name)
        if item is None:
            continue
        row = [name, f"{item.value:.4f}", f"{item.low:.3f} to {item.high:.3f}", str(item.queries)]
        if name in known:
            row += [f"{known[name].first:.4f}", f"{known[name].difference:+.4f}", spoken_p(known[name].p)]
        rows.append(row)
    return head, rows


def _type_rows(run: Run) -> tuple[list[str], list[list[str]]]:
    measures = measures_of(run)
    rows: list[list[str]] = []
    for name, group in by_type(run.results).items():
        items = [estimate(group, measure) for measure in measures]
        rows.append([name, str(len(group)), *(f"{item.value:.3f}" if item else "" for item in items)])
    return ["type", "questions", *measures], rows


def _comparison_rows(comparisons: Iterable[Comparison]) -> tuple[list[str], list[list[str]]]:
    head = ["measure", "questions", "A", "B", "B - A", "p", "B higher", "B lower"]
    return head, [
        [
            item.measure,
            str(item.queries),
            f"{item.first:.4f}",
            f"{item.second:.4f}",
            f"{item.difference:+.4f}",
            spoken_p(item.p),
            str(item.wins),
            str(item.losses),
        ]
        for item in comparisons
    ]


def _answer_lines(run: Run) -> str:
    item = abstention(run.results)
    over = ", ".join(f"{kind} {over.answered} of {over.questions}" for kind, over in over_answers(run.results).items())
    origins = ", ".join(f"{name} {share:.0%}" for name, share in origin_shares(run.results).items())
    return (
        f"Abstention: precision {item.precision:.3f}, recall {item.recall:.3f}, F1 {item.f1:.3f}, false abstentions"
        f" {item.false_abstention_rate:.3f}. Unanswerable but answered: {over or 'none asked'}."
        f" Answers of {median_words(run.results):.0f} words (median); text from: {origins or 'unknown'}."
    )


def _changed(pairs: Iterable[Pair], measure: str) -> str:
    changed = changed_pairs(pairs)
    if not changed:
        return f"No question changed on {measure}."
    lines = [
        f"- `{pair.second.id}` {pair.first.scores[measure]:.3f} → {pair.second.scores[measure]:.3f}"
        + (f": {pair.second.question}" if pair.second.question else "")
        for pair in changed[:_LISTED]
    ]
    more = f"\n- and {len(changed) - _LISTED} more" if len(changed) > _LISTED else ""
    fallen = sum(pair.difference < 0 for pair in changed)
    title = f"{fallen} questions lower, {len(changed) - fallen} higher on {measure}, worst first"
    return f"<details><summary>{title}</summary>\n\n" + "\n".join(lines) + more + "\n\n</details>"


def _beside(pair: Pair, measure: str) -> str:
    width = (min(shutil.get_terminal_size((120, 24)).columns, 160) - 3) // 2
    question = pair.second.question or pair.first.question
    columns = [
        _wrapped([f"{side} {result.scores[measure]:.3f}", *_found(result)], width)
        for side, result in (("A", pair.first), ("B", pair.second))
    ]
    height = max(len(column) for column in columns)
    left, right = (column + [""] * (height - len(column)) for column in columns)
    lines = [f"{one:<{width}} │ {other}".rstrip() for one, other in zip(left, right, strict=True)]
    return "\n".join([f"{pair.second.id}: {question}", *lines])


def _found(result: QueryResult) -> list[str]:
    if result.answer:
        return [str(result.answer["text"])]
    found: list[str] = []
    for rank, item in enumerate(result.shown, start=1):
        mark = "* " if result.grades.get(item.id, 0) > 0 else ""
        found.append(f"{rank}. {mark}{item.title}: {textwrap.shorten(item.text, 240, placeholder=' …')}")
    return found


def _wrapped(paragraphs: Iterable[str], width: int) -> list[str]:
    return [line for paragraph in paragraphs for line in textwrap.wrap(paragraph, width) or [""]]


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    )


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(head) - 1), *lines[1:]])
