import struct
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from gguf.quants import dequantize, quantize

from rag.errors import ModelError
from rag.llm.gguf_file import fingerprint, read_header
from rag.llm.opening import shipped_model
from rag.llm.requantize import fast_copy

WEIGHTS = np.linspace(-1, 1, 64 * 32, dtype=np.float32).reshape(64, 32)


def write(path: Path, kind: GGMLQuantizationType = GGMLQuantizationType.Q4_1) -> Path:
    """Write a GGUF file of one tensor that has every kind of value."""
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_context_length(512)
    writer.add_embedding_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv([1, 2])
    writer.add_file_type(3)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    writer.add_array("scores", [0.5, 1.5])
    writer.add_tensor("layer", quantize(WEIGHTS, kind), raw_dtype=kind)
    writer.add_tensor("norm", np.ones(8, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_header_tells_parameters_context_and_memory(tmp_path: Path) -> None:
    """64 x 32 + 8 parameters; per token 2 layers x 2 heads x (16 + 16) numbers of 2 bytes."""
    header = read_header(write(tmp_path / "m.gguf"))

    assert header.parameters == 64 * 32 + 8
    assert header.context_tokens == 512
    assert header.kv_cache_bytes(10) == 10 * 2 * 2 * 32 * 2
    assert header.tensor_types == {GGMLQuantizationType.Q4_1, GGMLQuantizationType.F32}


def test_the_shipped_model_has_135_million_parameters() -> None:
    header = read_header(shipped_model())

    assert header.parameters == 134_515_008
    assert header.context_tokens == 8192


def test_the_fast_copy_holds_the_same_weights(tmp_path: Path) -> None:
    """Q8_0 is finer than Q4_1: each block of 32 keeps its values to within its largest over 254."""
    source = write(tmp_path / "m.gguf")
    copy = GGUFReader(fast_copy(read_header(source), tmp_path / "cache"))
    before = dequantize(GGUFReader(source).tensors[0].data, GGMLQuantizationType.Q4_1)
    after = dequantize(copy.tensors[0].data, copy.tensors[0].tensor_type)

    assert copy.tensors[0].tensor_type == GGMLQuantizationType.Q8_0
    assert np.all(np.abs(before - after) <= np.abs(before).max(axis=1, keepdims=True) / 254 + 1e-3)
    assert copy.tensors[1].tensor_type == GGMLQuantizationType.F32
    assert copy.fields["tokenizer.ggml.tokens"].contents() == ["a", "b"]
    assert copy.fields["general.file_type"].contents() == 7


def test_other_kinds_of_file_are_used_as_they_are(tmp_path: Path) -> None:
    source = write(tmp_path / "m.gguf", GGMLQuantizationType.Q8_0)

    assert fast_copy(read_header(source), tmp_path / "cache") == source
    assert not (tmp_path / "cache").exists()


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one.gguf"), write(tmp_path / "other.gguf")
    same = fingerprint(one)
    content = bytearray(other.read_bytes())
    content[-1] ^= 1
    other.write_bytes(content)

    assert same == fingerprint(write(tmp_path / "copy.gguf"))
    assert same != fingerprint(other)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model file at .*absent\.gguf$"):
        read_header(tmp_path / "absent.gguf")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is prose, not a model",
        b"GGUF" + struct.pack("<I", 99),
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62),
    ],
    ids=["empty", "prose", "future version", "endless counts", "endless key"],
)
def test_what_is_no_gguf_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=r"^[^\n]*bad\.gguf is not a GGUF model, or it is damaged[^\n]*$"):
        read_header(path)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, kept: float) -> None:
    path = write(tmp_path / "cut.gguf")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(ModelError, match="cut off"):
        fast_copy(read_header(path), tmp_path / "cache")
