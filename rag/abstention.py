"""Decide whether the papers found answer a question, and say why not. Knows no models and no index."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

NOTHING_RELEVANT = "nothing relevant"
NOT_IN_PASSAGES = "not in the passages"
NOT_IN_CORPUS = "not in the corpus"

# Fitted by eval/fit_abstention.py on the development questions.
_INTERCEPT = -6.27
_WEIGHTS = {
    "dense": 2.17,
    "missing_names": -2.13,
    "other_subject": -1.3,
    "detail_missing": -2.33,
    "least_match": 8.91,
    "length": 4.51,
    "answers": 0.33,
    "sentence_answers": 0.35,
}
FITTED = tuple(_WEIGHTS)
_THRESHOLD = 0.4
# No one paper matches what is asked of several as well as what is asked of it alone.
_THRESHOLD_LISTED = 0.1
_THRESHOLD_SEVERAL = 0.05
# Papers that the user chose are trusted to be about the question.
_THRESHOLD_CHOSEN = 0.2
_RELEVANT_DENSE = 0.3
# Set on the development questions and on lists of what no paper is about.
_TOPIC_SLOPE = 25.0
_TOPIC_DENSE = 0.3
_TOPIC_NEEDED = 0.8
LONG_QUESTION = 30


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against an answer, about the best document.

    Whether it is named, unknown and other names, and what BM25 says, tell the reason only.

    Attributes:
        dense: Cosine of question and document, mean of whole and best window.
        lexical: Its BM25 score as a part of the greatest possible.
        unknown_names: 1 when the question has a name that stands in no paper, else 0.
        missing_names: Part of the question's names that the document lacks.
        other_subject: 1 when the question is about a name that is not the document's own, else 0.
        other_names: 1 when the question has names and none of them is the document's own, else 0.
        detail_missing: 1 when a detail is asked for that the document is silent about, else 0.
        least_match: Mean best cosine, in the whole document, of the three word pieces of the question that match least.
        length: Word pieces of the question, as a part of 30, at most 1: of a long one few match closely.
            These two are 1 when a paper is named and asked about in general.
        several: 1 when the question is about several papers, else 0; it lowers what is needed only.
        topic_match: Mean best cosine, in one of the first documents, of the pieces that tell what listed papers are
            about; 0 where no list is asked for, or one about nothing in particular.
        named: 1 when the question has the document's own name, else 0.
        answers: Logit of the reading model that the paper of the best sentence answers.
        sentence_answers: Its logit of the sentence that reads most like an answer. Of a question of several clauses
            these two are of the one that is answered least.
    """

    dense: float
    lexical: float
    unknown_names: float
    missing_names: float
    other_subject: float
    other_names: float
    detail_missing: float
    least_match: float
    length: float
    several: float
    topic_match: float
    named: float
    answers: float
    sentence_answers: float


def confidence(signals: Signals) -> float:
    """Return the probability that the papers answer, in [0, 1]; of a list, by what it is about alone."""
    if signals.topic_match:
        score = _TOPIC_SLOPE * (signals.topic_match + _TOPIC_DENSE * signals.dense - _TOPIC_NEEDED)
        return 1.0 / (1.0 + math.exp(-score))
    score = _INTERCEPT + sum(weight * float(getattr(signals, name)) for name, weight in _WEIGHTS.items())
    return 1.0 / (1.0 + math.exp(-score))


def is_answerable(probability: float, *, listed: bool, several: bool, chosen: bool) -> bool:
    """Say whether to answer a question.

    Args:
        probability: Its confidence.
        listed: It asks which papers there are.
        several: It asks of several papers.
        chosen: The papers to look in are known: the user picked them, or they were spoken of.
    """
    if listed:
        return probability >= _THRESHOLD_LISTED
    if several:
        return probability >= _THRESHOLD_SEVERAL
    if chosen:
        return probability >= _THRESHOLD_CHOSEN
    return probability >= _THRESHOLD


def reason_for(signals: Signals) -> str:
    """Return why the papers do not answer: nothing near, the work is another, or the detail is not there."""
    if signals.dense < _RELEVANT_DENSE and signals.lexical < _RELEVANT_DENSE and not signals.named:
        return NOTHING_RELEVANT
    another_work = signals.unknown_names or signals.other_subject or signals.other_names
    return NOT_IN_CORPUS if another_work and not signals.detail_missing else NOT_IN_PASSAGES


