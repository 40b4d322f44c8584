"""What a sentence needs beside it to be understood: the one it leans on, and those that go on with its enumeration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rag.quoting import retell
from rag.text import readable
from rag.types import Evidence

_POINTS = r"(?:this|these|those|such|that|it|them|their|its)"
_LEANING = re.compile(
    r"^(?:it|its|itself|they|their|them|this|these|those|such|both(?! \S+ and)|either|neither|the (?:former|latter)"
    r"|(?:in|by) (?:doing so|so doing)|doing so|(?:all|each|some|most|many|none|one) of (?:these|those|them)"
    rf"|(?:as|to|for|in|with|by|on|from|at|under|of|through|using|unlike|despite|besides|beyond) {_POINTS})\b",
    re.IGNORECASE,
)
# "This paper" points to no sentence, "it is shown that" to nothing.
_STANDING = re.compile(
    r"^(?:in )?(?:this|these) (?:\w+ )?(?:papers?|works?|stud(?:y|ies)|articles?|surveys?|thesis|dissertation|reports?"
    r"|reviews?|tutorial|chapter|letter|research)\b"
    r"|^it (?:is|was|has been|can be|turns out)\b[^,.]{0,30}\b(?:that|to)\b",
    re.IGNORECASE,
)
# An enumeration goes on in the next sentence.
_FIRST = re.compile(r"\b(?:first|firstly),", re.IGNORECASE)
_NEXT = re.compile(r"^(?:second|secondly|third|thirdly|finally|lastly),", re.IGNORECASE)


def leans(sentence: str) -> bool:
    """Say whether a sentence, retold as in an answer, points to the one before it.

    >>> leans("It reduces memory by half.")
    True
    >>> leans("Furthermore, this allows a second core.")
    True
    >>> leans("This paper presents X.")
    False
    >>> leans("To address this problem, we present X.")
    False
    """
    told = retell(readable(sentence))
    return bool(_LEANING.match(told)) and not _STANDING.match(told)


def with_neighbours(chosen: Sequence[Evidence], ranked: Sequence[Evidence]) -> list[Evidence]:
    """Return chosen sentences with what they need, in the same order but for those moved to what they lean on.

    A sentence that leans on the one before stands right after it, and one that says "First, …" is
    followed by those that go on with "Second, …".

    Args:
        chosen: Sentences, most important first.
        ranked: All sentences of their papers.
    """
    of_papers: dict[str, list[Evidence]] = {}
    for item in sorted(ranked, key=lambda item: item.start):
        of_papers.setdefault(item.document_id, []).append(item)
    complete: list[Evidence] = []
    for item in chosen:
        own = of_papers[item.document_id]
        place = next(number for number, other in enumerate(own) if other.start == item.start)
        first = place - 1 if place and leans(item.text) else place
        following = takewhile(lambda one: _NEXT.match(one.text), own[place + 1 :]) if _FIRST.search(item.text) else ()
        complete = _placed([*own[first : place + 1], *following], complete)
    return complete


def _placed(run: Sequence[Evidence], complete: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences with successive ones of a paper together, where the first of them stood, or at the end."""
    first = min((complete.index(item) for item in run if item in complete), default=len(complete))
    return [
        *(item for item in complete[:first] if item not in run),
        *run,
        *(item for item in complete[first:] if item not in run),
    ]
