"""From question and history to the papers that are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from rag.conversation import Standalone, stand_alone
from rag.embedder import Embedder
from rag.index import Index
from rag.listing import asks_list
from rag.naming import own_names
from rag.reranker import Reranker
from rag.retriever import Hit, Retriever
from rag.signals import OWNERS_AMONG
from rag.text import names_in, squeeze

History = Sequence[Sequence[str]]
# Documents whose sentences are weighed; further ones hardly ever hold the answer.
READ_DOCUMENTS = 8
_QUESTION_CHARACTERS = 4000


class PaperSearch:
    """Understands questions and finds papers for them. Thread-safe."""

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._index = index
        self._embedder = embedder
        self._retriever = Retriever(index, embedder, reranker)

    def understand(self, question: str, history: History) -> Standalone:
        """Return the question with its spelling mended by the corpus, and what it leans on.

        Raises:
            QuestionError: The history makes no sense.
        """
        asked = stand_alone(question, history)
        return replace(asked, mended=self._index.spelling.mend(asked.question, self._embedder.knows_word))

    def find(self, asked: Standalone, top_k: int, within: Collection[str] | None = None) -> tuple[list[Hit], int]:
        """Return the papers found, and how many of them to read: of a follow-up, those that were spoken of.

        Args:
            asked: The question.
            top_k: How many papers at most.
            within: Ids of the papers to look among; None for all.

        Raises:
            QuestionError: top_k is below 1, or an id is unknown.
        """
        hits = self._search(asked.searched, top_k, within)
        if not asked.told or asks_list(asked.mended):
            return hits, READ_DOCUMENTS
        spoken = self._search(asked.told, OWNERS_AMONG, within)
        names = {squeeze(name) for name in names_in(f"{asked.told} {asked.mended}")}
        named = [
            hit
            for hit in [*spoken[1:], *hits[:OWNERS_AMONG]]
            if names & set(map(squeeze, own_names(hit.document.title, hit.document.text)))
        ]
        ids = {hit.document.id for hit in [spoken[0], *named]}
        first = self._search(asked.searched, len(ids), ids)
        order = [*first, *(hit for hit in hits if hit.document.id not in ids)][:top_k]
        scores = sorted((hit.score for hit in order), reverse=True)
        return [replace(hit, score=score) for hit, score in zip(order, scores, strict=True)], len(first)

    def _search(self, question: str, top_k: int, within: Collection[str] | None) -> list[Hit]:
        return self._retriever.search(question[:_QUESTION_CHARACTERS], top_k, within=within)
