"""Which of the retrieved papers a question is about: those it names, or those it asks to be listed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.evidence.finder import Candidate
from rag.listing import asks_list
from rag.naming import own_names, singular
from rag.text import names_in, squeeze

# What is asked of each of several papers, though one of them may mention the others.
_COMPARES = re.compile(
    r"\b(?:each|both|compare[ds]?|comparison|differ\w*|between|respectively|same)\b"
    r"|\b(?:do|are|were|did|have)(?: \S+){1,6} and \S+",
    re.IGNORECASE,
)
# Two works are asked about, of which perhaps only one by its name.
_ASKS_TWO = re.compile(r"\b(?:each|both|respectively)\b|\b(?:do|did|are|were|have) the\b[^?]* and the\b", re.IGNORECASE)
# The other of two works is found about as well as the one that is named.
_OTHER_SHARE = 0.75
_MAX_LISTED = 7
# A document belongs to a list while its score is at least this part of the best one's.
_LISTED_SHARE = 0.7


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
    if len(found) > 1 and not _COMPARES.search(question) and not _joins(question, [*papers]):
        for item in candidates:
            told = {squeeze(name) for name in names_in(f"{item.document.title}. {item.document.text}")}
            if papers.keys() <= told:
                return [item.document.id]
    return found


def _joins(question: str, names: Sequence[str]) -> bool:
    """Say whether a question has two of the names, squeezed, joined by "and"."""
    words = [squeeze(word) for word in question.split()]
    joined = {(words[at - 1], words[at + 1]) for at in range(1, len(words) - 1) if words[at] in ("and", "or")}
    return any(first in names and second in names for first, second in joined)


def other_paper(question: str, named: str, candidates: Sequence[Candidate]) -> list[str]:
    """Return the id of the best paper beside the one named, if two are asked about and it is found about as well."""
    if not _ASKS_TWO.search(question):
        return []
    for item in candidates:
        if item.document.id != named:
            return [item.document.id] if item.score >= _OTHER_SHARE * candidates[0].score else []
    return []


def listed_papers(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the papers that a question asks to be listed, best first; none where it asks for no list."""
    if not asks_list(question):
        return []
    names = {squeeze(singular(name)) for name in names_in(question)} if " or " not in question else set()
    with_names = [item for item in candidates if all(name in _squeezed(item) for name in names)]
    candidates = with_names or candidates
    least = _LISTED_SHARE * max(item.score for item in candidates)
    return [item for item in candidates[:_MAX_LISTED] if item.score >= least and item.document.text]


def _squeezed(candidate: Candidate) -> str:
    return squeeze(f"{candidate.document.title} {candidate.document.text}")
