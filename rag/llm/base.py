"""What every language model offers the rest of the package, whoever computes it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

from rag.errors import ModelError

Role = Literal["system", "user", "assistant"]
Size = Literal["tiny", "full"]

TINY_BELOW_PARAMETERS = 1_000_000_000


class Message(NamedTuple):
    """One turn of a conversation."""

    role: Role
    content: str


class LLM(Protocol):
    """A language model that continues a conversation, greedily and in pieces.

    Several threads may call `stream` and `count_tokens` at once.

    Attributes:
        name: What the user called the model.
        fingerprint: Tells the model apart in records: same fingerprint, same weights or same server.
        context_tokens: The most tokens that prompt and reply may have together.
        size: "tiny" below a billion parameters, which need another prompt; servers count as "full".
    """

    name: str
    fingerprint: str
    context_tokens: int
    size: Size

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """Yield the reply piece by piece; nothing is computed before the first piece is asked for.

        Args:
            messages: A last message of the assistant's is the beginning of the reply: the model
                continues it, and it is not yielded.
            max_tokens: The reply is cut there.
            seed: For back-ends that draw even when greedy; the same prompt gives the same reply.
            stop: Once set, no further piece comes and the model stops computing soon after.
                Closing the iterator early does the same.

        Raises:
            ModelError: The prompt does not fit, or the model cannot be reached or fails.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens in the text, or a number above it where the tokens are unknown."""
        ...

    def close(self) -> None:
        """Free the memory; streams that still run are stopped or end on their own. Twice is fine."""
        ...


def size_of(parameters: int) -> Size:
    """Return the size class of a model with that many parameters."""
    return "tiny" if parameters < TINY_BELOW_PARAMETERS else "full"


def prompt_too_long(name: str, tokens: int, context_tokens: int) -> ModelError:
    """Return the error of a prompt that leaves the model no room."""
    return ModelError(
        f"the prompt has {tokens} tokens and {name} reads {context_tokens}: "
        "ask a shorter question or give fewer passages"
    )


def first_line(error: Exception) -> str:
    """Return a foreign error's message as fits into one of ours."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
