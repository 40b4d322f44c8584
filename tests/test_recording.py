import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, WritePapers
from fakes import ScriptedLLM

import rag
from rag.cli import main
from rag.embedder import Embedder
from rag.index import Index, build_folder
from rag.pipeline import Options, Pipeline
from rag.recording import FORMAT, Record, Replay, record, replay

pytestmark = pytest.mark.model

_ABOUT_MEMORY = "How much memory does MobileTL save?"
_OFF_TOPIC = "What is the capital of Burkina Faso?"
_DRAFT = "MobileTL reduces memory usage by 46% and 53% for MobileNetV2 and V3 IRBs, respectively. It saves 99%."
Tamper = Callable[[dict[str, Any]], object]


@pytest.fixture
def llm() -> ScriptedLLM:
    """A language model that says one true sentence and one false."""
    return ScriptedLLM(_DRAFT)


@pytest.fixture
def scripted(seed_index: Path, embedder: Embedder, llm: ScriptedLLM) -> Pipeline:
    """The seed pages with that language model."""
    return Pipeline(Index(seed_index), embedder, llm)


@pytest.fixture
def kept(scripted: Pipeline, tmp_path: Path) -> Path:
    """The file of its answer about memory."""
    record(scripted, _ABOUT_MEMORY).save(tmp_path / "answer.json")
    return tmp_path / "answer.json"


