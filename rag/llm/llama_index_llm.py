"""Any LlamaIndex `LLM` object as one of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError
from rag.llm.base import LLM, Message, Size, first_line
from rag.llm.prefill import Emit, Unprefixed, fold
from rag.llm.threads import iterate

if TYPE_CHECKING:
    from llama_index.core.llms import LLM as LlamaIndexLLM

BYTES_PER_TOKEN = 2


class WrappedLLM:
    """A LlamaIndex model. Satisfies `LLM`.

    Whether it is greedy, and its own limit on a reply, are set on the object by whoever made it.
    """

    size: Size = "full"

    def __init__(self, llm: LlamaIndexLLM) -> None:
        """Wrap the object; nothing is asked of it yet."""
        metadata = llm.metadata
        self._llm = llm
        self.name = str(metadata.model_name)
        self.fingerprint = f"{metadata.model_name}@{type(llm).__module__}.{type(llm).__qualname__}"
        self.context_tokens = int(metadata.context_window)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """See `LLM.stream`; `max_tokens` counts the pieces that come, and the seed is not passed on."""

        def compute(emit: Emit) -> None:
            left = max_tokens

            def counted(piece: str) -> bool:
                nonlocal left
                left -= 1
                return emit(piece) or left <= 0

            try:
                pass_pieces(self._llm, messages, counted)
            # any library may stand behind the object
            except Exception as error:
                raise ModelError(f"{self.name} failed: {first_line(error)}") from error

        return iterate(compute, stop)

    def count_tokens(self, text: str) -> int:
        """See `LLM.count_tokens`; from above, as `estimate_tokens` is."""
        return estimate_tokens(text)

    def close(self) -> None:
        """Leave the object to whoever made it."""


def wrap_llama_index(llm: LlamaIndexLLM) -> LLM:
    """Return the LlamaIndex model as one of ours."""
    return WrappedLLM(llm)


def pass_pieces(llm: LlamaIndexLLM, messages: Sequence[Message], emit: Emit, **options: Any) -> None:
    """Hand the pieces of a LlamaIndex model's reply to `emit` until that returns True.

    A begun reply is asked for in words and taken out of the reply again. A model that does not
    stream gives its reply in one piece.

    Args:
        llm: The model.
        messages: The conversation.
        emit: Takes a piece and returns True when enough.
        **options: Handed to the model's call.
    """
    from llama_index.core.llms import ChatMessage

    folded, prefix = fold(messages)
    turns = [ChatMessage(role=message.role, content=message.content) for message in folded]
    unprefixed = Unprefixed(prefix, emit)
    try:
        replies: Any = llm.stream_chat(turns, **options)
    except NotImplementedError:
        unprefixed(llm.chat(turns, **options).message.content or "")
        unprefixed.finish()
        return
    close: Callable[[], None] = getattr(replies, "close", lambda: None)
    try:
        for reply in replies:
            if unprefixed(reply.delta or ""):
                break
        unprefixed.finish()
    finally:
        close()


def estimate_tokens(text: str) -> int:
    """Return a number above the tokens of the text: half its bytes; English prose has four to a token."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)
