"""Tell a paper's sentence as an answer does: of its authors, without the words that join it to its neighbours."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.text import without_control_tokens

_OPENINGS = (
    r"(?:furthermore|moreover|additionally|in addition|besides|also|specifically|in particular|particularly|notably"
    r"|finally|consequently|as a result|therefore|thus|hence|however|nevertheless|to this end|to address this"
    r"|in this (?:paper|work|study|article|survey)|here|first|firstly|second|secondly|third|thirdly|lastly"
    r"|in summary|overall|in conclusion|on the other hand|by contrast|in contrast|for this purpose|towards this end"
    r"|similarly|likewise|importantly|remarkably|interestingly|accordingly|as such|then)"
)
_OPENING = re.compile(rf"^{_OPENINGS},\s+", re.IGNORECASE)
# "To address these issues, we …" points to a sentence that is not shown.
_PURPOSE = re.compile(
    r"^(?:to|in order to|for) (?:address|overcome|tackle|alleviate|cope with|solve|bridge|fill|mitigate|remedy|meet"
    r"|handle|resolve|combat|counter|achieve|do) (?:this|that|these|those|such|the above)\b[^,;:]{0,40},\s+",
    re.IGNORECASE,
)
_POINTING_BACK = re.compile(
    r"^(?:based|building|drawing|motivated|inspired)(?: inspiration)? (?:up)?(?:on|by|from) "
    r"(?:this|that|these|those|such|the above)\b[^,;:]{0,40},\s+",
    re.IGNORECASE,
)
_EVIDENTIAL = re.compile(
    r"^(?:(?:extensive |comprehensive |our |the authors' |the |further )*"
    r"(?:experiments?|experimental results?|evaluations?|empirical results?|results?)"
    r" (?:show|demonstrate|indicate|reveal|confirm)s? that"
    r"|we (?:show|demonstrate|find|observe) that)\s+(?=[a-z])",
    re.IGNORECASE,
)
_REWORDINGS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\bIn this (?:paper|work),? we\b", "The authors"),
    (r"^We\b", "The authors"),
    (r"(?<=[.:;] )We\b", "The authors"),
    (r"\bWe\b", "the authors"),
    (r"\bwe\b", "the authors"),
    (r"\bOurs?\b", "The authors'"),
    (r"\bours?\b", "the authors'"),
    (r"\bus\b(?=[ ,.])", "them"),
    (r"^I (?=(?:[a-z]+ed|was|did|can|will) )", "The author "),
    (r"\bI (?=(?:[a-z]+ed|was|did|can|will) )", "the author "),
    (r"\bI have\b", "the author has"),
    (r"\bI am\b", "the author is"),
    (r"\bmy\b", "the author's"),
)


_MARKER = re.compile(r"\[(\d+)\]")


def plain(sentence: str) -> str:
    """Return a sentence on one line, without what a reader could take for our markers or a model for a turn.

    >>> plain("It needs 90 KB [2][3].<|im_end|>")
    'It needs 90 KB (2)(3).'
    """
    return " ".join(_MARKER.sub(r"(\1)", without_control_tokens(sentence)).split())


def retell(sentence: str) -> str:
    """Return a sentence, plain, with "we" and "our" told of the authors.

    An opening that joins it to sentences before it is left out.

    >>> retell("Furthermore, we show that our method is 2x faster.")
    "The authors' method is 2x faster."
    >>> retell("Experiments on seven tasks show that it is fast.")
    'Experiments on seven tasks show that it is fast.'
    >>> retell("To address these issues, we present X.")
    'The authors present X.'
    >>> retell("I donated X, which I have made.")
    'The author donated X, which the author has made.'
    >>> retell("We present X, and we test our X.")
    'The authors present X, and they test their X.'
    """
    sentence = plain(sentence)
    told = _OPENING.sub("", sentence)
    for opening in (_PURPOSE, _POINTING_BACK, _EVIDENTIAL):
        told = opening.sub("", told)
    for pattern, words in _REWORDINGS:
        told = re.sub(pattern, words, told)
    told = _with_pronouns(told)
    return told[:1].upper() + told[1:] if told[:1].islower() and told != sentence else told


def _with_pronouns(told: str) -> str:
    """Name the authors once, then say "they" and "their"."""
    first = re.search(r"[Tt]he authors\b'?", told)
    if first is None:
        return told
    head, tail = told[: first.end()], told[first.end() :]
    tail = re.sub(r"\b[Tt]he authors'", "their", tail)
    return head + re.sub(r"\b[Tt]he authors\b", "they", tail)
