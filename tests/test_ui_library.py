"""The library's handlers as functions: listing, adding, removing, and the change of model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ui_fixtures import PAPERS, SlowLLM, small_pipeline, write_papers_to

from rag.embedder import Embedder
from rag.ui import models
from rag.ui.asking import ask
from rag.ui.desk import Desk
from rag.ui.library import add_papers, list_papers, remove_papers

pytestmark = pytest.mark.model
NEW = ("NewPaper: Something Else", "NewPaper measures the height of tides. The tide rises 3.1 m at noon.")


@pytest.fixture
def desk(tmp_path: Path, embedder: Embedder) -> Iterator[Desk]:
    """A desk over a small library of its own."""
    made = Desk(small_pipeline(tmp_path / "own", embedder, SlowLLM(pause_s=0.0)))
    yield made
    made.close()


def _titles(markup: str) -> list[str]:
    return re.findall(r"<summary>(.*?)<span", markup)


def _id_of(desk: Desk, word: str) -> str:
    return next(paper.id for paper in desk.pipeline.index.store.all_documents() if word in paper.title)


def test_all_papers_are_listed_in_the_order_asked_for(desk: Desk) -> None:
    """Count and titles, as added or by title, escaped."""
    listed = list_papers(desk)

    assert "4 papers" in listed
    assert [title.split(":")[0].split(" ")[0] for title in _titles(listed)] == [
        "TinyTune",
        "SlowRAM",
        "Markup",
        "LeafCount",
    ]
    assert [title[:4] for title in _titles(list_papers(desk, order="Title"))] == ["Leaf", "Mark", "Slow", "Tiny"]
    assert "<img" not in listed


def test_search_is_the_retriever_and_puts_the_best_first(desk: Desk) -> None:
    """Words are searched as a question is."""
    found = list_papers(desk, "memory traffic of decoding")

    assert _titles(found)[0].startswith("SlowRAM")


def test_no_more_papers_are_listed_than_asked_for(desk: Desk) -> None:
    """A long library comes page by page."""
    listed = list_papers(desk, listed=2)

    assert len(_titles(listed)) == 2
    assert "2 of 4 papers" in listed
    assert 'data-act="more"' in listed


def test_a_file_that_is_added_can_be_asked_at_once(desk: Desk, tmp_path: Path) -> None:
    """New papers are reported, counted, and answered from; the model stays as it was."""
    llm = desk.pipeline.llm
    steps: list[tuple[int, int]] = []
    path = write_papers_to(tmp_path / "more.jsonl", (NEW, PAPERS[0]))
    report = add_papers(desk, [str(path)], False, lambda done, total: steps.append((done, total)))

    assert "1 added" in report
    assert "now holds 5 papers" in report
    assert steps[-1][0] == steps[-1][1] > 0
    assert desk.pipeline.llm is llm
    record = list(ask(desk, {"turn": {"id": "t", "question": "How high does the tide rise?"}}))[-1].record
    assert record is not None
    assert "3.1 m" in record["answer"]["text"]


def test_a_broken_file_changes_nothing_and_says_why(desk: Desk, tmp_path: Path) -> None:
    """The report names file, record and reason, without the folder; the library is as it was."""
    folder = tmp_path / "gradio" / ("a" * 32)
    folder.mkdir(parents=True)
    path = folder / "bad.jsonl"
    path.write_text('{"title": "Good", "abstract": "Fine."}\n{"title": "Bad"}\n', encoding="utf-8")
    report = add_papers(desk, [str(path)], False)

    assert "bad.jsonl" in report
    assert str(folder) not in report
    assert "nothing was changed" in report
    assert desk.pipeline.index.manifest.documents == 4


def test_bad_records_can_be_left_out(desk: Desk, tmp_path: Path) -> None:
    """The good ones are added, the bad ones listed with their reason."""
    path = tmp_path / "half.jsonl"
    path.write_text('{"title": "Good one", "abstract": "Fine words here."}\n{"title": "Bad"}\n', encoding="utf-8")
    report = add_papers(desk, [str(path)], True)

    assert "1 added, 1 left out" in report
    assert "half.jsonl" in report


def test_removed_papers_are_gone(desk: Desk) -> None:
    """They are neither listed nor found, and old answers about them still render."""
    gone = _id_of(desk, "SlowRAM")
    report = remove_papers(desk, [gone])

    assert "1 removed" in report
    assert "SlowRAM" not in list_papers(desk)
    assert desk.document(gone) is None


@pytest.mark.parametrize("ids", [None, [], "abc", [5]])
def test_nothing_chosen_removes_nothing(desk: Desk, ids: object) -> None:
    """Without ids the report says what to do."""
    assert "no paper is chosen" in remove_papers(desk, ids).lower()
    assert desk.pipeline.index.manifest.documents == 4


def test_no_file_adds_nothing(desk: Desk) -> None:
    """Pressing the button without a file says so."""
    assert "No file was given" in add_papers(desk, None, False)


def test_two_changes_at_once_are_refused_plainly(desk: Desk) -> None:
    """While the library is being changed, another change waits for its time."""
    with desk.changing:
        assert "try again" in remove_papers(desk, [_id_of(desk, "SlowRAM")])


def test_a_question_under_way_keeps_the_library_it_began_with(desk: Desk) -> None:
    """A change amid an answer neither breaks it nor mixes into it."""
    desk.pipeline.llm = SlowLLM(pause_s=0.02, words=20)
    updates = ask(desk, {"turn": {"id": "t", "question": "How many GB does SlowRAM move per token?"}})
    while "word1" not in next(updates).live:
        continue
    remove_papers(desk, [_id_of(desk, "SlowRAM")])
    record = list(updates)[-1].record

    assert record is not None
    assert "12 GB" in record["answer"]["text"]


def test_the_model_is_changed_for_everyone_and_back(desk: Desk) -> None:
    """To no model, and back to the very one that the chat was started with, which was kept open."""
    first = desk.pipeline.llm

    assert "answers are quotes" in models.use(desk, "none")
    assert (desk.pipeline.llm, desk.model) == (None, "none")
    assert "In use: slow" in models.use(desk, "slow")
    assert desk.pipeline.llm is first


@pytest.mark.parametrize("name", [None, " ", "/no/such/model.gguf", "http://127.0.0.1:9/v1", "transformers:x"])
def test_a_visitor_cannot_name_a_model_that_is_not_offered(desk: Desk, name: str | None) -> None:
    """No visitor sends everyone's questions elsewhere; what was in use stays."""
    assert 'role="alert"' in models.use(desk, name)
    assert desk.model == "slow"


def test_the_models_at_hand_are_offered(desk: Desk) -> None:
    """The shipped one and quotes are always there; larger ones come with the command that fetches them."""
    names = [name for _, name in models.choices(desk)]

    assert {"default", "none"} <= set(names)
    assert "rag models pull" in models.describe(desk)
