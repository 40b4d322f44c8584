"""Whether the numbers of a claim are the evidence's: value, unit, bound, and what each of them measures."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rag.grounding.forms import UNITS
from rag.grounding.lexicon import FUNCTION_WORDS
from rag.grounding.matching import has, vocabulary
from rag.grounding.rivals import beside_number, rival, same_quantity
from rag.grounding.tokens import Token

Tokens = tuple[Token, ...]

_BOUNDS = (
    (("up", "to"), "up to"),
    (("as", "much", "as"), "up to"),
    (("as", "many", "as"), "up to"),
    (("at", "most"), "up to"),
    (("no", "more", "than"), "up to"),
    (("maximum", "of"), "up to"),
    (("at", "least"), "at least"),
    (("no", "less", "than"), "at least"),
    (("more", "than"), "more than"),
    (("greater", "than"), "more than"),
    (("higher", "than"), "more than"),
    (("over",), "more than"),
    (("above",), "more than"),
    (("exceeding",), "more than"),
    (("exceeds",), "more than"),
    ((">",), "more than"),
    (("≥",), "at least"),
    (("less", "than"), "less than"),
    (("fewer", "than"), "less than"),
    (("lower", "than"), "less than"),
    (("below",), "less than"),
    (("under",), "less than"),
    (("<",), "less than"),
    (("≤",), "up to"),
    (("about",), "about"),
    (("approximately",), "about"),
    (("around",), "about"),
    (("roughly",), "about"),
    (("nearly",), "about"),
    (("almost",), "about"),
    (("some",), "about"),
    (("~",), "about"),
    (("≈",), "about"),
)
# What a bound of the evidence allows a claim to say; the empty bound is the bare number.
_ALLOWED = {
    "": {"", "about", "up to"},
    "up to": {"up to"},
    "at least": {"at least"},
    "more than": {"more than", "at least"},
    "less than": {"less than", "up to"},
    "about": {"about"},
}


def bound(tokens: Tokens, index: int) -> str:
    """Return how the number at `index` is bounded: "up to", "at least", "more than", … or "" for a bare number."""
    while index >= 2 and tokens[index - 1].norm in ("and", ",", "or", "/") and tokens[index - 2].kind == "number":
        index -= 2
    skip = 1 if index and tokens[index - 1].norm in ("a", "an", "the", "$") else 0
    before = [token.norm for token in tokens[max(0, index - 3 - skip) : index - skip]]
    for words, name in _BOUNDS:
        if before[-len(words) :] == list(words):
            return name
    return ""


def counted(tokens: Tokens, index: int) -> tuple[Token, ...]:
    """Return what the number at `index` counts: the words that follow it, up to a function word or mark."""
    words: list[Token] = []
    for token in tokens[index + 1 : index + 9]:
        joining = token.norm in ("and", "or", ",", "/") and words
        if not joining and (token.kind in ("mark", "number") or token.norm in FUNCTION_WORDS):
            break
        words.append(token)
    return tuple(token for token in words if token.kind in ("word", "name") and token.norm not in FUNCTION_WORDS)


def missing_numbers(claim: Tokens, evidence: Tokens) -> list[str]:
    """Return a reason for each number of the claim that the evidence sentence does not give so."""
    reasons = []
    for index, token in enumerate(claim):
        if token.kind == "number":
            reason = _number_reason(claim, index, evidence)
            if reason:
                reasons.append(reason)
    return reasons


def _number_reason(claim: Tokens, index: int, evidence: Tokens) -> str | None:
    quantity = claim[index].quantity
    if quantity is None:
        return None
    tolerance = 0.02 if bound(claim, index) == "about" else 1e-9
    places = [
        place
        for place, token in enumerate(evidence)
        if token.quantity is not None and same_quantity(quantity, token.quantity, tolerance=tolerance)
    ]
    if not places:
        if _part_of_name(claim, index, evidence):
            return None
        return f'number "{spelled(claim, index)}" not in the evidence'
    reason: str | None = None
    for place in places:
        reason = _disagreement(claim, index, evidence, place)
        if reason is None:
            return None
    return reason


def spelled(tokens: Tokens, index: int) -> str:
    """Return the number with the word after it, as a reader would quote it."""
    following = tokens[index + 1] if index + 1 < len(tokens) else None
    quantity = tokens[index].quantity
    if following is None or following.kind == "mark" or (quantity and quantity.unit == "%"):
        return tokens[index].text + ("%" if quantity and quantity.unit == "%" and "%" not in tokens[index].text else "")
    return f"{tokens[index].text} {following.text}"


def _part_of_name(claim: Tokens, index: int, evidence: Tokens) -> bool:
    """Whether the evidence has the number as part of a name that a claim begins with: "Llama 3.1"."""
    if not index:
        return False
    return any(
        second.kind == "name" and second.text == claim[index].text and first.norm == claim[index - 1].norm
        for first, second in itertools.pairwise(evidence)
    )


def _in_range(tokens: Tokens, index: int) -> bool:
    """Whether the number is an end of a range: "20%-50%", "2x to 330x", not "from 20% to 50%"."""
    for first in (index - 2, index):
        if first < 0 or first + 2 >= len(tokens) or tokens[first].norm == "from":
            continue
        one, joint, other = tokens[first : first + 3]
        between = joint.norm == "and" and _is_between(tokens, first)
        ranged = (
            between
            or joint.norm in ("-", "~", "–")
            or (joint.norm == "to" and (not first or tokens[first - 1].norm != "from"))
        )
        if ranged and one.quantity and other.quantity and one.quantity.unit == other.quantity.unit:
            return True
    return False


def _is_between(tokens: Tokens, first: int) -> bool:
    return any(token.norm == "between" for token in tokens[max(0, first - 2) : first])


def _of_other_side(tokens: Tokens, index: int) -> bool:
    """Whether the number stands for what is compared with: "0.14 m versus 0.21 m"."""
    before = [token.norm for token in tokens[max(0, index - 2) : index]]
    return bool(before) and (
        before[-1] in ("versus", "vs", "against") or before in (["compared", "to"], ["compared", "with"])
    )


def _disagreement(claim: Tokens, index: int, evidence: Tokens, place: int) -> str | None:
    said, stated = bound(claim, index), bound(evidence, place)
    number = spelled(claim, index)
    if not said and not _role(claim, index) and _in_range(evidence, place) and not _in_range(claim, index):
        return f'bound: the evidence gives "{number}" only as the end of a range'
    if _of_other_side(evidence, place) and not _of_other_side(claim, index):
        tail = vocabulary(beside_number(evidence, range(place, len(evidence)), place))
        if not any(has(token, tail) for token in claim if token.heavy):
            return f'"{number}" belongs to what the evidence compares with'
    if said not in _ALLOWED[stated]:
        return f'bound: "{f"{said} {number}".strip()}" where the evidence says "{f"{stated} {number}".strip()}"'
    if not _same_count(counted(claim, index), counted(evidence, place), claim[index], evidence[place + 1 : place + 6]):
        return f'what "{number}" counts is not what the evidence counts'
    role, stated_role = _role(claim, index), _role(evidence, place)
    if role and stated_role and role != stated_role:
        return f'"{role} {number}" where the evidence says "{stated_role} {number}"'
    other = rival(claim, index, evidence, place)
    if other:
        return f'"{number}" belongs to another: the evidence gives it not for "{other}"'
    return None


def _role(tokens: Tokens, index: int) -> str:
    before = tokens[index - 1].norm if index else ""
    return before if before in ("from", "to") and not (index > 1 and tokens[index - 2].norm == "up") else ""


def _same_count(claimed: Sequence[Token], stated: Sequence[Token], number: Token, following: Sequence[Token]) -> bool:
    units = [{token.norm for token in words if token.norm in UNITS} for words in (claimed, stated)]
    if any(units) and units[0] != units[1] and (number.quantity is None or not number.quantity.unit):
        return not units[0] and not any(token.heavy for token in claimed)
    if number.quantity is not None and number.quantity.unit:
        return True
    if not claimed or not stated:
        return True
    words = vocabulary(tuple(stated))
    if any(has(token, words) for token in claimed):
        return True
    # "30 FPS" of "30 frames per second"
    return any(token.kind == "name" and has(token, vocabulary(tuple(following))) for token in claimed)
