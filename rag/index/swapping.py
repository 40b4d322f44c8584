"""Put new files in place of an index's, so that a reader sees the old state or the new, never between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag.errors import IndexFolderError
from rag.index.manifest import MANIFEST_NAME, Manifest, data_folder_name, write_manifest


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other builds off an index folder.

    Raises:
        IndexFolderError: Another build is at work on it, or the folder around it cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder.parent / f".{folder.name}.lock", timeout=0.2)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise IndexFolderError(f"another build is at work on {folder}: wait until it is done") from error
    except OSError as error:
        raise IndexFolderError(f"{folder.parent} cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside a locked index folder, to be written to; it is gone at the end.

    A build that was killed leaves one behind, and the index folder without a trace of it.
    """
    stage = folder.parent / f".{folder.name}.new"
    shutil.rmtree(stage, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    stage.mkdir()
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        # An index folder that a failed build has made is empty.
        with suppress(OSError):
            folder.rmdir()


def swap_in(folder: Path, stage: Path, manifest: Manifest) -> None:
    """Move staged files into an index folder, make them the index by one rename, and clear older ones away."""
    current = folder / data_folder_name(manifest)
    try:
        # Copies where the index folder is a mount of its own.
        shutil.move(stage, current)
        staged_manifest = folder / "staged"
        staged_manifest.mkdir(exist_ok=True)
        write_manifest(staged_manifest, manifest)
        (staged_manifest / MANIFEST_NAME).replace(folder / MANIFEST_NAME)
    except BaseException:
        shutil.rmtree(current, ignore_errors=True)
        raise
    staged_manifest.rmdir()
    for path in folder.glob("data-*"):
        if path != current and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
