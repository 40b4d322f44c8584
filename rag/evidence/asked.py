"""Take a question apart: its clauses, what kind of answer each wants, and how a sentence meets it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.evidence.sentences import Sentences
from rag.index import max_similarity
from rag.text import search_terms, squeeze
from rag.vectors import Vectors

# Fitted by eval/fit_matching.py as a choice among the sentences of the papers found; that of the word pieces, 17 by the
# fit, was lowered on the development questions.
_WEIGHTS = {
    "terms": 5.3,
    "tokens": 13.0,
    "number": 0.6,
    "unit": 1.4,
    "new_names": -0.2,
    "late": 1.0,
    "opening": -1.1,
    "finding": -0.1,
    "neighbour": 1.9,
    "presents": 0.8,
    "link": -1.3,
}
# What is asked for by "What is X?" no question of the fit asks for.
_DEFINES_BONUS = 5.0
FEATURES = tuple(_WEIGHTS)

_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|large|big|fast|long|high|accurate|accurately|low|small|often|far|wide|deep|quick|quickly"
    r"|well|good)\b|\b(?:percentage|fraction|share|accuracy|speed-?up|latency|throughput|rate|score|size|number"
    r"|gain|improvement|reduction|factor|by what|percent|times|numbers?)\b|%",
    re.IGNORECASE,
)
_ASKED_UNITS = [
    (
        r"percent|accura|rate\b|fraction|share|memory|energy|power|reduc|improv|gain|%|smaller|larger|faster|fewer"
        r"|cheaper|less|more|better|worse|how (?:well|often)",
        r"\d\s?%",
    ),
    (
        r"faster|speed|quick|times|factor|throughput|cheaper|smaller|larger|efficien|better|gain|more",
        r"\d\s?(?:x|times)\b",
    ),
    (
        r"latency|how (?:fast|long)|time|quick|runtime|delay",
        r"\d\s?(?:ms|s|us|µs|ns|ps|hours?|minutes?|seconds?|days)\b",
    ),
    (r"memory|size|how small|capacity|footprint|storage", r"\d\s?(?:GB|MB|KB|TB|Kb|Mb)\b"),
    (r"power|energy|watt|consum|draw", r"\d\s?(?:W|mW|µW|µJ|pJ|J|TOPS/W)\b"),
    (r"parameters|large|big|size|tokens|how many", r"\d[\d,.]*\s?(?:B|M|K|T|billion|million|trillion)?\b"),
]
_ASKS_SYSTEM = re.compile(
    r"\b(?:which|what)\b[^,?]{0,40}?\b(?:tool|system|model|platform|framework|library|software|toolkit|compiler|agent"
    r"|accelerator|networks?|benchmark|assistant|method|technique|trick|approach|test|engine|architecture|chip)\b"
    r"|\bis there an?\b",
    re.IGNORECASE,
)
_ASKS_WHAT = re.compile(
    r"^(?:so |and )?(?:what(?:'s| is| are) (?!the\b|its\b)[^,;]{1,40}\??$|what does [^,;]{1,40} do\b"
    r"|tell me (?:more )?about\b|(?:explain|describe|introduce|summari[sz]e)\b"
    r"|give me an? (?:overview|summary)\b)",
    re.IGNORECASE,
)
INTRODUCES = re.compile(
    r"\b(?:we|this (?:paper|work|study|article|survey|thesis|dissertation))\b(?! (?:plan|hope|will)\b)[^.;]{0,40}?"
    r"\b(?:present|propose|introduce|develop|describe|design|build|create|extend|offer|release|find|stud(?:y|ies)"
    r"|investigate|explore|examine|evaluate|analy[sz]e|review|survey|compare)s?\b",
    re.IGNORECASE,
)
_ASKS_LINK = re.compile(
    r"\b(?:code|repository|repo|github|download|url|link|website|web page|open[- ]?sourced?|available|where)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"https?://|\bwww\.|\bavailable (?:at|on|from|here)\b|\b(?:code|models) (?:is|are|will be)\b", re.IGNORECASE
)
# "How many" is no word of the answer.
_COUNTING = re.compile(r"\bhow (?:many|much|well|often)\b", re.IGNORECASE)
_FINDING = re.compile(
    r"\b(?:achiev|result|show|outperform|improv|reduc|demonstrat|propos|introduc|present|we\b)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


_CLAUSE_BOUNDARY = re.compile(
    r"[?;]\s+|,?\s+(?:and|or|but)\s+(?=(?:(?:by|in|on|at|to|for|from|with|of)\s+)?(?:what|which|how|where|when|who|why|whose)\b)"
    r"|,?\s+and\s+(?=(?:did|does|do|can|could)\b)|,\s+(?=(?:(?:by|in|on|at|to|for|from|with|of)\s+)?(?:what|which|how|where|when|who|why|whose)\b)",
    re.IGNORECASE,
)
_LEAST_CLAUSE_TERMS = 2
_MAX_CLAUSES = 3


def clauses_of(question: str) -> list[str]:
    """Return the parts of a question that ask for something of their own, in order; at least one, at most three.

    >>> clauses_of("How fast is it, and on which device?")
    ['How fast is it, and on which device?']
    >>> clauses_of("How many designs are in it and which tools generated the assertions?")
    ['How many designs are in it', 'which tools generated the assertions?']
    >>> clauses_of("By how many watts did it fall, and did the tests confirm it?")
    ['By how many watts did it fall', 'did the tests confirm it?']
    """
    parts = [
        part for part in _CLAUSE_BOUNDARY.split(question) if part and len(search_terms(part)) >= _LEAST_CLAUSE_TERMS
    ]
    return parts[:_MAX_CLAUSES] if len(parts) > 1 else [question]


class Asked:
    """A question or clause, taken apart once for all sentences."""

    def __init__(
        self,
        text: str,
        rarity: Callable[[str], float],
        tokens: Vectors,
        *,
        named: Sequence[str] = (),
    ) -> None:
        """Take the text, a term's rarity above 0, and the text's unit token vectors, shape (pieces, d).

        The papers `named` are in the text, but neither among the vectors nor among the terms.
        """
        self.folded = text.casefold()
        self.squeezed = squeeze(text)
        told_apart = set(search_terms(" ".join(named)))
        terms = search_terms(_COUNTING.sub(" ", text))
        self.terms = {term: rarity(term) for term in terms if term not in told_apart}
        self.tokens = tokens
        self.system = bool(_ASKS_SYSTEM.search(text))
        self.link = bool(_ASKS_LINK.search(text))
        self.what = bool(_ASKS_WHAT.match(text.strip()))
        self.number = bool(_ASKS_NUMBER.search(text))
        self.units = [re.compile(unit) for words, unit in _ASKED_UNITS if re.search(words, text, re.IGNORECASE)]

    def scores(self, sentences: Sentences, title: str) -> list[float]:
        """Return a score per sentence."""
        told = [
            sum(_WEIGHTS[name] * value for name, value in features.items())
            for features in self.features(sentences, title)
        ]
        if self.what:
            told = [
                score + _DEFINES_BONUS * _defines(text, sentences.own_names)
                for score, text in zip(told, sentences.texts, strict=True)
            ]
        return told

    def features(self, sentences: Sentences, title: str) -> list[dict[str, float]]:
        """Return, per sentence, what speaks for it, by the names of the weights."""
        shares = self.shares(sentences, title)
        names = [name for name in sentences.own_names if squeeze(name) not in self.squeezed]
        # Who does not name a paper's system may be asking for it.
        own = names if len(names) == len(sentences.own_names) and self.system else []
        return [self._features(sentences, number, shares, own) for number in range(len(shares))]

    def shares(self, sentences: Sentences, title: str) -> list[float]:
        """Return, per sentence, the part of the question's terms that it has, by rarity.

        Terms of the title do not count: every sentence of a paper is about its title.
        """
        titled = set(search_terms(title))
        own = {term: weight for term, weight in self.terms.items() if term not in titled}
        total = sum(own.values()) or 1.0
        return [sum(own[term] for term in terms & own.keys()) / total for terms in sentences.terms]

    def _features(
        self, sentences: Sentences, number: int, shares: Sequence[float], own: Sequence[str]
    ) -> dict[str, float]:
        text = sentences.texts[number]
        count = len(shares)
        beside = [shares[other] for other in (number - 1, number + 1) if 0 <= other < count]
        return {
            "terms": shares[number],
            "tokens": max_similarity(self.tokens, sentences.tokens[number]),
            "number": min(len(_NUMBER.findall(text)), 3) / 3 if self.number else 0.0,
            "unit": min(sum(bool(unit.search(text)) for unit in self.units), 2) / 2,
            "new_names": 0.0 if self.number else min(self._new_names(text), 4) / 4,
            "late": number / count,
            "opening": float(number == 0),
            "finding": float(bool(_FINDING.search(text))),
            "neighbour": max(beside, default=0.0),
            "presents": float(any(name in text for name in own)),
            "link": float(not self.link and bool(_LINK.search(text))),
        }

    def _new_names(self, text: str) -> int:
        words = (word.strip("().,:;") for word in text.split()[1:])
        return len({word for word in words if word != word.lower() and word.casefold() not in self.folded})


def _defines(text: str, own_names: Sequence[str]) -> bool:
    return bool(INTRODUCES.search(text)) and (not own_names or any(name in text for name in own_names))
