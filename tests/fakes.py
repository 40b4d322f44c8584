"""Stand-ins for models, small enough to be read."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from rag.embedder.base import Embedding
from rag.llm import Message
from rag.vectors import unit_rows


class ScriptedLLM:
    """A language model that gives its replies in turn, word by word, and keeps what it was asked.

    The last reply serves again when the replies run out. `prompts` holds the messages of each call,
    in order.
    """

    name = "scripted"
    fingerprint = "scripted"
    context_tokens = 4096
    size: Literal["tiny", "full"] = "full"

    def __init__(self, *replies: str) -> None:
        self.prompts: list[list[Message]] = []
        self._replies = list(replies)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        self.prompts.append(list(messages))
        reply = self._replies[min(len(self.prompts), len(self._replies)) - 1]
        for number, word in enumerate(reply.split(" ")[:max_tokens]):
            if stop is not None and stop.is_set():
                return
            yield word if number == 0 else f" {word}"

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def close(self) -> None:
        pass


class HashEmbedder:
    """An embedding model that counts words: a text's vector is the sum of one axis per word, of unit length.

    Texts that share words are close, others are not. `embedded` holds every text it was given to embed.
    """

    def __init__(self, name: str = "hash", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"{name}:{dimension}"
        self.dimension = dimension
        self.token_dimension = dimension
        self.embedded: list[str] = []

    def knows_word(self, word: str) -> bool:
        return False

    def embed(self, texts: Sequence[str]) -> Iterator[Embedding]:
        for text in texts:
            self.embedded.append(text)
            yield self.embed_question(text)

    def embed_question(self, question: str) -> Embedding:
        words = list(re.finditer(r"\w+", question))
        # hash() is salted per process
        axes = [0, *(zlib.crc32(word.group().casefold().encode()) % self.dimension for word in words)]
        tokens = np.eye(self.dimension, dtype=np.float32)[axes]
        return Embedding(unit_rows(tokens[1:].sum(axis=0)), tokens, [(0, 0), *(word.span() for word in words)])
