from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WritePapers

import rag
from rag import api
from rag.config import Settings

pytestmark = pytest.mark.model

_PAPERS = [
    ("TinyPhone: Learning on Phones", "We learn on phones. TinyPhone saves 40% of memory on a phone. It is open."),
    ("QuickBird: Fast Search", "QuickBird searches a billion vectors in 3 ms. It needs one machine."),
]


@pytest.fixture
def workplace(tmp_path: Path, write_papers: WritePapers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with two seed papers to work in, and no default pipeline left from or for other tests."""
    (tmp_path / "seeds").mkdir()
    write_papers(*_PAPERS, name="seeds/papers.jsonl")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAG_LLM", "none")
    monkeypatch.setattr(api, "_opened", {})
    yield tmp_path
    api._close_opened()


def test_the_first_question_builds_the_index_of_the_seeds(workplace: Path) -> None:
    """One line of Python, from nothing to a cited answer."""
    answer = rag.answer("How much memory does TinyPhone save?")

    assert "40%" in answer.text
    citation = answer.citations[0]
    assert rag.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert (workplace / "indexes" / "default" / "manifest.json").exists()


def test_the_default_pipeline_is_opened_once(workplace: Path) -> None:
    """Later questions find models and index loaded."""
    rag.search("phones")
    opened = dict(api._opened)
    rag.search("vectors")

    assert api._opened == opened
    assert len(opened) == 1


def test_search_ranks_papers_of_the_default_index(workplace: Path) -> None:
    """Best first; the filter keeps to the papers chosen."""
    passages = rag.search("a billion vectors", 2)

    assert passages[0].title == "QuickBird: Fast Search"
    assert [p.document_id for p in rag.search("phones", within=[passages[0].document_id])] == [passages[0].document_id]


def test_a_follow_up_is_given_its_history(workplace: Path) -> None:
    """History goes through to the pipeline."""
    answer = rag.answer("And how much does it save?", [("Which paper learns on phones?", "TinyPhone [1].")])

    assert "TinyPhone" in answer.searched


def test_a_changed_index_is_seen_by_the_next_question(workplace: Path, write_papers: WritePapers) -> None:
    """After an update or a new build in the same process nobody is answered from the old papers."""
    rag.search("phones")
    new = write_papers(("DeepSea: Whale Songs", "Whales sing in 20 Hz. DeepSea hears them."), name="new.jsonl")

    assert rag.update_index("indexes/default", add=[new]).added == 1
    assert rag.search("whale songs", 1)[0].title.startswith("DeepSea")

    rag.build_index([new], "indexes/default")
    assert [passage.title for passage in rag.search("phones")] == ["DeepSea: Whale Songs"]


def test_a_report_is_json_ready(workplace: Path) -> None:
    """Counts and seconds, as the command prints them."""
    report = rag.build_index(["seeds"], "indexes/other").to_dict()

    assert (report["documents"], report["duplicates"], report["rejected"]) == (2, 0, [])
    assert report["path"] == "indexes/other"


def test_progress_reaches_the_end(workplace: Path) -> None:
    """Chunks done, chunks in all."""
    seen: list[tuple[int, int]] = []

    report = rag.build_index(["seeds"], "indexes/other", progress=lambda done, total: seen.append((done, total)))

    assert seen[-1] == (report.chunks, report.chunks)


def test_an_index_named_otherwise_is_not_made_up(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the default index is built unasked."""
    monkeypatch.setenv("RAG_INDEX", "indexes/mine")

    with pytest.raises(
        rag.IndexFolderError, match=r"^no index at indexes/mine: run: rag index seeds/ --index indexes/mine$"
    ):
        rag.answer("Anything?")


@pytest.mark.parametrize("spelling", ["indexes/default", "indexes/default/", "./indexes/default"])
def test_the_default_index_is_known_in_any_spelling(workplace: Path, spelling: str) -> None:
    """A slash more or less names the same folder; an empty folder is no index yet."""
    (workplace / "indexes" / "default").mkdir(parents=True)

    report = api.ensure_index(Settings(index=spelling))

    assert report is not None
    assert report.documents == 2
    assert api.ensure_index(Settings(index=spelling)) is None


def test_a_half_written_default_index_is_not_built_over(workplace: Path) -> None:
    """What is left of an index is told, never silently replaced."""
    (workplace / "indexes" / "default").mkdir(parents=True)
    (workplace / "indexes" / "default" / "leftover").touch()

    with pytest.raises(rag.IndexFolderError, match=r"indexes/default is no index .*: build it anew: "):
        rag.answer("Anything?")


@pytest.mark.parametrize(
    ("sentence", "holds"), [("TinyPhone saves 40% of memory.", True), ("TinyPhone saves 70% of memory.", False)]
)
def test_support_can_be_asked_for_alone(sentence: str, holds: bool) -> None:
    """The check that answers go through, and one that shares nothing with it."""
    quotes, titles = ["TinyPhone saves 40% of memory on a phone."], ["TinyPhone: Learning on Phones"]

    assert rag.supports(sentence, quotes, titles) is holds
    assert rag.strictly_supports(sentence, quotes, titles) is holds
