"""rag: an index of the papers as `rag index` builds it, searched by `rag.Pipeline.search`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import rag
from eval.peers.inputs import Paper, Rankings, Vectors
from rag.evaluation import corpus_ids


def rank(corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
    """Return what the pipeline finds; it embeds by itself, with the model of the given vectors.

    A paper that stands in the corpus twice is one in the index, and counts under each of its ids.
    """
    if vectors.index is not None:
        found = _search(vectors.index, vectors.embedder, queries, top_k)
        return {query_id: [passage.document_id for passage in passages] for query_id, passages in found.items()}
    with tempfile.TemporaryDirectory() as scratch:
        source, folder = Path(scratch) / "corpus.jsonl", Path(scratch) / "index"
        rows = [json.dumps({"_id": paper.id, "title": paper.title, "text": paper.text}) for paper in corpus]
        source.write_text("\n".join(rows) + "\n", encoding="utf-8")
        rag.build_index([source], folder, embedder=vectors.embedder)
        with rag.Pipeline.load(folder, llm="none", embedder=vectors.embedder) as pipeline:
            ids = corpus_ids(pipeline.documents())
        found = _search(folder, vectors.embedder, queries, top_k)
    return {
        query_id: list(chain.from_iterable(ids[passage.document_id] for passage in passages))
        for query_id, passages in found.items()
    }


def _search(folder: Path, embedder: str, queries: Mapping[str, str], top_k: int) -> dict[str, list[rag.Passage]]:
    with rag.Pipeline.load(folder, llm="none", embedder=embedder) as pipeline:
        return {query_id: pipeline.search(text, top_k) for query_id, text in queries.items()}
