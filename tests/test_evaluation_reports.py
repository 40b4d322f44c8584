"""Reports of runs: the page, Markdown, and the terminal's columns."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rag.evaluation import (
    QueryResult,
    Run,
    baseline_of,
    comparison_report,
    html_report,
    markdown_report,
    side_by_side,
    text_report,
)

RIGHT, WRONG, DECLINED = "saves 46% on v2 [1]", "saves a lot [1]", ""


def answered(name: str, *texts: str) -> Run:
    """Make a run of answers to an answerable and an unanswerable question in turn; "" declines."""
    results: list[QueryResult] = []
    for number, text in enumerate(texts):
        if number % 2:
            scores = {"over_answer": float(bool(text)), "pass": float(not text)}
        else:
            right = float(text == RIGHT)
            scores = {"false_abstention": float(not text), "pass": right, "correct": right, "completeness": right}
        if text:
            scores["words"] = 4.0
        answer = {"text": text, "abstained": not text, "reason": None if text else "nothing relevant"}
        answer |= {"origin": "quotes" if text else "none", "confidence": 0.5, "expected": "" if number % 2 else "46%."}
        results.append(
            QueryResult(
                f"q{number}",
                "unanswerable" if number % 2 else "fact",
                "same",
                scores,
                "Which batch size?" if number % 2 else "How much?",
                kind="detail" if number % 2 else "",
                seconds={"first_token": 0.02, "total": 0.04},
                answer=answer,
            )
        )
    return Run("answers", name, "gold.jsonl", "", {}, {"corpus_hash": "c", "embedder": "e"}, {}, tuple(results))


RUN = answered("tiny <model>", RIGHT, DECLINED, WRONG, WRONG)
BEFORE = answered("before", RIGHT, DECLINED, RIGHT, DECLINED)
SEARCHED = Run(
    "retrieval",
    "ours",
    "gold.jsonl",
    "dev",
    {},
    {"embedder": "e"},
    {},
    tuple(
        QueryResult(
            f"q{n}",
            "fact",
            "d",
            {"nDCG@10": n / 4, "Success@1": 0.0},
            f"Question {n}?",
            seconds={"total": 0.01 * n},
            ranking=("a", "b"),
            grades={"b": 1},
        )
        for n in range(5)
    ),
)


class Elements(HTMLParser):
    """Counts elements and collects every address in attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the element in."""
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "xlink:href")]


@pytest.mark.parametrize(
    ("run", "before"), [(RUN, None), (RUN, BEFORE), (RUN, baseline_of(BEFORE)), (SEARCHED, SEARCHED)]
)
def test_page_is_self_contained(run: Run, before: Run | None) -> None:
    """Charts are inline, no element loads anything, no script runs, no name breaks out of its text."""
    page = html_report(run, before)
    elements = Elements(page)

    assert elements.names.count("svg") == (5 if before else 4)
    assert elements.addresses == []
    assert not {"script", "link", "img", "iframe", "model"} & set(elements.names)
    assert "url(" not in page
    assert "NaN" not in page


def test_page_of_refusals_alone() -> None:
    """Without an answerable question there is no completeness, and without answers no risk."""
    run = replace(RUN, results=RUN.results[1:2])

    assert Elements(html_report(run)).names.count("svg") == 2


def test_page_tells_wrong_answers() -> None:
    """What was answered and what was expected stand under the question's id."""
    page = html_report(RUN)

    assert "<code>q2</code>" in page
    assert "Answered: saves a lot" in page
    assert "Expected: 46%." in page


def test_markdown_tells_what_fell() -> None:
    """Every measure has a row with its difference, and each question that changed a line."""
    text = markdown_report(RUN, BEFORE)

    assert "| pass | 0.5000 | 0.000 to 1.000 | 4 | 1.0000 | -0.5000 | 0.500 |" in text
    assert "- `q2` 1.000 → 0.000: How much?" in text
    assert "- `q3` 1.000 → 0.000: Which batch size?" in text
    assert "Unanswerable but answered: detail 1 of 2." in text


def test_reports_of_a_baseline_need_no_details() -> None:
    """Scores alone make a report too."""
    slim = baseline_of(SEARCHED)

    assert "nDCG@10" in markdown_report(slim)
    assert Elements(html_report(baseline_of(RUN))).names.count("svg") == 2


def test_text_report_lines_up() -> None:
    """Each measure and step is a row of one table."""
    text = text_report(RUN)

    assert re.search(r"^pass +0\.5000 +0\.000 to 1\.000 +4$", text, re.MULTILINE)
    assert re.search(r"^first_token +20\.0 +20\.0$", text, re.MULTILINE)


def test_several_models_stand_side_by_side() -> None:
    """One column per run, with the p-value of the difference from the first."""
    text = side_by_side([BEFORE, RUN])

    assert re.search(r"^measure +before +tiny <model>$", text, re.MULTILINE)
    assert re.search(r"^pass +1\.000 \[1\.000, 1\.000\] +0\.500 \[", text, re.MULTILINE)
    assert re.search(r"^p of the difference in pass from the first +0\.500$", text, re.MULTILINE)


def test_comparison_shows_both_answers() -> None:
    """A question that fell is told with what either run answered."""
    text = comparison_report(BEFORE, RUN)

    assert "B lower on pass: 2 questions" in text
    assert re.search(r"saves 46% on v2 \[1\] +│ saves a lot \[1\]", text)
