import os
from pathlib import Path

import pytest

from rag.config import Settings, read_settings
from rag.errors import RagError


def test_defaults_need_no_environment() -> None:
    """Without arguments and variables the settings are the defaults."""
    assert read_settings() == Settings()


def test_an_argument_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argument, then RAG_*, then default; None is no argument and "" no value."""
    monkeypatch.setenv("RAG_INDEX", "from/environment")
    monkeypatch.setenv("RAG_LLM", "")
    monkeypatch.setenv("RAG_PASSAGES", " 4 ")

    assert read_settings(index="argument", llm=None).index == "argument"
    assert read_settings(index=None) == Settings(index="from/environment", passages=4)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("RAG_PASSAGES", "many", "^RAG_PASSAGES is 'many': give a whole number$"),
        ("RAG_WORDS", "1.5", "^RAG_WORDS is '1.5': give a whole number$"),
        ("RAG_PASSAGES", "0", "^RAG_PASSAGES is 0: give 1 or more$"),
        ("RAG_THREADS", "-1", "^RAG_THREADS is -1: give 0 or more$"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    """The variable, its value and what it should be."""
    monkeypatch.setenv(variable, value)

    with pytest.raises(RagError, match=message):
        read_settings()


def test_threads_default_to_the_cores_at_hand() -> None:
    """0 asks for all, any other number for itself."""
    assert 1 <= Settings().thread_count <= (os.cpu_count() or 1)
    assert Settings(threads=3).thread_count == 3


def test_the_cache_lies_in_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RAG_CACHE, else the desktop's convention, else ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert Settings(cache=str(tmp_path)).cache_dir == tmp_path
    assert Settings().cache_dir == tmp_path / "xdg" / "rag"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert Settings().cache_dir == Path.home() / ".cache" / "rag"
