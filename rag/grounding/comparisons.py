"""Who is set against whom in a sentence, and which way: more or less, doer or done to.

Knows nothing of evidence; two comparisons can be asked whether they agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.grounding.clauses import CONTRASTS
from rag.grounding.forms import words
from rag.grounding.lexicon import (
    COMPARATIVES,
    COMPARISON_VERBS,
    DIRECTIONS,
    FUNCTION_WORDS,
    ORDERED_VERBS,
    OWN_WORK,
    QUALITY,
    QUANTITY,
)
from rag.grounding.matching import denied_key
from rag.grounding.tokens import Token

Tokens = tuple[Token, ...]
OWN = "own work"
_AUTHORS = frozenset(["author", "authors"])
_BE = frozenset(words("is are was were be been being"))
_PREPOSITIONS = (
    ("compared", "to"),
    ("compared", "with"),
    ("relative", "to"),
    ("comparison", "to"),
    ("comparison", "with"),
)
_SINGLE_PREPOSITIONS = frozenset(["over", "versus", "vs", "against"])
_PLAIN = frozenset(words("more less fewer higher lower better worse greater"))
_PLACES = frozenset(words("on in at for over during under while with"))
_RIGHT_ENDS = CONTRASTS | {",", ".", "by", "which", "since", "because", "when", "if"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left` is said to be more than `right` (`sign` 1) or less (-1), in what `about` names.

    An empty `about` says that any dimension may be meant.
    """

    left: frozenset[str]
    right: frozenset[str]
    sign: int
    about: frozenset[str]

    def mirrors(self, other: Comparison) -> bool | None:
        """Whether the other has the same two sides exchanged; None when it is of other things."""
        left, right = other.left - other.right, other.right - other.left
        straight = len(self.right & right) + len(self.left & left & {OWN})
        crossed = len(self.right & left) + len(self.left & right)
        # What the other compares with must have become the subject; a place may stand on either side.
        if self.left & right and crossed > straight:
            return True
        return False if straight > crossed else None

    def agrees(self, other: Comparison) -> bool | None:
        """Whether both say the same; None when they are of other things or dimensions."""
        mirrored = self.mirrors(other)
        if mirrored is None or (self.about and other.about and not self.about & other.about):
            return None
        return (self.sign == other.sign) != mirrored


@lru_cache(maxsize=4096)
def comparisons(tokens: Tokens) -> tuple[Comparison, ...]:
    """Return who is compared with whom: "A outperforms B", "B is beaten by A", "A is faster than B"."""
    found = [comparison for comparison in _by_word(tokens) if comparison.left and comparison.right]
    return tuple(found or _by_preposition(tokens))


def _by_preposition(tokens: Tokens) -> Iterator[Comparison]:
    """Read "compared to" and "over", which are vaguer, where nothing else compares."""
    for index in range(len(tokens)):
        length = _preposition(tokens, index)
        if length:
            yield from (each for each in _prepositional(tokens, index, length) if each.left and each.right)


def _by_word(tokens: Tokens) -> list[Comparison]:
    found: list[Comparison] = []
    for index, token in enumerate(tokens):
        if token.norm == "than" and not is_bound(tokens, index):
            found.extend(_than(tokens, index, found))
        elif token.kind == "word" and token.key in COMPARISON_VERBS and not _attributive(tokens, index):
            found.append(_verb(tokens, index, COMPARISON_VERBS[token.key], found))
        elif token.kind == "word" and token.key in ORDERED_VERBS:
            found.append(_verb(tokens, index, 1, found, about=token.key))
        elif token.norm == "as" and any(earlier.norm == "as" for earlier in tokens[max(0, index - 10) : index - 1]):
            found.append(Comparison(_left(tokens, index, found)[1], _right(tokens, index + 1), 1, frozenset()))
        elif token.norm == "from":
            found.append(_transfer(tokens, index))
    return found


