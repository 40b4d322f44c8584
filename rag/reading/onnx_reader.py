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

from rag.onnx_bert import ensure_graph, open_graph, run_graph, weights_digest
from rag.reading.adapter import ADAPTER, Heads, adapted_model, load_heads
from rag.reading.base import Paper, Reading
from rag.reading.pieces import Row, rows_of
from rag.vectors import product, unit_rows

# Raised whenever the export would give other numbers.
_RECIPE = "reader-int8-1"
_INPUTS = 3
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

    def prepare(self) -> None:
        """Make the graph, if it was not made yet: some ten seconds that the first question need not wait.

        Raises:
            EmbedderError: It cannot be kept.
        """
        ensure_graph(self._graph, self._load_model, inputs=_INPUTS)

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

    @property
    def _graph(self) -> Path:
        return self._cache_dir / f"{self.fingerprint.replace(':', '-')}.onnx"

    def _load_model(self) -> Any:
        return adapted_model(self._model_dir)

    @cached_property
    def _loaded(self) -> _Loaded:
        from tokenizers import Tokenizer

        session = open_graph(self._graph, self._load_model, inputs=_INPUTS)
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
    logits = product(tokens, heads.weight.T) + heads.bias
    owners = np.array(row.owners)
    told = owners >= 0
    asked = tokens[1 : row.asked + 1]
    if not told.any() or not len(asked):
        return _RowReading(float(logits[0, 0]), {})
    question = unit_rows(asked.mean(axis=0))
    cosines = product(unit_rows(product(tokens, heads.projection)), unit_rows(product(asked, heads.projection)).T)
    sentences: dict[int, float] = {}
    for number in np.unique(owners[told]).tolist():
        own = owners == number
        close = unit_rows(tokens[own].mean(axis=0)) @ question - USUAL_COSINE
        matched = cosines[own].max(axis=0).mean() - USUAL_MATCH
        score = heads.mix[0] * close + heads.mix[1] * matched + logits[own, 1].mean() + logits[own, 2].max()
        sentences[number] = float(score)
    paper = heads.mix[2] * max(sentences.values()) + heads.mix[3] * (unit_rows(tokens[told].mean(axis=0)) @ question)
    return _RowReading(float(logits[0, 0] + paper), sentences)
