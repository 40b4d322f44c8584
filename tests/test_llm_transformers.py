"""The transformers back-end, with the shipped weights unpacked on the CPU."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.llm import LLM, Message, open_llm
from rag.llm.opening import shipped_model

FACT = "MobileTL reduces memory usage by 46% and 53% for MobileNetV2 and V3."
QUESTION = [
    Message("system", "Answer the question in one short sentence using the passages."),
    Message("user", f"Passages:\n{FACT}\n\nQuestion: How much memory does MobileTL save on MobileNetV2?"),
]


@pytest.fixture(scope="module")
def llm() -> Iterator[LLM]:
    model = open_llm(f"transformers:{shipped_model()}", cache_dir=Path("unused"))
    assert model is not None
    yield model
    model.close()


@pytest.mark.model
def test_the_answer_has_the_figure_of_the_passage(llm: LLM) -> None:
    assert "46" in "".join(llm.stream(QUESTION, max_tokens=30))


@pytest.mark.model
def test_a_begun_reply_is_continued_and_not_repeated(llm: LLM) -> None:
    text = "".join(
        llm.stream([*QUESTION, Message("assistant", "According to the paper, MobileTL saves")], max_tokens=12)
    )

    assert "According" not in text
    assert "46" in text


@pytest.mark.model
def test_stop_ends_the_stream_and_the_computation(llm: LLM) -> None:
    """The next stream waits for the one before, so it would not come if that went on."""
    stop = threading.Event()
    pieces = []
    for piece in llm.stream([Message("user", "Write a long story.")], max_tokens=3000, stop=stop):
        pieces.append(piece)
        stop.set()

    assert len(pieces) == 1
    assert "".join(llm.stream(QUESTION, max_tokens=3))


@pytest.mark.model
def test_the_model_says_what_it_is(llm: LLM) -> None:
    assert (llm.size, llm.context_tokens) == ("tiny", 8192)
    assert llm.fingerprint.endswith("+transformers")
    assert llm.count_tokens("Hello world") == 2


@pytest.mark.model
def test_a_prompt_beyond_the_context_is_one_clear_error(llm: LLM) -> None:
    with pytest.raises(ModelError, match=r"the prompt has \d{4,} tokens and transformers:\S+ reads 8192"):
        list(llm.stream([Message("user", "sea " * 9000)], max_tokens=3))


def test_a_name_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^transformers cannot load [^\n]*$"):
        open_llm(f"transformers:{tmp_path}", cache_dir=tmp_path)


def test_a_gguf_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file at"):
        open_llm(f"transformers:{tmp_path / 'absent.gguf'}", cache_dir=tmp_path)
