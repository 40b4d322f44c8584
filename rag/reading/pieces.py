"""Question and paper as one row of word pieces."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

MAX_PIECES = 384
_MAX_QUESTION_PIECES = 80
_MAX_TITLE_PIECES = 48
_CLS, _SEP = "[CLS]", "[SEP]"
# No sentence: of the question, of the title, or special.
NOWHERE = -1


class Row(NamedTuple):
    """One input of the model.

    Attributes:
        ids: The word pieces.
        types: Of each, 0 for the question's and 1 for the paper's.
        owners: Of each, the number of its sentence, or NOWHERE.
        asked: How many pieces the question has; they follow the first.
    """

    ids: list[int]
    types: list[int]
    owners: list[int]
    asked: int


def rows_of(tokenizer: Any, question: str, title: str, sentences: Sequence[str]) -> list[Row]:
    """Return the rows in which a paper is read: as many sentences in each as it holds, at least one row.

    Args:
        tokenizer: Of the model, a `tokenizers.Tokenizer` that neither pads nor truncates.
        question: What is asked; of a very long one, its beginning.
        title: The paper's.
        sentences: Its sentences; one longer than a row is cut.
    """

    def encode(text: str) -> list[int]:
        # Halves of characters, as from a terminal in another encoding, would be a TypeError.
        ids: list[int] = tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"), add_special_tokens=False).ids
        return ids

    cls, sep = tokenizer.token_to_id(_CLS), tokenizer.token_to_id(_SEP)
    asked = [cls, *encode(question)[:_MAX_QUESTION_PIECES], sep]
    head = [*asked, *encode(title)[:_MAX_TITLE_PIECES], sep]
    room = MAX_PIECES - len(head) - 1
    told = [[(piece, number) for piece in encode(sentence)[:room]] for number, sentence in enumerate(sentences)]
    total = sum(map(len, told))
    # Rows of about the same length: the rest of an abstract alone would pass for a paper of its own.
    enough = total / max(1, math.ceil(total / room))
    contents: list[list[tuple[int, int]]] = [[]]
    for sentence in told:
        if len(contents[-1]) + len(sentence) > room or len(contents[-1]) >= enough:
            contents.append([])
        contents[-1] += sentence
    return [
        Row(
            ids=[*head, *(piece for piece, _ in content), sep],
            types=[0] * len(asked) + [1] * (len(head) - len(asked) + len(content) + 1),
            owners=[NOWHERE] * len(head) + [owner for _, owner in content] + [NOWHERE],
            asked=len(asked) - 2,
        )
        for content in contents
    ]
