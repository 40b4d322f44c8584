"""What all visitors of the chat share: the pipeline, the places at it, and the answers that can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexFolderError
from rag.llm import LLM
from rag.pipeline import Pipeline
from rag.types import Document
from rag.ui.turnstile import Turnstile

# The language model computes two streams at once.
_PLACES = 2


class Desk:
    """Holds the pipeline in use. Thread-safe.

    A pipeline that was replaced is closed when the last answer made with it is done.
    """

    def __init__(self, pipeline: Pipeline, *, places: int = _PLACES) -> None:
        self.turnstile = Turnstile(places)
        self._pipeline = pipeline
        self._given_llm = pipeline.llm
        self._borrowers: dict[Pipeline, int] = {}
        self._retired: set[Pipeline] = set()
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self.changing = threading.Lock()

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline as it is now, for a look-up that takes no time."""
        return self._pipeline

    @property
    def model(self) -> str:
        """The name of the language model in use, "none" when answers are quotes."""
        return _name_of(self._pipeline.llm)

    @property
    def first_model(self) -> str:
        """The name of the language model that the chat was started with."""
        return _name_of(self._given_llm)

    @property
    def feedback_file(self) -> Path:
        """Where feedback is kept: beside the index, under its name."""
        folder = Path(self._pipeline.settings.index)
        return folder.with_name(f"{folder.name}-feedback.jsonl")

    @contextmanager
    def borrow(self) -> Iterator[Pipeline]:
        """Keep the present pipeline open while it is used."""
        with self._lock:
            pipeline = self._pipeline
            self._borrowers[pipeline] = self._borrowers.get(pipeline, 0) + 1
        try:
            yield pipeline
        finally:
            with self._lock:
                self._borrowers[pipeline] -= 1
                self._close_unused()

    def replace(self, fresh: Pipeline) -> None:
        """Use another pipeline from now on."""
        with self._lock:
            if self._is_own(self._pipeline) and self._pipeline.llm is not fresh.llm:
                self._retired.add(self._pipeline)
            self._pipeline = fresh
            self._close_unused()

    def reopen(self) -> None:
        """Read the index anew, with the language model as it is.

        Raises:
            RagError: The index cannot be opened; the present pipeline stays.
        """
        self.replace(self._loaded(self._pipeline.llm))

    def use_model(self, name: str) -> None:
        """Answer with another language model from now on, whoever asks.

        Raises:
            RagError: It cannot be opened; the present one stays.
        """
        if name == self.first_model:
            self.replace(self._loaded(self._given_llm))
            return
        settings = self._pipeline.settings
        self.replace(Pipeline.load(settings.index, llm=name, embedder=settings.embedder))

    def document(self, document_id: str) -> Document | None:
        """Return a paper, or None when the library has no such one (any more)."""
        try:
            return self._pipeline.document(document_id)
        except IndexFolderError:
            return None

    def stoppable(self, turn_id: str) -> threading.Event:
        """Return the event that stops a turn, from now until `finished`."""
        with self._lock:
            return self._stops.setdefault(turn_id, threading.Event())

    def stop(self, turn_id: str) -> None:
        """Stop a turn that is being answered; any other id does nothing."""
        with self._lock:
            event = self._stops.get(turn_id)
        if event is not None:
            event.set()

    def finished(self, turn_id: str) -> None:
        """Forget how to stop a turn."""
        with self._lock:
            self._stops.pop(turn_id, None)

    def close(self) -> None:
        """Stop every answer and close the pipelines that the chat opened itself."""
        with self._lock:
            for event in self._stops.values():
                event.set()
            owned = {*self._retired, *([self._pipeline] if self._is_own(self._pipeline) else [])}
            self._retired.clear()
        for pipeline in owned:
            pipeline.close()

    def _loaded(self, llm: LLM | None) -> Pipeline:
        settings = self._pipeline.settings
        fresh = Pipeline.load(settings.index, llm="none", embedder=settings.embedder)
        fresh.llm, fresh.settings = llm, settings
        return fresh

    def _is_own(self, pipeline: Pipeline) -> bool:
        """Say whether the chat opened the language model itself; the one it was given is the caller's to close."""
        return pipeline.llm is not None and pipeline.llm is not self._given_llm

    def _close_unused(self) -> None:
        for pipeline in [one for one in self._retired if not self._borrowers.get(one)]:
            self._retired.discard(pipeline)
            pipeline.close()
        self._borrowers = {one: count for one, count in self._borrowers.items() if count}


def _name_of(llm: LLM | None) -> str:
    return "none" if llm is None else llm.name
