"""Make the answer of draft and evidence: what is checked stays, what is not gives way to the paper's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.grounding import Verdict, check_sentence, repair_sentence
from rag.naming import is_titled, title_head
from rag.quoting import plain, retell
from rag.text import names_in, readable, search_terms, sentence_spans, squeeze
from rag.types import AnswerSentence, Citation, Evidence, Origin, Support

_BULLET = re.compile(r"^(?:[-*•]|\d+[.)])\s+")
_PREAMBLE = re.compile(r"^(?:the |my )?(?:short )?answer(?: to the question)?(?: is)?:\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What an answer must not lose of its source, and how much of the source's other words it may.
_TOLD: tuple[Callable[[str], Iterable[str]], ...] = (
    _NUMBER.findall,
    lambda text: map(squeeze, names_in(text)),
    search_terms,
)
_LEFT_OUT_AT_MOST = 0.5
# A longer part of a title before its colon is no name.
_NAME_WORDS = 4


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence for the answer, the evidence that supports it, and how."""

    text: str
    evidence: tuple[Evidence, ...]
    support: Support
    score: float


@dataclass(frozen=True, slots=True)
class Composition:
    """Checked sentences with their citations, and where the words came from."""

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    origin: Origin
    question: str

    @property
    def text(self) -> str:
        """The sentences, each with its markers before its full stop, after what their paper is called where need be."""
        sections = by_paper(self.sentences, self.citations, self.question)
        told = [(title, " ".join(map(_marked, sentences))) for title, sentences in sections]
        return "\n\n".join(f"{title} – {sentences}" if title else sentences for title, sentences in told)


def by_paper(
    sentences: Sequence[AnswerSentence], citations: Sequence[Citation], question: str
) -> list[tuple[str, list[AnswerSentence]]]:
    """Return what the papers are called that an answer's sentences are drawn from, with their sentences, in order.

    A single paper is called something, else "", only when it goes by a short name that neither the
    question nor a sentence has: who does not know the paper learns what it is called.
    """
    cited = {citation.marker: citation for citation in citations}
    sections: dict[str, tuple[str, list[AnswerSentence]]] = {}
    for sentence in sentences:
        source = cited[sentence.markers[0]]
        sections.setdefault(source.document_id, (title_head(source.title), []))[1].append(sentence)
    if len(sections) != 1:
        return list(sections.values())
    [(title, own)] = sections.values()
    known = len(title.split()) > _NAME_WORDS or any(is_titled(text, title) for text in (question, *_texts(own)))
    return [("" if known else title, own)]


