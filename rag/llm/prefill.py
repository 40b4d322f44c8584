"""Asks for a reply's beginning in words, for models that cannot be made to continue one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.llm.base import Message

Emit = Callable[[str], bool]


def fold(messages: Sequence[Message]) -> tuple[list[Message], str]:
    """Return the messages with a begun reply turned into a request, and the beginning, or "".

    Servers differ in what they make of a last message of the assistant's: some continue it, some
    answer it, some refuse it.
    """
    if not messages or messages[-1].role != "assistant":
        return list(messages), ""
    *earlier, prefill = messages
    wish = f'Begin your reply with "{prefill.content.strip()}"'
    if earlier and earlier[-1].role == "user":
        earlier[-1] = Message("user", f"{earlier[-1].content}\n\n{wish}")
    else:
        earlier.append(Message("user", wish))
    return earlier, prefill.content.strip()


class Unprefixed:
    """Passes pieces on without the beginning, should the reply repeat it; call `finish` at the end."""

    def __init__(self, prefix: str, emit: Emit) -> None:
        """Hold pieces back only until it is clear whether they spell the prefix."""
        self._prefix = prefix
        self._emit = emit
        self._held = ""

    def __call__(self, piece: str) -> bool:
        """Take a piece; return True when the computation should end, as `emit` says."""
        if not self._prefix:
            return self._emit(piece)
        self._held += piece
        begun = self._held.lstrip()
        if len(begun) < len(self._prefix) and self._prefix.startswith(begun):
            return self._emit("")
        rest = begun[len(self._prefix) :] if begun.startswith(self._prefix) else self._held
        self._prefix = self._held = ""
        return self._emit(rest)

    def finish(self) -> None:
        """Pass on what is held back: the reply ended within the prefix."""
        self._emit(self._held)
        self._held = ""
