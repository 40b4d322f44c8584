"""The language model that comes with the install, as llama.cpp computes it here."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from rag.errors import ModelError
from rag.llm import LLM, Message, open_llm
from rag.llm.llamacpp import LlamaCpp
from rag.llm.opening import shipped_model

pytestmark = pytest.mark.model

RULE = Message("system", "Answer the question in one short sentence using the passages.")
FACT = "MobileTL reduces memory usage by 46% and 53% for MobileNetV2 and V3."
STORY = [Message("user", "Write a long story about the sea.")]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def llm(cache_dir: Path) -> Iterator[LLM]:
    model = open_llm("default", cache_dir=cache_dir)
    assert model is not None
    yield model
    model.close()


def asked(question: str, passage: str = FACT) -> list[Message]:
    return [RULE, Message("user", f"Passages:\n{passage}\n\nQuestion: {question}")]


def reply(llm: LLM, messages: list[Message], max_tokens: int = 40) -> str:
    return "".join(llm.stream(messages, max_tokens=max_tokens))


def test_the_answer_has_the_figure_of_the_passage(llm: LLM) -> None:
    """The shipped model reads a short passage and gives back its number."""
    assert "46" in reply(llm, asked("How much memory does MobileTL save on MobileNetV2?"))


def test_the_same_prompt_gets_the_same_reply(llm: LLM) -> None:
    """A reply does not depend on what was asked before, nor on how often."""
    first = reply(llm, asked("What does MobileTL do?"))
    reply(llm, asked("What is reduced by MobileTL?"))

    assert first == reply(llm, asked("What does MobileTL do?"))
    assert first == reply(llm, asked("What does MobileTL do?"))


def test_two_threads_get_the_replies_they_would_get_alone(llm: LLM) -> None:
    """Streams at once neither mix nor change each other."""
    prompts = [asked("How much memory is saved?"), asked("What grows at night?", "The moonflower blooms at night.")]
    alone = [reply(llm, prompt, 24) for prompt in prompts]

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda prompt: reply(llm, prompt, 24), prompts))

    assert alone == together
    assert together[0] != together[1]


def test_a_third_stream_waits_and_is_served(llm: LLM) -> None:
    """More streams than slots all end."""
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: reply(llm, asked("What is saved?"), 8), range(4)))

    assert len(set(replies)) == 1
    assert replies[0]


def test_stop_ends_the_stream_and_the_computation(llm: LLM) -> None:
    """After the stop no piece comes, and the slots are free long before 2,000 tokens are made."""
    stop = threading.Event()
    pieces = []
    for piece in llm.stream(STORY, max_tokens=2000, stop=stop):
        pieces.append(piece)
        if len(pieces) == 3:
            stop.set()

    assert len(pieces) == 3
    assert threads_end()


def test_a_stop_set_before_means_no_piece(llm: LLM) -> None:
    stop = threading.Event()
    stop.set()

    assert list(llm.stream(STORY, max_tokens=20, stop=stop)) == []


def test_stop_is_seen_while_the_prompt_is_read(llm: LLM) -> None:
    """A prompt of 3,000 tokens takes seconds; the stop does not wait for its end."""
    stop = threading.Event()
    stream = llm.stream([Message("user", "sea " * 3000)], max_tokens=5, stop=stop)
    threading.Timer(0.3, stop.set).start()

    assert list(stream) == []
    assert threads_end()


def test_closing_the_stream_early_stops_the_computation(llm: LLM) -> None:
    stream = llm.stream(STORY, max_tokens=2000)
    assert next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert threads_end()


def threads_end(within_s: float = 20.0) -> bool:
    """Say whether the computing threads end soon; 2,000 tokens would take longer."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(thread.name.startswith("rag-llm") for thread in threading.enumerate()):
            return True
        time.sleep(0.05)
    return False


def test_a_begun_reply_is_continued_and_not_repeated(llm: LLM) -> None:
    begun = [
        *asked("How much memory does MobileTL save?"),
        Message("assistant", "According to the paper, MobileTL saves"),
    ]
    text = reply(llm, begun)

    assert "According" not in text
    assert "46" in text


def test_max_tokens_cuts_the_reply(llm: LLM) -> None:
    assert llm.count_tokens(reply(llm, STORY, max_tokens=7)) <= 7


def test_tokens_are_counted_exactly(llm: LLM) -> None:
    """The vocabulary is byte-level: both words of this text are in it whole."""
    assert llm.count_tokens("") == 0
    assert llm.count_tokens("Hello world") == 2


def test_a_prompt_beyond_the_context_is_one_clear_error(llm: LLM) -> None:
    with pytest.raises(ModelError, match=r"the prompt has \d{4,} tokens and default reads 4096: ask a shorter"):
        reply(llm, [Message("user", "sea " * 5000)])


def test_the_model_says_what_it_is(llm: LLM) -> None:
    assert llm.name == "default"
    assert llm.size == "tiny"
    assert llm.context_tokens == 4096
    assert llm.fingerprint.endswith("+q8_0")


def test_the_fast_copy_is_made_once(llm: LLM, cache_dir: Path) -> None:
    """One Q8_0 file lies in the cache, no half-written one beside it, and it is not made again."""
    (copy,) = cache_dir.iterdir()
    made = copy.stat().st_mtime_ns
    again = LlamaCpp(shipped_model(), name="again", cache_dir=cache_dir)
    again.close()

    assert copy.name.endswith(".Q8_0.gguf")
    assert [copy.stat().st_mtime_ns] == [file.stat().st_mtime_ns for file in cache_dir.iterdir()] == [made]


def test_a_cache_that_cannot_be_written_costs_only_speed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The original is loaded, the log says why, and the records can tell."""
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    model = LlamaCpp(shipped_model(), name="default", cache_dir=occupied)
    model.close()

    assert not model.fingerprint.endswith("+q8_0")
    assert "cannot keep a faster copy" in caplog.text


def test_a_closed_model_says_so(cache_dir: Path) -> None:
    model = LlamaCpp(shipped_model(), name="default", cache_dir=cache_dir)
    model.close()
    model.close()

    with pytest.raises(ModelError, match="default is closed"):
        reply(model, STORY)


def test_too_little_memory_is_told_with_both_figures(cache_dir: Path) -> None:
    with pytest.raises(ModelError, match=r"needs 0\.3 GB of memory and 0\.1 GB is free: close other programs"):
        LlamaCpp(shipped_model(), name="default", cache_dir=cache_dir, available_bytes=100_000_000)


def test_nothing_is_written_to_the_terminal(capfd: pytest.CaptureFixture[str], cache_dir: Path) -> None:
    """llama.cpp logs to the process's own streams, past Python."""
    model = LlamaCpp(shipped_model(), name="default", cache_dir=cache_dir)
    reply(model, STORY, 3)
    model.close()

    assert capfd.readouterr() == ("", "")


def test_a_model_llama_cpp_does_not_know_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A sound GGUF file that holds no language model."""
    writer = GGUFWriter(tmp_path / "odd.gguf", "llama")
    writer.add_tensor("odd", np.ones(8, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    with pytest.raises(ModelError, match=r"llama\.cpp cannot load .*odd\.gguf: it is damaged or of a kind"):
        LlamaCpp(tmp_path / "odd.gguf", name="odd", cache_dir=tmp_path)
    assert capfd.readouterr() == ("", "")
