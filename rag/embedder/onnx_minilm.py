"""The shipped all-MiniLM-L6-v2 as an int8 ONNX graph: no torch at question time.

The graph is exported from the installed weights and quantised on first use, then kept in the
cache folder. Each text runs alone on one thread: without padding no text changes another's
vector, and two texts on two cores take less time than one text on both.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rag.embedder.base import Embedding, Vectors, product, unit_rows
from rag.embedder.projection import TOKEN_DIMENSION, TRAINED, trained_projection
from rag.errors import EmbedderError

logger = logging.getLogger(__name__)

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
        weights = self._model_dir / "model.safetensors"
        with weights.open("rb") as file:
            # The header names every tensor; a stretch of numbers tells trained weights apart.
            head = file.read(1 << 20)
        digest = hashlib.sha256(head + str(weights.stat().st_size).encode()).hexdigest()[:16]
        return f"{self.name}:{_RECIPE}:{digest}"

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
        import onnxruntime
        from tokenizers import Tokenizer

        graph = self._cache_dir / f"{self._graph_name.replace(':', '-')}.onnx"
        if not graph.exists():
            _export(self._model_dir, graph)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime's own classes share no base
            raise EmbedderError(f"{graph}: damaged ({type(error).__name__}): delete it, it is made anew") from error
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
    ids = np.array([encoding.ids], dtype=np.int64)
    outputs = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    return np.asarray(outputs[0][0], dtype=np.float32), encoding.offsets


def _export(model_dir: Path, graph: Path) -> None:
    logger.info("preparing the embedding model, once: %s", graph)
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=graph.parent) as folder:
            full, small = Path(folder) / "full.onnx", Path(folder) / "int8.onnx"
            _export_full(model_dir, full)
            _quantise(full, small)
            small.replace(graph)
    except OSError as error:
        raise EmbedderError(
            f"{graph.parent}: cannot keep the embedding model there ({error}): set RAG_CACHE"
        ) from error


def _export_full(model_dir: Path, path: Path) -> None:
    import warnings

    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(model_dir, attn_implementation="eager").eval()

    class Encoder(torch.nn.Module):
        """The encoder with its attention mask made by hand: the exporter drops the model's own."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            mask = (1.0 - attention_mask[:, None, None, :].float()) * -1e4
            hidden = self.model.embeddings(input_ids=input_ids)
            for layer in self.model.encoder.layer:
                output = layer(hidden, mask)
                hidden = output[0] if isinstance(output, tuple) else output
            return hidden

    ids = torch.ones((2, 16), dtype=torch.long)
    axes = {0: "texts", 1: "pieces"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Encoder(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["tokens"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "tokens": axes},
            opset_version=17,
            dynamo=False,
        )


def _quantise(full: Path, small: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    root = logging.getLogger()
    level = root.level
    # The quantiser advises on the root logger.
    root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(full, small, per_channel=True, weight_type=QuantType.QInt8)
    finally:
        root.setLevel(level)
