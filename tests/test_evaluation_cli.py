"""`rag eval` from end to end, on a small index of made-up papers with the shipped embedder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import rag
from rag.cli import main

pytestmark = pytest.mark.model

PAPERS = {
    "Tulip bulbs in winter": "Tulip bulbs need twelve weeks of cold before they flower in spring.",
    "Sourdough without scales": "A sourdough loaf needs 75 percent water and a starter fed the day before.",
    "Bicycle chains and wax": "Waxed bicycle chains last 9000 kilometres, three times as long as oiled ones.",
    "Owls over the city": "City owls hunt 40 percent more mice under street lamps that are switched off.",
    "Glaciers of the Alps": "Alpine glaciers lost 8 percent of their ice volume within two warm years.",
    "Tuning old pianos": "An old piano is tuned to 432 hertz where its strings would break at 440 hertz.",
}
QUESTIONS = {
    "Tulip bulbs in winter": ("How long do tulip bulbs need cold?", "twelve weeks"),
    "Sourdough without scales": ("How much water does a sourdough loaf need?", "75 percent"),
    "Bicycle chains and wax": ("How long do waxed bicycle chains last?", "9000"),
    "Owls over the city": ("How many more mice do owls hunt when street lamps are off?", "40 percent"),
    "Glaciers of the Alps": ("How much ice did alpine glaciers lose?", "8 percent"),
    "Tuning old pianos": ("What is an old piano tuned to?", "432 hertz"),
}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with papers, an index of them, gold questions and the committed thresholds."""
    folder = tmp_path_factory.mktemp("evaluation")
    papers = [{"title": title, "abstract": text} for title, text in PAPERS.items()]
    (folder / "papers.jsonl").write_text("\n".join(json.dumps(paper) for paper in papers))
    rag.build_index([folder / "papers.jsonl"], folder / "index")
    rows = [
        {
            "id": f"fact-{number}",
            "type": "fact",
            "split": ("dev", "test")[number % 2],
            "question": question,
            "history": [],
            "gold_titles": [title],
            "answer": fact,
            "key_facts": [[fact]],
            "answerable": True,
        }
        for number, (title, (question, fact)) in enumerate(QUESTIONS.items())
    ]
    (folder / "eval").mkdir()
    (folder / "eval" / "gold.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    shutil.copy(Path(__file__).parent.parent / "eval" / "thresholds.json", folder / "eval")
    return folder


@pytest.fixture(autouse=True)
def _in_workplace(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    monkeypatch.setenv("RAG_INDEX", "index")
    monkeypatch.setenv("RAG_LLM", "none")


def evaluate(*arguments: str) -> int:
    return main(["eval", *arguments])


def planted_regression(folder: Path) -> None:
    """Turn every ranking of run.json into a miss, as bad.json."""
    values = json.loads((folder / "run.json").read_text())
    for result in values["results"]:
        result["scores"] = dict.fromkeys(result["scores"], 0.0)
    (folder / "bad.json").write_text(json.dumps(values))


def test_check_accepts_and_spreads(capsys: pytest.CaptureFixture[str]) -> None:
    """A set in order is counted by type and split."""
    assert evaluate("check") == 0
    assert "fact: 3 dev, 3 test" in capsys.readouterr().out


def test_check_tells_each_fault(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faults go to standard output one per line, the count to standard error, the status is 1."""
    text = (workplace / "eval" / "gold.jsonl").read_text().replace("Owls over the city", "Owls")
    (workplace / "faulty.jsonl").write_text(text)

    assert evaluate("check", "--questions", "faulty.jsonl") == 1
    captured = capsys.readouterr()
    assert 'fact-3: no paper titled "Owls" in the index' in captured.out.splitlines()
    assert captured.err.splitlines()[-1] == "rag: faulty.jsonl: 2 faults in 6 questions"


def test_retrieval_baseline_gate_compare_and_report(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run passes against its own baseline, and reports and comparisons are made of its file."""
    assert evaluate("retrieval", "--json", "--out", "run.json") == 0
    assert json.loads(capsys.readouterr().out)["Success@1"] == 1.0
    assert evaluate("baseline", "run.json") == 0
    assert evaluate("retrieval", "--gate") == 0
    assert evaluate("retrieval", "--gate", "--split", "dev") == 0

    planted_regression(workplace)
    capsys.readouterr()
    assert evaluate("compare", "run.json", "bad.json") == 0
    assert "B lower on nDCG@10: 6 questions" in capsys.readouterr().out
    assert evaluate("compare", "run.json", "bad.json", "--json", "--measure", "R@5") == 0
    assert len(json.loads(capsys.readouterr().out)["changed"]) == 6

    files = ["--baseline", "eval/baselines/retrieval.json", "--html", "out/page.html", "--markdown", "out/summary.md"]
    assert evaluate("report", "bad.json", *files) == 0
    assert (workplace / "out" / "page.html").read_text().startswith("<!doctype html>")
    assert "6 questions lower" in (workplace / "out" / "summary.md").read_text()


def test_gate_fails_on_a_loss(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Questions that find other papers than the baseline did: status 1 and one line that names them."""
    assert evaluate("retrieval", "--out", "run.json") == 0
    values = json.loads((workplace / "run.json").read_text())
    better = json.loads(json.dumps(values))
    for result in better["results"]:
        # As if the baseline had done twice as well: what a regression looks like from here.
        result["scores"] = {name: 2 * score for name, score in result["scores"].items()}
    (workplace / "better.json").write_text(json.dumps(better))
    capsys.readouterr()

    assert evaluate("retrieval", "--gate", "--baseline", "better.json") == 1
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith("rag: retrieval fell below better.json: nDCG@10 2.000 → 1.000 (p 0.031), lower on fact-0")


def test_gate_without_baseline_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A gate that has nothing to compare with is closed, and tells the command."""
    assert evaluate("retrieval", "--gate", "--baseline", "none.json") == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "rag: no baseline at none.json: write one with: rag eval baseline RUN.json --out none.json"
    )


def test_baseline_of_another_index_is_refused(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """After a paper came in, the old baseline does not judge the new index."""
    assert evaluate("retrieval", "--out", "run.json") == 0
    shutil.copytree(workplace / "index", workplace / "grown")
    (workplace / "more.jsonl").write_text(
        json.dumps({"title": "Bees", "abstract": "Bees dance to tell where nectar is."})
    )
    rag.update_index("grown", add=["more.jsonl"])
    capsys.readouterr()

    assert evaluate("retrieval", "--index", "grown", "--gate", "--baseline", "run.json") == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("rag: run.json was made over another index (corpus ")


def test_exported_gold_is_scored_as_a_beir_folder(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The export is a set that any BEIR tool reads, this one too: corpus indexed, judgements by its ids."""
    assert evaluate("export", "beir") == 0
    capsys.readouterr()

    assert evaluate("retrieval", "--beir", "beir", "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert (values["queries"], values["RR@10"], values["set"]) == (3, 1.0, "beir")


def test_beir_index_is_kept_and_used_again(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --index the corpus is indexed once; an index of another corpus is refused."""
    assert evaluate("export", "set") == 0
    for _ in range(2):
        assert evaluate("retrieval", "--beir", "set", "--index", "set-index") == 0
    assert capsys.readouterr().err.count("documents indexed") == 1

    assert evaluate("retrieval", "--beir", "set", "--index", "index") == 1
    assert "index: unknown document id" in capsys.readouterr().err


def test_beir_folder_without_corpus_needs_an_index(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sets that share a corpus are told how to name its index."""
    assert evaluate("export", "bare") == 0
    (workplace / "bare" / "corpus.jsonl").unlink()

    assert evaluate("retrieval", "--beir", "bare") == 1
    assert "bare has no corpus.jsonl: name the index of its corpus with --index" in capsys.readouterr().err


def test_answers_are_scored_without_a_language_model(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Quotes alone state facts, and every sentence is cited; the run makes baseline and gate."""
    assert evaluate("answers", "--json", "--out", "answers.json") == 0
    values = json.loads(capsys.readouterr().out)

    assert values["name"] == "none"
    assert values["cited"] == 1.0
    assert {"citation_recall", "strict_citation_precision", "abstention", "latency_s", "by_type"} <= values.keys()
    assert [item["id"] for item in values["questions"]] == [f"fact-{number}" for number in range(6)]
    assert evaluate("baseline", "answers.json") == 0
    assert evaluate("answers", "--gate") == 0


def test_answers_of_two_models_stand_side_by_side(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each model has its column and, with --out, its file; the gate judges one."""
    assert evaluate("answers", "--split", "dev", "--llm", "none", "--llm", "none", "--out", "both.json") == 0
    assert "measure" in capsys.readouterr().out
    assert (workplace / "both-none.json").exists()

    assert evaluate("answers", "--llm", "none", "--llm", "default", "--gate") == 1
    assert "--gate judges one language model" in capsys.readouterr().err


def test_feedback_becomes_drafts(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Drafts go to the file named or to standard output, one JSON object per line."""
    row = {"time": "2025-01-01T00:00:00", "question": "How cold?", "history": [], "rating": "down", "note": "no"}
    answer = {"text": "x", "abstained": False, "citations": [], "passages": [{"title": "Tulip bulbs in winter"}]}
    (workplace / "feedback.jsonl").write_text(json.dumps({**row, "answer": answer}))

    assert evaluate("questions", "feedback.jsonl") == 0
    assert json.loads(capsys.readouterr().out)["gold_titles"] == ["Tulip bulbs in winter"]
    assert evaluate("questions", "feedback.jsonl", "-o", "draft.jsonl") == 0
    assert json.loads((workplace / "draft.jsonl").read_text())["id"] == "feedback-0001"
