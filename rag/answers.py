"""Put an answer together: its parts from the steps, the words of an abstention, the seconds of each step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from rag.abstention import NOT_IN_CORPUS, NOT_IN_PASSAGES, NOTHING_RELEVANT
from rag.composition import Composition
from rag.conversation import Standalone
from rag.quoting import plain
from rag.retriever import Hit, to_passages
from rag.types import CANNOT_ANSWER, Answer


class Clock:
    """Seconds per step since the question came in."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note that a step is done; the next begins."""
        now = time.perf_counter()
        self._laps[name] = now - self._last
        self._last = now

    def first_token(self) -> None:
        """Note the model's first word; what it took until then is the prompt's."""
        self._laps["prompt"] = time.perf_counter() - self._last
        self._laps["first_token"] = time.perf_counter() - self._start
        self._last = time.perf_counter()

    def read(self) -> dict[str, float]:
        """Return the seconds of each step so far, to the first word, and in all."""
        total = time.perf_counter() - self._start
        laps = {"first_token": total, **self._laps, "total": total}
        return {name: round(seconds, 4) for name, seconds in laps.items()}


def make_answer(
    asked: Standalone, hits: Sequence[Hit], composition: Composition, sure: float, clock: Clock, llm: str
) -> Answer:
    """Return the answer of a question, its composition and what was found."""
    return Answer(
        question=asked.question,
        searched=asked.searched,
        text=composition.text,
        abstained=False,
        reason=None,
        sentences=composition.sentences,
        citations=composition.citations,
        passages=tuple(to_passages(hits)),
        origin=composition.origin,
        llm=llm,
        confidence=round(sure, 4),
        timings=clock.read(),
    )


_EXPLANATIONS = {
    NOTHING_RELEVANT: "No paper in this index is about that.",
    NOT_IN_PASSAGES: "Papers near this question are here, but their abstracts do not state what is asked.",
    NOT_IN_CORPUS: "The work asked about is not among the papers in this index.",
}


def make_abstention(asked: Standalone, hits: Sequence[Hit], reason: str, sure: float, clock: Clock, llm: str) -> Answer:
    """Return an answer that says, in words too, why the papers give none, and names the nearest."""
    nearest = "; ".join(plain(hit.document.title) for hit in hits[:3])
    empty = Composition((), (), "none", asked.searched)
    answer = make_answer(asked, hits, empty, sure, clock, llm)
    text = f"{CANNOT_ANSWER} {_EXPLANATIONS[reason]} Nearest papers: {nearest}."
    return replace(answer, text=text, abstained=True, reason=reason)
