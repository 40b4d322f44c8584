"""What a clause says beyond its words: what is denied, what is hedged, who is compared with whom."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache

from rag.grounding.forms import words
from rag.grounding.lexicon import (
    DIRECTIONS,
    HEDGES,
    NEGATING_PAIRS,
    NEGATORS,
    NO_NEGATION,
)
from rag.grounding.matching import Vocabulary, groups_of, vocabulary
from rag.grounding.tokens import Token, directions_of

Tokens = tuple[Token, ...]

ASSERTED, DENIED, EITHER = 1, 2, 3
_SCOPE_ENDS = frozenset(words(", ; : ( ) but while whereas because so although though . when if where instead"))
_SCOPE_STARTS = _SCOPE_ENDS | {"than"}
CONTRASTS = frozenset(words("while whereas but ; although though however"))


@lru_cache(maxsize=4096)
def polarity(tokens: Tokens) -> tuple[int, ...]:
    """Tell of each token whether its clause asserts it, denies it, or leaves open which.

    A negated verb denies what follows it up to the end of its clause; what precedes it there
    ("clay soils saw no increase") can be read either way. "Without" and its like deny the noun
    that follows, or all when a verb follows ("without adding to the latency").
    """
    states = [ASSERTED] * len(tokens)
    for index in range(len(tokens)):
        if not _negates(tokens, index):
            continue
        end = _scope_end(tokens, index + 1)
        sure = (
            min(end, _noun_end(tokens, index + 1)) if _denies_noun(tokens, index) else _purpose(tokens, index + 1, end)
        )
        states[index + 1 : end] = [DENIED] * (sure - index - 1) + [EITHER] * (end - sure)
        start = index
        while start > 0 and tokens[start - 1].norm not in _SCOPE_STARTS and tokens[index].norm not in _NOUN_NEGATORS:
            start -= 1
        for before in range(start, index):
            states[before] = EITHER if states[before] == ASSERTED else states[before]
    return tuple(
        ASSERTED + DENIED - state if token.denies and state != EITHER else state
        for token, state in zip(tokens, states, strict=True)
    )


_NOUN_NEGATORS = frozenset(["without", "unlike", "lacking"])


def _denies_noun(tokens: Tokens, index: int) -> bool:
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    return tokens[index].norm in _NOUN_NEGATORS and not following.endswith("ing")


def _noun_end(tokens: Tokens, start: int) -> int:
    """Return where the first content word after `start` ends."""
    for index in range(start, len(tokens)):
        if tokens[index].heavy:
            return index + 1
    return len(tokens)


def _negates(tokens: Tokens, index: int) -> bool:
    word = tokens[index].norm
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    if (word, following) in NEGATING_PAIRS:
        return True
    return word in NEGATORS and (word, following) not in NO_NEGATION


def _scope_end(tokens: Tokens, start: int) -> int:
    for index in range(start, len(tokens)):
        if tokens[index].norm in _SCOPE_ENDS:
            return index
    return len(tokens)


def _purpose(tokens: Tokens, start: int, end: int) -> int:
    """Return where a purpose begins, which may belong to what is denied or to all: "to reduce the cost"."""
    for index in range(start + 2, end - 1):
        if tokens[index].norm == "to" and tokens[index + 1].norm in DIRECTIONS:
            return index
    return end


def denies_by_ellipsis(tokens: Tokens) -> bool:
    """Whether something is denied without its verb, as in "on sandy soils but not on clay"."""
    words = [token.norm for token in tokens]
    return any(pair == ("but", "not") for pair in itertools.pairwise(words))


@lru_cache(maxsize=4096)
def hedged_from(tokens: Tokens) -> tuple[bool, ...]:
    """Tell of each token whether a hedge ("may", "suggests") stands before it in the same clause."""
    hedged = False
    flags = []
    for index, token in enumerate(tokens):
        if token.norm in CONTRASTS:
            hedged = False
        flags.append(hedged)
        if token.norm in HEDGES and (not token.norm.startswith("appear") or _next_is(tokens, index, "to")):
            hedged = True
    return tuple(flags)


def _next_is(tokens: Tokens, index: int, word: str) -> bool:
    return index + 1 < len(tokens) and tokens[index + 1].norm == word


def segments(tokens: Tokens, cuts_between: Sequence[int]) -> list[range]:
    """Cut a sentence so that each of the tokens at `cuts_between` (ascending) has a segment of its own.

    The cut between two of them is at a comma or semicolon, else at a conjunction; where there is
    neither, they share a segment.
    """
    starts = [0]
    for left, right in itertools.pairwise(cuts_between):
        cut = _cut(tokens, left, right)
        if cut is not None:
            starts.append(cut)
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)]


def _cut(tokens: Tokens, left: int, right: int) -> int | None:
    between = range(left + 1, right)
    for wanted in (("while", "whereas", "but", ";", "compared", "against", "versus"), (",",), ("and", "or", "(")):
        for index in between:
            if tokens[index].norm in wanted:
                return index
    return None


def independent_parts(tokens: Tokens) -> tuple[Tokens, ...]:
    """Return the clauses that a sentence sets against one another, each with its subject.

    "The GPU runs the GEMMs, while the CPU runs attention" has two, and so has "it helps on small
    graphs but hurts on large ones"; "it is faster while using less memory" has one.
    """
    parts: list[Tokens] = []
    start = 0
    subject: Tokens = ()
    for index, token in enumerate(tokens):
        contrast = token.norm in ("while", "whereas", ";", "but")
        own = contrast and _opens_with_subject(tokens, index + 1)
        shared = () if own or not contrast else _shared_subject(tokens[start:index], tokens[index + 1 :])
        split = own or shared or (token.norm == "and" and _is_parallel(tokens, index))
        if split and sum(other.heavy for other in tokens[start:index]) >= 2:
            parts.append(subject + tokens[start:index])
            start, subject = index + 1, shared
    return (*parts, subject + tokens[start:])


def _shared_subject(first: Tokens, second: Tokens) -> Tokens:
    """Return what stands before the verb of the first clause when the second begins with a verb of change itself."""
    if not second or not directions_of(second[0]):
        return ()
    verb = next((index for index, token in enumerate(first) if directions_of(token)), 0)
    return first[:verb]


def _is_parallel(tokens: Tokens, index: int) -> bool:
    """Whether both sides of an "and" have the same frame: "weak clients train parts and strong clients train all"."""
    before = [token.key for token in tokens[max(0, index - 7) : index] if token.kind == "word" and token.heavy]
    after = [token.key for token in tokens[index + 1 : index + 8] if token.kind == "word" and token.heavy]
    shared = [key for key in before if key in after]
    numbers = any(token.kind == "number" for token in tokens[max(0, index - 7) : index + 8])
    return len(shared) >= 2 and not numbers and shared == [key for key in after if key in before]


_NO_SUBJECT = frozenset(words("not also rather instead still only at with on in for without by to is are"))


def _opens_with_subject(tokens: Tokens, index: int) -> bool:
    if index >= len(tokens) or sum(token.heavy for token in tokens[index:]) < 2:
        return False
    opening = tokens[index]
    if opening.kind not in ("word", "name") or opening.norm.endswith(("ing", "ed")) or opening.norm in _NO_SUBJECT:
        return False
    return opening.norm not in DIRECTIONS or not opening.norm.endswith("s")


def said_by_denial(token: Token, claim: Tokens, evidence: Tokens) -> bool:
    """Whether claim and evidence deny the same in different forms: "unavailable" and "not available"."""
    state = polarity(claim)[claim.index(token)]
    return any(
        other.denies != token.denies and same_word(token, other) and state in (at, EITHER)
        for other, at in zip(evidence, polarity(evidence), strict=True)
    )


def same_word(one: Token, other: Token) -> bool:
    """Whether two words have the same stem or are synonyms, their denial set aside."""
    return one.kind == other.kind == "word" and (
        one.key == other.key or bool(groups_of(one.key) & groups_of(other.key))
    )


@lru_cache(maxsize=4096)
def asserted(tokens: Tokens) -> Vocabulary:
    """Return the vocabulary of what a sentence does not deny."""
    return vocabulary(tuple(token for token, state in zip(tokens, polarity(tokens), strict=True) if state != DENIED))
