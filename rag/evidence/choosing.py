"""Choose, among scored sentences, the few that an answer is made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from rag.evidence.asked import INTRODUCES
from rag.evidence.finder import Candidate
from rag.evidence.neighbours import with_neighbours
from rag.evidence.papers import asked_papers, listed_papers, named_papers
from rag.listing import asks_papers
from rag.naming import own_names, subject_name
from rag.text import names_in, readable, search_terms, squeeze
from rag.types import Evidence

_MAX_PAPERS = 2


class _Patience(NamedTuple):
    """How long an answer may get.

    Attributes:
        likely: Sentences are taken until the answer is among them with this chance.
        sentences: At most so many.
        stretch: An unsure answer may get so many times as long as asked for.
    """

    likely: float
    sentences: int
    stretch: float


# Who names no paper asks in other words than the papers', and has to see which paper it is; a follow-up
# has few words to choose by.
_NAMED = _Patience(0.6, 4, 2.8)
_DESCRIBED = _Patience(0.84, 6, 3.4)
# While there is room, a sentence is taken that scores at most this much less than the first.
_WITHIN = 2.0
# Of each of several named papers: sentences at most, and the chance at which they suffice.
_SENTENCES_PER_NAMED = 4
_LIKELY_OF_NAMED = 0.9
# What it is worth in a list that a sentence tells what its paper presents, and names it.
_INTRODUCES_BONUS = 2.5
_NAMES_BONUS = 5.0
# Words of the title count in a list: it stands for the paper.
_SHARES_BONUS = 4.0


def choose(
    question: str,
    rankings: Sequence[Sequence[Evidence]],
    candidates: Sequence[Candidate],
    *,
    context: str = "",
    words: int = 50,
    second: str | None = None,
) -> list[Evidence]:
    """Return the sentences an answer of about so many words is made of, most important first.

    Each comes with the sentences that it cannot be understood without.

    A question about several named papers gets the likeliest sentences of each, one that asks which
    papers do something the most telling of each such paper, any other the likeliest. What a
    question, or the context it leans on, is about by its grammar is told by the paper whose own
    name that is, not by one that speaks of it.

    Args:
        question: What is asked.
        rankings: For each of its clauses every sentence, best first.
        candidates: The papers they are from, best first.
        context: What it leans on.
        words: How long a sure answer may get.
        second: Id of the paper that a part of the question is about, beside the first.
    """
    ranked = _once(item for ranking in rankings for item in ranking)
    return with_neighbours(_chosen(question, rankings, candidates, context, words, second), ranked)


def _chosen(
    question: str,
    rankings: Sequence[Sequence[Evidence]],
    candidates: Sequence[Candidate],
    context: str,
    words: int,
    second: str | None,
) -> list[Evidence]:
    several = asked_papers(question, candidates, second)
    if several:
        best = [_likely_of_paper(_of_paper(rankings, paper)) for paper in several]
        turns = [own[turn] for turn in range(_SENTENCES_PER_NAMED) for own in best if turn < len(own)]
        return turns
    named = named_papers(question, candidates)
    listed = listed_papers(question, candidates) if not named or asks_papers(question) else []
    if len(listed) > 1:
        told = [(_of_paper(rankings, item.document.id), item) for item in listed]
        # Which papers report a figure is told by the sentences with the figure.
        names = names_in(question)
        figure = any(
            character.isdigit() for word in question.split() if word.strip(".,?") not in names for character in word
        )
        firsts = [ranked[0] if figure else _telling(question, ranked, item) for ranked, item in told]
        return firsts
    patience = _NAMED if named and not context else _DESCRIBED
    owned = _of_owner(subject_name(question) or subject_name(context), rankings, candidates)
    return _likeliest(owned, words, patience)


def _of_owner(
    subject: str | None, rankings: Sequence[Sequence[Evidence]], candidates: Sequence[Candidate]
) -> Sequence[Sequence[Evidence]]:
    """Return the sentences of the first paper that has the subject for its own name; all where none has."""
    if subject is None:
        return rankings
    for item in (candidate.document for candidate in candidates):
        own = [[sentence for sentence in ranking if sentence.document_id == item.id] for ranking in rankings]
        if any(own) and squeeze(subject) in map(squeeze, own_names(item.title, item.text)):
            return own
    return rankings


def _of_paper(rankings: Sequence[Sequence[Evidence]], paper: str) -> list[Evidence]:
    """Return a paper's sentences, best first."""
    return _once(item for ranking in rankings for item in ranking if item.document_id == paper)


