"""Gold questions: reading, checking, drafting from feedback; and that the committed ones are in order."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag import Document, EvaluationError
from rag.evaluation import (
    GoldQuestion,
    baseline_of,
    check_questions,
    draft_questions,
    read_questions,
    read_run,
    spread,
)

GOLD = Path(__file__).parent.parent / "eval" / "gold.jsonl"
PAPERS = (
    Document("d1", "MobileTL: On-device Transfer Learning", "It reduces memory by 46\\% on V2 and  53% on V3."),
    Document("d2", "PockEngine", "It fine-tunes at 550 tokens/s."),
)
ROW: dict[str, Any] = {
    "id": "fact-1",
    "type": "fact",
    "split": "dev",
    "question": "How much memory does MobileTL save on V3?",
    "history": [],
    "gold_titles": ["MobileTL: On-device  transfer learning"],
    "answer": "It saves 53% on V3.",
    "key_facts": [["53%", "53 percent"]],
    "answerable": True,
}


def write(path: Path, *rows: dict[str, Any] | str) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    return path


def question(**changes: Any) -> GoldQuestion:
    values = {**ROW, "history": (), "gold_titles": tuple(ROW["gold_titles"]), "key_facts": (("53%", "53 percent"),)}
    return replace(GoldQuestion(**values), **changes)


def test_reads_what_stands_in_the_file(tmp_path: Path) -> None:
    """Fields come as they are; blank lines and unknown fields do not matter."""
    path = write(
        tmp_path / "gold.jsonl", {**ROW, "note": "from the chat"}, "", {**ROW, "id": "fact-2", "split": "test"}
    )

    assert read_questions(path)[0] == question()
    assert [item.id for item in read_questions(path, "test")] == ["fact-2"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"question": "  ?"}, '"question" is empty'),
        ({"question": None}, '"question" is missing or no text'),
        ({"type": "riddle"}, 'unknown type "riddle": use fact, paraphrase, multi, followup, noisy, unanswerable'),
        ({"answerable": "yes"}, '"answerable" must be true or false'),
        ({"history": [["only a question"]]}, '"history" must list [question, answer] pairs'),
        ({"gold_titles": "MobileTL"}, '"gold_titles" must be a list'),
        ({"gold_titles": [""]}, '"gold_titles" must list texts'),
        ({"key_facts": ["53%"]}, '"key_facts" must list, for each fact, a list of its variants'),
    ],
)
def test_malformed_question_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """The file, the line and the fault stand in one line."""
    path = write(tmp_path / "gold.jsonl", ROW, {**ROW, "id": "fact-2", **changes})

    with pytest.raises(EvaluationError) as caught:
        read_questions(path)

    assert str(caught.value) == f"{path}, line 2: {message}"


def test_duplicate_id_is_named(tmp_path: Path) -> None:
    """Two questions of one id could not be told apart in a run."""
    path = write(tmp_path / "gold.jsonl", ROW, ROW)

    with pytest.raises(EvaluationError, match=r'line 2: the id "fact-1" is there twice$'):
        read_questions(path)


def test_unreadable_file_is_one_line(tmp_path: Path) -> None:
    """A missing file, broken JSON, another value than an object, and an empty split each say so."""
    with pytest.raises(EvaluationError, match=r"nothing\.jsonl: No such file or directory$"):
        read_questions(tmp_path / "nothing.jsonl")
    with pytest.raises(EvaluationError, match="line 1: not JSON: Expecting value"):
        read_questions(write(tmp_path / "broken.jsonl", "{'id'"[1:]))
    with pytest.raises(EvaluationError, match="line 1: expected an object, found list"):
        read_questions(write(tmp_path / "list.jsonl", "[]"))
    with pytest.raises(EvaluationError, match=r'no questions of the split "test"$'):
        read_questions(write(tmp_path / "dev.jsonl", ROW), "test")


def test_question_in_order_has_no_fault() -> None:
    """Case and white space do not matter in titles and facts."""
    assert check_questions([question()], PAPERS) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"gold_titles": ("Mobile",)}, 'no paper titled "Mobile" in the index'),
        ({"gold_titles": ()}, "answerable, but names no gold paper"),
        ({"key_facts": ()}, "answerable, but has no key fact"),
        (
            {"key_facts": (("54%",),), "answer": "54%"},
            'no variant of the fact "54%" stands in a gold title or abstract',
        ),
        ({"answer": "A lot."}, 'no variant of the fact "53% | 53 percent" stands in its reference answer'),
        ({"question": "Is it 53 Percent?"}, 'the question or its history gives away "53 percent"'),
        ({"split": "train"}, 'unknown split "train": use dev or test'),
        ({"type": "unanswerable"}, '"answerable" is true, but the type is unanswerable'),
        ({"type": "followup"}, "a follow-up without history"),
        ({"history": (("And V2?", "46%."),)}, "a history in a fact question"),
        ({"type": "unanswerable", "answerable": False}, "unanswerable, but has gold papers or key facts"),
        (
            {"type": "unanswerable", "answerable": False, "gold_titles": (), "key_facts": ()},
            'unknown kind "" of unanswerable: use detail, absent, offtopic',
        ),
    ],
)
def test_fault_is_one_line(changes: dict[str, Any], fault: str) -> None:
    """Each fault is told with the question's id."""
    assert f"fact-1: {fault}" in check_questions([question(**changes)], PAPERS)


