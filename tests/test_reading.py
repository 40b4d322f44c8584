from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rag.config import read_settings
from rag.errors import EmbedderError
from rag.onnx_bert import open_graph, run_graph, shipped_model_dir
from rag.reading import OnnxReader, Paper
from rag.reading.adapter import Heads, adapted_model, load_heads
from rag.reading.onnx_reader import USUAL_COSINE, USUAL_MATCH
from rag.reading.pieces import MAX_PIECES, NOWHERE, rows_of

pytestmark = pytest.mark.model

_TITLE = "MobileTL: On-device Transfer Learning"
_SENTENCES = [
    "Transfer learning on edge devices is hard, since memory is short.",
    "We present MobileTL, which updates only the last blocks of a network.",
    "It reduces memory usage by 46% on MobileNetV2.",
    "The code will be released.",
]
_PAPER = Paper(_TITLE, _SENTENCES)


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    """The shipped reading model; its graph is made once, in the user's cache."""
    settings = read_settings()
    return OnnxReader(shipped_model_dir(), settings.cache_dir, threads=settings.thread_count)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    loaded: Tokenizer = Tokenizer.from_file(str(shipped_model_dir() / "tokenizer.json"))
    loaded.no_truncation()
    loaded.no_padding()
    return loaded


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much memory does MobileTL save?", 2),
        ("Which blocks does MobileTL update?", 1),
        ("Why is it difficult to adapt a model on a small device?", 0),
    ],
)
def test_the_sentence_that_answers_scores_highest(reader: OnnxReader, question: str, answer: int) -> None:
    """By its number, by its subject, and in other words than the paper's."""
    [reading] = reader.read(question, [_PAPER])

    assert int(np.argmax(reading.sentences)) == answer


def test_a_paper_that_answers_scores_above_one_that_does_not(reader: OnnxReader) -> None:
    """One that lacks the detail asked for, and one about something else."""
    other = Paper("A recipe", ["Peel the apples.", "Bake the pie for an hour."])
    asked, elsewhere = reader.read("How much memory does MobileTL save?", [_PAPER, other])
    [lacking] = reader.read("How many people tested MobileTL for a week?", [_PAPER])

    assert asked.answers > elsewhere.answers
    assert asked.answers > lacking.answers


def test_no_paper_changes_what_is_read_of_another(reader: OnnxReader) -> None:
    """Read alone, together, or again."""
    long = Paper(_TITLE, _SENTENCES * 30)
    together = reader.read("How much memory?", [_PAPER, long, _PAPER])

    assert together[0] == together[2] == reader.read("How much memory?", [_PAPER])[0]
    assert len(together[1].sentences) == len(long.sentences)
    assert reader.read("How much memory?", []) == []


@pytest.mark.parametrize("paper", [Paper("", []), Paper("Known by title", []), Paper("", [""]), Paper("?", ["\ud800"])])
def test_a_paper_with_next_to_nothing_can_be_read(reader: OnnxReader, paper: Paper) -> None:
    """Numbers come out, one per sentence."""
    [reading] = reader.read("How much?", [paper])

    assert np.isfinite([reading.answers, *reading.sentences]).all()
    assert len(reading.sentences) == len(paper.sentences)


def test_of_a_book_the_beginning_is_read(reader: OnnxReader) -> None:
    """The rest scores below everything."""
    [reading] = reader.read("How much memory does MobileTL save?", [Paper(_TITLE, _SENTENCES * 100)])

    assert reading.sentences[-1] < min(reading.sentences[:40])