def _likely_of_paper(ranked: Sequence[Evidence]) -> list[Evidence]:
    """Return a named paper's best sentences until what it says is likely among them."""
    chances = [math.exp(item.score - ranked[0].score) for item in ranked]
    reached = list(accumulate(chance / sum(chances) for chance in chances))
    count = sum(part < _LIKELY_OF_NAMED for part in reached) + 1
    return list(ranked[: min(count, _SENTENCES_PER_NAMED)])


def _telling(question: str, ranked: Sequence[Evidence], candidate: Candidate) -> Evidence:
    """Return the sentence of a paper that stands for it in a list: about what is asked, telling what the paper is."""
    names = own_names(candidate.document.title, candidate.document.text)
    asked = set(search_terms(question))

    def worth(item: Evidence) -> float:
        text = readable(item.text)
        introduces = _INTRODUCES_BONUS * bool(INTRODUCES.search(text))
        shares = _SHARES_BONUS * len(asked & set(search_terms(text))) / max(len(asked), 1)
        return item.score + introduces + shares + _NAMES_BONUS * any(name in text for name in names)

    return max(ranked, key=worth)


def _likeliest(rankings: Sequence[Sequence[Evidence]], max_words: int, patience: _Patience) -> list[Evidence]:
    """Return the best sentence for each clause, and further ones until the answer is likely among them.

    The scores are fitted as the logits of a choice among sentences, so their softmax is the chance
    that a sentence answers: a sure choice gives a short answer, an unsure one a longer one, of two
    papers. Of several clauses each has its own chance, within the likeliest paper. While there is
    room for more words, further near sentences follow.
    """
    ranked = _once(item for ranking in rankings for item in ranking)
    if not ranked:
        return []
    best = ranked[0]
    own = [[item for item in ranking if item.document_id == best.document_id] for ranking in rankings]
    chosen = _once(ranking[0] for ranking in own if ranking)
    for ranking in (*own, ranked) if len(own) > 1 else (ranked,):
        chosen += _until_likely(ranking, chosen, max_words, patience)
    told = {item.document_id for item in chosen}
    for item in ranked:
        near = item.document_id in told and item.score >= best.score - _WITHIN
        if near and not _has(chosen, item) and _words([*chosen, item]) <= max_words:
            chosen.append(item)
    return chosen


def _until_likely(
    ranking: Sequence[Evidence], chosen: Sequence[Evidence], max_words: int, patience: _Patience
) -> list[Evidence]:
    """Return what of a ranking to add to the chosen, best first, until the answer is likely among all."""
    added: list[Evidence] = []
    chances = [math.exp(item.score - ranking[0].score) for item in ranking]
    reached = sum(chance for item, chance in zip(ranking, chances, strict=True) if _has(chosen, item))
    for item, chance in zip(ranking, chances, strict=True):
        taken = [*chosen, *added]
        if reached >= patience.likely * sum(chances) or len(taken) >= patience.sentences:
            break
        papers = {one.document_id for one in [*taken, item]}
        fits = _words([*taken, item]) <= patience.stretch * max_words
        if fits and len(papers) <= _MAX_PAPERS and not _has(taken, item):
            added.append(item)
            reached += chance
    return added


def _has(chosen: Sequence[Evidence], item: Evidence) -> bool:
    return any((one.document_id, one.start) == (item.document_id, item.start) for one in chosen)


def _words(chosen: Sequence[Evidence]) -> int:
    return sum(len(item.text.split()) for item in chosen)


def _once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Return evidence, best first, each sentence once by its best score."""
    best: dict[tuple[str, int], Evidence] = {}
    for item in evidence:
        key = (item.document_id, item.start)
        if key not in best or item.score > best[key].score:
            best[key] = item
    return sorted(best.values(), key=lambda item: -item.score)
