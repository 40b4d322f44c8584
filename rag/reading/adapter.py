"""What was learned for reading: low-rank changes of the shipped model's layers, and the heads on top."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Fitted by eval/fit_reader.py.
ADAPTER = Path(__file__).parent / "all-MiniLM-L6-v2.reader.safetensors"
# The layers that are changed, by their places in a layer of the encoder.
ADAPTED = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
TYPES = "types"


class Heads(NamedTuple):
    """What scores the model's output, shapes with d its dimension.

    Attributes:
        weight: Linear maps from a piece's vector, shape (3, d): that the paper answers (read off the
            first piece), that its sentence is evidence, that it stands in the words of the answer.
        bias: Of these maps, shape (3,).
        projection: To the space in which pieces of question and sentence are compared, shape (d, 64).
        mix: What counts beside the maps, shape (4,): for a sentence the cosine of its mean with the
            question's and the mean best cosine of the question's pieces; for the paper its best
            sentence and the cosine of its mean with the question's.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    projection: NDArray[np.float32]
    mix: NDArray[np.float32]


def load_heads() -> Heads:
    """Return the shipped heads."""
    from safetensors.numpy import load_file

    tensors = load_file(ADAPTER)
    return Heads(**{name: tensors[name].astype(np.float32) for name in Heads._fields})


def adapted_model(model_dir: Path) -> Any:
    """Return the transformers model of a folder with the shipped adapter merged in."""
    import torch
    from safetensors.torch import load_file
    from transformers import AutoModel

    model = AutoModel.from_pretrained(model_dir, attn_implementation="eager").eval()
    tensors = {name: tensor.float() for name, tensor in load_file(ADAPTER).items()}
    with torch.no_grad():
        model.embeddings.token_type_embeddings.weight.copy_(tensors[TYPES])
        for number, layer in enumerate(model.encoder.layer):
            for place in ADAPTED:
                name = f"{number}.{place}"
                change = tensors[f"{name}.up"] @ tensors[f"{name}.down"]
                layer.get_submodule(place).weight.add_(change)
    return model
