"""Arrays written row by row, so that none has to fit into memory. Knows nothing of what the rows mean."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray


class RowFile:
    """A .npy file that grows by rows; complete once closed. A context manager."""

    def __init__(self, path: Path, dtype: type[np.generic], row_shape: tuple[int, ...] = ()) -> None:
        """Open a new file for rows of one shape; () makes an array of numbers."""
        self._dtype = np.dtype(dtype)
        self._row_shape = row_shape
        self._count = 0
        self._file = path.open("wb")
        self._write_header()

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows, converted to the file's type, behind those already there."""
        self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).tobytes())
        self._count += len(rows)

    def __enter__(self) -> RowFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # The header has room for any count, so it stays as long as it was.
            self._file.seek(0)
            self._write_header()
        finally:
            self._file.close()

    def _write_header(self) -> None:
        description = np.lib.format.dtype_to_descr(self._dtype)
        shape = (self._count, *self._row_shape)
        header = {"descr": description, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, header)
