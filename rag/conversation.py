"""Make a question of a conversation stand alone, from its words, without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import QuestionError
from rag.listing import asks_papers
from rag.naming import subject_name
from rag.text import names_in, readable, search_terms
from rag.types import CANNOT_ANSWER

_MARKER = re.compile(r"\s*\[\d+\]")
_CONTINUES = re.compile(
    r"^(?:(?:and|or|but|so|also|same|then|ok(?:ay)?,? and)\b|(?:what|how) about\b|why\b[^\w]*$)|\bthen\b[^\w]*$",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"\b(?:the (?:two|three|others)(?= (?:compare|differ|do|does|are|is|have|perform|of them)\b|[?,.])|both of them"
    r"|it|its|they|their|them|those|these|he|she|his|her|(?:that|this|which|the \w+) ones?"
    r"|the (?:first|second|third|last|latter|former|other|same|biggest|smallest|larger|smaller)(?: ones?)?"
    r"|the (?:paper|authors?|method|model|system|approach|work|framework|technique|study)s?"
    r"(?! (?:of|on|that|for|behind))"
    r"|(?:did|does|do|is|was|are|were|has|can|could|would|will|isn't|wasn't|doesn't|didn't|of|with|by|for|on|than|from|in)"
    r" (?:that|this)"
    r"|(?:that|this) (?:result|finding|number|figure|gain|improvement|speed-?up|approach|method|technique|design|idea"
    r"|claim|problem|issue|effect|difference|comparison)s?)\b",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|would|could|will|does|did) it (?:\w+ )?"
    r"(?:to\b|that\b|take\b|rain\b|worth\w*|feasible|possible)",
    re.IGNORECASE,
)
_CHANGES_TOPIC = re.compile(
    r"^(?:ok(?:ay)?[,.]? )?(?:now|next|new (?:topic|question|subject)|something else|different|changing"
    r"|another (?:topic|question|thing)|on another|moving on|switching|unrelated)\b",
    re.IGNORECASE,
)
_GREETS = re.compile(
    r"^(?:hi|hello|hey|thanks|thank you|thx|ok(?:ay)?|great|good (?:morning|evening|day)|bye)\b[^\w]*$", re.IGNORECASE
)
_ADDS = re.compile(r"^(?:on|in|for|with|at|by|to|of|from|than|over|against|under|without)\b", re.IGNORECASE)
# "MobileTL", not "GPUs": a capital or digit inside, and two small letters.
_COINED = re.compile(r"(?=(?:.*[a-z]){2}).+[A-Z0-9].*")
_FEW_WORDS = 5
# A pronoun after this many words of content has what it stands for in the same question.
_OWN_SUBJECT_WORDS = 3
_SHORT_QUESTION_TERMS = 6
_MAX_NAMES = 4


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question and what it leans on.

    Attributes:
        question: The question as asked, without outer white space.
        context: Words of earlier turns that it needs, or "" when it stands alone.
        mended: The question in the spelling of the papers.
        told: The earlier turns that it leans on, whole, or "".
    """

    question: str
    context: str
    mended: str
    told: str = ""

    @property
    def searched(self) -> str:
        """The question with its context, as shown and searched."""
        return f"{self.mended} ({self.context})" if self.context else self.mended


def stand_alone(question: str, history: Sequence[Sequence[str]]) -> Standalone:
    """Return the question with the subject of the last turns when it leans on them.

    A question leans on the turn before when it opens like a continuation ("And on V3?"), refers
    back ("it", "the second one") or has under five words. One that names its own subject, asks for
    papers or only greets does not.

    Raises:
        QuestionError: A turn of the history is no pair of question and answer.
    """
    question = question.strip()
    turns = [_checked_turn(turn) for turn in history]
    if not turns or _CHANGES_TOPIC.match(question) or _GREETS.match(question) or not _leans(question):
        return Standalone(question, "", question)
    return Standalone(question, _subject(turns), question, _told(turns))


def _checked_turn(turn: Sequence[str]) -> tuple[str, str]:
    if isinstance(turn, str) or len(turn) != 2 or not all(isinstance(part, str) for part in turn):
        raise QuestionError(f"the history must be pairs of question and answer, found {str(turn)[:60]!r}")
    return turn[0], turn[1]


def _leans(question: str) -> bool:
    if _CONTINUES.match(question):
        return True
    if len(question.split()) < _FEW_WORDS and (_ADDS.match(question) or not _has_subject(question)):
        return True
    pronoun = _REFERS_BACK.search(_EMPTY_IT.sub("", question))
    if pronoun is None:
        return False
    before = [term for term in search_terms(question[: pronoun.start()]) if term not in ("mani", "much")]
    if len(before) < _OWN_SUBJECT_WORDS:
        return True
    return not names_in(question) and len(search_terms(question)) <= _SHORT_QUESTION_TERMS


def _has_subject(question: str) -> bool:
    """Say whether a short question is about something that it names."""
    coined = any(_COINED.fullmatch(name) for name in names_in(question))
    return coined or subject_name(question) is not None or asks_papers(question)


def _told(turns: Sequence[tuple[str, str]]) -> str:
    """Return the last turn, before the turns it leans on itself; nothing where it was not answered.

    What is searched for is cut at its end.
    """
    asked, answered = turns[-1]
    if not answered or answered.startswith(CANNOT_ANSWER):
        return ""
    told = f"{asked} {_MARKER.sub('', readable(answered))}"
    return f"{told} {_told(turns[:-1])}".strip() if len(turns) > 1 and _leans(asked) else told


def _subject(turns: Sequence[tuple[str, str]]) -> str:
    """Return the last question with the names of its answer, after the turn it leans on itself."""
    asked, answered = turns[-1]
    known = asked.casefold()
    names = [name for name in names_in(_MARKER.sub("", readable(answered))) if name.casefold() not in known]
    subject = "; ".join([asked.strip(), *names[:_MAX_NAMES]])
    if len(turns) > 1 and _leans(asked):
        return f"{_subject(turns[:-1])}; {subject}"
    return subject
