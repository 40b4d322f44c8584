"""Lets a few people through at a time, in the order they came, and tells the others their place."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """A fair queue before a number of places. Thread-safe."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._tickets: deque[object] = deque()
        self._changed = threading.Condition()

    def enter(self) -> object:
        """Join the end of the queue; the ticket stands for the caller until it leaves."""
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
        return ticket

    def wait(self, ticket: object, seconds: float) -> int:
        """Return how many are to finish before the ticket has a place, 0 once it has; wait at most `seconds`."""
        with self._changed:
            before = self._ahead(ticket)
            if before:
                self._changed.wait_for(lambda: self._ahead(ticket) != before, timeout=seconds)
            return self._ahead(ticket)

    def leave(self, ticket: object) -> None:
        """Give up the place, or the wait for one. Twice is fine."""
        with self._changed:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
                self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        return max(self._tickets.index(ticket) - self._places + 1, 0)
