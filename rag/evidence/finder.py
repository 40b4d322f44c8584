"""Score the sentences of retrieved documents for a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.embedder import Embedder
from rag.evidence.asked import Asked, clauses_of
from rag.evidence.sentences import Sentences
from rag.index import Tokens, max_similarity
from rag.naming import own_names
from rag.text import Span, readable, search_terms, sentence_spans
from rag.types import Document, Evidence

# Documents whose sentences stay at hand, with one vector per word piece.
_REMEMBERED_DOCUMENTS = 512
# What one point of a document's retrieval score, and being the best document, are worth beside
# what a sentence scores; fitted with the weights of rag.evidence.asked.
_DOCUMENT_WEIGHT = 2.9
_BEST_DOCUMENT_BONUS = 1.7
# What a clause counts beside the whole question.
_CLAUSE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document whose sentences are looked at, its retrieval score and the vectors of its word pieces."""

    document: Document
    score: float
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Found:
    """For each clause every sentence, best first, and how well the question's pieces match the very best's."""

    rankings: list[list[Evidence]]
    token_match: float


class EvidenceFinder:
    """Scores sentences for a question. Thread-safe; remembers the sentences of recent documents."""

    def __init__(self, embedder: Embedder, rarity: Callable[[str], float]) -> None:
        """Take an embedder and a term's rarity: its inverse document frequency, above 0."""
        self._embedder = embedder
        self._rarity = rarity
        self._texts = lru_cache(maxsize=_REMEMBERED_DOCUMENTS)(_analyse)

    def find(self, question: str, context: str, candidates: Sequence[Candidate]) -> Found:
        """Return the sentences of the candidates, ranked for each clause of the question.

        A sentence counts by the rare terms and the word pieces it shares with the clause and with
        the whole question in its context, by what kind of answer is asked for (a number and its
        unit, or names the question does not have), by where it stands, and by its document.
        """
        whole = self._asked(f"{question} {context}")
        clauses = [self._asked(clause) for clause in clauses_of(question)]
        rankings: list[list[Evidence]] = [[] for _ in clauses]
        matches: dict[tuple[str, int], float] = {}
        for rank, candidate in enumerate(candidates, start=1):
            document = candidate.document
            sentences = self._sentences(candidate)
            own = _DOCUMENT_WEIGHT * candidate.score + (_BEST_DOCUMENT_BONUS if rank == 1 else 0.0)
            as_whole = whole.scores(sentences, document.title)
            for ranking, clause in zip(rankings, clauses, strict=True):
                scores = clause.scores(sentences, document.title)
                totals = [
                    own + _CLAUSE_SHARE * one + (1 - _CLAUSE_SHARE) * other
                    for one, other in zip(scores, as_whole, strict=True)
                ]
                ranking.extend(_evidence(document, sentences, totals))
            for span, tokens in zip(sentences.spans, sentences.tokens, strict=True):
                matches[document.id, span.start] = max_similarity(whole.tokens, tokens)
        rankings = [sorted(ranking, key=lambda evidence: -evidence.score) for ranking in rankings]
        best = max((ranking[0] for ranking in rankings if ranking), key=lambda item: item.score, default=None)
        return Found(rankings, matches[best.document_id, best.start] if best else 0.0)

    def _asked(self, text: str) -> Asked:
        return Asked(text, self._rarity, self._embedder.embed_question(readable(text)).tokens[1:-1])

    def _sentences(self, candidate: Candidate) -> Sentences:
        spans, texts, terms = self._texts(candidate.document.text)
        vectors, owners = candidate.tokens
        tokens = [vectors[owners == number] for number in range(len(spans))]
        return Sentences(spans, texts, terms, tokens, own_names(candidate.document.title, candidate.document.text))


def _analyse(text: str) -> tuple[list[Span], list[str], list[frozenset[str]]]:
    spans = sentence_spans(text)
    texts = [readable(text[span.start : span.end]) for span in spans]
    return spans, texts, [frozenset(search_terms(sentence)) for sentence in texts]


def _evidence(document: Document, sentences: Sentences, scores: Sequence[float]) -> list[Evidence]:
    return [
        Evidence(document.id, document.title, document.text[start:end], start, end, round(score, 4))
        for (start, end), score in zip(sentences.spans, scores, strict=True)
    ]
