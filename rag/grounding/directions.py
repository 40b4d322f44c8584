"""Whether what a claim says grew, fell or improved did so in the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from rag.grounding.comparisons import comparisons, is_bound
from rag.grounding.lexicon import COMPARATIVES, DIRECTIONS, LENGTH, LOWER_IS_BETTER, PRICE, QUANTITY, SIZE
from rag.grounding.matching import has, vocabulary
from rag.grounding.tokens import Quantity, Token, directions_of

Tokens = tuple[Token, ...]


def turned_direction(claim: Tokens, evidence: Tokens) -> list[str]:
    """An increase claimed where the evidence has a decrease, an improvement where it has none."""
    if is_mirrored(claim, evidence):
        return []
    stated = [(at, *meaning) for at, token in enumerate(evidence) for meaning in directions_of(token)]
    reasons = []
    for index, token in enumerate(claim):
        meanings = directions_of(token)
        if not meanings or _decides_nothing(claim, index):
            continue
        if not any(_direction_agrees(claim, index, meaning, evidence, stated) for meaning in meanings):
            opposite = any(axis == other and sign == -way for axis, sign in meanings for _, other, way in stated)
            detail = "is the opposite in the evidence" if opposite else "not in the evidence"
            reasons.append(f'direction: "{token.text}" {detail}')
    return reasons


def _decides_nothing(tokens: Tokens, index: int) -> bool:
    """Whether a word of direction only bounds a number, grades another such word, or says "with increasing x"."""
    previous = tokens[index - 1].norm if index else ""
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    if following == "than" and is_bound(tokens, index + 1):
        return True
    return following in DIRECTIONS or (previous == "with" and tokens[index].norm.endswith("ing"))


def is_mirrored(claim: Tokens, evidence: Tokens) -> bool:
    """Whether the claim says of B what the evidence says of A, with the opposite direction."""
    return any(
        one.sign != other.sign and one.agrees(other) for one in comparisons(claim) for other in comparisons(evidence)
    )


def _direction_agrees(
    claim: Tokens, index: int, meaning: tuple[str, int], evidence: Tokens, stated: Sequence[tuple[int, str, int]]
) -> bool:
    axis, sign = meaning
    beside = _beside(claim, index)
    alike = [
        (at, way)
        for at, other, way in stated
        if other == axis or ({axis, other} <= _MEASURED and evidence[at].norm not in COMPARATIVES)
    ]
    if alike:
        near = [(_nearness(beside, evidence, at), way == sign) for at, way in alike]
        return any(agrees for nearness, agrees in near if nearness == max(near)[0])
    good = _goodness(claim, index, axis, sign)
    return any(
        _goodness(evidence, at, other, way) == good
        and (not beside or _nearness(beside, evidence, at) > 0 or _numbers(claim, index) & _numbers(evidence, at))
        for at, other, way in stated
    ) or (not any(axis == other for _, other, _ in stated) and has(claim[index], vocabulary(evidence)))


_MEASURED = frozenset([QUANTITY, SIZE, LENGTH, PRICE])


def _numbers(tokens: Tokens, index: int) -> set[Quantity]:
    return {token.quantity for token in tokens[max(0, index - 4) : index + 6] if token.quantity is not None}


def _nearness(beside: Tokens, evidence: Tokens, place: int) -> float:
    """Return how close to a word of direction in the evidence stands what stands beside the claim's."""
    total = 0.0
    for distance, token in _around(evidence, place):
        if has(token, vocabulary(beside)):
            total += 1 / distance
    return total


def _around(tokens: Tokens, index: int) -> list[tuple[int, Token]]:
    """Return the content words beside `index` and how far off they are, more so before it or beyond an "and"."""
    found = []
    for at in range(max(0, index - 4), min(len(tokens), index + 6)):
        token = tokens[at]
        if token.kind in ("word", "name") and token.heavy and token.norm not in DIRECTIONS:
            between = tokens[min(at, index) : max(at, index)]
            beyond = 5 if any(other.norm in _BORDERS for other in between) else 0
            found.append((beyond + (at - index if at > index else 2 * (index - at)), token))
    return found


_BORDERS = frozenset(["and", "but", "while", "whereas", ",", ";"])


def _beside(tokens: Tokens, index: int) -> Tokens:
    return tuple(token for _, token in _around(tokens, index))


def _goodness(tokens: Tokens, index: int, axis: str, sign: int) -> int:
    """Return 1 for a change to the better: less latency, more accuracy, faster; -1 for the worse."""
    if axis not in (QUANTITY, SIZE):
        return sign
    if axis == SIZE:
        return -sign
    return -sign if any(token.key in LOWER_IS_BETTER for token in _beside(tokens, index)) else sign
