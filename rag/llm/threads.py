"""Turns a computation that reports by calling back into an iterator. Knows nothing of models."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

Emit = Callable[[str], bool]

POLL_S = 0.05


def iterate(compute: Callable[[Emit], None], stop: threading.Event | None) -> Iterator[str]:
    """Run `compute` in a thread of its own and yield the pieces it emits.

    Args:
        compute: Gets `emit`, which takes a piece and returns True when the computation should end:
            the iterator was closed, or `stop` was set. What it raises, the iterator raises.
        stop: Once set, the iterator ends at once, without waiting for the computation to notice.
    """
    pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    closed = threading.Event()

    def ended() -> bool:
        return closed.is_set() or (stop is not None and stop.is_set())

    def emit(piece: str) -> bool:
        if piece:
            pieces.put(piece)
        return ended()

    def work() -> None:
        try:
            compute(emit)
        finally:
            pieces.put(None)

    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rag-llm")
    outcome = pool.submit(work)
    try:
        while not ended():
            try:
                piece = pieces.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if piece is None:
                outcome.result()
                return
            yield piece
    finally:
        closed.set()
        pool.shutdown(wait=False)