def test_scores_are_what_their_definition_says(reader: OnnxReader, tokenizer: Tokenizer) -> None:
    """The second implementation: the adapted model in torch, without rounding, its heads by hand."""
    import torch

    question = "How much memory does MobileTL save?"
    [row] = rows_of(tokenizer, question, _TITLE, _SENTENCES)
    model, heads = adapted_model(shipped_model_dir()), load_heads()
    with torch.no_grad():
        output = model(
            input_ids=torch.tensor([row.ids]),
            token_type_ids=torch.tensor([row.types]),
            attention_mask=torch.ones(1, len(row.ids)),
        )
    expected = [_score(output.last_hidden_state[0].numpy(), row.owners, row.asked, heads, n) for n in range(4)]
    [reading] = reader.read(question, [_PAPER])

    assert reading.sentences == pytest.approx(expected, abs=1.0)
    assert np.corrcoef(reading.sentences, expected)[0, 1] > 0.98


def _score(tokens: np.ndarray, owners: list[int], asked: int, heads: Heads, number: int) -> float:
    def unit(vectors: np.ndarray) -> np.ndarray:
        return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)

    own, question = tokens[np.array(owners) == number], tokens[1 : asked + 1]
    logits = own @ heads.weight.T + heads.bias
    close = float(unit(own.mean(axis=0)) @ unit(question.mean(axis=0)))
    best = float((unit(question @ heads.projection) @ unit(own @ heads.projection).T).max(axis=1).mean())
    return float(
        heads.mix[0] * (close - USUAL_COSINE)
        + heads.mix[1] * (best - USUAL_MATCH)
        + logits[:, 1].mean()
        + logits[:, 2].max()
    )


@given(st.text(max_size=400), st.text(max_size=400), st.lists(st.text(max_size=900), max_size=12))
def test_rows_hold_each_sentence_once_in_order(
    tokenizer: Tokenizer, question: str, title: str, sentences: list[str]
) -> None:
    """Whatever the texts; none is longer than the model reads, and what is not of the paper comes first."""
    rows = rows_of(tokenizer, question, title, sentences)
    owners = [owner for row in rows for owner in row.owners if owner != NOWHERE]

    assert owners == sorted(owners)
    assert all(len(row.ids) == len(row.types) == len(row.owners) <= MAX_PIECES for row in rows)
    assert all(row.types == sorted(row.types) for row in rows)
    for number in set(owners):
        assert sum(number in row.owners for row in rows) == 1


def test_a_long_paper_is_read_in_rows_of_about_one_length(tokenizer: Tokenizer) -> None:
    """The rest of an abstract alone would pass for a paper of its own."""
    rows = rows_of(tokenizer, "How much memory?", _TITLE, _SENTENCES * 10)
    lengths = [len(row.ids) for row in rows]

    assert len(rows) > 1
    assert min(lengths) > 0.7 * max(lengths)


def test_a_damaged_graph_is_told_in_one_line(tmp_path: Path) -> None:
    """Which file, and what to do."""
    (tmp_path / "graph.onnx").write_bytes(b"no graph")

    with pytest.raises(EmbedderError, match=r"graph\.onnx: damaged .*: delete it"):
        open_graph(tmp_path / "graph.onnx", lambda: None, inputs=3)


def test_the_fingerprint_tells_adapter_and_weights(reader: OnnxReader) -> None:
    """An answer that is replayed with another reading model says so."""
    assert reader.fingerprint.count(":") == 2


def test_a_graph_runs_each_text_by_itself(reader: OnnxReader) -> None:
    """One vector per piece."""
    session = reader._loaded.session

    assert run_graph(session, [101, 2003, 102], [0, 0, 1]).shape == (3, 384)


def test_a_cache_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    """The model is made once and kept; where it cannot be, one line says what to set."""
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    unkept = OnnxReader(shipped_model_dir(), tmp_path / "file", threads=1)

    with pytest.raises(EmbedderError, match=r"cannot keep the prepared model there .*: set RAG_CACHE$"):
        unkept.prepare()


def test_what_is_prepared_is_not_made_again(reader: OnnxReader) -> None:
    """A pipeline opens as fast as before once the graph is there."""
    reader.prepare()
    made = reader._graph.stat().st_mtime_ns
    reader.prepare()

    assert reader._graph.stat().st_mtime_ns == made
