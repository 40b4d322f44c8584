"""Rewrites Q4_1 weights as Q8_0 once, because llama.cpp reads prompts with Q4_1 at half the speed."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rag.llm.gguf_file import GgufHeader, damaged, fingerprint

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter

logger = logging.getLogger(__name__)

Q4_1 = 3
MOSTLY_Q8_0 = 7
LARGEST_BYTES = 1_000_000_000


def fast_copy(header: GgufHeader, cache_dir: Path) -> Path:
    """Return the file to load: the Q8_0 copy of a small Q4_1 file, made when absent, else the file itself.

    The copy holds the same weights to within 8-bit rounding and is made under a temporary name,
    so two processes may do it at once. A cache that cannot be written costs speed, not the model.

    Raises:
        ModelError: The weights are cut off.
    """
    if Q4_1 not in header.tensor_types or header.file_bytes >= LARGEST_BYTES:
        return header.path
    target = cache_dir / f"{header.path.stem}-{fingerprint(header.path)[:16]}.Q8_0.gguf"
    if target.is_file():
        return target
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        _write_atomically(header.path, target)
    except OSError as error:
        logger.warning("cannot keep a faster copy of %s in %s: %s", header.path.name, cache_dir, error)
        return header.path
    except ValueError as error:
        raise damaged(header.path) from error
    return target


def _write_atomically(source: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        _rewrite(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _rewrite(source: Path, target: Path) -> None:
    import gguf
    from gguf.quants import dequantize, quantize

    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, "", endianess=reader.endianess)
    _copy_values(reader, writer)
    for tensor in reader.tensors:
        if tensor.tensor_type == gguf.GGMLQuantizationType.Q4_1:
            weights = quantize(dequantize(tensor.data, tensor.tensor_type), gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(tensor.name, weights, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _copy_values(reader: GGUFReader, writer: GGUFWriter) -> None:
    from gguf import GGUFValueType

    for field in reader.fields.values():
        # the writer makes these three itself; its architecture was left empty for ours to be copied
        if field.name.startswith("GGUF."):
            continue
        value = MOSTLY_Q8_0 if field.name == "general.file_type" else field.contents()
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, kind, sub_type=inner)
