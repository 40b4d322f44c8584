"""Retrieval sets and runs, on a searcher whose rankings are written by hand."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Document, EvaluationError, Passage
from rag.evaluation import (
    GoldQuestion,
    JudgedQuery,
    QueryResult,
    Run,
    check_judged,
    corpus_ids,
    evaluate_retrieval,
    export_beir,
    judged_gold,
    read_beir,
    read_run,
    summarize,
    write_run,
)

PAPERS = (
    Document("d1", "MobileTL", "It saves 46%.", {"sources": [{"id": "7"}, {"id": "8"}]}),
    Document("d2", "PockEngine", "It is fast.", {"sources": [{"id": "9"}]}),
)
QUESTIONS = (
    GoldQuestion("f1", "fact", "How much?", (), ("mobileTL",), "46%", (("46%",),), True, "dev"),
    GoldQuestion(
        "u1", "followup", "And it?", (("Is PockEngine fast?", "Yes."),), ("PockEngine",), "", (), True, "test"
    ),
    GoldQuestion("n1", "unanswerable", "Who won?", (), (), "", (), False, "dev", "offtopic"),
)


class ScriptedSearcher:
    """Returns the ranking written for a question, and remembers what it was asked."""

    def __init__(self, **rankings: str) -> None:
        self.rankings = rankings
        self.asked: list[tuple[str, int, object]] = []

    def search(self, question: str, top_k: int = 10, *, history: Sequence[Sequence[str]] = ()) -> list[Passage]:
        """Return the passages of the question's ranking."""
        self.asked.append((question, top_k, history))
        names = self.rankings.get(question, "").split()
        return [Passage(name, f"title of {name}", "text", rank, -rank, 0, 4) for rank, name in enumerate(names, 1)]


def a_query(name: str, **grades: int) -> JudgedQuery:
    return JudgedQuery(name, "fact", name, (), grades)


def a_run(*results: QueryResult) -> Run:
    return Run("retrieval", "ours", "gold.jsonl", "", {}, {"corpus_hash": "c1", "embedder": "e"}, {}, results)


def beir_folder(folder: Path, **files: str) -> Path:
    contents = {
        "corpus": '{"_id": "7", "title": "a", "text": "b"}\n{"_id": "9", "title": "c", "text": ""}\n',
        "queries": '{"_id": "q1", "text": "How much?"}\n{"_id": "q2", "text": "Which?"}\n{"_id": "q3", "text": "Y?"}\n',
        "qrels": "query-id\tcorpus-id\tscore\nq1\t7\t2\nq1\t9\t0\nq2\t9\t1\n",
        **files,
    }
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(contents["corpus"].encode()))
    (folder / "queries.jsonl").write_text(contents["queries"])
    (folder / "qrels" / "test.tsv").write_text(contents["qrels"])
    return folder


def test_follow_up_is_searched_with_its_history_and_a_miss_counts() -> None:
    """The searcher gets question, depth and history; the query it finds nothing for scores 0."""
    searcher = ScriptedSearcher(**{"How much?": "d2 d1"})
    results = evaluate_retrieval(searcher, judged_gold(QUESTIONS, PAPERS, "gold"), depth=50)

    assert searcher.asked == [("How much?", 50, ()), ("And it?", 50, (("Is PockEngine fast?", "Yes."),))]
    assert [result.scores["RR@10"] for result in results] == [0.5, 0.0]
    assert results[0].ranking == ("d2", "d1")
    assert results[0].shown[0].title == "title of d2"


def test_merged_document_counts_under_each_of_its_ids() -> None:
    """A paper that stands twice in the corpus is found as both."""
    searcher = ScriptedSearcher(q1="d1 d2")
    [result] = evaluate_retrieval(searcher, [a_query("q1", **{"8": 1, "9": 1})], judged_ids=corpus_ids(PAPERS))

    assert result.ranking == ("7", "8", "9")
    assert result.scores["R@5"] == 1.0
    assert result.scores["RR@10"] == 0.5


def test_gold_paper_that_is_not_indexed_is_named() -> None:
    """A question that cannot be judged must not quietly score 0."""
    with pytest.raises(EvaluationError, match=r'^gold: u1: no paper titled "PockEngine" in the index$'):
        judged_gold(QUESTIONS, PAPERS[:1], "gold")