_NUMBER = r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens of|hundreds of)"
# Details that papers are often asked for and abstracts seldom state: how a question asks for one,
# and what a text that states it has.
_DETAILS = [
    (r"batch(?:es| size| sizes)", r"batch"),
    (r"learning rates?|step size", r"learning rate|step size"),
    (r"epochs?", r"epoch"),
    (r"optimi[sz]er", r"\badam|\bsgd\b|optimizer|adafactor|lion\b|muon"),
    (r"weight decay|dropout|warm-?up|random seeds?|how many seeds", r"weight decay|dropout|warm-?up|seed"),
    (r"licen[sc]ed?|licences?|licenses?", r"licen[sc]|apache|\bmit\b|gpl|creative commons"),
    (
        r"price|fees?|subscription|salary|how expensive|dollars?|usd|euros?"
        r"|how much (?:does|do|did|would|will) [^,;?]{1,60} cost(?! in\b)|what does [\w -]{1,40} cost(?=[?.]|$)",
        r"\$|price|cost|\bfees?\b|subscri|salar|dollar|usd|euro|expens|cheap|budget",
    ),
    (
        r"who (?:wrote|are the authors|is the (?:first )?author|authored)|names? of the (?:first )?authors?"
        r"|which (?:university|lab|institution|company)",
        r"universit|institut|laborator|\binc\b|nvidia|google|microsoft|author",
    ),
    (r"who (?:invented|created|made|discovered|came up with)", r"universit|institut|\binc\b|invented by|team"),
    (
        r"where (?:is|are|can i (?:find|get)) the (?:source )?(?:code|weights|data)|(?:link|url) (?:to|of|for)",
        r"https?://|available|open[- ]?sourc|github|releas",
    ),
    (r"(?:what|which|in what|in which) year|when was|when were|publication date", r"\b(?:19|20)\d\d\b"),
    (
        r"(?:what|which) (?:programming )?language (?:is|was|are|were) .{1,60} (?:written|implemented|programmed|coded)"
        r"|(?:what|which) programming language",
        r"python|c\+\+|\brust\b|\bjava\b|julia|\bcuda\b|verilog|\b(?:written|implemented|coded) in\b",
    ),
    (r"(?:what|which) (?:conference|journal|venue)", r"conference|journal|proceedings|workshop"),
    (
        r"how (?:many|long).{0,30}\b(?:days?|weeks?|months?|hours?)\b|training time|how long did.{0,20}train",
        r"\bdays?\b|\bweeks?\b|\bmonths?\b|\bhours?\b|training time",
    ),
    (
        r"how many (?:\w+ )?(?:gpus?|tpus?|cards|accelerators|nodes|workers)",
        r"\d[\d,]* (?:[\w-]+ ){0,3}(?:gpus?|tpus?|cards|accelerators|nodes|workers)|single (?:\w+ )?gpu"
        r"|\b(?:one|two|four|eight) (?:[\w-]+ ){0,2}gpus?",
    ),
    (
        r"how many (?:\w+ )?(?:participants|subjects|volunteers|patients|annotators|people)",
        rf"{_NUMBER} (?:[\w-]+ ){{0,3}}(?:participant|subject|volunteer|patient|annotator|people|human|expert)",
    ),
    (r"temperature", r"temperature"),
    (r"(?:what|which) (?:fraction|percentage|proportion|share)", r"\d\s?\\?%|percent|\bhalf\b|\bthird|quarter"),
    *(
        (metric, rf"\b{metric}\b")
        # "How does it map …" asks for no average precision.
        for metric in (r"(?-i:m?AP)", r"f1", r"bleu", r"rouge", r"perplexity", r"auc", r"fid", r"m?iou", r"wer")
    ),
    (r"(?:average|mean) age|how old|what age", r"\bage[ds]?\b|years old"),
    (r"(?:hourly|per[- ]hour) \w+|(?:price|cost|rate)s? (?:per|an) hour", r"\$|per[- ]hour|hourly|/h\b"),
    (
        r"(?:which|what) gpu(?: model)?|gpu model",
        r"\b[ahvtb]\d{2,3}s?\b|\b[rg]tx\b|tesla|geforce|jetson|\bmi\d{3}|quadro",
    ),
    (
        r"(?:which|what) (?:drone|camera|phone|robot|sensor) (?:model|brand|make|type)",
        r"[a-z]+[ -]?\d{2,}|dji|mavic|iphone",
    ),
    (r"(?:how many|number of) (?:\w+ )?(?:layers|heads|hidden units|attention heads)", r"layers|heads|hidden"),
    (r"clock (?:frequency|rate|speed)|what frequency", r"[mg]hz|clock"),
    (r"e-?mail|phone number|postal address", r"@|e-?mail|phone number"),
    (r"how many (?:github )?(?:citations|stars|downloads|users)", r"citations|\bstars|downloads|users"),
    (r"who (?:funded|sponsored|paid)|fund(?:ed by|ing)|sponsors?", r"fund|sponsor|grant"),
    (r"p-?values?|confidence intervals?|standard deviation", r"p ?[<=]|confidence interval|standard deviation|±"),
]
_COMPILED_DETAILS = [
    (re.compile(rf"\b(?:{ask})\b", re.IGNORECASE), re.compile(tell, re.IGNORECASE)) for ask, tell in _DETAILS
]


# "What is X?", "How does X work?": any abstract tells that.
_GENERAL = re.compile(
    r"work|problem|solv|address|tackl|aim|goal|purpos|need|motiv\w*|challeng|question|topic|focus?|studi|investig|explor"
    r"|research|author|main|result|report|find|outcom|conclu\w+|claim|learn|achiev|improv|tell|say|said|idea|contribut"
    r"|propos|present|introduc|offer|provid|paper|system|method|techniqu|approach|evalu|key|innov|special|differ|import"
    r"|interest|benefit|advantag|strength|explain|describ|summar\w*|give|overview|use|mean|stand|good|new|show"
)


def asks_in_general(terms: Sequence[str]) -> bool:
    """Say whether what is asked of a paper that is named, as terms of the index, is told by any abstract."""
    return all(_GENERAL.fullmatch(term) for term in terms)


_COUNTS = re.compile(r"\bhow (?:many|much|large|fast|big|high|low|long)\b", re.IGNORECASE)
_COUNTED = re.compile(
    rf"\d|\b{_NUMBER}\b|\b(?:half|twice|double|single|both|several|hundred|thousand|million|billion)", re.IGNORECASE
)


def lacks_number(question: str, evidence: Sequence[str]) -> bool:
    """Say whether a question asks how much or many, and no sentence of the evidence has any number."""
    return bool(_COUNTS.search(question)) and not any(_COUNTED.search(sentence) for sentence in evidence)


def lacks_detail(question: str, text: str) -> bool:
    """Say whether a question asks for one of the usual details that a text never mentions."""
    return any(ask.search(question) and not tell.search(text) for ask, tell in _COMPILED_DETAILS)
