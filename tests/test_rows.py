from pathlib import Path

import numpy as np
import pytest

from rag.index.rows import RowFile


@pytest.mark.parametrize("counts", [[], [0], [3], [1, 0, 70, 2]])
def test_rows_written_one_after_the_other_are_one_array(tmp_path: Path, counts: list[int]) -> None:
    """However many there are, the file is what numpy would have written at once, in the type asked for."""
    parts = [np.arange(count * 4, dtype=np.float32).reshape(count, 4) for count in counts]

    with RowFile(tmp_path / "rows.npy", np.float16, (4,)) as rows:
        for part in parts:
            rows.append(part)

    read = np.load(tmp_path / "rows.npy", allow_pickle=False)
    assert read.dtype == np.float16
    assert np.array_equal(read, np.concatenate([np.zeros((0, 4), np.float32), *parts]))


def test_an_array_of_numbers_can_be_mapped(tmp_path: Path) -> None:
    """Rows without a shape are numbers; the file opens without being read."""
    with RowFile(tmp_path / "numbers.npy", np.uint16) as numbers:
        numbers.append(np.array([1, 65535]))

    assert np.load(tmp_path / "numbers.npy", mmap_mode="r", allow_pickle=False).tolist() == [1, 65535]
