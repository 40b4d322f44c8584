"""Which questions ask for papers, or works of a kind, instead of something that one paper says."""

from __future__ import annotations

import re

# "Which small models …", not "Which tool works …", "Which models were used …" or "What do the models …".
_ASKS_LIST = re.compile(
    r"^(?:which|what|list|name|are there|do any)\b(?: of the)?"
    r"(?: (?!(?:do|did|does|is|are|was|were|has|have|gets?|to|of)\b)[\w-]+){0,5}? "
    r"(?:papers|studies|surveys|articles|(?<=which )(?:works|authors)|(?:(?<=what )|(?<=other )|(?<=related ))works"
    r"|(?:methods|models|benchmarks|systems|tools|frameworks|approaches|datasets|accelerators|techniques)"
    r"(?! (?:(?:was|were) (?:used|chosen|compared|tested|evaluated|tried|trained|applied)|did|do the|does)\b))\b"
    r"|^(?:what|which) (?:(?:other|related|recent) )?(?:work|research|literature) (?:is|are|has|exists|deals|on)\b"
    r"|^who (?:has|have|else|works?|worked)\b|^(?:is|are) there (?:any )?(?:other )?(?:work|research|literature)\b"
    r"|^any (?:\w+ )?(?:papers?|studies|surveys|work|research)\b",
    re.IGNORECASE,
)
_ASKS_PAPERS = re.compile(
    r"^(?:which|what|list|name|any)\b.{0,20}\b(?:papers|works|studies|surveys|articles|authors)\b", re.IGNORECASE
)


def asks_list(question: str) -> bool:
    """Say whether a question asks which papers, or works of a kind, there are."""
    return bool(_ASKS_LIST.search(question))


def asks_papers(question: str) -> bool:
    """Say whether a question speaks of papers as such, so that a name in it is no paper's."""
    return bool(_ASKS_PAPERS.search(question))
