"""Settings: argument, else `RAG_*` environment, else default. Builds nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

from rag.errors import RagError


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set without code; each field reads the environment variable RAG_<FIELD>.

    Attributes:
        index: Folder of the index.
        llm: Language model: "default", "none", a name of `rag models`, a .gguf file, a server's URL
            ("http://host:port/v1#model") or "transformers:NAME".
        embedder: "default" or a sentence-transformers model, by name or folder.
        reranker: "" or a sentence-transformers CrossEncoder, by name or folder.
        passages: Papers an answer is looked for in.
        words: About how long an answer may get.
        threads: Processor cores to compute on; 0 for all there are.
        cache: Folder of what is made once: converted and downloaded models.
        api_key: Key of an OpenAI-compatible server that wants one.
    """

    index: str = "indexes/default"
    llm: str = "default"
    embedder: str = "default"
    reranker: str = ""
    passages: int = 8
    words: int = 50
    threads: int = 0
    cache: str = ""
    api_key: str = ""

    @property
    def cache_dir(self) -> Path:
        """The cache folder: `cache`, else `rag` in the user's own."""
        if self.cache:
            return Path(self.cache)
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rag"

    @property
    def thread_count(self) -> int:
        """`threads`, or the cores this process may run on."""
        if self.threads:
            return self.threads
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1


def read_settings(**arguments: str | int | None) -> Settings:
    """Return the settings, with the arguments that are not None before the environment.

    Raises:
        RagError: A variable that must be a whole number is not, or is below its least value.
    """
    values: dict[str, str | int] = {}
    for field in fields(Settings):
        variable = f"RAG_{field.name.upper()}"
        value = arguments.get(field.name)
        if value is None:
            value = os.environ.get(variable)
        if value is None or value == "":
            continue
        values[field.name] = _whole_number(variable, value) if field.type == "int" else str(value)
    return Settings(**values)  # type: ignore[arg-type]


def _whole_number(variable: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError as error:
        raise RagError(f"{variable} is {value!r}: give a whole number") from error
    least = 0 if variable == "RAG_THREADS" else 1
    if number < least:
        raise RagError(f"{variable} is {number}: give {least} or more")
    return number
