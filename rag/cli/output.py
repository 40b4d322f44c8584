"""How results look on a terminal."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from rag.text import readable
from rag.types import Answer, Passage


def print_json(values: Any) -> None:
    """Print one JSON document."""
    print(json.dumps(values, ensure_ascii=False, indent=2))


def print_answer(answer: Answer) -> None:
    """Print the answer and, numbered by marker, the words that support it."""
    if answer.searched != answer.question:
        print(_wrapped(f"Searched: {answer.searched}"), end="\n\n")
    print("\n\n".join(map(_wrapped, answer.text.split("\n\n"))))
    for citation in answer.citations:
        print(_wrapped(f"\n[{citation.marker}] {readable(citation.title)}"))
        print(_wrapped(f"“{readable(citation.quote)}”", indent="    "))


def print_passages(passages: Sequence[Passage]) -> None:
    """Print ranked passages: score, title, id and words."""
    for passage in passages:
        print(_wrapped(f"{passage.rank}. {readable(passage.title)}"))
        print(_wrapped(readable(passage.text), indent="    "))
        print(f"    score {passage.score:.3f}, document {passage.document_id}\n")


def progress_bar(title: str) -> Callable[[int, int], None]:
    """Return a callback that draws a bar on stderr; the bar closes itself at the end."""
    from tqdm import tqdm

    bar: Any = None

    def advance(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = tqdm(total=total, desc=title, unit=" chunks", file=sys.stderr, disable=None, leave=True)
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return advance


def _wrapped(text: str, indent: str = "") -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    lead = "\n" if text.startswith("\n") else ""
    return lead + textwrap.fill(
        text.strip(), width, initial_indent=indent, subsequent_indent=indent or "", break_long_words=False
    )
