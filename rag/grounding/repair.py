"""Mend a partly supported sentence from its evidence, so that it checks as supported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.grounding.claims import Similarity
from rag.grounding.forms import MAGNITUDE_WORDS, MAGNITUDES, UNITS
from rag.grounding.lexicon import CERTAINTY_STEMS, FUNCTION_WORDS
from rag.grounding.support import check_sentence
from rag.grounding.tokens import Quantity, tokens_of, word_key
from rag.text import readable
from rag.types import Evidence

_UNIT = "|".join(re.escape(unit) for unit in sorted({*UNITS, *MAGNITUDES, *MAGNITUDE_WORDS}, key=len, reverse=True))
_NUMBER = re.compile(rf"(?<![\w.])\d+(?:,\d{{3}})*(?:\.\d+)?(?:[ -]?(?:{_UNIT})(?![A-Za-z]))?", re.IGNORECASE)
_BOUND = re.compile(
    r"(?:up to|at least|at most|more than|less than|fewer than|over|about|approximately|around|nearly|almost|roughly)"
    r"\s+$",
    re.IGNORECASE,
)
# Only clauses and asides: without its "on X" or "when Y" a sentence would say more than before.
_CLAUSE_START = re.compile(
    r"[,;]?\s+(?:and|but|while|whereas|which|because|since|including|among them|as well as|thereby)\s|[,;]\s"
)
_FEWEST_WORDS = 4
_KEPT_SHARE = 0.5


def repair_sentence(
    sentence: str, evidence: Sequence[Evidence], *, similarity: Similarity | None = None, question: str = ""
) -> str | None:
    """Return the sentence mended from the evidence so that it checks as supported, or None.

    Tried in turn: another number of the evidence in place of one that disagrees, when exactly one
    makes the sentence hold; the evidence's bound ("up to") before a number; leaving out an adverb of
    certainty; leaving out the end of the sentence from a clause on, as little as
    possible and at most half of it.

    Args:
        sentence: A sentence that `check_sentence` calls "partly".
        evidence: The sentences it was checked against.
        similarity: As for `check_sentence`.
        question: As for `check_sentence`.
    """
    verdict = check_sentence(sentence, evidence, similarity=similarity, question=question)
    if verdict.label != "partly" or not verdict.evidence:
        return None

    def holds(candidate: str) -> bool:
        return check_sentence(candidate, evidence, similarity=similarity, question=question).holds

    sources = [readable(evidence[index].text) for index in _of_same_documents(verdict.evidence, evidence)]
    numbers = {
        candidate for source in sources for candidate in _with_other_number(sentence, source) if holds(candidate)
    }
    if len(numbers) == 1:
        return numbers.pop()
    bounded = [candidate for source in sources for candidate in _with_bound(sentence, source)]
    others = (*bounded, *_without_adverb(sentence), *_without_end(sentence))
    return next((candidate for candidate in others if holds(candidate)), None)


def _of_same_documents(chosen: Sequence[int], evidence: Sequence[Evidence]) -> list[int]:
    """Return the evidence of the documents that the chosen sentences are from."""
    documents = {evidence[index].document_id for index in chosen}
    return [index for index, item in enumerate(evidence) if item.document_id in documents]


def _numbers(text: str) -> list[tuple[re.Match[str], Quantity]]:
    found = []
    for match in _NUMBER.finditer(text):
        quantity = next((token.quantity for token in tokens_of(match.group()) if token.quantity), None)
        if quantity is not None:
            found.append((match, quantity))
    return found


def _with_other_number(sentence: str, source: str) -> Iterator[str]:
    """Yield the sentence with one number replaced by one of the evidence, of the same unit or the same digits."""
    own = _numbers(sentence)
    for match, quantity in own:
        for other, stated in _numbers(source):
            same_digits = bool(quantity.unit and stated.unit) and _digits(match) == _digits(other)
            known = any(stated == said for _, said in own)
            if not known and (stated.unit == quantity.unit or same_digits):
                yield _article_fitted(sentence[: match.start()], other.group()) + sentence[match.end() :]


def _article_fitted(before: str, number: str) -> str:
    """Join a number to what precedes it, "a" or "an" as it is spoken."""
    article = "an" if re.match(r"8|1[18](?!\d)", number) else "a"
    return re.sub(r"\ban? $", f"{article} ", before) + number


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"[^\d.]", "", match.group())


def _with_bound(sentence: str, source: str) -> Iterator[str]:
    """Yield the sentence with a number bounded as the evidence bounds it."""
    for match, quantity in _numbers(sentence):
        for other, stated in _numbers(source):
            bound = _BOUND.search(source[: other.start()])
            if stated == quantity and bound:
                before = _BOUND.sub("", sentence[: match.start()])
                yield f"{before}{bound.group().lower()}{sentence[match.start() :]}"


def _without_adverb(sentence: str) -> Iterator[str]:
    """Yield the sentence without one of its adverbs of certainty: "always", "certainly"."""
    for match in re.finditer(r"\b[A-Za-z]+\s", sentence):
        word = match.group().strip().casefold()
        if word == "always" or (word.endswith("ly") and word_key(word) in CERTAINTY_STEMS):
            rest = sentence[: match.start()] + sentence[match.end() :]
            yield rest[:1].upper() + rest[1:]


def _without_end(sentence: str) -> Iterator[str]:
    """Yield the openings of the sentence that end before a clause, longest first."""
    length = len(sentence.split())
    for match in reversed(list(_CLAUSE_START.finditer(sentence))):
        opening = sentence[: match.start()].rstrip(" ,;:-")
        kept = opening.split()
        whole = opening.count("(") == opening.count(")") and kept and kept[-1].casefold() not in FUNCTION_WORDS
        if whole and len(kept) >= max(_FEWEST_WORDS, _KEPT_SHARE * length):
            yield opening + "."