def is_bound(tokens: Sequence[Token], index: int) -> bool:
    """Whether the "than" at `index` belongs to a number or to "rather than"."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    previous = tokens[index - 1].norm if index else ""
    return previous in ("rather", "other") or (following is not None and following.kind == "number")


def _attributive(tokens: Tokens, index: int) -> bool:
    """Whether "superior" or "inferior" compares with nothing."""
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    return tokens[index].norm in ("superior", "inferior") and following != "to"


def _than(tokens: Tokens, index: int, earlier: Sequence[Comparison]) -> Iterator[Comparison]:
    start, left = _left(tokens, index, earlier)
    for at in range(index - 1, max(start - 1, index - 14), -1):
        if tokens[at].norm in COMPARATIVES:
            sign, about = _dimension(tokens, at)
            # "scored higher on the exam than": only what stands close says of what.
            yield Comparison(left, _right(tokens, index + 1), sign, about if index - at <= 4 else frozenset())
            return


def _dimension(tokens: Tokens, index: int) -> tuple[int, frozenset[str]]:
    """Return the sign of a comparative and its dimension: "less accurate" is -1 of accuracy."""
    word = tokens[index].norm
    sign = COMPARATIVES.get(word) or DIRECTIONS[word][0][1]
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if word in ("more", "less") and following is not None and following.norm in DIRECTIONS:
        axis, way = DIRECTIONS[following.norm][0]
        return sign * way, frozenset([axis])
    if word not in _PLAIN and word in DIRECTIONS and DIRECTIONS[word][0][0] not in (QUANTITY, QUALITY):
        return sign, frozenset([DIRECTIONS[word][0][0]])
    words: list[str] = []
    for token in tokens[index + 1 : index + 4]:
        if token.kind == "mark" or token.norm in FUNCTION_WORDS:
            break
        words.append(token.key)
    return sign, frozenset(words[:2])


def _verb(
    tokens: Tokens, index: int, sign: int, earlier: Sequence[Comparison], *, about: str | None = None
) -> Comparison:
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    passive = following == "by" and any(token.norm in _BE for token in tokens[max(0, index - 3) : index])
    if about is not None and not passive and _exchanges(tokens, index):
        return _exchange(tokens, index, about)
    left = _left(tokens, index, earlier)[1]
    right = _right(tokens, index + 1 + passive)
    dimension = frozenset([about]) if about else frozenset[str]()
    return Comparison(right, left, sign, dimension) if passive else Comparison(left, right, sign, dimension)


def _transfer(tokens: Tokens, index: int) -> Comparison:
    """Read "from A to B", unless it tells of numbers."""
    end = next((at for at in range(index, min(len(tokens), index + 16)) if tokens[at].norm == "to"), None)
    between = tokens[index + 1 : end] if end is not None else ()
    if end is None or any(token.kind == "number" for token in (*between, *tokens[end : end + 4])):
        return Comparison(frozenset(), frozenset(), 1, frozenset())
    return Comparison(sides(between), sides(tokens[end + 1 : end + 9]), 1, frozenset(["from to"]))


def _exchanges(tokens: Tokens, index: int) -> bool:
    return tokens[index].key in ("replac", "substitut", "convert", "transform")


def _exchange(tokens: Tokens, index: int, about: str) -> Comparison:
    """Read "replacing A with B" and "converting A into B"."""
    ends = [at for at in range(index + 1, len(tokens)) if tokens[at].norm in ("with", "by", "for", "into", "to")]
    middle = ends[0] if ends else len(tokens)
    stops = (
        at for at in range(middle + 1, len(tokens)) if tokens[at].norm in DIRECTIONS or tokens[at].kind == "number"
    )
    replacement = tokens[middle + 1 : next(stops, len(tokens))]
    return Comparison(sides(tokens[index + 1 : middle]), _right(replacement, 0), 1, frozenset([about]))


def _preposition(tokens: Tokens, index: int) -> int:
    """Return the number of words of a comparing preposition at `index`, 0 when there is none."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    if following is None:
        return 0
    if (tokens[index].norm, following.norm) in _PREPOSITIONS:
        return 2
    return 1 if tokens[index].norm in _SINGLE_PREPOSITIONS and following.kind != "number" else 0


def _prepositional(tokens: Tokens, index: int, length: int) -> Iterator[Comparison]:
    """Read "A is 2x faster compared to B" and "Compared to B, A is 2x faster", once per direction named."""
    right = _right(tokens, index + length)
    start, left = _left(tokens, index, ())
    chunk = range(start, index)
    if not left:
        end = next((at for at in range(index, len(tokens)) if tokens[at].norm == ","), len(tokens))
        chunk = range(end, len(tokens))
        left = sides(tokens[end:])
    for at in chunk:
        if tokens[at].norm in DIRECTIONS and not (at + 1 < len(tokens) and tokens[at + 1].norm == "than"):
            sign, about = _dimension(tokens, at)
            yield Comparison(left, right, sign, about)


def _left(tokens: Tokens, end: int, earlier: Sequence[Comparison]) -> tuple[int, frozenset[str]]:
    start = end
    while start > 0 and tokens[start - 1].norm not in CONTRASTS and tokens[start - 1].norm != "which":
        start -= 1
    if start > 0 and tokens[start - 1].norm == "which" and earlier:
        return start, earlier[-1].right
    return start, sides(tokens[start:end])


def _right(tokens: Tokens, start: int) -> frozenset[str]:
    while start < len(tokens) and tokens[start].norm in ("by", "at", "in", "on", "for", "with"):
        start += 1
    end = start
    while end < len(tokens) and tokens[end].norm not in _RIGHT_ENDS:
        # "than X on Y": Y is where, not what.
        if tokens[end].norm in _PLACES and any(token.heavy for token in tokens[start:end]):
            break
        end += 1
    return sides(tokens[start:end])


def sides(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the keys of what a comparison names; "we", "our method" and "the authors" become one key."""
    keys = {
        denied_key(token)
        for token in tokens
        if token.norm not in _AUTHORS
        and (token.heavy or (token.kind == "word" and token.norm not in FUNCTION_WORDS | DIRECTIONS.keys()))
    }
    if any(token.norm in OWN_WORK | _AUTHORS for token in tokens):
        keys.add(OWN)
    return frozenset(keys)
