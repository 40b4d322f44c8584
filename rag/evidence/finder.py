"""Score the sentences of retrieved documents for a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rag.embedder import Embedder
from rag.evidence.asked import Asked, clauses_of
from rag.evidence.halves import half_about_another
from rag.evidence.sentences import Sentences
from rag.index import Tokens, max_similarity
from rag.listing import topic_words
from rag.naming import own_names
from rag.reading import Reading
from rag.text import Span, readable, search_terms, sentence_spans
from rag.types import Document, Evidence
from rag.vectors import Vectors, product

# Documents whose sentences stay at hand, with one vector per word piece.
_REMEMBERED_DOCUMENTS = 512
# What counts for a sentence, fitted by eval/fit_evidence.py: a point of its paper's retrieval score, that this is the
# best paper, a logit of its paper's reading, a point of what its features score, a logit of its own reading.
WEIGHTS = {"document": 8.2, "best_document": 2.4, "paper_read": 0.25, "features": 1.67, "sentence_read": 0.64}
_SENTENCE_READ = tuple(WEIGHTS).index("sentence_read")
# Word pieces of the question that tell what a document lacks.
_LEAST_MATCHED = 3
# The logit of a paper where there is none.
_NOTHING_READ = -10.0
# Another paper that is asked about as well is found about as well as the first.
_SECOND_AMONG = 5
_SECOND_SHARE = 0.72
# What a clause counts beside the whole question.
CLAUSE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document whose sentences are looked at, its retrieval score and the vectors of its word pieces."""

    document: Document
    score: float
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question.

    Attributes:
        rankings: For each clause every sentence, best first.
        least_match: Mean best cosine, in the first document, of the three pieces that match least.
        pieces: How many word pieces of the question were compared.
        answers: Logit of the paper of the very best sentence that it answers; of several clauses, of the one it
            answers least.
        sentence_answers: Logit of the sentence that reads most like an answer; of several clauses, the least.
        terms: What the question asks for beside names of papers, as terms of the index.
    """

    rankings: list[list[Evidence]]
    least_match: float
    pieces: int
    answers: float
    sentence_answers: float
    terms: tuple[str, ...]


class Weighed(NamedTuple):
    """A sentence of a document, and what speaks for it: a value for each of `WEIGHTS`."""

    document: Document
    span: Span
    values: tuple[float, ...]


class EvidenceFinder:
    """Scores sentences for a question. Thread-safe; remembers the sentences of recent documents."""

    def __init__(self, embedder: Embedder, rarity: Callable[[str], float]) -> None:
        """Take an embedder and a term's rarity: its inverse document frequency, above 0."""
        self._embedder = embedder
        self._rarity = rarity
        self._texts = lru_cache(maxsize=_REMEMBERED_DOCUMENTS)(_analyse)

    def find(
        self,
        question: str,
        context: str,
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        parts: Sequence[Sequence[Reading]] = (),
    ) -> Found:
        """Return the sentences of the candidates, ranked for each clause of the question.

        A sentence counts by the rare terms and the word pieces it shares with the clause and with
        the whole question in its context, by what kind of answer is asked for (a number and its
        unit, or names the question does not have), by where it stands, by its document, and by what
        came out when it was read with the question.

        Args:
            question: What is asked.
            context: What it leans on.
            candidates: Papers, best first.
            readings: Of each candidate, for the whole question.
            parts: For each clause, of the first candidates; none where the question is not parted.
        """
        whole, clauses = self._taken_apart(question, context, candidates)
        weighed = self._weigh(whole, clauses, candidates, readings, parts)
        rankings = [sorted(map(_evidence, sentences), key=lambda evidence: -evidence.score) for sentences in weighed]
        best = max((ranking[0] for ranking in rankings if ranking), key=lambda item: item.score, default=None)
        least_match = _least_match(whole.tokens, candidates[0].tokens.vectors) if candidates else 0.0
        row = next((row for row, item in enumerate(candidates) if best and item.document.id == best.document_id), None)
        return Found(
            rankings,
            least_match,
            len(whole.tokens),
            _NOTHING_READ if row is None else _least_answered(row, readings, parts),
            min(
                (max(told.values[_SENTENCE_READ] for told in sentences) for sentences in weighed if sentences),
                default=_NOTHING_READ,
            ),
            tuple(whole.terms),
        )

    def weigh(
        self,
        question: str,
        context: str,
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        parts: Sequence[Sequence[Reading]] = (),
    ) -> list[list[Weighed]]:
        """Return, for each clause of the question, every sentence of the candidates. Arguments as for `find`."""
        return self._weigh(*self._taken_apart(question, context, candidates), candidates, readings, parts)

    def _taken_apart(self, question: str, context: str, candidates: Sequence[Candidate]) -> tuple[Asked, list[Asked]]:
        """Return the whole question and its clauses."""
        names = {name for item in candidates for name in own_names(item.document.title, item.document.text)}
        whole = self.asked(f"{question} {context}".strip(), names)
        clauses = clauses_of(question)
        return whole, [whole] if len(clauses) == 1 and not context else [self.asked(one, names) for one in clauses]

    def _weigh(
        self,
        whole: Asked,
        clauses: Sequence[Asked],
        candidates: Sequence[Candidate],
        readings: Sequence[Reading],
        parts: Sequence[Sequence[Reading]],
    ) -> list[list[Weighed]]:
        weighed: list[list[Weighed]] = [[] for _ in clauses]
        for rank, (candidate, reading) in enumerate(zip(candidates, readings, strict=True), start=1):
            document, sentences = candidate.document, self.sentences(candidate)
            of_paper = (candidate.score, float(rank == 1), reading.answers)
            as_whole = whole.scores(sentences, document.title)
            for number, clause in enumerate(clauses):
                part = parts[number][rank - 1] if parts and rank <= len(parts[number]) else reading
                scores = as_whole if clause is whole else clause.scores(sentences, document.title)
                told = zip(
                    sentences.spans, _mixed(scores, as_whole), _mixed(part.sentences, reading.sentences), strict=True
                )
                weighed[number] += [Weighed(document, span, (*of_paper, score, read)) for span, score, read in told]
        return weighed

    def asked(self, text: str, names: Collection[str]) -> Asked:
        """Return a question or clause, taken apart.

        The names of papers tell which paper is meant, not which of its sentences: their word pieces
        and terms are left out, unless there is nothing else.
        """
        text = readable(text)
        known = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
        spans = [match.span() for match in re.finditer(rf"(?<!\w)(?:{known})(?!\w)", text)] if known else []
        embedding = self._embedder.embed_question(text)
        pieces, offsets = embedding.tokens[1:-1], embedding.offsets[1:-1]
        rest = [not any(first <= start < last for first, last in spans) for start, _ in offsets]
        if not any(rest):
            return Asked(text, self._rarity, pieces)
        return Asked(text, self._rarity, pieces[rest], named=[text[first:last] for first, last in spans])

    def second_paper(self, question: str, candidates: Sequence[Candidate]) -> str | None:
        """Return the id of the paper that a part of the question is about, beside the first one; None as a rule."""
        near = [item for item in candidates[:_SECOND_AMONG] if item.score >= _SECOND_SHARE * candidates[0].score]
        if len(near) < 2:
            return None
        text = readable(question)
        embedding = self._embedder.embed_question(text)
        pieces = embedding.tokens[1:-1]
        matches = [product(item.tokens.vectors, pieces.T).max(axis=0, initial=0.0) for item in near]
        row = half_about_another(text, embedding.offsets[1:-1], np.array(matches))
        return near[row].document.id if row is not None else None

    def topic_match(self, question: str, candidates: Sequence[Candidate]) -> float:
        """Return how well one of the candidates matches what the papers of a list are to be about, by cosine."""
        text = readable(question)
        words = topic_words(text)
        embedding = self._embedder.embed_question(text)
        rows = [
            vector
            for vector, (start, end) in zip(embedding.tokens, embedding.offsets, strict=True)
            if any(first <= start < end <= last for first, last in words)
        ]
        return max((max_similarity(np.array(rows), item.tokens.vectors) for item in candidates), default=0.0)

    def sentences(self, candidate: Candidate) -> Sentences:
        """Return a candidate's sentences, ready to be scored."""
        spans, texts, terms = self._texts(candidate.document.text)
        vectors, owners = candidate.tokens
        tokens = [vectors[owners == number] for number in range(len(spans))]
        return Sentences(spans, texts, terms, tokens, own_names(candidate.document.title, candidate.document.text))


