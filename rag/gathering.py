"""From the papers found to the evidence for an answer, and the signals for and against one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.abstention import Signals
from rag.conversation import Standalone
from rag.embedder import Embedder
from rag.evidence import Candidate, EvidenceFinder, asks_several, choose, clauses_of
from rag.index import Index
from rag.listing import asks_list
from rag.reading import Paper, Reading, ReadingModel
from rag.retriever import Hit
from rag.signals import OWNERS_AMONG, measure
from rag.text import readable
from rag.types import Evidence

# Of the papers found, those are read that have this part of the best one's score; further ones hardly ever answer.
_READ_SHARE = 0.6
_READ_BY_CLAUSE = 2


class EvidenceGatherer:
    """Reads papers for a question. Thread-safe."""

    def __init__(self, index: Index, embedder: Embedder, reader: ReadingModel) -> None:
        self.finder = EvidenceFinder(embedder, index.rarity)
        self._index = index
        self._embedder = embedder
        self._reader = reader

    def gather(self, asked: Standalone, hits: Sequence[Hit], words: int) -> tuple[list[Evidence], Signals]:
        """Return the sentences for an answer of about so many words, most important first, and the signals.

        Args:
            asked: The question.
            hits: The papers to read, best first; at least one.
            words: How long a sure answer may get.
        """
        candidates = self.to_read(hits)
        readings, parts = self.read(asked, candidates)
        found = self.finder.find(asked.mended, asked.context, candidates, readings, parts)
        second = None if asked.context else self.finder.second_paper(asked.mended, candidates)
        chosen = choose(asked.mended, found.rankings, candidates, context=asked.context, words=words, second=second)
        known = self._embedder.knows_word
        signals = measure(asked, hits, chosen, found, knows_word=known, knows_name=self._index.knows)
        listed = asks_list(asked.mended)
        return chosen, replace(
            signals,
            several=float(asks_several(asked.mended, candidates, second)),
            topic_match=self.finder.topic_match(asked.mended, candidates[:OWNERS_AMONG]) if listed else 0.0,
        )

    def to_read(self, hits: Sequence[Hit]) -> list[Candidate]:
        """Return the papers that are found about as well as the best one, with the vectors of their word pieces."""
        near = [hit for hit in hits if hit.score >= _READ_SHARE * hits[0].score]
        return [Candidate(hit.document, hit.score, self._index.tokens[hit.position]) for hit in near]

    def read(self, asked: Standalone, candidates: Sequence[Candidate]) -> tuple[list[Reading], list[list[Reading]]]:
        """Return a reading of each paper, and for each clause, if there are several, of the first papers.

        A clause is read as a follow-up of the whole, by the papers that are likeliest to be meant.
        """
        papers = [Paper(readable(item.document.title), self.finder.sentences(item).texts) for item in candidates]
        readings = self._reader.read(asked.searched, papers)
        clauses = clauses_of(asked.mended)
        if len(clauses) == 1:
            return readings, []
        first = papers[:_READ_BY_CLAUSE]
        return readings, [self._reader.read(f"{clause} ({asked.searched})", first) for clause in clauses]
