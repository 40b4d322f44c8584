"""The index of a corpus on disk: built atomically, checked when opened."""

from rag.index.building import build_folder, check_embedder, update_folder
from rag.index.embedding import Progress
from rag.index.folder import Index
from rag.index.manifest import read_manifest
from rag.index.tokens import TITLE, Tokens, max_similarity

__all__ = [
    "TITLE",
    "Index",
    "Progress",
    "Tokens",
    "build_folder",
    "check_embedder",
    "max_similarity",
    "read_manifest",
    "update_folder",
]
