"""GGUF models computed in this process by llama.cpp, several streams at once."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.llm.base import Message, Size, first_line, prompt_too_long, size_of
from rag.llm.gguf_file import GgufHeader, fingerprint, read_header
from rag.llm.requantize import fast_copy
from rag.llm.threads import Emit, iterate

if TYPE_CHECKING:
    from xllamacpp import Server

CONTEXT_TOKENS = 4096
PARALLEL_STREAMS = 2
# how many tokens of a prompt are read before `stop` is looked at
PROMPT_BATCH_TOKENS = 512
COUNT_TIMEOUT_S = 60.0
MEMORY_PER_FILE_BYTE = 1.2


class LlamaCpp:
    """A GGUF model in memory. Satisfies `LLM`.

    llama.cpp listens on a loopback port that cannot be turned off; a key made for each load keeps
    other programs out, and only `count_tokens` uses it.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str,
        cache_dir: Path,
        threads: int | None = None,
        available_bytes: int | None = None,
    ) -> None:
        """Load the model.

        Args:
            path: The GGUF file.
            name: What the user called it.
            cache_dir: Where a faster copy of the file may be kept.
            threads: Those that compute; None for one per physical core at hand.
            available_bytes: The free memory; None to ask the system.

        Raises:
            ModelError: The file is absent, damaged, of an unknown kind, or too large for the memory.
        """
        header = read_header(path)
        self.name = name
        self.context_tokens = min(header.context_tokens, CONTEXT_TOKENS)
        self.size: Size = size_of(header.parameters)
        _check_memory(header, self.context_tokens, available_bytes)
        used = fast_copy(header, cache_dir)
        self.fingerprint = fingerprint(path) + ("" if used == path else "+q8_0")
        self._key = secrets.token_hex(16)
        load = _Load(used, self.context_tokens, threads or _cores(), self._key, self.size)
        self._servers: _Servers | None = _Servers(load)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """See `LLM.stream`; a third stream at once waits for one of two to end."""
        servers = self._running()
        request = {
            "messages": [message._asdict() for message in messages],
            "max_tokens": max_tokens,
            "temperature": 0,
            "seed": seed,
            "stream": True,
            # a cached prompt is computed in other batches, which rounds otherwise: of 14 prompts
            # asked twice 6 got another reply, none without
            "cache_prompt": False,
            # chunks while the prompt is still read, so that `stop` is seen then too
            "return_progress": True,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        return iterate(lambda emit: self._compute(servers, request, emit), stop)

    def count_tokens(self, text: str) -> int:
        """See `LLM.count_tokens`; exact."""
        address = urlsplit(self._running().first.listening_address)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=COUNT_TIMEOUT_S)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        try:
            connection.request("POST", "/tokenize", json.dumps({"content": text}), headers)
            return len(json.loads(connection.getresponse().read())["tokens"])
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise ModelError(f"{self.name} cannot count the tokens of a text: {error}") from error
        finally:
            connection.close()

    def close(self) -> None:
        """See `LLM.close`; streams that still run keep the model in memory until they end."""
        self._servers = None

    def _running(self) -> _Servers:
        if self._servers is None:
            raise ModelError(f"{self.name} is closed: open it again")
        return self._servers

    def _compute(self, servers: _Servers, request: dict[str, Any], emit: Emit) -> None:
        failures: list[dict[str, Any]] = []

        def on_chunk(chunk: dict[str, Any]) -> bool:
            if "error" in chunk:
                failures.append(chunk["error"])
                return True
            return emit("".join(choice["delta"].get("content") or "" for choice in chunk.get("choices", ())))

        try:
            with servers.lend() as server:
                server.handle_chat_completions(request, on_chunk)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self.name} failed: {first_line(error)}") from error
        if failures:
            raise self._failure(failures[0])

    def _failure(self, error: dict[str, Any]) -> ModelError:
        if error.get("type") == "exceed_context_size_error":
            return prompt_too_long(self.name, error["n_prompt_tokens"], self.context_tokens)
        return ModelError(f"{self.name} failed: {error.get('message', error)}")


def _check_memory(header: GgufHeader, context_tokens: int, available_bytes: int | None) -> None:
    if available_bytes is None:
        import psutil

        available_bytes = int(psutil.virtual_memory().available)
    cache_bytes = header.kv_cache_bytes(context_tokens * PARALLEL_STREAMS)
    needed_bytes = int(header.file_bytes * MEMORY_PER_FILE_BYTE) + cache_bytes
    if needed_bytes > available_bytes:
        raise ModelError(
            f"{header.path.name} needs {needed_bytes / 1e9:.1f} GB of memory and {available_bytes / 1e9:.1f} GB "
            "is free: close other programs or choose a smaller model"
        )


@dataclass(frozen=True, slots=True)
class _Load:
    """How a model is loaded.

    Of a tiny model each stream has a copy: two streams in one batch round otherwise than each alone,
    and answers would change with what others ask. A larger model is in memory once.
    """

    path: Path
    context_tokens: int
    threads: int
    key: str
    size: Size

    @property
    def streams(self) -> int:
        """Streams that one copy serves at once."""
        return 1 if self.size == "tiny" else PARALLEL_STREAMS

    @property
    def writing_threads(self) -> int:
        """Threads that compute one token: handing a tiny model's small steps around takes longer than doing them."""
        return 1 if self.size == "tiny" else self.threads


class _Servers:
    """Copies of a model, each started when the others are busy. Thread-safe."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self.first = _start(load)
        self._idle = [self.first] * load.streams
        self._places = threading.Semaphore(PARALLEL_STREAMS)
        self._lock = threading.Lock()

    @contextmanager
    def lend(self) -> Iterator[Server]:
        """Lend a place at a server; wait for one."""
        with self._places:
            with self._lock:
                server = self._idle.pop() if self._idle else _start(self._load)
            try:
                yield server
            finally:
                with self._lock:
                    self._idle.append(server)


def _start(load: _Load) -> Server:
    xllamacpp = _import_xllamacpp()
    params = xllamacpp.CommonParams()
    params.model.path = str(load.path)
    params.n_parallel = load.streams
    params.n_ctx = load.context_tokens * load.streams
    params.n_batch = params.n_ubatch = PROMPT_BATCH_TOKENS
    params.cpuparams.n_threads = load.writing_threads
    params.cpuparams_batch.n_threads = load.threads
    # waiting threads sleep: spinning ones starve the embedder on the same cores
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    params.verbosity = -1
    params.warmup = False
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.fit_params = False
    params.api_keys = [load.key]
    params.ui = False
    params.endpoint_slots = False
    params.n_threads_http = 2
    try:
        server = xllamacpp.Server(params)
        # a server that is freed before its loop runs waits for it forever; one answered request proves it runs
        server.handle_completions({"prompt": "a", "n_predict": 1})
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"llama.cpp cannot load {load.path}: it is damaged or of a kind it does not know") from error
    return server


def _import_xllamacpp() -> Any:
    # OpenMP reads it once, as it is loaded: beside another busy program two spinning threads
    # made 0.4 tokens/s on two cores, two sleeping ones 24
    unset = "OMP_WAIT_POLICY" not in os.environ
    if unset:
        os.environ["OMP_WAIT_POLICY"] = "passive"
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(f"llama.cpp cannot be loaded ({error}): pip install xllamacpp, or use a server") from error
    finally:
        if unset:
            del os.environ["OMP_WAIT_POLICY"]
    return xllamacpp


def _cores() -> int:
    import psutil

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or usable, usable))
