"""What was changed in a claim that otherwise repeats an evidence sentence word for word.

A draft often copies a sentence and gets one word wrong; whether that word stands elsewhere in the
sentence is then beside the point.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rag.grounding.clauses import same_word
from rag.grounding.directions import is_mirrored
from rag.grounding.forms import words
from rag.grounding.lexicon import ANTONYMS, DIRECTIONS, HEDGES, NEGATORS, OWN_WORK, SUPERLATIVES
from rag.grounding.matching import denied_key, has, vocabulary
from rag.grounding.rivals import same_quantity
from rag.grounding.tokens import Token, directions_of

Tokens = tuple[Token, ...]
# Less in common is no copy: words at the same place then mean little.
_COPIED_SHARE = 0.6
_LONGEST_EDIT = 2
_QUALIFIERS = HEDGES | frozenset(
    words(
        """often sometimes typically usually generally rarely frequently occasionally partly partially almost nearly
        approximately roughly mostly mainly primarily if unless except"""
    )
)


def changed_words(claim: Tokens, evidence: Tokens) -> list[str]:
    """A word put in place of another that means something else, in a claim that copies the rest."""
    if is_mirrored(claim, evidence):
        return []
    reasons = []
    for said, stated in _replaced(_content(claim), _content(evidence)):
        if len(said) == len(stated) == 1 and _alters(said[0], stated[0], evidence):
            reasons.append(f'"{said[0].text}" where the evidence says "{stated[0].text}"')
    return reasons


def dropped_qualifiers(claim: Tokens, evidence: Tokens) -> list[str]:
    """A "may", "up to" or "often" left out of a claim that copies the rest."""
    said, stated = _content(claim), _content(evidence)
    if not _copies(said, stated):
        return []
    kept = {token.norm for token in claim}
    return [
        f'hedge: the evidence says "{token.text}"'
        for tag, start, end, low, high in _opcodes(said, stated)
        if tag == "insert" and high - low <= _LONGEST_EDIT and start > 0 and end < len(said)
        for token in stated[low:high]
        if token.norm in _QUALIFIERS and token.norm not in kept and not kept & HEDGES
    ]


def turned_negation(claim: Tokens, evidence: Tokens) -> list[str]:
    """A "not" put into or taken out of a claim that copies the rest."""
    said, stated = _content(claim), _content(evidence)
    if not _copies(said, stated) or is_mirrored(claim, evidence):
        return []
    reasons = []
    for tag, start, end, low, high in _opcodes(said, stated):
        telling = any(token.heavy for token in (*said[start:end], *stated[low:high]))
        inner = start > 0 and end < len(said) and max(end - start, high - low) <= _LONGEST_EDIT and not telling
        denied = [sum(token.norm in _NOT for token in side) for side in (said[start:end], stated[low:high])]
        if tag != "equal" and inner and denied[0] != denied[1]:
            reasons.append("polarity: the evidence " + ("denies it" if denied[1] else "does not deny it"))
    return reasons


_NOT = NEGATORS & frozenset(words("not no never cannot without doesn't don't isn't aren't"))


def _content(tokens: Tokens) -> Tokens:
    return tuple(token for token in tokens if token.kind != "mark")


@lru_cache(maxsize=1024)
def _opcodes(said: Tokens, stated: Tokens) -> Sequence[tuple[str, int, int, int, int]]:
    matcher = SequenceMatcher(
        None, [denied_key(token) for token in said], [denied_key(token) for token in stated], autojunk=False
    )
    return matcher.get_opcodes()


def _copies(said: Tokens, stated: Tokens) -> bool:
    equal = sum(end - start for tag, start, end, _, _ in _opcodes(said, stated) if tag == "equal")
    return bool(said) and equal >= _COPIED_SHARE * len(said)


def _replaced(said: Tokens, stated: Tokens) -> Iterator[tuple[Tokens, Tokens]]:
    if not _copies(said, stated):
        return
    for tag, start, end, low, high in _opcodes(said, stated):
        if tag == "replace" and end - start <= _LONGEST_EDIT and high - low <= _LONGEST_EDIT and end < len(said):
            yield said[start:end], stated[low:high]


def _alters(said: Token, stated: Token, evidence: Tokens) -> bool:
    """Whether the word put in place of another says something else.

    A word that the evidence has elsewhere may be rightly here ("morning" for "evening" in the
    second half of a comparison); its opposite may not.
    """
    if said.kind == stated.kind == "number":
        both = (said.quantity, stated.quantity)
        return None not in both and not any(_same_number(said, other) for other in evidence)
    if opposite(said, stated):
        return True
    if OWN_WORK & {said.norm, stated.norm} or not (said.heavy and stated.heavy):
        return False
    if said.norm in DIRECTIONS or stated.norm in DIRECTIONS or said.norm in SUPERLATIVES or same_word(said, stated):
        return False
    return not has(said, vocabulary((stated,))) and said.key not in {other.key for other in evidence}


def _same_number(said: Token, other: Token) -> bool:
    return said.quantity is not None and other.quantity is not None and same_quantity(said.quantity, other.quantity)


def opposite(one: Token, other: Token) -> bool:
    """Whether two words exclude one another: "high" and "low", "increases" and "reduces"."""
    if other.norm in _opposites().get(one.norm, ()):
        return True
    return any(axis == same and sign == -way for axis, sign in directions_of(one) for same, way in directions_of(other))


@lru_cache(maxsize=1)
def _opposites() -> dict[str, set[str]]:
    opposites: dict[str, set[str]] = {}
    for first, second in ANTONYMS:
        for words_of, others in ((first, second), (second, first)):
            for word in words_of:
                opposites.setdefault(word, set()).update(others)
    return opposites
