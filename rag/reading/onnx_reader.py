"""The shipped reading model: all-MiniLM-L6-v2 with an adapter, as an int8 ONNX graph."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.onnx_bert import open_graph, run_graph, weights_digest
from rag.reading.adapter import ADAPTER, Heads, adapted_model, load_heads
from rag.reading.base import Paper, Reading
from rag.reading.pieces import Row, rows_of

# Raised whenever the export would give other numbers.
_RECIPE = "reader-int8-1"
# Of a text longer than an abstract only the beginning is read.
_MAX_ROWS = 4
# What a sentence gets that was not read.
_UNREAD = -30.0
# Where the closeness of question and sentence starts to speak for the sentence, as in the fit.
USUAL_COSINE = 0.4
USUAL_MATCH = 0.5


class OnnxReader:
    """Reads question and paper in one encoder, with a score for the paper and for each sentence. Thread-safe.

    Each paper is read alone on one thread, several at once.

    Source: Nogueira and Cho, Passage Re-ranking with BERT, 2019, arXiv:1901.04085; Chirkova et al.,
    Provence: efficient and robust context pruning for retrieval-augmented generation, ICLR 2025,
    arXiv:2501.16214, for paper and sentences in one pass; Hu et al., LoRA, ICLR 2022,
    arXiv:2106.09685, for the adapter.
    """

    def __init__(self, model_dir: Path, cache_dir: Path, *, threads: int) -> None:
        self._model_dir = model_dir
        self._cache_dir = cache_dir
        self._threads = max(1, threads)
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Recipe and digests of weights and adapter: the same on every machine."""
        adapter = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()[:8]
        return f"{_RECIPE}:{weights_digest(self._model_dir)}:{adapter}"

    def read(self, question: str, papers: Sequence[Paper]) -> list[Reading]:
        """See `ReadingModel`."""
        with self._lock:
            loaded = self._loaded
        rows = [rows_of(loaded.tokenizer, question, *paper)[:_MAX_ROWS] for paper in papers]
        with ThreadPoolExecutor(self._threads, thread_name_prefix="read") as pool:
            outputs = [[pool.submit(_read, loaded, row) for row in own] for own in rows]
        read = [[output.result() for output in own] for own in outputs]
        return [
            Reading(max(row.answers for row in own), [_sentence(number, own) for number in range(len(paper.sentences))])
            for paper, own in zip(papers, read, strict=True)
        ]

    @cached_property
    def _loaded(self) -> _Loaded:
        from tokenizers import Tokenizer

        graph = self._cache_dir / f"{self.fingerprint.replace(':', '-')}.onnx"
        session = open_graph(graph, lambda: adapted_model(self._model_dir), inputs=3)
        tokenizer = Tokenizer.from_file(str(self._model_dir / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return _Loaded(tokenizer, session, load_heads())


class _Loaded(NamedTuple):
    tokenizer: Any
    session: Any
    heads: Heads


class _RowReading(NamedTuple):
    answers: float
    sentences: dict[int, float]


def _sentence(number: int, rows: Sequence[_RowReading]) -> float:
    """Return a sentence's score in the row that has it."""
    return next((row.sentences[number] for row in rows if number in row.sentences), _UNREAD)


def _read(loaded: _Loaded, row: Row) -> _RowReading:
    """Return what a row says of its paper and of its sentences.

    A sentence counts by what its pieces say on average, by the piece likeliest to be in the words
    of the answer, and by how close it is to the question, as a whole and piece by piece.
    """
    tokens = run_graph(loaded.session, row.ids, row.types)
    heads = loaded.heads
    logits = tokens @ heads.weight.T + heads.bias
    owners = np.array(row.owners)
    told = owners >= 0
    asked = tokens[1 : row.asked + 1]
    if not told.any() or not len(asked):
        return _RowReading(float(logits[0, 0]), {})
    question = _unit(asked.mean(axis=0))
    cosines = _unit(tokens @ heads.projection) @ _unit(asked @ heads.projection).T
    sentences: dict[int, float] = {}
    for number in np.unique(owners[told]).tolist():
        own = owners == number
        close = _unit(tokens[own].mean(axis=0)) @ question - USUAL_COSINE
        matched = cosines[own].max(axis=0).mean() - USUAL_MATCH
        score = heads.mix[0] * close + heads.mix[1] * matched + logits[own, 1].mean() + logits[own, 2].max()
        sentences[number] = float(score)
    paper = heads.mix[2] * max(sentences.values()) + heads.mix[3] * (_unit(tokens[told].mean(axis=0)) @ question)
    return _RowReading(float(logits[0, 0] + paper), sentences)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return rows scaled to length 1."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