def _analyse(text: str) -> tuple[list[Span], list[str], list[frozenset[str]]]:
    spans = sentence_spans(text)
    texts = [readable(text[span.start : span.end]) for span in spans]
    return spans, texts, [frozenset(search_terms(sentence)) for sentence in texts]


def _least_match(asked: Vectors, told: Vectors) -> float:
    """Return the mean best cosine of the word pieces that match least; 0 without any."""
    if not len(asked) or not len(told):
        return 0.0
    best = product(told, asked.T).max(axis=0)
    return float(np.sort(best)[:_LEAST_MATCHED].mean())


def _least_answered(row: int, readings: Sequence[Reading], parts: Sequence[Sequence[Reading]]) -> float:
    """Return the logit that a paper answers, of the whole question or the clause that it answers least."""
    return min([readings[row].answers, *(part[row].answers for part in parts if row < len(part))])


def _mixed(of_clause: Sequence[float], of_whole: Sequence[float]) -> list[float]:
    """Return what clause and whole question say of each sentence, together."""
    return [CLAUSE_SHARE * one + (1 - CLAUSE_SHARE) * other for one, other in zip(of_clause, of_whole, strict=True)]


def _evidence(sentence: Weighed) -> Evidence:
    document, (start, end), values = sentence
    score = sum(weight * value for weight, value in zip(WEIGHTS.values(), values, strict=True))
    return Evidence(document.id, document.title, document.text[start:end], start, end, round(score, 4))
