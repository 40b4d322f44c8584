"""Reads what a GGUF file says of itself, without its weights, and tells files apart."""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

from rag.errors import ModelError

Scalar = int | float | bool | str

# GGUF's value types by number; 8 is a string and 9 an array.
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_HEAD_BYTES = 1 << 20
_SAMPLES, _SAMPLE_BYTES = 16, 1 << 16
_KV_CACHE_ITEM_BYTES = 2


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What the front of a GGUF file says: single values by key, and the tensors' kinds.

    `tensor_types` are GGML's numbers, 3 for Q4_1 and 8 for Q8_0. Lists among the values are left
    out, except that a list of integers is kept as its largest one.
    """

    path: Path
    file_bytes: int
    values: dict[str, Scalar]
    parameters: int
    tensor_types: frozenset[int]

    def number(self, key: str, default: int) -> int:
        """Return the value of the architecture's key, as in "llama.block_count" for "block_count"."""
        value = self.values.get(f"{self.values.get('general.architecture', '')}.{key}", default)
        return int(value)

    @property
    def context_tokens(self) -> int:
        """The tokens the model was trained to read at once."""
        return self.number("context_length", 2048)

    def kv_cache_bytes(self, tokens: int) -> int:
        """Return the memory that the keys and values of so many tokens take, at 16 bits each."""
        heads = self.number("attention.head_count", 1)
        head_width = self.number("embedding_length", 0) // max(heads, 1)
        widths = self.number("attention.key_length", head_width) + self.number("attention.value_length", head_width)
        per_token = self.number("block_count", 0) * self.number("attention.head_count_kv", heads) * widths
        return per_token * tokens * _KV_CACHE_ITEM_BYTES


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.at = 0

    def take(self, form: str) -> int | float | bool:
        (value,) = struct.unpack_from(form, self._content, self.at)
        self.at += struct.calcsize(form)
        return value  # type: ignore[no-any-return]

    def count(self, form: str = "<Q") -> int:
        return int(self.take(form))

    def string(self) -> str:
        return self.bytes(self.count()).decode("utf-8", errors="replace")

    def bytes(self, length: int) -> bytes:
        if length > len(self._content) - self.at:
            raise struct.error("past the end")
        self.at += length
        return self._content[self.at - length : self.at]

    def value(self, kind: int) -> Scalar | None:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self._array()
        if kind not in _FORMATS:
            raise struct.error("unknown value type")
        return self.take(_FORMATS[kind])

    def _array(self) -> int | None:
        kind, length = self.count("<I"), self.count()
        if kind in _FORMATS and kind != 6 and kind != 12:
            form = _FORMATS[kind]
            raw = self.bytes(struct.calcsize(form) * length)
            return max((int(number) for (number,) in struct.iter_unpack(form, raw)), default=None)
        if kind in _FORMATS:
            self.bytes(struct.calcsize(_FORMATS[kind]) * length)
            return None
        for _ in range(length):
            self.value(kind)
        return None


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file.

    Raises:
        ModelError: There is no such file, it is not GGUF, or it is cut off.
    """
    if not path.is_file():
        raise ModelError(f"no model file at {path}")
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _parse(path, content)
    except (struct.error, ValueError) as error:
        raise damaged(path) from error
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from error


def damaged(path: Path) -> ModelError:
    """Return the error of a file that is no whole GGUF model."""
    return ModelError(f"{path} is not a GGUF model, or it is damaged or cut off: fetch it again")


def _parse(path: Path, content: mmap.mmap) -> GgufHeader:
    cursor = _Cursor(content)
    if cursor.bytes(4) != b"GGUF" or cursor.count("<I") not in (2, 3):
        raise struct.error("not GGUF")
    tensors, pairs = cursor.count(), cursor.count()
    values = {}
    for _ in range(pairs):
        key = cursor.string()
        value = cursor.value(cursor.count("<I"))
        if value is not None:
            values[key] = value
    parameters, kinds, last_offset = 0, set(), 0
    for _ in range(tensors):
        cursor.string()
        parameters += prod(cursor.count() for _ in range(cursor.count("<I")))
        kinds.add(cursor.count("<I"))
        last_offset = max(last_offset, cursor.count())
    if cursor.at + last_offset >= len(content):
        raise struct.error("cut off")
    return GgufHeader(path, len(content), values, parameters, frozenset(kinds))


def fingerprint(path: Path) -> str:
    """Return a sha256 that tells the file apart: of its size, its first MiB and 16 samples of the rest.

    Reading it all would take longer than loading the model. The samples are there because two
    trainings of one model have the same first MiB, which is vocabulary.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_HEAD_BYTES))
        for sample in range(1, _SAMPLES + 1):
            file.seek(max(size * sample // _SAMPLES - _SAMPLE_BYTES, 0))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()
