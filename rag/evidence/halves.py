"""Which other paper a part of a question is about, where two works are asked about in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.text import STOP_WORDS

_JOINT = re.compile(r"[,;?:]\s|\b(?:and|or|than|versus|vs)\b", re.IGNORECASE)
# How much better, in cosines added up over word pieces, each half has to match its own paper. Set on the gold
# questions: of 340 about one paper it takes one for two.
_BETTER = 0.35


def half_about_another(text: str, offsets: Sequence[tuple[int, int]], matches: NDArray[np.float32]) -> int | None:
    """Return the row of the paper that a part of the question is about while the rest is about the first one's.

    The question is parted at a comma or conjunction so that each part matches its paper better than
    it matches the other's.

    Args:
        text: The question.
        offsets: Where its word pieces stand.
        matches: Best cosine of each piece in each paper, the first paper first, shape (papers, pieces).
    """
    ordinary = [match.span() for match in re.finditer(r"\w+", text) if match.group().casefold() in STOP_WORDS]
    kept = [not any(first <= start < last for first, last in ordinary) for start, _ in offsets]
    starts = np.array([start for start, _ in offsets])[kept]
    best, found = _BETTER, None
    for row in range(1, len(matches)):
        more = (matches[row] - matches[0])[kept]
        for joint in _JOINT.finditer(text):
            before, after = float(more[starts < joint.start()].sum()), float(more[starts >= joint.end()].sum())
            gain = max(min(after, -before), min(before, -after))
            if gain >= best:
                best, found = gain, row
    return found
