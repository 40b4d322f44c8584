"""What the rest of the package asks of a model that reads question and paper together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Paper(NamedTuple):
    """What is read of a paper: its title and its sentences, readable."""

    title: str
    sentences: Sequence[str]


class Reading(NamedTuple):
    """What a model makes of a paper for a question, as logits.

    Attributes:
        answers: That the paper answers the question.
        sentences: Of each sentence, that it is part of the answer.
    """

    answers: float
    sentences: list[float]


class ReadingModel(Protocol):
    """A model that reads question and paper together. Thread-safe."""

    def read(self, question: str, papers: Sequence[Paper]) -> list[Reading]:
        """Return a reading per paper, in order."""
        ...
