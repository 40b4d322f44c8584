"""Which of several numbers of a sentence a word belongs to: "7% of the evening and 12% of the morning group".

Knows nothing of bounds and units; a number is a token with a quantity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from rag.grounding.clauses import segments
from rag.grounding.lexicon import DIRECTIONS, FUNCTION_WORDS
from rag.grounding.matching import has, vocabulary
from rag.grounding.tokens import Quantity, Token

Tokens = tuple[Token, ...]


def same_quantity(claimed: Quantity, stated: Quantity, *, tolerance: float = 1e-9) -> bool:
    """Whether two quantities agree in value and unit; "50%" and a factor of two are told apart."""
    # "a third" stands for any rounding of it.
    thirds = any(abs(quantity.value - third) < 1e-3 for quantity in (claimed, stated) for third in (33.3333, 66.6667))
    tolerance = 0.011 if thirds and claimed.unit == "%" else tolerance
    return claimed.unit == stated.unit and math.isclose(claimed.value, stated.value, rel_tol=tolerance)


def exchanged_numbers(claim: Tokens, evidence: Tokens) -> list[str]:
    """Two numbers of the claim that would fit the evidence better the other way round."""
    reasons = []
    places = [index for index, token in enumerate(claim) if token.quantity is not None]
    for first, second in combinations(places, 2):
        stated = [_places(claim[index], evidence) for index in (first, second)]
        if not all(len(found) == 1 for found in stated) or stated[0] == stated[1]:
            continue
        one, other = stated[0][0], stated[1][0]
        if not _rivals(evidence[one].quantity or Quantity(0), evidence[other].quantity or Quantity(0)):
            continue
        straight = _fit(claim, first, evidence, one) + _fit(claim, second, evidence, other)
        crossed = _fit(claim, first, evidence, other) + _fit(claim, second, evidence, one)
        if crossed > straight + 1:
            reasons.append(f'"{claim[first].text}" and "{claim[second].text}" are exchanged')
    return reasons


def _places(token: Token, evidence: Tokens) -> list[int]:
    return [
        place
        for place, other in enumerate(evidence)
        if token.quantity and other.quantity and same_quantity(token.quantity, other.quantity)
    ]


def _fit(claim: Tokens, index: int, evidence: Tokens, place: int) -> int:
    """Return how many words stand near both numbers, on the same side of each."""
    return len(_near(claim, index) & _near(evidence, place))


def _near(tokens: Tokens, index: int) -> set[tuple[str, str]]:
    near = set()
    for side, places in (("before", range(index - 1, index - 4, -1)), ("after", range(index + 1, index + 4))):
        for at in places:
            if not 0 <= at < len(tokens) or tokens[at].quantity is not None:
                break
            near.add((side, tokens[at].key))
    return near


def rival(claim: Tokens, index: int, evidence: Tokens, place: int) -> str | None:
    """Return the word by which the claim gives the number to what the evidence gives another number.

    That is so when a word beside the number in the claim stands, in the evidence, only beside a
    number of the same unit elsewhere, and a word beside the number in the evidence is left out.
    """
    quantity = evidence[place].quantity
    if quantity is None:
        return None
    rivals = [
        other
        for other, token in enumerate(evidence)
        if token.quantity is not None and (other == place or _rivals(token.quantity, quantity))
    ]
    if len(rivals) < 2:
        return None
    own_claim = _own_segment(claim, index)
    parts = segments(evidence, rivals)
    own = next(part for part in parts if place in part)
    keys = beside_number(evidence, own, place)
    if len(parts) < 2 or not _left_out(keys, own_claim):
        return None
    available = vocabulary(_with_inherited(evidence, parts, own))
    others = [
        beside_number(evidence, part, rival)
        for part in parts
        if part != own
        for rival in rivals
        if rival in part and not _same(evidence, rival, place)
    ]
    for token in _close_to(claim, index, own_claim):
        if not has(token, available) and any(has(token, vocabulary(other)) for other in others):
            return token.text
    return None


def _close_to(claim: Tokens, index: int, own: Tokens) -> list[Token]:
    """Return the content words of a claim's segment that stand close enough to its number to be meant with it."""
    near = claim[max(0, index - 6) : index + 7]
    return [token for token in own if token.heavy and token in near]


def _rivals(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities could be taken for one another; a year is not taken for a count."""
    return is_year(one) == is_year(other) and ((not one.unit) == (not other.unit))


def is_year(quantity: Quantity) -> bool:
    """Whether a bare number can be a year of our time."""
    return not quantity.unit and 1900 <= quantity.value <= 2100


def _same(tokens: Tokens, one: int, other: int) -> bool:
    first, second = tokens[one].quantity, tokens[other].quantity
    return first is not None and second is not None and same_quantity(first, second)


def _own_segment(claim: Tokens, index: int) -> Tokens:
    numbers = [place for place, token in enumerate(claim) if token.kind == "number"]
    quantity = claim[index].quantity
    alike = [
        place
        for place in numbers
        if quantity and (other := claim[place].quantity) is not None and _rivals(quantity, other)
    ]
    part = next(part for part in segments(claim, alike) if index in part)
    return claim[part.start : part.stop]


def beside_number(tokens: Tokens, part: range, place: int) -> Tokens:
    """Return what stands beside the number: the names of its segment, and the words between its commas."""
    start = place
    while start > part.start and tokens[start - 1].norm not in (",", ";"):
        start -= 1
    end = place
    while end < part.stop and tokens[end].norm not in (",", ";", "compared"):
        end += 1
    return tuple(
        token
        for index, token in enumerate(tokens[part.start : part.stop], part.start)
        if token.kind == "name" or (token.heavy and start <= index < end)
    )


def _left_out(keys: Tokens, own_claim: Tokens) -> bool:
    words = vocabulary(own_claim)
    return any(token.norm not in DIRECTIONS and not has(token, words) for token in keys)


def _with_inherited(tokens: Tokens, parts: Sequence[range], own: range) -> Tokens:
    """Return the segment, with the earlier ones whose subject it takes over ("…, surpassing it by 3.7%")."""
    start = own.start
    position = parts.index(own)
    while position > 0 and _takes_over(tokens, parts[position]):
        position -= 1
        start = parts[position].start
    return tokens[start : own.stop]


def _takes_over(tokens: Tokens, part: range) -> bool:
    """Whether a segment opens with "which" or a participle and its object: "surpassing it", not "morning dosing"."""
    opening = [token for token in tokens[part.start : part.stop] if token.kind != "mark"][:4]
    if opening and opening[0].norm in ("which", "who"):
        return True
    return any(
        first.norm.endswith("ing") and first.kind == "word" and (second.norm in FUNCTION_WORDS or second.kind != "word")
        for first, second in pairwise(opening)
    )