def test_beir_folder_is_read(tmp_path: Path) -> None:
    """Judged queries come in the order of the qrels with all their grades; others are left out."""
    beir = read_beir(beir_folder(tmp_path / "set"))

    assert beir.name == "set"
    assert [(query.id, query.question, query.grades) for query in beir.queries] == [
        ("q1", "How much?", {"7": 2, "9": 0}),
        ("q2", "Which?", {"9": 1}),
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\t7\n"}, "line 2: expected query id, document id and grade between"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1 7 1\n"}, "line 2: expected query id, document id and grade between"),
        ({"qrels": "q1\t7\tyes\n"}, 'line 1: the grade "yes" is no whole number'),
        ({"qrels": "q1\t7\t1\nq1\t7\t1\n"}, 'line 2: "7" is judged twice for "q1"'),
        ({"qrels": "query-id\tcorpus-id\tscore\n"}, "test.tsv: no judgements"),
        ({"qrels": "q1\tx\t1\nq1\ty\t1\n"}, 'unknown document id "x" and 1 more: the corpus does not have it'),
        ({"qrels": "q8\t7\t1\n"}, 'unknown query id "q8"'),
        ({"queries": '{"_id": "q1", "text": " "}'}, 'line 1: the question of "q1" is empty'),
        ({"queries": '{"_id": "q1", "text": "a"}\n{"_id": "q1", "text": "b"}'}, 'line 2: the id "q1" is there twice'),
        ({"queries": '{"text": "a"}'}, 'line 1: "_id" is missing or no text'),
        ({"corpus": '{"_id": "7"}\n{"_id": "7"}'}, 'line 2: the id "7" is there twice'),
        ({"corpus": '{"title": "7"}'}, 'line 1: "_id" is missing or no text'),
    ],
)
def test_malformed_beir_folder_is_one_line(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """The file, the line and the fault are told."""
    with pytest.raises(EvaluationError) as caught:
        read_beir(beir_folder(tmp_path / "set", **files))

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_queries_and_split_are_told(tmp_path: Path) -> None:
    """Neither an empty folder nor an absent split gives a traceback."""
    with pytest.raises(EvaluationError, match=r"queries\.jsonl: no such file, nor with \.gz$"):
        read_beir(tmp_path)
    with pytest.raises(EvaluationError, match=r"dev\.tsv: No such file or directory$"):
        read_beir(beir_folder(tmp_path / "set"), "dev")


def test_index_of_another_corpus_is_told(tmp_path: Path) -> None:
    """Judged documents that the index lacks would count as misses of the search."""
    with pytest.raises(EvaluationError, match=r'^indexes/other: unknown document id "7"'):
        check_judged(read_beir(beir_folder(tmp_path / "set")).queries, {"9"}, "indexes/other")


def test_exported_gold_reads_back(tmp_path: Path) -> None:
    """Each split has its qrels, the whole corpus is there, and a follow-up carries its history."""
    export_beir(QUESTIONS, PAPERS, tmp_path)

    assert read_beir(tmp_path, "dev").queries == (JudgedQuery("f1", "fact", "How much?", (), {"d1": 1}),)
    assert read_beir(tmp_path).queries == (JudgedQuery("u1", "followup", "Is PockEngine fast? And it?", (), {"d2": 1}),)
    assert len((tmp_path / "corpus.jsonl").read_text().splitlines()) == len(PAPERS)


def test_run_reads_back_as_written(tmp_path: Path) -> None:
    """Settings, fingerprint, scores, rankings, passages and answers survive the file."""
    searcher = ScriptedSearcher(q1="d1 d2")
    results = evaluate_retrieval(searcher, [a_query("q1", d2=1)])
    results = (replace(results[0], answer={"text": "é"}, seconds={"total": 0.25}, scores={"nDCG@10": 0.5}),)
    run = replace(a_run(*results), settings={"depth": 3})
    write_run(tmp_path / "new" / "run.json", run)

    assert read_run(tmp_path / "new" / "run.json") == run


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 1, "kind": "poem"}'])
def test_other_file_is_no_run(tmp_path: Path, content: str) -> None:
    """One line tells what makes a run."""
    path = tmp_path / "run.json"
    path.write_text(content)

    with pytest.raises(EvaluationError, match=r'run\.json is no run: write one with "rag eval retrieval --out FILE"$'):
        read_run(path)


def test_run_of_another_format_is_told(tmp_path: Path) -> None:
    """A later version's file is not misread."""
    path = tmp_path / "run.json"
    path.write_text('{"format": 2}')

    with pytest.raises(EvaluationError, match=r"has run format 2, this version reads 1$"):
        read_run(path)


def test_summary_has_the_agreed_shape() -> None:
    """Means by name, the count, intervals, and the same by type; the mean is over all questions."""
    searcher = ScriptedSearcher(q1="d1", q2="x d1")
    results = evaluate_retrieval(searcher, [a_query("q1", d1=1), a_query("q2", d1=1), a_query("q3", d1=1)])
    values = summarize(a_run(*results))

    assert values["RR@10"] == 0.5
    assert values["queries"] == 3
    assert {"nDCG@10", "R@5", "R@10", "R@100", "Success@1", "Success@5", "intervals", "latency_s"} <= values.keys()
    assert values["intervals"]["RR@10"][0] <= 0.5 <= values["intervals"]["RR@10"][1]
    assert values["by_type"]["fact"]["queries"] == 3
    json.dumps(values)
