import importlib
import inspect
import pkgutil

import pytest
from conftest import Run

import rag
from rag import errors, types

_HEAVY = {
    "bm25s",
    "faiss",
    "gradio",
    "llama_index",
    "onnxruntime",
    "sentence_transformers",
    "torch",
    "transformers",
    "xllamacpp",
}
_MODULES = sorted(
    module.name for module in pkgutil.walk_packages(rag.__path__, "rag.") if not module.name.endswith("__main__")
)


def test_the_list_of_names_is_sorted_and_complete() -> None:
    """Every public error and function is exported, every exported name exists."""
    public_errors = {
        name for name, value in vars(errors).items() if inspect.isclass(value) and value.__module__ == errors.__name__
    }
    public_functions = {
        name for name in ("answer", "build_index", "document", "search", "update_index", "Pipeline", "Options")
    }

    assert sorted(rag.__all__) == rag.__all__
    assert public_errors | public_functions <= set(rag.__all__)
    assert all(getattr(rag, name) is not None for name in rag.__all__)


def test_every_part_of_an_answer_is_exported() -> None:
    """A user can name the type of whatever an answer or an event holds."""
    parts = {"Answer", "AnswerSentence", "Citation", "Document", "Passage", "Step", "Draft", "Done", "IndexReport"}

    assert parts <= set(rag.__all__)
    assert all(getattr(rag, name) is getattr(types, name) for name in parts)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'rag' has no attribute 'nothing'"):
        _ = rag.nothing


def test_every_error_is_a_rag_error() -> None:
    """One `except` catches all that a user can mend."""
    classes = [value for value in vars(errors).values() if inspect.isclass(value)]

    assert all(issubclass(value, rag.RagError) for value in classes)


def test_importing_any_module_loads_no_heavy_library(run: Run) -> None:
    """Each module alone: libraries are loaded by the function that needs them, so that `rag --help` is quick."""
    code = f"""
import importlib, sys
heavy = {_HEAVY!r}
for name in {_MODULES!r}:
    importlib.import_module(name)
    loaded = heavy & {{module.partition(".")[0] for module in sys.modules}}
    if loaded:
        sys.exit(f"{{name}} loads {{sorted(loaded)}}")
"""
    result = run("-c", code)

    assert result.returncode == 0, result.stderr


def test_every_module_says_what_it_is_for() -> None:
    """A reader finds the duty of a module in its first line."""
    assert [name for name in _MODULES if not (importlib.import_module(name).__doc__ or "").strip()] == []
