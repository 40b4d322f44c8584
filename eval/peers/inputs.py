"""What every system is given: the papers, the queries, and a vector of each text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.config import read_settings
from rag.embedder import open_embedder
from rag.evaluation import BeirSet, corpus_ids
from rag.evaluation.gold import enumerate_json_lines
from rag.index import Index

Rankings = dict[str, list[str]]
# Ids of papers with their scores, best first.
Scored = list[tuple[str, float]]
# What `rag.Pipeline.search` takes; some sets ask whole documents.
MAX_QUERY_CHARACTERS = 4_000


Row = NDArray[np.float32]


class Paper(NamedTuple):
    """A document of the set."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and abstract in one text: what is embedded and indexed."""
        return f"{self.title}\n{self.text}".strip()


class Vectors:
    """The vector of every paper and query, so that a system asks for them instead of a model.

    Attributes:
        embedder: The name of the model, as `rag` takes it.
        dimension: Numbers per vector.
        index: The index of `rag` that the papers were taken from, or None.
    """

    def __init__(
        self, embedder: str, texts: Iterable[str], *, known: Mapping[str, Row] | None = None, index: Path | None = None
    ) -> None:
        """Embed each distinct text once, on its own: no padding changes a vector; known ones are not embedded."""
        self.embedder = embedder
        self.index = index
        settings = read_settings(embedder=embedder)
        model = open_embedder(embedder, cache_dir=settings.cache_dir, threads=settings.thread_count)
        known = known or {}
        distinct = list(dict.fromkeys(texts))
        made = model.embed([text for text in distinct if text not in known])
        self._numbers = {text: number for number, text in enumerate(distinct)}
        self._rows = np.stack([known[text] if text in known else next(made).vector for text in distinct])
        self.dimension = int(self._rows.shape[1])

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit vectors of texts, shape (texts, dimension)."""
        return self._rows[[self._numbers[text] for text in texts]]


class Rank(Protocol):
    """The one function of a system's module."""

    def __call__(self, corpus: Sequence[Paper], queries: Mapping[str, str], vectors: Vectors, top_k: int) -> Rankings:
        """Return at most top_k ids of papers per query id, best first."""
        ...


def read_corpus(path: Path) -> list[Paper]:
    """Return the papers of a corpus file, without those that hold no letter: no one can find them."""
    rows = (row for _, row in enumerate_json_lines(path))
    papers = [Paper(str(row["_id"]), str(row.get("title") or ""), str(row.get("text") or "")) for row in rows]
    return [paper for paper in papers if any(character.isalnum() for character in paper.whole)]


class IndexedCorpus(NamedTuple):
    """The papers of an index of `rag`, their vectors by text, and the ids each has in its source by its own."""

    papers: list[Paper]
    vectors: dict[str, Row]
    source_ids: dict[str, list[str]]


def read_index(folder: Path) -> IndexedCorpus:
    """Return the papers of an index; one that stood in its source twice is there once."""
    index = Index(folder)
    documents = list(index.store.all_documents())
    papers = [Paper(document.id, document.title, document.text) for document in documents]
    rows = index.dense.vectors(np.arange(len(papers)))
    return IndexedCorpus(
        papers, {paper.whole: row for paper, row in zip(papers, rows, strict=True)}, corpus_ids(documents)
    )


def queries_of(beir: BeirSet) -> dict[str, str]:
    """Return the text of each judged query by its id."""
    return {query.id: query.question[:MAX_QUERY_CHARACTERS] for query in beir.queries}
