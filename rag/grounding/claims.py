"""What comes out of the check. Knows nothing of how support is decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Label = Literal["quoted", "supported", "partly", "unsupported"]
Similarity = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether evidence supports a sentence.

    `score` lies in [0, 1] and is 1 for the paper's own words. `evidence` are the indices of the
    fewest evidence sentences that support the sentence together (of the nearest one when it is
    not supported), best first. `reasons` say what disagrees; empty when nothing does.
    """

    label: Label
    score: float
    evidence: tuple[int, ...]
    reasons: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the sentence may be shown: it is quoted or supported."""
        return self.label in ("quoted", "supported")
