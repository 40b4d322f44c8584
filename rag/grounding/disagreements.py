"""What an evidence sentence says otherwise than a claim whose words it has.

Each check takes claim and evidence sentence as tokens and returns its reasons, none when it finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from rag.grounding.clauses import (
    ASSERTED,
    DENIED,
    EITHER,
    denies_by_ellipsis,
    hedged_from,
    polarity,
)
from rag.grounding.comparisons import comparisons
from rag.grounding.directions import is_mirrored, turned_direction
from rag.grounding.edits import changed_words, dropped_qualifiers, opposite, turned_negation
from rag.grounding.forms import words
from rag.grounding.lexicon import (
    CERTAINTY_STEMS,
    DIRECTIONS,
    FUNCTION_WORDS,
    HEDGES,
    OPPOSED,
    RESTRICTED,
    RESTRICTORS,
    SUPERLATIVES,
    UNIVERSALS,
    WEAK_HEDGES,
)
from rag.grounding.matching import groups_of, has, vocabulary
from rag.grounding.quantities import missing_numbers
from rag.grounding.rivals import exchanged_numbers
from rag.grounding.tokens import Token

Tokens = tuple[Token, ...]
Check = Callable[[Tokens, Tokens], list[str]]


def denial(claim: Tokens, evidence: Tokens) -> list[str]:
    """A word that one asserts and the other denies."""
    claimed, stated = polarity(claim), polarity(evidence)
    if all(state == ASSERTED for state in (*claimed, *stated)):
        return []
    reaches = denies_by_ellipsis(evidence) and _has_denied(claim, evidence, stated)
    # "does not depend on" where the evidence says "independent of".
    reaches |= any(
        other.denies and other.key == token.key and state == DENIED and not token.denies
        for token, state in zip(claim, claimed, strict=True)
        for other in evidence
    )
    reasons = []
    for token, state in zip(claim, claimed, strict=True):
        content = token.heavy or token.norm in DIRECTIONS or (token.kind == "word" and token.norm not in FUNCTION_WORDS)
        if state == EITHER or not content or (reaches and state == DENIED):
            continue
        states = {other for at, other in zip(evidence, stated, strict=True) if token.key == at.key} or {
            other for at, other in zip(evidence, stated, strict=True) if _same(token, at)
        }
        if states and state not in states and EITHER not in states:
            verb = "denied" if state == ASSERTED else "asserted"
            reasons.append(f'polarity: "{token.text}" is {verb} in the evidence')
    return reasons


def _has_denied(claim: Tokens, evidence: Tokens, stated: Sequence[int]) -> bool:
    """Whether the claim is about what the evidence denies, so that the denial of its verb may be meant as well."""
    denied = [token for token, state in zip(evidence, stated, strict=True) if state == DENIED and token.heavy]
    return any(token.heavy and any(_same(token, other) for other in denied) for token in claim)


def _same(token: Token, other: Token) -> bool:
    if other.kind not in ("word", "name"):
        return False
    if token.key == other.key or not token.heavy:
        return token.key == other.key
    return bool(groups_of(token.key) & groups_of(other.key)) or has(token, vocabulary((other,)))


def removed_hedge(claim: Tokens, evidence: Tokens) -> list[str]:
    """A claim made flatly of what the evidence says may be so."""
    flags = hedged_from(evidence)
    if not any(flags) or any(token.norm in HEDGES or token.norm in WEAK_HEDGES for token in claim):
        return []
    hedged = tuple(token for token, flag in zip(evidence, flags, strict=True) if flag)
    plain = tuple(token for token, flag in zip(evidence, flags, strict=True) if not flag)
    heavy = [token for token in claim if token.heavy or token.norm in DIRECTIONS]
    only_hedged = [token for token in heavy if has(token, vocabulary(hedged)) and not has(token, vocabulary(plain))]
    if len(only_hedged) * 4 < len(heavy) or not only_hedged:
        return []
    hedge = next(token.text for token in evidence if token.norm in HEDGES)
    return [f'hedge: the evidence says "{hedge}"']


def added_certainty(claim: Tokens, evidence: Tokens) -> list[str]:
    """A word of proof, totality or restriction that the evidence lacks."""
    stated = {token.norm for token in evidence}
    stems = {token.key for token in evidence}
    denied = polarity(claim)
    reasons = [
        f'certainty: "{token.text}" not in the evidence'
        for token in claim
        if token.kind == "word" and token.key in CERTAINTY_STEMS and token.key not in stems
    ]
    for index, token in enumerate(claim):
        idiom = token.norm == "all" and index > 0 and claim[index - 1].norm in ("above", "at")
        given = stated & UNIVERSALS or (token.norm == "each" and "per" in stated)
        if token.norm in UNIVERSALS and not (idiom or given or denied[index] == DENIED):
            reasons.append(f'scope: "{token.text}" not in the evidence')
        following = claim[index + 1 : index + 4]
        small = any(other.kind == "number" or other.norm in ("a", "few") for other in following)
        if token.norm in RESTRICTORS and not small and not stated & RESTRICTED:
            reasons.append(f'scope: "{token.text}" not in the evidence')
    return reasons


def opposite_attribute(claim: Tokens, evidence: Tokens) -> list[str]:
    """A "low memory" where the evidence has "high memory"."""
    if is_mirrored(claim, evidence):
        return []
    attributes = [(before, noun) for before, noun in pairwise(evidence) if noun.heavy]
    reasons = []
    for said, noun in pairwise(claim):
        stated = [before for before, other in attributes if noun.heavy and other.key == noun.key]
        turned = next((before for before in stated if opposite(said, before)), None)
        if turned is not None and not any(before.key == said.key for before in stated):
            reasons.append(f'"{said.text} {noun.text}" where the evidence says "{turned.text} {noun.text}"')
    return reasons


def dropped_restriction(claim: Tokens, evidence: Tokens) -> list[str]:
    """An "only in X", "all other X" or "both" that the claim widens."""
    said, words = {token.norm for token in claim}, vocabulary(claim)
    reasons = []
    for index, token in enumerate(evidence):
        following = evidence[index + 1 : index + 6]
        if token.norm in RESTRICTED and following and following[0].norm in _RESTRICTING:
            limits = [other for other in following if other.heavy]
            if limits and not has(limits[0], words):
                reasons.append(f'scope: the evidence says "{token.text} {following[0].text} {limits[0].text}"')
        if token.norm in UNIVERSALS and following and following[0].norm == "other" and said & UNIVERSALS:
            reasons += [] if "other" in said else [f'scope: the evidence says "{token.text} other"']
    stated = {token.norm for token in evidence}
    if "both" in said and not stated & {"both", "and", "two", "/", "2"}:
        reasons.append('scope: "both" not in the evidence')
    return reasons


_RESTRICTING = frozenset(words("in on for when if at with to by during among under after"))


def foreign_subject(claim: Tokens, evidence: Tokens) -> list[str]:
    """A claim about what the evidence only sets its subject against: "unlike earlier work, …"."""
    opening = next(
        (token for token in claim if token.kind in ("word", "name") and token.norm not in FUNCTION_WORDS), None
    )
    start = next((at for at, token in enumerate(evidence) if token.norm == "unlike"), None)
    if opening is None or start is None:
        return []
    end = next((at for at in range(start, len(evidence)) if evidence[at].norm == ","), len(evidence))
    aside, rest = evidence[start + 1 : end], evidence[:start] + evidence[end:]
    subject = next((token for token in rest if token.heavy), None)
    if subject is None or has(subject, vocabulary(claim)) or has(opening, vocabulary(rest)):
        return []
    return ["subject: the evidence speaks of it only as a contrast"] if has(opening, vocabulary(aside)) else []


_COMPARING = frozenset(
    words("than over to with against compared surpass surpasses surpassing outperform outperforms beat match matches")
)


def added_superlative(claim: Tokens, evidence: Tokens) -> list[str]:
    """A "best", "first" or "state-of-the-art" that the evidence does not say, or says of what it compares with."""
    reasons = []
    for index, token in enumerate(claim):
        grade = SUPERLATIVES.get(token.norm)
        if grade is None or _no_superlative(claim, index):
            continue
        places = [at for at, other in enumerate(evidence) if SUPERLATIVES.get(other.norm) == grade]
        reached = [at for at in places if not _compared_with(evidence, at)]
        if not (places if _compared_with(claim, index) else reached):
            reasons.append(f'superlative: "{token.text}" not in the evidence')
        elif reached and token.norm not in _NO_LIMITS and all(_limits_dropped(claim, evidence, at) for at in reached):
            reasons.append(f'superlative: "{token.text}" only within limits that the claim leaves out')
    return reasons


def _limits_dropped(claim: Tokens, evidence: Tokens, place: int) -> bool:
    """Whether the evidence says among what it is the best ("… model for edge devices") and the claim nothing of it."""
    tail = evidence[place + 1 : place + 14]
    end = next((index for index, token in enumerate(tail) if token.kind == "mark"), len(tail))
    start = next((index for index, token in enumerate(tail[:end]) if token.norm in _LIMITING), end)
    limits = [token for token in tail[start:end] if token.heavy]
    words = vocabulary(claim)
    return bool(limits) and not any(has(token, words) for token in limits)


_DETERMINERS = frozenset(["the", "a", "this", "our", "its", "their", "s", "world's"])
_LIMITING = frozenset(["capable", "for", "in", "among", "of", "on", "that", "which", "under", "within", "with"])
_NO_LIMITS = frozenset(["state-of-the-art", "sota", "first", "maximum", "maximal", "minimum", "minimal", "champion"])


def _no_superlative(tokens: Tokens, index: int) -> bool:
    """Whether "most", "least" or "first" grades nothing here: "most of", "at least", "it first splits"."""
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    previous = tokens[index - 1].norm if index else ""
    if tokens[index].norm == "first":
        return following not in ("to", "of") and not any(
            token.norm in _DETERMINERS for token in tokens[max(0, index - 2) : index]
        )
    return previous == "at" or (
        tokens[index].norm == "most" and following in ("of", "common", "existing", "recent", "current", "other")
    )


def _compared_with(tokens: Tokens, index: int) -> bool:
    return any(token.norm in _COMPARING for token in tokens[max(0, index - 4) : index])


def turned_comparison(claim: Tokens, evidence: Tokens) -> list[str]:
    """A comparison, or a deed, with the two sides exchanged."""
    stated = comparisons(evidence)
    for comparison in comparisons(claim):
        verdicts = [verdict for other in stated if (verdict := comparison.agrees(other)) is not None]
        if verdicts and not any(verdicts):
            return ["subject: the evidence has it the other way round"]
    return []


def exchanged_owner(claim: Tokens, evidence: Tokens) -> list[str]:
    """An "A of X" where the evidence has "A of Y" and "B of X"."""
    stated = _owners(evidence)
    for thing, owner in _owners(claim):
        owners = [other for what, other in stated if _same(thing, what)]
        things = [what for what, other in stated if _same(owner, other)]
        if owners and things and not any(_same(owner, other) for other in owners):
            return [f'subject: not the "{thing.text}" of "{owner.text}" in the evidence']
    return []


def _owners(tokens: Tokens) -> list[tuple[Token, Token]]:
    """Return each content word before an "of" with the first one after it."""
    pairs = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = next((other for other in tokens[index + 1 : index + 4] if other.heavy), None)
        if token.norm == "of" and before is not None and before.heavy and after is not None:
            pairs.append((before, after))
    return pairs


def opposed_word(claim: Tokens, evidence: Tokens) -> list[str]:
    """A "before" where the evidence has "after"."""
    said, stated = {token.norm for token in claim}, {token.norm for token in evidence}
    return [
        f'"{min(said & one)}" where the evidence says "{min(stated & other)}"'
        for pair in OPPOSED
        for one, other in (pair, pair[::-1])
        if said & one and stated & other and not said & other and not stated & one
    ]


CHECKS: tuple[Check, ...] = (
    missing_numbers,
    exchanged_numbers,
    denial,
    removed_hedge,
    added_certainty,
    added_superlative,
    turned_comparison,
    turned_direction,
    opposed_word,
    exchanged_owner,
    changed_words,
    dropped_qualifiers,
    turned_negation,
    opposite_attribute,
    dropped_restriction,
    foreign_subject,
)
