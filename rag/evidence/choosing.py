"""Choose, among scored sentences, the few that an answer is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.evidence.finder import Candidate
from rag.naming import own_names, subject_name
from rag.text import names_in, readable, squeeze
from rag.types import Evidence

_ASKS_LIST = re.compile(
    r"^(?:which|what|list|name|are there|do any)\b.{0,40}\b(?:papers|works|studies|surveys|articles|methods|models"
    r"|benchmarks|systems|tools|frameworks|approaches|authors|datasets|accelerators|techniques)\b",
    re.IGNORECASE,
)
# What is asked of each of several papers, though one of them may mention the others.
_COMPARES = re.compile(
    r"\b(?:each|both|compare[ds]?|comparison|differ\w*|between|respectively|same)\b|\b(?:do|are|were|did) \S+ and \S+",
    re.IGNORECASE,
)
_MAX_SENTENCES = 5
# Half of the questions ask for two things, and abstracts seldom say both in one sentence.
_SENTENCES_AT_LEAST = 2
_SENTENCES_PER_NAMED = 2
_TELLING_AMONG = 6
# Further sentences score at most this much less than the best.
_WITHIN = 3.0
_MAX_LISTED = 5
# A document belongs to a list while its score is at least this part of the best one's.
_LISTED_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sentences for an answer, most important first, and how many of them it should have at least."""

    evidence: list[Evidence]
    least: int


def choose(
    question: str, rankings: Sequence[Sequence[Evidence]], candidates: Sequence[Candidate], *, context: str = ""
) -> Chosen:
    """Return the sentences an answer is made of.

    A question about several named papers gets the two best sentences of each, one that asks which
    papers do something the best of each such paper, any other the best of one paper, one per
    clause first. What a question, or the context it leans on, is about by its grammar is told by
    the paper whose own name that is, not by one that speaks of it.
    """
    named = named_papers(question, candidates)
    if len(named) > 1:
        best = [_of_paper(rankings, paper)[:_SENTENCES_PER_NAMED] for paper in named]
        turns = [own[turn] for turn in range(_SENTENCES_PER_NAMED) for own in best if turn < len(own)]
        return Chosen(turns, len(turns))
    listed = _listed_papers(question, candidates) if not named else []
    if len(listed) > 1:
        firsts = [_telling(_of_paper(rankings, item.document.id), item) for item in listed]
        return Chosen(firsts, len(firsts))
    return _of_best_paper(_of_owner(subject_name(question) or subject_name(context), rankings, candidates))


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
    """Return a paper's sentences, best first, each once by its best score."""
    best: dict[int, Evidence] = {}
    for item in (item for ranking in rankings for item in ranking if item.document_id == paper):
        if item.start not in best or item.score > best[item.start].score:
            best[item.start] = item
    return sorted(best.values(), key=lambda item: -item.score)


def _telling(ranked: Sequence[Evidence], candidate: Candidate) -> Evidence:
    """Return the best sentence of a paper that names it, if one of the first few does, else the best."""
    names = own_names(candidate.document.title, candidate.document.text)
    for item in ranked[:_TELLING_AMONG]:
        if any(name in readable(item.text) for name in names):
            return item
    return ranked[0]


def _of_best_paper(rankings: Sequence[Sequence[Evidence]]) -> Chosen:
    best = max((ranking[0] for ranking in rankings if ranking), key=lambda item: item.score, default=None)
    if best is None:
        return Chosen([], 0)
    own = [[item for item in ranking if item.document_id == best.document_id] for ranking in rankings]
    firsts = [ranking[0] for ranking in _distinct(own)]
    spans = {item.start for item in firsts}
    rest = [
        item
        for item in _of_paper(rankings, best.document_id)
        if item.start not in spans and item.score >= best.score - _WITHIN
    ]
    return Chosen([*firsts, *rest][:_MAX_SENTENCES], max(_SENTENCES_AT_LEAST, len(firsts)))


def _distinct(rankings: Sequence[Sequence[Evidence]]) -> list[list[Evidence]]:
    """Return the rankings, each without the first sentences of those before it."""
    taken: set[tuple[int, int]] = set()
    kept: list[list[Evidence]] = []
    for ranking in rankings:
        left = [item for item in ranking if (item.start, item.end) not in taken]
        if left:
            taken.add((left[0].start, left[0].end))
            kept.append(left)
    return kept


def named_papers(question: str, candidates: Sequence[Candidate]) -> list[str]:
    """Return the ids of the papers whose own names a question has, unless one paper has all of its names."""
    names = [name for name in names_in(question) if len(name) > 2]
    asked = {squeeze(name) for name in names}
    papers: dict[str, str] = {}
    for item in candidates:
        own = {squeeze(name) for name in own_names(item.document.title, item.document.text)}
        for name in asked & own:
            papers.setdefault(name, item.document.id)
    found = list(dict.fromkeys(papers.values()))
    if len(found) > 1 and not _COMPARES.search(question):
        for item in candidates:
            told = {squeeze(name) for name in names_in(f"{item.document.title}. {item.document.text}")}
            if papers.keys() <= told:
                return [item.document.id]
    return found


def _listed_papers(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    if not _ASKS_LIST.search(question):
        return []
    least = _LISTED_SHARE * max(item.score for item in candidates)
    return [item for item in candidates[:_MAX_LISTED] if item.score >= least and item.document.text]
