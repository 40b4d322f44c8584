"""The shipped all-MiniLM-L6-v2 as an int8 ONNX graph: no torch at question time.

The graph is exported from the installed weights and quantised on first use, then kept in the
cache folder. Each text runs alone on one thread: without padding no text changes another's
vector, and two texts on two cores take less time than one text on both.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from rag.embedder.base import Embedding
from rag.embedder.projection import TOKEN_DIMENSION, TRAINED, trained_projection
from rag.onnx_bert import open_graph, run_graph, weights_digest
from rag.vectors import Vectors, product, unit_rows

# Raised whenever the export below would give other vectors.
_RECIPE = "int8-per-channel-1"
_MAX_TOKENS = 256
_IN_FLIGHT_PER_THREAD = 16


class OnnxMiniLM:
    """all-MiniLM-L6-v2, mean-pooled and normalised: 384 dimensions, 256 word pieces, int8 weights.

    Source: Wang et al., MiniLM, NeurIPS 2020, arXiv:2002.10957; Reimers and Gurevych,
    Sentence-BERT, EMNLP 2019, arXiv:1908.10084.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384
    token_dimension = TOKEN_DIMENSION

    def __init__(self, model_dir: Path, cache_dir: Path, *, threads: int) -> None:
        self._model_dir = model_dir
        self._cache_dir = cache_dir
        self._threads = max(1, threads)
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Name, recipe and digests of weights and projection: the same on every machine."""
        return f"{self._graph_name}:{hashlib.sha256(TRAINED.read_bytes()).hexdigest()[:8]}"

    @cached_property
    def _graph_name(self) -> str:
        return f"{self.name}:{_RECIPE}:{weights_digest(self._model_dir)}"

    def knows_word(self, word: str) -> bool:
        """Say whether a lower-case word is one of the model's vocabulary, whole."""
        return self._load().tokenizer.token_to_id(word) is not None

    def embed(self, texts: Sequence[str]) -> Iterator[Embedding]:
        """Yield each text's embedding, in order; several texts are under way at once."""
        self._load()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="embed") as pool:
            under_way: deque[Future[Embedding]] = deque()
            for text in texts:
                under_way.append(pool.submit(self.embed_question, text))
                if len(under_way) > self._threads * _IN_FLIGHT_PER_THREAD:
                    yield under_way.popleft().result()
            for one in under_way:
                yield one.result()

    def embed_question(self, question: str) -> Embedding:
        """Return the embedding of one text; of a long one, of its first 256 word pieces."""
        loaded = self._load()
        hidden, offsets = _run(loaded.session, loaded.tokenizer, question)
        return Embedding(unit_rows(hidden.mean(axis=0)), unit_rows(product(hidden, loaded.projection)), offsets)

    def _load(self) -> _Loaded:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> _Loaded:
        from tokenizers import Tokenizer

        graph = self._cache_dir / f"{self._graph_name.replace(':', '-')}.onnx"
        session = open_graph(graph, lambda: _load_model(self._model_dir), inputs=2)
        tokenizer = Tokenizer.from_file(str(self._model_dir / "tokenizer.json"))
        tokenizer.enable_truncation(_MAX_TOKENS)
        tokenizer.no_padding()
        return _Loaded(tokenizer, session, trained_projection())


class _Loaded(NamedTuple):
    tokenizer: Any
    session: Any
    projection: Vectors


def _run(session: Any, tokenizer: Any, text: str) -> tuple[Vectors, list[tuple[int, int]]]:
    """Return the last layer, shape (pieces, 384), [CLS] and [SEP] included, and the pieces' places."""
    # Halves of characters, as from a terminal in another encoding, would be a TypeError.
    encoding = tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"))
    return run_graph(session, encoding.ids), encoding.offsets


def _load_model(model_dir: Path) -> Any:
    from transformers import AutoModel

    return AutoModel.from_pretrained(model_dir, attn_implementation="eager").eval()
