"""The systems compared, one module each with one function: rank(corpus, queries, vectors, top_k)."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from eval.peers.inputs import Rank


class System(NamedTuple):
    """A row of the table: its name, its module here, and the package it needs."""

    name: str
    module: str
    package: str


OURS = "rag"
SYSTEMS = (
    System("BM25", "bm25", "bm25s"),
    System("dense, exact", "dense", "numpy"),
    System("BM25 + dense, RRF", "rrf", "bm25s"),
    System("BM25 + dense, convex 0.5", "convex", "bm25s"),
    System("LlamaIndex VectorStoreIndex", "llama_index_vectors", "llama-index-core"),
    System("paper-qa dense", "paperqa_dense", "paper-qa"),
    System("paper-qa hybrid", "paperqa_hybrid", "paper-qa"),
    System("haystack RRF", "haystack_rrf", "haystack-ai"),
    System("txtai dense, exact", "txtai_dense", "txtai"),
    System("txtai hybrid, default", "txtai_hybrid", "txtai"),
    System("txtai hybrid, exact", "txtai_hybrid_exact", "txtai"),
    System(OURS, "ours", "rag"),
)


def installed_version(package: str) -> str | None:
    """Return the version of a package, or None when it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def load(system: System) -> Rank:
    """Return the function of a system, whose package is installed."""
    rank: Rank = import_module(f"{__name__}.{system.module}").rank
    return rank
