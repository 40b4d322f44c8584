"""The manifest of an index folder: what it holds, what made it, and the digest of every file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rag.errors import IndexFolderError

FORMAT = 4
MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`corpus_hash` is of all document ids, in order; `files` maps file names to SHA-256 digests."""

    format: int
    embedder: str
    embedder_fingerprint: str
    dimension: int
    chunking: dict[str, int]
    documents: int
    duplicates: int
    chunks: int
    corpus_hash: str
    files: dict[str, str]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a folder."""
    text = json.dumps(dataclasses.asdict(manifest), indent=2)
    (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of an index folder.

    Raises:
        IndexFolderError: There is no folder or manifest, or it is not of this format.
    """
    path = folder / MANIFEST_NAME
    if not folder.is_dir():
        raise IndexFolderError(f"no index at {folder}: run: rag index seeds/ --index {folder}")
    if not path.exists():
        raise IndexFolderError(f"{folder} is no index (it has no {MANIFEST_NAME}): {_rebuild(folder)}")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise IndexFolderError(
                f"{folder} has index format {values['format']}, this version reads {FORMAT}: {_rebuild(folder)}"
            )
        manifest = Manifest(**values)
        if not isinstance(manifest.files, dict) or not manifest.files:
            raise ValueError("no files")
    except OSError as error:
        raise IndexFolderError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise IndexFolderError(f"{path} is damaged: {_rebuild(folder)}") from error
    return manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check every file against its digest.

    Raises:
        IndexFolderError: A file is missing or altered; it is named, and left as it is.
    """
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise IndexFolderError(f"{path} is missing: {_rebuild(folder)}")
        if file_digest(path) != digest:
            raise IndexFolderError(f"{path} was altered since the index was built: {_rebuild(folder)}")


def data_folder_name(manifest: Manifest) -> str:
    """Return the name of the folder, inside the index folder, that holds the files."""
    return next(iter(manifest.files)).split("/")[0]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rebuild(folder: Path) -> str:
    return f"build it anew: rag index --replace SOURCE… --index {folder}"