def _texts(sentences: Sequence[AnswerSentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def compose(draft: str, evidence: Sequence[Evidence], *, question: str) -> Composition:
    """Return the answer: for each piece of evidence a checked draft sentence or its quote.

    They stand in the order of the evidence, those of one paper together. A draft sentence takes the
    place of the evidence it is drawn from only when it keeps what of it answers: the numbers, the
    names and most of the words that the question does not have.
    """
    checked, repaired = _checked_claims(draft, evidence, question)
    quotes = [quote(item) for item in evidence]
    claims = _choose([*checked, *repaired], quotes, question)
    origin: Origin = (
        "repaired"
        if any(claim in repaired for claim in claims)
        else "draft"
        if any(claim in checked for claim in claims)
        else "quotes"
    )
    return _cite(_together(claims), origin, question)


def quote(evidence: Evidence) -> Claim:
    """Return a sentence of the paper as a claim: its words, readable, told of the authors, not by them."""
    return Claim(retell(readable(evidence.text)), (evidence,), "quoted", 1.0)


def _checked_claims(draft: str, evidence: Sequence[Evidence], question: str) -> tuple[list[Claim], list[Claim]]:
    """Return the sentences of a draft that hold as they are, and those that had to be repaired."""
    checked: list[Claim] = []
    repaired: list[Claim] = []
    for start, end in sentence_spans(draft):
        sentence = _PREAMBLE.sub("", _BULLET.sub("", plain(draft[start:end])))
        claims, verdict = checked, check_sentence(sentence, evidence, question=question)
        if verdict.label == "partly":
            mended = repair_sentence(sentence, evidence, question=question)
            if mended is None:
                continue
            claims, sentence = repaired, mended
            verdict = check_sentence(sentence, evidence, question=question)
        claim = _claim(sentence, verdict, evidence)
        if claim is not None:
            claims.append(claim)
    return checked, repaired


def _claim(sentence: str, verdict: Verdict, evidence: Sequence[Evidence]) -> Claim | None:
    if verdict.label not in ("quoted", "supported") or not verdict.evidence:
        return None
    if Counter(_NUMBER.findall(sentence)) - _numbers_of(verdict, evidence):
        return None
    # A number of one sentence with what another sentence counts would be a new figure.
    if len(verdict.evidence) > 1 and _NUMBER.search(sentence):
        return None
    support: Support = "quoted" if verdict.label == "quoted" else "supported"
    return Claim(sentence, tuple(evidence[number] for number in verdict.evidence), support, verdict.score)


def _numbers_of(verdict: Verdict, evidence: Sequence[Evidence]) -> Counter[str]:
    """Return how often each number stands in what supports a sentence; who says one twice says nothing of it."""
    return Counter(number for index in verdict.evidence for number in _NUMBER.findall(readable(evidence[index].text)))


def _choose(checked: Sequence[Claim], quotes: Sequence[Claim], question: str) -> list[Claim]:
    """Return for each quote the first checked claim that can stand for it, else the quote, each once."""
    by_evidence = {
        item: claim for claim in reversed(checked) for item in claim.evidence if _stands_for(claim, item, question)
    }
    return list(dict.fromkeys(by_evidence.get(own.evidence[0], own) for own in quotes))


def _together(claims: Sequence[Claim]) -> list[Claim]:
    """Return claims with those of one paper together, papers in the order of their first."""
    papers = list(dict.fromkeys(claim.evidence[0].document_id for claim in claims))
    return sorted(claims, key=lambda claim: papers.index(claim.evidence[0].document_id))


def _stands_for(claim: Claim, evidence: Evidence, question: str) -> bool:
    """Say whether a claim answers as much of the question as the sentence it is drawn from."""
    source = readable(evidence.text)
    numbers, names, terms = (_left_out(told, claim.text, source, question) for told in _TOLD)
    answers = set(search_terms(source)) - set(search_terms(question))
    asked = set(search_terms(question)) & set(search_terms(source)) <= set(search_terms(claim.text))
    return asked and not numbers and not names and len(terms) <= _LEFT_OUT_AT_MOST * len(answers)


def _left_out(told: Callable[[str], Iterable[str]], claim: str, source: str, question: str) -> set[str]:
    """Return what a source tells beyond the question and a claim does not."""
    return set(told(source)) - set(told(question)) - set(told(claim))


def _cite(claims: Sequence[Claim], origin: Origin, question: str) -> Composition:
    markers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    sentences: list[AnswerSentence] = []
    for claim in claims:
        own: list[int] = []
        for item in claim.evidence:
            key = (item.document_id, item.start, item.end)
            if key not in markers:
                markers[key] = len(markers) + 1
                citations.append(
                    Citation(
                        markers[key],
                        item.document_id,
                        item.title,
                        item.text,
                        item.start,
                        item.end,
                        round(claim.score, 3),
                    )
                )
            own.append(markers[key])
        sentences.append(AnswerSentence(claim.text, tuple(own), claim.support))
    return Composition(tuple(sentences), tuple(citations), origin, question)


def _marked(sentence: AnswerSentence) -> str:
    body = sentence.text.rstrip()
    end = body[-1:] if body[-1:] in ".!?" else "."
    body = body.rstrip(".!? ")
    return f"{body} {''.join(f'[{marker}]' for marker in sorted(sentence.markers))}{end}"
