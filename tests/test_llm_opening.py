import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM
from llama_index.core.llms import ChatMessage, CompletionResponse, CustomLLM, LLMMetadata, MockLLM

from rag.errors import ModelError
from rag.llm import LLM, Message, open_llm, wrap_llama_index
from rag.llm.prefill import Unprefixed, fold
from rag.llm.threads import iterate


def test_none_is_no_model(tmp_path: Path) -> None:
    assert open_llm("none", cache_dir=tmp_path) is None


@pytest.mark.parametrize("name", ["gpt", "", "model.bin", "ftp://host/v1"])
def test_a_name_of_no_known_form_is_told_the_forms(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r'^no model "[^\n]*\.gguf file[^\n]*transformers:[^\n]*$'):
        open_llm(name, cache_dir=tmp_path)


def test_a_catalogue_name_that_is_not_here_tells_how_to_bring_it(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"qwen2\.5-1\.5b is not here yet \(1\.1 GB\): rag models pull qwen2\.5-1\.5b$"
    ):
        open_llm("qwen2.5-1.5b", cache_dir=tmp_path)


def test_a_catalogue_name_that_is_here_is_its_file(tmp_path: Path) -> None:
    """The file is opened, which this one does not survive."""
    path = tmp_path / "models" / "smollm2-360m" / "smollm2-360m-instruct-q8_0.gguf"
    path.parent.mkdir(parents=True)
    path.write_text("no model")

    with pytest.raises(ModelError, match=r"smollm2-360m-instruct-q8_0\.gguf is not a GGUF model"):
        open_llm("smollm2-360m", cache_dir=tmp_path)


def test_a_path_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file at"):
        open_llm(str(tmp_path / "absent.gguf"), cache_dir=tmp_path)


def test_the_iterator_raises_what_the_computation_raises() -> None:
    def compute(emit: Any) -> None:
        emit("one")
        raise ModelError("broken")

    pieces = iterate(compute, None)

    assert next(pieces) == "one"
    with pytest.raises(ModelError, match="broken"):
        next(pieces)


def test_a_stop_does_not_wait_for_a_computation_that_hangs() -> None:
    stop, release = threading.Event(), threading.Event()

    def hang(emit: Any) -> None:
        release.wait(30)

    threading.Timer(0.1, stop.set).start()
    try:
        assert list(iterate(hang, stop)) == []
        assert not release.is_set()
    finally:
        release.set()


class Echo(CustomLLM):
    """A LlamaIndex model that repeats its prompt, two characters at a time."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="echo", context_window=777)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=prompt)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Iterator[CompletionResponse]:
        for start in range(0, len(prompt), 2):
            yield CompletionResponse(text=prompt[: start + 2], delta=prompt[start : start + 2])


class Unstreamed(Echo):
    """One that cannot stream."""

    def stream_chat(self, messages: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Failing(Echo):
    def stream_chat(self, messages: Any, **kwargs: Any) -> Any:
        raise KeyError("no such thing")


def test_a_llama_index_model_streams() -> None:
    llm = wrap_llama_index(Echo())
    pieces = list(llm.stream([Message("user", "the tide")], max_tokens=100))

    assert "".join(pieces) == Echo().chat([ChatMessage(role="user", content="the tide")]).message.content
    assert len(pieces) > 3
    assert (llm.name, llm.context_tokens, llm.size) == ("echo", 777, "full")


def test_a_llama_index_model_that_cannot_stream_answers_at_once() -> None:
    assert "the tide" in "".join(wrap_llama_index(Unstreamed()).stream([Message("user", "the tide")], max_tokens=100))


def test_a_llama_index_model_is_cut_and_stopped() -> None:
    assert len(list(wrap_llama_index(Echo()).stream([Message("user", "the tide " * 9)], max_tokens=3))) == 3


def test_llama_indexs_own_mock_is_wrapped() -> None:
    assert "tide" in "".join(wrap_llama_index(MockLLM()).stream([Message("user", "tide")], max_tokens=50))


def test_whatever_a_llama_index_model_raises_is_a_model_error() -> None:
    with pytest.raises(ModelError, match=r"echo failed: .*no such thing"):
        list(wrap_llama_index(Failing()).stream([Message("user", "tide")], max_tokens=50))


def test_a_begun_reply_is_asked_for_in_words() -> None:
    messages, prefix = fold([Message("user", "Why?"), Message("assistant", "Because ")])

    assert messages == [Message("user", 'Why?\n\nBegin your reply with "Because"')]
    assert prefix == "Because"
    assert fold([Message("user", "Why?")]) == ([Message("user", "Why?")], "")


@pytest.mark.parametrize(
    ("pieces", "kept"),
    [
        (["Bec", "ause", " it rains"], " it rains"),
        ([" Because it", " rains"], " it rains"),
        (["It ", "rains"], "It rains"),
        (["Bec"], "Bec"),
        (["Because"], ""),
        ([], ""),
    ],
)
def test_a_repeated_beginning_is_taken_out(pieces: list[str], kept: str) -> None:
    out: list[str] = []
    unprefixed = Unprefixed("Because", lambda piece: bool(out.append(piece)))
    for piece in pieces:
        unprefixed(piece)
    unprefixed.finish()

    assert "".join(out) == kept


def test_the_scripted_model_is_a_model() -> None:
    """It gives its replies in turn and keeps what it was asked."""
    llm: LLM = ScriptedLLM("one two", "three")
    first = list(llm.stream([Message("user", "a")], max_tokens=10))
    second = list(llm.stream([Message("user", "b")], max_tokens=10))

    assert (first, second) == (["one", " two"], ["three"])
    assert isinstance(llm, ScriptedLLM)
    assert llm.prompts == [[Message("user", "a")], [Message("user", "b")]]
