"""Find the documents a question is about: BM25 and vectors, fused. Knows nothing of answers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedder import Embedder
from rag.errors import QuestionError
from rag.index import Index
from rag.reranker import Reranker
from rag.text import STOP_WORDS, fold, readable, search_terms, stem
from rag.types import Document, Passage
from rag.vectors import inner_products

Scores = NDArray[np.float32]
# Measured on six development sets (DECISIONS.md, "Retriever").
# Candidates that each side brings to the fusion.
DEPTH = 100
# What BM25's best document is worth beside a cosine, once this part of the question's terms is matched; of a
# question of more terms than so many, as many as of one of that length.
_LEXICAL_WEIGHT = 0.35
_MATCHED_ENOUGH = 0.25
_MANY_TERMS = 15
# Pseudo-relevance feedback: the question's vector moves towards the first documents found.
_FEEDBACK_VECTORS = 3
_FEEDBACK_SHARE = 0.4
# A question that shares few terms with the papers takes some from the first documents found.
_EXPANSION_DOCUMENTS = 5
_EXPANSION_TERMS = 20
_EXPANSION_SHARE = 0.2
_EXPANDED_BELOW = 0.5
# Late interaction of word pieces reorders the first documents found. It counts more where BM25 knows
# very little of the question.
_RERANKED = 30
_TOKEN_WEIGHT = 0.5
_TOKEN_WEIGHT_UNMATCHED = 16.0
# Documents that a cross-encoder, when there is one, reads with the question.
_READ_TOGETHER = 20
MAX_QUESTION_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved document and what spoke for it.

    `position` is the document's in the index. `dense` is the mean of the cosines of the whole
    document and of its best window; `lexical` is its BM25 score as a part of the greatest
    possible; `start` and `end` bound the window that matched best.
    """

    document: Document
    position: int
    score: float
    dense: float
    lexical: float
    start: int
    end: int


class _Dense(NamedTuple):
    scores: Scores
    windows: list[int | None]
    best_cosines: Scores


