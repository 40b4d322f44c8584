import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, WritePapers

from rag.cli import main
from rag.index import Index

_PAPERS = [
    ("TinyPhone: Learning on Phones", "We learn on phones. TinyPhone saves 40% of memory on a phone. It is open."),
    ("QuickBird: Fast Search", "QuickBird searches a billion vectors in 3 ms. It needs one machine."),
]
_ASK = "How much memory does TinyPhone save?"


@pytest.fixture(scope="module")
def small_index(tmp_path_factory: pytest.TempPathFactory, rag_command: Run) -> Path:
    """An index of two papers, built by the command in a process of its own, from a fresh folder."""
    folder = tmp_path_factory.mktemp("cli")
    source = folder / "papers.jsonl"
    source.write_text("".join(json.dumps({"title": t, "abstract": a}) + "\n" for t, a in _PAPERS))
    result = rag_command("index", source, "--index", folder / "index", "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["documents"], report["added"], report["removed"]) == (2, 2, 0)
    return folder / "index"


def _told(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.model
def test_from_a_fresh_folder_to_a_cited_answer(rag_command: Run, small_index: Path) -> None:
    """Index, search, ask and info, each a process of its own, each one JSON document on stdout."""
    found = json.loads(rag_command("search", "phones", "-k", 1, "--json", "--index", small_index).stdout)
    assert [(passage["rank"], passage["title"]) for passage in found] == [(1, _PAPERS[0][0])]

    result = rag_command("ask", _ASK, "--json", "--index", small_index)
    answer = json.loads(result.stdout)
    citation = answer["citations"][0]
    assert (result.returncode, answer["abstained"]) == (0, False)
    assert "40%" in answer["text"]
    assert _PAPERS[0][1][citation["start"] : citation["end"]] == citation["quote"]

    info = json.loads(rag_command("info", "--json", "--index", small_index).stdout)
    assert {"documents": 2, "embedder": "all-MiniLM-L6-v2", "problem": None}.items() <= info["index"].items()
    assert info["index"]["chunks"] == Index(small_index).manifest.chunks
    assert info["healthy"] is True


@pytest.mark.model
def test_an_answer_for_people_shows_markers_titles_and_quotes(
    small_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer first, then, numbered, the words that support it."""
    status, out, err = _told(capsys, "ask", _ASK, "--llm", "none", "--index", small_index)

    assert (status, err) == (0, "")
    assert "40% of memory on a phone [1]." in out
    assert "\n[1] TinyPhone: Learning on Phones\n    “TinyPhone saves 40% of memory on a phone.”" in out


@pytest.mark.model
def test_passages_for_people_show_rank_title_words_and_id(
    small_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One block per paper, best first."""
    status, out, _ = _told(capsys, "search", "a billion vectors", "--index", small_index)

    assert status == 0
    assert out.startswith("1. QuickBird: Fast Search\n")
    assert "\n2. TinyPhone" in out
    assert all(document.id in out for document in Index(small_index).store.all_documents())


@pytest.mark.model
def test_an_abstention_is_an_answer(small_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0, and the reason in words."""
    status, out, err = _told(
        capsys, "ask", "What is the capital of Burkina Faso?", "--llm", "none", "--index", small_index
    )

    assert (status, err) == (0, "")
    assert out.startswith("I cannot answer this from these papers.")
    assert "Nearest" in out


@pytest.mark.model
def test_papers_are_added_and_removed(
    tmp_path: Path, write_papers: WritePapers, capsys: pytest.CaptureFixture[str]
) -> None:
    """`rag index` adds to an index, `--remove` takes out, `--replace` starts anew."""
    index = tmp_path / "index"
    index.mkdir()
    first, second = write_papers(_PAPERS[0], name="a.jsonl"), write_papers(*_PAPERS, name="b.jsonl")
    assert _told(capsys, "index", first, "--index", index)[0] == 0

    status, out, _ = _told(capsys, "index", second, "--index", index)
    assert status == 0
    assert out.startswith(f"{index}: 2 papers (1 added, 0 removed, 1 duplicates merged, 0 left out)")

    removed = next(Index(index).store.all_documents()).id
    report = json.loads(_told(capsys, "index", "--remove", removed, "--index", index, "--json")[1])
    assert (report["documents"], report["removed"]) == (1, 1)

    report = json.loads(_told(capsys, "index", first, "--replace", "--index", index, "--json")[1])
    assert [document.title for document in Index(index).store.all_documents()] == [_PAPERS[0][0]]


@pytest.mark.model
def test_bad_records_left_out_are_listed(
    tmp_path: Path, write_papers: WritePapers, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --skip-bad the rest is indexed; what was left out goes to stderr."""
    source = write_papers(_PAPERS[0], ("Empty", ""))

    status, out, err = _told(capsys, "index", source, "--skip-bad", "--index", tmp_path / "index")

    assert status == 0
    assert "1 papers (1 added, 0 removed, 0 duplicates merged, 1 left out)" in out
    assert f'left out: {source}, line 2: "abstract" is empty' in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "Anything?", "--index", "absent"], "rag: no index at absent: run: rag index seeds/ --index absent"),
        (["search", "Anything?", "--index", "absent"], "rag: no index at absent: run: "),
        (["index", "absent.jsonl", "--index", "new"], "rag: absent.jsonl: no such file or folder"),
        (["index", "bad.jsonl", "--index", "new"], "rag: bad.jsonl, line 1: not JSON: "),
        (["index", "--index", "new"], "rag: nothing to do: name files or folders to index, or --remove ID"),
        (["index", "--remove", "x", "--index", "new"], "rag: --remove needs an index to remove from"),
        (["index", "bad.jsonl", "--index", "bad.jsonl"], "rag: bad.jsonl, line 1: not JSON: "),
    ],
)
def test_an_error_is_one_line_on_stderr(rag_command: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    """Exit status 1, nothing on stdout, no traceback, nothing written."""
    (tmp_path / "bad.jsonl").write_text("nonsense\n")

    result = rag_command(*arguments, cwd=tmp_path)

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["bad.jsonl"]


@pytest.mark.model
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "?!"], "rag: the question is empty: ask in words"),
        (["search", "memory", "-k", "0"], "rag: top_k must be 1 or more, got 0\n"),
        (["ask", "memory", "--llm", "absent.gguf"], "rag: "),
        (["index", "--remove", "nobody"], "rag: no document 'nobody' in "),
    ],
)
def test_what_makes_no_sense_is_one_line(
    small_index: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """With an index at hand, each mistake is told in a line."""
    status, out, err = _told(capsys, *arguments, "--index", small_index)

    assert (status, out) == (1, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_setting_that_makes_no_sense_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables of the environment are read by every command."""
    monkeypatch.setenv("RAG_THREADS", "two")

    assert _told(capsys, "info") == (1, "", "rag: RAG_THREADS is 'two': give a whole number\n")


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["ask"], ["search", "a", "-k", "many"], ["ask", "a", "--jso"], ["info", "extra"]]
)
def test_what_is_no_command_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and the usage on stderr."""
    with pytest.raises(SystemExit) as raised:
        main(arguments)

    out, err = capsys.readouterr()
    assert raised.value.code == 2
    assert out == ""
    assert err.startswith("usage: rag")


@pytest.mark.parametrize("command", ["", "index", "search", "ask", "chat", "serve", "models", "info"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On stdout, with status 0."""
    with pytest.raises(SystemExit) as raised:
        main([*command.split(), "--help"])

    assert raised.value.code == 0
    assert f"usage: rag {command}".strip() in capsys.readouterr().out


def test_info_tells_of_an_index_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Health is told, not raised: exit status 0, and what to do."""
    status, out, _ = _told(capsys, "info", "--json", "--index", tmp_path / "none")

    info = json.loads(out)
    assert status == 0
    assert info["healthy"] is False
    assert info["index"]["problem"].startswith(f"no index at {tmp_path / 'none'}: run: rag index ")
    assert info["packages"]["faiss-cpu"]


def test_info_for_people_names_version_index_and_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, line by line."""
    _, out, _ = _told(capsys, "info", "--index", tmp_path / "none")

    names = [line.partition(":")[0] for line in out.splitlines()]
    assert {"version", "python", "index", "llm", "embedder", "threads", "cache", "packages", "healthy"} <= set(names)


@pytest.mark.model
def test_a_reader_that_has_gone_is_no_error(small_index: Path) -> None:
    """`rag search … | true` ends in silence."""
    search = subprocess.Popen(
        [sys.executable, "-m", "rag", "search", "phones", "--index", str(small_index)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert search.stdout is not None
    search.stdout.close()
    assert search.stderr is not None

    assert search.stderr.read() == ""
    assert search.wait() == 0
    search.stderr.close()


def test_the_module_runs_as_the_command(run: Run) -> None:
    """`python -m rag` is `rag`."""
    assert run("-m", "rag", "--help").stdout.startswith("usage: rag")


def test_models_lists_sizes_and_licences(tmp_path: Path, rag_command: Run) -> None:
    """For people a table, for programs one JSON document with the same models."""
    table = rag_command("models", cwd=tmp_path)
    listed = json.loads(rag_command("models", "--json", cwd=tmp_path).stdout)

    assert {"name", "licence", "size_bytes", "memory_bytes", "installed"} <= listed[0].keys()
    assert all(model["name"] in table.stdout and model["licence"] in table.stdout for model in listed)