def test_same_question_twice_is_a_fault() -> None:
    """Under another id it would count double."""
    assert check_questions([question(), question(id="fact-2")], PAPERS) == ["fact-2: asks the same as fact-1"]


def test_paper_in_both_splits_is_a_fault_but_for_multi() -> None:
    """What is tuned on a paper must not be tested on it; questions about several papers may mix."""
    other = question(id="fact-2", split="test", question="What does it save on the newer one?")

    assert check_questions([question(), other], PAPERS) == [
        'fact-2: "MobileTL: On-device  transfer learning" serves the other split too'
    ]
    assert check_questions([question(), replace(other, type="multi")], PAPERS) == []


def test_spread_counts_types_and_splits() -> None:
    """Every type is there, a type without questions too."""
    counts = spread([question(), question(id="b"), question(id="c", split="test")])

    assert counts["fact"] == {"dev": 2, "test": 1}
    assert counts["noisy"] == {"dev": 0, "test": 0}


def test_committed_questions_are_many_and_even() -> None:
    """The committed set reads without error, is large enough per type, and both splits have every type."""
    questions = read_questions(GOLD)
    counts = Counter(item.type for item in questions)
    kinds = Counter(item.kind for item in questions if not item.answerable)

    least = {"fact": 60, "paraphrase": 45, "multi": 25, "followup": 20, "noisy": 15, "unanswerable": 35}
    assert all(counts[name] >= count for name, count in least.items())
    assert all(min(splits["dev"], splits["test"]) >= 10 for splits in spread(questions).values())
    assert all(kinds[kind] >= 12 for kind in ("detail", "absent", "offtopic"))


def test_committed_baseline_judges_the_committed_questions() -> None:
    """The gate compares question by question, so the baseline has every answerable one, and scores alone."""
    baseline = read_run(GOLD.parent / "baselines" / "retrieval.json")

    assert [result.id for result in baseline.results] == [item.id for item in read_questions(GOLD) if item.answerable]
    assert baseline == baseline_of(baseline)


def test_committed_answers_baseline_judges_every_question() -> None:
    """A refusal counts too, so those that nothing answers are in it."""
    baseline = read_run(GOLD.parent / "baselines" / "answers.json")

    assert [result.id for result in baseline.results] == [item.id for item in read_questions(GOLD)]
    assert baseline == baseline_of(baseline)


ANSWER = {
    "text": "It saves 53% [1].",
    "abstained": False,
    "citations": [{"title": "MobileTL"}, {"title": "MobileTL"}],
    "passages": [{"title": "MobileTL"}, {"title": "PockEngine"}],
}


def test_liked_answer_becomes_the_reference(tmp_path: Path) -> None:
    """Its papers are those cited, once each; the key facts are left for a person."""
    row = {"question": "How much? ", "history": [], "answer": ANSWER, "rating": "up", "note": "right"}
    [draft] = draft_questions(write(tmp_path / "feedback.jsonl", row))

    assert draft == {
        "id": "feedback-0001",
        "type": "fact",
        "split": "dev",
        "question": "How much?",
        "history": [],
        "gold_titles": ["MobileTL"],
        "answer": "It saves 53% [1].",
        "key_facts": [],
        "answerable": True,
        "note": "right",
        "rating": "up",
    }


def test_drafts_can_be_read_as_gold_questions(tmp_path: Path) -> None:
    """A draft lacks its key facts alone, and the check says so."""
    rows: list[dict[str, Any]] = [
        {"question": "How much?", "answer": ANSWER, "rating": "down"},
        {"question": "And on V3?", "history": [["How much?", "46%."]], "answer": ANSWER, "rating": "up"},
        {"question": "Who won?", "answer": {**ANSWER, "abstained": True}, "rating": "up"},
        {"question": "HOW much?", "answer": ANSWER, "rating": "up"},
    ]
    drafts = draft_questions(write(tmp_path / "feedback.jsonl", *rows))
    questions = read_questions(write(tmp_path / "draft.jsonl", *drafts))

    assert [(item.type, item.answerable) for item in questions] == [
        ("fact", True),
        ("followup", True),
        ("unanswerable", False),
    ]
    assert "feedback-0001: answerable, but has no key fact" in check_questions(questions, PAPERS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"question": ""}, 'line 1: "question" is empty'),
        ({"rating": "meh"}, 'line 1: the rating is \'meh\': expected "up" or "down"'),
        ({"answer": "53%"}, 'line 1: "answer" is missing or no object'),
    ],
)
def test_malformed_feedback_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """The line and the fault are told."""
    row = {"question": "How much?", "history": [], "answer": ANSWER, "rating": "up", **changes}

    with pytest.raises(EvaluationError) as caught:
        draft_questions(write(tmp_path / "feedback.jsonl", row))

    assert message in str(caught.value)