class Retriever:
    """Ranks the documents of one index. Thread-safe."""

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None = None) -> None:
        """Take the parts; a reranker has the last word on the order of the first documents."""
        self._index = index
        self._embedder = embedder
        self._reranker = reranker

    def search(self, question: str, top_k: int, *, within: Collection[str] | None = None) -> list[Hit]:
        """Return at most top_k documents, best first, each once; ties keep the index's order.

        Vectors and BM25 each bring their best candidates. A document scores its cosine plus its
        BM25 score scaled over the candidates, which counts less where the best matches little of
        the question: one in other words than the papers' is left to the vectors. The first found
        then refine the question, and all candidates are scored again.

        Args:
            question: What to look for.
            top_k: How many documents at most.
            within: Ids of the documents to look among; None for all.

        Raises:
            QuestionError: The question is blank or overlong, top_k is below 1, or an id is unknown.

        Source: Bruch, Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2023,
        doi:10.1145/3596512.
        """
        check_question(question)
        if top_k < 1:
            raise QuestionError(f"top_k must be 1 or more, got {top_k}")
        text = readable(question)
        vector, pieces, offsets = self._embedder.embed_question(text)
        weights = self._term_weights(question)
        scores = self._index.lexical.scores(weights)
        # No term can add more than its rarity, so this is the part of the question that is matched.
        most = max(sum(weight * self._index.rarity(term) for term, weight in weights.items()), 1e-6)
        wholes = self._index.dense.cosines(vector)
        candidates = self._candidates(wholes, scores, within, max(DEPTH, top_k))
        lexical = scores[candidates] / most
        dense, windows, cosines = self._dense_scores(vector, wholes[candidates], candidates)
        matched = matched_part(lexical, len(weights))
        order = np.argsort(-_fused(dense, lexical, matched), kind="stable")
        closer = self._moved(vector, candidates[order[:_FEEDBACK_VECTORS]])
        expanded = self._expanded_scores(weights, candidates, order, matched)
        moved = _mean(inner_products(self._index.dense.vectors(candidates), closer), cosines)
        fused = _fused(moved, _mixed(lexical, expanded), matched)
        piece_weights = self._piece_weights(text, offsets[1:-1])
        fused = self._reranked(pieces[1:-1], piece_weights, candidates, fused, matched)
        order = np.argsort(-fused, kind="stable")[:top_k]
        documents = self._index.store.by_position(int(candidates[i]) for i in order)
        hits = [
            self._hit(document, int(candidates[i]), windows[i], (fused[i], dense[i], lexical[i]))
            for document, i in zip(documents, order, strict=True)
        ]
        return self._read_together(question, hits) if self._reranker else hits

    def _read_together(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits with the first in the reranker's order; each place keeps its score."""
        first = hits[:_READ_TOGETHER]
        if self._reranker is None or not first:
            return list(hits)
        texts = [f"{hit.document.title}. {hit.document.text}" for hit in first]
        scores = self._reranker.scores(question, texts)
        order = sorted(range(len(first)), key=lambda number: -scores[number])
        reranked = [replace(first[number], score=place.score) for number, place in zip(order, first, strict=True)]
        return [*reranked, *hits[len(first) :]]

    def _piece_weights(self, text: str, offsets: Sequence[tuple[int, int]]) -> Scores:
        """Return, by word piece, the root of the rarity of the word it is of; 0 for stop words."""
        words = list(re.finditer(r"\w+", text))
        starts = [word.start() for word in words]
        rarities = [max(map(self._index.rarity, search_terms(word.group())), default=0.0) for word in words]
        owners = [bisect_right(starts, start) - 1 for start, _ in offsets]
        return np.sqrt([rarities[owner] if owner >= 0 else 0.0 for owner in owners], dtype=np.float32)

    def _reranked(
        self, pieces: Scores, weights: Scores, candidates: NDArray[np.int64], fused: Scores, matched: float
    ) -> Scores:
        """Return the scores with late interaction for the first, at most 1; no other document passes them."""
        first = np.argsort(-fused, kind="stable")[:_RERANKED]
        matches = self._index.tokens.max_similarities(pieces, weights, candidates[first].tolist())
        weight = token_weight(matched)
        reranked = fused[first] + weight * matches
        scores = np.minimum(fused + weight * matches.min(), reranked.min() - 1e-4)
        scores[first] = reranked
        return np.asarray(scores / (1 + _LEXICAL_WEIGHT + weight), dtype=np.float32)

    def _moved(self, vector: Scores, positions: NDArray[np.int64]) -> Scores:
        """Return the question's vector, moved towards documents: Rocchio, 1971, without negatives."""
        moved = vector + _FEEDBACK_SHARE * self._index.dense.vectors(positions).mean(axis=0)
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)

    def _expanded_scores(
        self, weights: dict[str, float], candidates: NDArray[np.int64], order: NDArray[np.int64], matched: float
    ) -> tuple[Scores, float]:
        """Return BM25 of the candidates for the question with terms of the first, and its share of the whole.

        Source: Abdul-Jaleel et al., UMass at TREC 2004 (RM3), with terms weighted by rarity.
        """
        share = max(0.0, 1.0 - matched / _EXPANDED_BELOW) / 2
        if share == 0.0:
            return np.zeros(len(candidates), dtype=np.float32), 0.0
        told: dict[str, float] = {}
        for i in order[:_EXPANSION_DOCUMENTS]:
            counts = self._index.lexical.term_counts(int(candidates[i]))
            length = sum(counts.values())
            for term, count in counts.items():
                told[term] = told.get(term, 0.0) + self._index.rarity(term) * count / length
        best = sorted(told.items(), key=lambda item: (-item[1], item[0]))[:_EXPANSION_TERMS]
        asked_total, told_total = sum(weights.values()), sum(weight for _, weight in best)
        mixed = {term: (1 - _EXPANSION_SHARE) * weight / asked_total for term, weight in weights.items()}
        for term, weight in best:
            mixed[term] = mixed.get(term, 0.0) + _EXPANSION_SHARE * weight / told_total
        return self._index.lexical.scores_of(candidates, mixed), share

    def _term_weights(self, question: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        for term in search_terms(question) + self._joined_terms(question):
            weights[term] = weights.get(term, 0.0) + 1.0
        return weights

    def _joined_terms(self, question: str) -> list[str]:
        """Return index terms that neighbouring words spell together: "mobile TL" for MobileTL."""
        words = [word.strip(".,?!()\"'") for word in fold(question).split()]
        pairs = {a + b for a, b in pairwise(words) if a and b}
        triples = {a + b + c for a, b, c in zip(words, words[1:], words[2:], strict=False)}
        joined = (term for text in sorted(pairs | triples) for term in _first_term(text))
        return [term for term in joined if term in self._index.lexical]

    def _candidates(
        self, dense: Scores, lexical: Scores, within: Collection[str] | None, depth: int
    ) -> NDArray[np.int64]:
        if within is not None:
            return self._positions(within)
        matched = np.flatnonzero(lexical)
        return np.union1d(_greatest(dense, depth), matched[_greatest(lexical[matched], depth)])

    def _positions(self, within: Collection[str]) -> NDArray[np.int64]:
        positions = self._index.store.positions_of(within)
        unknown = sorted(set(within) - positions.keys())
        if unknown or not positions:
            raise QuestionError(f"no document {unknown[0]!r} in the index" if unknown else "no document to search in")
        return np.array(sorted(positions.values()), dtype=np.int64)

    def _dense_scores(self, vector: Scores, wholes: Scores, candidates: NDArray[np.int64]) -> _Dense:
        cosines = self._index.dense.window_cosines(vector, candidates)
        windows = [int(np.argmax(own)) if len(own) else None for own in cosines]
        best = np.array(
            [
                own[window] if window is not None else whole
                for own, window, whole in zip(cosines, windows, wholes, strict=True)
            ],
            dtype=np.float32,
        )
        return _Dense(_mean(wholes, best), windows, best)

    def _hit(self, document: Document, position: int, window: int | None, scores: Sequence[float]) -> Hit:
        start, end = (0, len(document.text)) if window is None else self._index.window_span(position, window)
        fused, dense, lexical = (float(score) for score in scores)
        return Hit(document, position, fused, dense, lexical, start, end)


def check_question(question: str) -> None:
    """Check that a question can be searched for.

    Raises:
        QuestionError: It is no text, blank, or longer than 4,000 characters.
    """
    if not isinstance(question, str):
        raise QuestionError(f"the question is {type(question).__name__}, not text")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("the question holds half a character (a lone surrogate): paste it again")
    if not any(character.isalnum() for character in question):
        raise QuestionError("the question is empty: ask in words, e.g. How much memory does MobileTL save?")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters: ask in {MAX_QUESTION_CHARACTERS:,} or fewer"
        )


