"""Which questions ask for papers, or works of a kind, instead of something that one paper says."""

from __future__ import annotations

import re

from rag.text import STOP_WORDS

# "Please name all papers that …", "Papers about …".
_BIDS_PAPERS = (
    r"^(?:please |(?:can|could|would) you (?:please )?)?(?:(?:list|name|give|show|find|tell|get)\b(?: me)?)?"
    r" ?(?:all |any |some )?(?:of )?(?:the )?(?:papers|abstracts|studies|surveys|articles|works (?:on|about|that))\b"
)
# "Which small models …", not "Which tool works …", "Which models were used …" or "What do the models …".
_ASKS_LIST = re.compile(
    r"^(?:in )?(?:which|what|list|name|are there|do any)\b(?: of the)?"
    r"(?: (?!(?:do|did|does|is|are|was|were|has|have|gets?|to|of)\b)[\w-]+){0,5}? "
    r"(?:papers|abstracts|studies|surveys|articles|(?<=which )(?:works|authors)"
    r"|(?:(?<=what )|(?<=other )|(?<=related ))works"
    r"|(?:methods|models|benchmarks|systems|tools|frameworks|approaches|datasets|accelerators|techniques|platforms|libraries)"
    r"(?! (?:(?:was|were) (?:used|chosen|compared|tested|evaluated|tried|trained|applied)|was|is|did|do the|does)\b))\b"
    r"|^(?:what|which) (?:(?:other|related|recent) )?(?:work|research|literature) (?:is|are|has|exists|deals|on)\b"
    r"|^who (?:has|have|else|works?|worked|presents?|proposes?|studies|study|uses?|builds?|offers?|reports?)\b"
    r"|^(?:is|are) there (?:any )?(?:other )?(?:work|research|literature)\b"
    r"|^any (?:\w+ )?(?:papers?|studies|surveys|work|research)\b"
    rf"|{_BIDS_PAPERS}",
    re.IGNORECASE,
)
_ASKS_MORE = re.compile(
    r"[,?;] (?:and )?(?:what|how|which|why|where|when|does|did|do)\b|\band (?:how|why)\b", re.IGNORECASE
)
_ASKS_PAPERS = re.compile(
    r"^(?:in )?(?:which|what|list|name|any)\b.{0,20}\b(?:papers|abstracts|works|studies|surveys|articles|authors)\b"
    rf"|{_BIDS_PAPERS}",
    re.IGNORECASE,
)


# What is listed, and how a list is asked for, is not what the papers are about.
_FRAME = re.compile(
    r"papers?|abstracts?|stud(?:y|ies)|surveys?|articles?|works?|authors?|research|literature|methods?|models|benchmarks"
    r"|systems|tools|frameworks|approaches|datasets|accelerators|techniques|deals?|discuss|uses?|using|used|about|report"
    r"|mention|present|propose|show|list|name|give|say|offer|apply|bring",
    re.IGNORECASE,
)


def topic_words(question: str) -> list[tuple[int, int]]:
    """Return where the words stand that tell what the papers of a list are about.

    >>> topic_words("Which papers are about cooking?")
    [(23, 30)]
    """
    words = [match for match in re.finditer(r"\w+", question) if match.group().casefold() not in STOP_WORDS]
    return [match.span() for match in words if not _FRAME.fullmatch(match.group())]


def asks_list(question: str) -> bool:
    """Say whether a question asks which papers, or works of a kind, there are.

    >>> asks_list("Which models run on a phone?"), asks_list("Which models run on a phone, and how fast is it?")
    (True, False)
    """
    if not _ASKS_LIST.search(question):
        return False
    # Who goes on to ask for something else has one work in mind.
    return asks_papers(question) or not _ASKS_MORE.search(question)


def asks_papers(question: str) -> bool:
    """Say whether a question speaks of papers as such, so that a name in it is no paper's."""
    return bool(_ASKS_PAPERS.search(question))
