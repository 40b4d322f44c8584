"""Which of the retrieved papers a question is about: those it names, or those it asks to be listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.evidence.finder import Candidate
from rag.listing import asks_list
from rag.naming import has_name, is_titled, own_names, singular, title_head
from rag.text import names_in, squeeze

# What is asked of each of several papers, though one of them may mention the others.
_COMPARES = re.compile(
    r"\b(?:each|both|compare[ds]?|comparison|differ\w*|between|respectively|same|apart)\b"
    r"|\b(?:do|are|were|did|have)(?: \S+){1,6} and \S+",
    re.IGNORECASE,
)
# Two works are asked about, of which perhaps only one by its name.
_ASKS_TWO = re.compile(r"\b(?:each|both|respectively)\b|\b(?:do|did|are|were|have) the\b[^?]* and the\b", re.IGNORECASE)
_DESCRIBES_TWO = re.compile(
    r"\b(?:one|first)\b[^?]*\b(?:another|the other|the second|the one)\b"
    r"|\bthe\b[^?]*\band (?:the|a)\b[^?]*\b(?:each|both|respectively)\b"
    r"|\b(?:do|did|are|were|have) the\b[^?]* and the\b",
    re.IGNORECASE,
)
# The other of two works is found about as well as the one that is named.
_OTHER_SHARE = 0.75
# So many words of a title are no chance.
_TITLE_WORDS = 3
_MAX_LISTED = 7
# A document belongs to a list while its score is at least this part of the best one's.
_LISTED_SHARE = 0.7


def named_papers(question: str, candidates: Sequence[Candidate]) -> list[str]:
    """Return the ids of the papers whose own names a question has, unless one paper has all of its names.

    What several papers call their own ("NAS") names none of them.
    """
    asked = {squeeze(name) for name in names_in(question) if len(name) > 2}
    owners: dict[str, list[str]] = {}
    for item in candidates:
        for name in own_names(item.document.title, item.document.text):
            if squeeze(name) in asked or (" " in name and name.casefold() in question.casefold()):
                owners.setdefault(squeeze(name), []).append(item.document.id)
        if len(title_head(item.document.title).split()) >= _TITLE_WORDS and is_titled(question, item.document.title):
            owners.setdefault(squeeze(item.document.title), []).append(item.document.id)
    papers = {name: ids[0] for name, ids in owners.items() if len(set(ids)) == 1}
    found = list(dict.fromkeys(papers.values()))
    if len(found) > 1 and not _COMPARES.search(question) and not _joins(question, [*papers]):
        for item in candidates:
            told = {squeeze(name) for name in names_in(f"{item.document.title}. {item.document.text}")}
            if papers.keys() <= told:
                return [item.document.id]
    return found


def _joins(question: str, names: Sequence[str]) -> bool:
    """Say whether a question has two of the names, squeezed, joined by "and" or "or"."""
    parts = [squeeze(part) for part in re.split(r"\b(?:and|or)\b", question)]
    return any(
        first.endswith(one) and second.startswith(other)
        for first, second in pairwise(parts)
        for one in names
        for other in names
    )


def asks_several(question: str, candidates: Sequence[Candidate], second: str | None = None) -> bool:
    """Say whether a question is about several papers: listed, named or described. Arguments as for `asked_papers`."""
    return asks_list(question) or bool(asked_papers(question, candidates, second))


def asked_papers(question: str, candidates: Sequence[Candidate], second: str | None = None) -> list[str]:
    """Return the ids of the papers that are asked about, named or described; none where it is one, or a list.

    Args:
        question: What is asked.
        candidates: The papers found, best first.
        second: Id of the paper that a part of the question is about, beside the first.
    """
    named = named_papers(question, candidates)
    if len(named) > 1:
        return named
    return [] if asks_list(question) else _both_papers(question, named, candidates, second)


def _both_papers(question: str, named: Sequence[str], candidates: Sequence[Candidate], second: str | None) -> list[str]:
    """Return the ids of the two papers that are asked about, of which at most one is named; none where it is not two.

    The others are the best ones, found about as well as the very best. Where the question names the
    first paper or the second, that a part of it is about the second will do.
    """
    if (_ASKS_TWO if named else _DESCRIBES_TWO).search(question):
        near = [item.document.id for item in candidates if item.score >= _OTHER_SHARE * candidates[0].score]
        both = list(dict.fromkeys([*named, *near]))[:2]
        return both if len(both) == 2 else []
    if second is None:
        return []
    pair = [candidates[0].document.id, second]
    return pair if set(pair) & set(named) else []


def listed_papers(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the papers that a question asks to be listed, best first; none where it asks for no list."""
    if not asks_list(question):
        return []
    names = {singular(name) for name in names_in(question)} if " or " not in question else set()
    with_names = [item for item in candidates if all(_tells(item, name) for name in names)]
    candidates = with_names or candidates
    least = _LISTED_SHARE * max(item.score for item in candidates)
    return [item for item in candidates[:_MAX_LISTED] if item.score >= least and item.document.text]


def _tells(candidate: Candidate, name: str) -> bool:
    return has_name(f"{candidate.document.title} {candidate.document.text}", name)