def to_passages(hits: Sequence[Hit]) -> list[Passage]:
    """Return hits as passages, ranked from 1."""
    return [
        Passage(
            hit.document.id,
            hit.document.title,
            hit.document.text[hit.start : hit.end],
            rank,
            round(hit.score, 6),
            hit.start,
            hit.end,
        )
        for rank, hit in enumerate(hits, start=1)
    ]


def _mean(wholes: Scores, windows: Scores) -> Scores:
    return np.asarray((wholes + windows) / 2, dtype=np.float32)


def _first_term(text: str) -> list[str]:
    """Return the first search term of a folded text, if it has one."""
    if text.isascii() and text.isalpha():
        return [] if text in STOP_WORDS else [stem(text)]
    return search_terms(text)[:1]


def _greatest(scores: Scores, count: int) -> NDArray[np.int64]:
    """Return where the greatest scores are, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(scores, len(scores) - count)[-count:]


def matched_part(lexical: Scores, terms: int) -> float:
    """Return how much of a question of so many terms the best document matches."""
    return float(lexical.max()) * max(1.0, terms / _MANY_TERMS)


def token_weight(matched: float) -> float:
    """Return what late interaction counts beside a cosine, for a question matched so far."""
    return _TOKEN_WEIGHT + _TOKEN_WEIGHT_UNMATCHED * (1 - _trust(matched)) ** 3


def _trust(matched: float) -> float:
    """Return what BM25 is to be trusted, in [0, 1], for a question matched so far."""
    return min(matched / _MATCHED_ENOUGH, 1.0)


def _fused(dense: Scores, lexical: Scores, matched: float) -> Scores:
    return np.asarray(dense + _LEXICAL_WEIGHT * _trust(matched) * _scaled(lexical), dtype=np.float32)


def _mixed(lexical: Scores, expanded: tuple[Scores, float]) -> Scores:
    scores, share = expanded
    return np.asarray((1 - share) * _scaled(lexical) + share * _scaled(scores), dtype=np.float32)


def _scaled(scores: Scores) -> Scores:
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.zeros_like(scores)
    return np.asarray((scores - low) / (high - low), dtype=np.float32)