def _tampered(path: Path, tamper: Tamper) -> Record:
    values = json.loads(path.read_text(encoding="utf-8"))
    tamper(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    return Record.load(path)


def _steady(answer: rag.Answer) -> str:
    return json.dumps({name: value for name, value in answer.to_dict().items() if name != "timings"})


def test_a_record_holds_all_that_the_answer_came_from(scripted: Pipeline, llm: ScriptedLLM) -> None:
    """Question, ranking, the prompt as the model got it, its draft, the verdict on each sentence, the answer."""
    kept = record(scripted, _ABOUT_MEMORY)

    assert (kept.format, kept.llm, kept.seed) == (FORMAT, "scripted", 0)
    assert kept.fingerprint == scripted.fingerprint
    assert kept.versions.keys() >= {"rag", "python", "faiss-cpu"}
    assert (kept.asked.question, kept.asked.history, kept.asked.options) == (_ABOUT_MEMORY, (), scripted.options)
    assert [(item.document_id, item.score) for item in kept.made.ranked] == [
        (passage.document_id, passage.score) for passage in kept.made.answer.passages
    ]
    assert list(kept.made.prompt) == llm.prompts[0]
    assert kept.made.draft == _DRAFT
    true, false = kept.made.checked
    assert (true.label, false.label) == ("supported", "partly")
    assert "46% and 53%" in kept.made.evidence[true.evidence[0]].text
    assert false.reasons
    assert _steady(kept.made.answer) == _steady(scripted.answer(_ABOUT_MEMORY))


@pytest.mark.parametrize(
    ("question", "history", "options"),
    [
        (_ABOUT_MEMORY, (), None),
        ("And on V3?", [(_ABOUT_MEMORY, "46% on V2 [1].")], Options(words=20, passages=3)),
        (_OFF_TOPIC, (), None),
    ],
)
def test_what_was_saved_comes_out_the_same(
    quotes_pipeline: Pipeline, tmp_path: Path, question: str, history: list[tuple[str, str]], options: Options | None
) -> None:
    """Answers, follow-ups and abstentions: saved, loaded and made again, byte for byte."""
    kept = record(quotes_pipeline, question, history, options)
    kept.save(tmp_path / "answer.json")
    loaded = Record.load(tmp_path / "answer.json")
    assert loaded == kept

    outcome = replay(quotes_pipeline, loaded)

    assert outcome.same
    assert str(outcome) == "same: the answer is the recorded one, byte for byte"
    assert _steady(outcome.answer) == _steady(kept.made.answer)
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_a_choice_of_papers_is_kept_in_one_order(quotes_pipeline: Pipeline, tmp_path: Path) -> None:
    """A set of ids has no order of its own, a record has."""
    chosen = frozenset(passage.document_id for passage in quotes_pipeline.search(_ABOUT_MEMORY, 4))

    record(quotes_pipeline, _ABOUT_MEMORY, options=Options(within=chosen)).save(tmp_path / "answer.json")

    loaded = Record.load(tmp_path / "answer.json")
    assert loaded.asked.within == tuple(sorted(chosen))
    assert replay(quotes_pipeline, loaded).same


def test_the_command_records_and_replays_what_the_shipped_model_wrote(
    rag_command: Run, seed_index: Path, tmp_path: Path
) -> None:
    """Two processes, the same bytes: `rag ask --record`, then `rag replay`."""
    file = tmp_path / "answer.json"
    asked = rag_command("ask", _ABOUT_MEMORY, "--record", file, "--json", "--index", seed_index)
    assert (asked.returncode, asked.stderr) == (0, "")
    kept = Record.load(file)
    assert json.loads(asked.stdout) == kept.made.answer.to_dict()
    assert kept.llm == "default"
    assert kept.made.draft

    replayed = rag_command("replay", file, "--index", seed_index)

    assert (replayed.returncode, replayed.stderr) == (0, "")
    assert replayed.stdout == "same: the answer is the recorded one, byte for byte\n"


def test_a_replay_opens_the_model_of_the_record(
    seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever RAG_LLM says; as JSON, with status 1 and the names of what differs when it does."""
    monkeypatch.setenv("RAG_INDEX", str(seed_index))
    file = str(tmp_path / "answer.json")
    assert main(["ask", _ABOUT_MEMORY, "--llm", "none", "--record", file]) == 0
    monkeypatch.setenv("RAG_LLM", "absent.gguf")
    capsys.readouterr()
    assert main(["replay", file, "--json"]) == 0
    same = json.loads(capsys.readouterr().out)
    assert (same["same"], same["differences"]) == (True, [])

    _tampered(Path(file), lambda values: values["made"]["answer"].update(text="It saves 99% [1]."))

    assert main(["replay", file, "--json"]) == 1
    differs = json.loads(capsys.readouterr().out)
    assert (differs["same"], differs["differences"]) == (False, ["answer.text"])
    assert "46%" in differs["answer"]["text"]
    assert main(["replay", file]) == 1
    assert capsys.readouterr() == ("differs: answer.text\n", "")


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda values: values["made"]["answer"]["timings"].clear(), "same: "),
        (lambda values: values["made"]["answer"].update(text="99%."), "differs: answer.text"),
        (lambda values: values["made"]["answer"].update(confidence=0.5), "differs: answer.confidence"),
        (
            lambda values: values["made"]["answer"]["citations"][0].update(quote="It saves 99%."),
            "differs: answer.citations",
        ),
        (lambda values: values["made"].update(draft="99%."), "differs: draft; the answer is the recorded one"),
        (
            lambda values: values["made"]["checked"][1].update(label="supported"),
            "differs: checked; the answer is the recorded one",
        ),
        (
            lambda values: values["made"]["prompt"].pop(),
            "differs: prompt; the answer is the recorded one",
        ),
        (
            lambda values: values["made"]["ranked"][0].update(score=1),
            "differs: ranked; the answer is the recorded one",
        ),
        (lambda values: values.update(seed=7), "differs: seed; the answer is the recorded one"),
        (
            lambda values: values["asked"].update(question="How much memory does mobile TL save?"),
            "differs: ",
        ),
    ],
)
def test_whatever_was_altered_is_named(scripted: Pipeline, kept: Path, tamper: Tamper, line: str) -> None:
    """Every part of a record but its seconds is compared."""
    outcome = replay(scripted, _tampered(kept, tamper))

    assert str(outcome).startswith(line)
    assert outcome.same == line.startswith("same")


def test_another_draft_differs_from_the_step_where_it_came_in(seed_index: Path, embedder: Embedder, kept: Path) -> None:
    """Up to the prompt all is as recorded; what the model wrote is not."""
    other = Pipeline(Index(seed_index), embedder, ScriptedLLM("It saves 46%."))

    outcome = replay(other, Record.load(kept))

    assert outcome.differences[:2] == ("draft", "checked")
    assert not {"ranked", "evidence", "prompt"} & set(outcome.differences)


def test_other_versions_are_told_where_the_answer_differs(scripted: Pipeline, kept: Path) -> None:
    """They are the first thing to look at; where nothing differs they do not matter."""
    older = _tampered(kept, lambda values: values["versions"].update(rag="0.0.1"))
    now = record(scripted, _OFF_TOPIC).versions["rag"]
    assert replay(scripted, older).same

    outcome = replay(scripted, _tampered(kept, lambda values: values["made"].update(draft="")))

    assert outcome.other_versions == (("rag", "0.0.1", now),)
    assert str(outcome).endswith(f"(rag {now}, recorded with 0.0.1)")
    assert outcome.to_dict()["other_versions"] == [["rag", "0.0.1", now]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": 1}, "with another index format (1, here "),
        ({"documents": 3}, "with another index (3 papers, here 140 papers): replay it with that index"),
        ({"corpus_hash": "abc"}, "with another index (abc, here "),
        ({"embedder": "e5"}, "with another embedder (e5, here all-MiniLM-L6-v2:"),
        ({"llm": "none"}, "with another language model (none, here scripted): replay it with that language model"),
    ],
)
def test_another_index_or_model_is_refused(
    scripted: Pipeline, kept: Path, changed: dict[str, str | int], message: str
) -> None:
    """Its answer could only differ; the line says which is not the recorded one."""
    other = _tampered(kept, lambda values: values["fingerprint"].update(changed))

    with pytest.raises(rag.RecordError) as raised:
        replay(scripted, other)

    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_index_of_other_papers_is_refused(
    tmp_path: Path, write_papers: WritePapers, embedder: Embedder, llm: ScriptedLLM, kept: Path
) -> None:
    """The same of a real one."""
    build_folder([write_papers(("TinyPhone", "TinyPhone saves 40% of memory."))], tmp_path / "index", embedder)

    with pytest.raises(rag.RecordError, match="with another index \\(140 papers, here 1 papers\\)"):
        replay(Pipeline(Index(tmp_path / "index"), embedder, llm), Record.load(kept))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "is no record: not JSON"),
        ("[" * 100_000, "is no record: not JSON"),
        ("[]", "is no record: make one with: rag ask QUESTION --record FILE"),
        ('{"format": 2}', "has record format 2, this version reads 1: make one with: rag ask "),
        ('{"format": 1}', "is no record: versions: Field required"),
    ],
)
def test_a_file_that_is_no_record_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    """Before index and models are opened."""
    file = tmp_path / "answer.json"
    file.write_text(text)

    assert main(["replay", str(file), "--index", "absent"]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rag: {file} {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda values: values["asked"].update(question=5), "asked.question: Input should be a valid string"),
        (lambda values: values["asked"].update(words="many"), "asked.words: Input should be a valid integer"),
        (lambda values: values["asked"].update(history=[["one"]]), "asked.history.0.1: Field required"),
        (lambda values: values["made"].pop("answer"), "made.answer: Field required"),
        (lambda values: values["made"]["checked"][0].update(label="true"), "made.checked.0.label: Input should be "),
    ],
)
def test_a_part_of_the_wrong_kind_is_named(kept: Path, tamper: Tamper, message: str) -> None:
    """Where it is and what is wrong with it."""
    with pytest.raises(rag.RecordError) as raised:
        _tampered(kept, tamper)

    assert str(raised.value).startswith(f"{kept} is no record: {message}")
    assert "\n" not in str(raised.value)


def test_a_record_that_cannot_be_written_leaves_what_was_there(quotes_pipeline: Pipeline, tmp_path: Path) -> None:
    """A half character in the history is no UTF-8; the old file stays whole and nothing else is left behind."""
    file = tmp_path / "answer.json"
    file.write_text("old")
    kept = record(quotes_pipeline, _ABOUT_MEMORY, history=[("half \udcff", "a character")])

    with pytest.raises(rag.RecordError, match=r"answer\.json cannot be written: "):
        kept.save(file)

    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("name", "message"), [("absent/a.json", "cannot be written: "), (".", "is no file: name one")])
def test_a_place_that_takes_no_file_is_one_line(kept: Path, name: str, message: str) -> None:
    """A missing folder, a folder."""
    with pytest.raises(rag.RecordError, match=message):
        Record.load(kept).save(kept.parent / name)


def test_a_record_that_is_absent_is_one_line(tmp_path: Path) -> None:
    """The file is named."""
    with pytest.raises(rag.RecordError, match=r"absent\.json cannot be read: No such file or directory"):
        Record.load(tmp_path / "absent.json")


def test_the_names_are_exported() -> None:
    """A user records and replays with what `rag` offers."""
    assert (rag.record, rag.replay, rag.Record, rag.Replay) == (record, replay, Record, Replay)
