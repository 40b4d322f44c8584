"""Citation recall and precision of an answer, by any judge of whether quotes support a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rag import Answer, Citation

# (sentence, quotes, titles of the quoted papers) -> whether the quotes together support the sentence.
Judge = Callable[[str, Sequence[str], Sequence[str]], bool]


class CitationScore(NamedTuple):
    """Citation recall and precision of one answer, each in [0, 1]."""

    recall: float
    precision: float


def score_citations(answer: Answer, judge: Judge) -> CitationScore:
    """Return the citation recall and precision of an answer that has sentences.

    Recall is the share of sentences that their citations together support. A citation is precise
    when its sentence is supported and it is not superfluous: it supports the sentence alone, or
    the others do not without it. Precision is the share of precise citations, 0 without any.

    Raises:
        ValueError: The answer has no sentences.

    Source: Gao, Yen, Yu and Chen, Enabling Large Language Models to Generate Text with Citations
    (ALCE), EMNLP 2023, arXiv:2305.14627, section 3; with the judge in the place of its NLI model.
    """
    if not answer.sentences:
        raise ValueError("an answer without sentences has no citations to score")
    supported = precise = cited = 0
    for sentence in answer.sentences:
        citations = [citation for citation in answer.citations if citation.marker in sentence.markers]
        cited += len(citations)
        if not citations or not _supports(judge, sentence.text, citations):
            continue
        supported += 1
        precise += sum(_is_needed(judge, sentence.text, citations, one) for one in citations)
    return CitationScore(supported / len(answer.sentences), precise / cited if cited else 0.0)


def cited_share(answer: Answer) -> float:
    """Return the share of sentences with at least one marker that leads to a citation.

    Raises:
        ValueError: The answer has no sentences.
    """
    if not answer.sentences:
        raise ValueError("an answer without sentences has none that are cited")
    markers = {citation.marker for citation in answer.citations}
    return sum(bool(markers.intersection(sentence.markers)) for sentence in answer.sentences) / len(answer.sentences)


def _is_needed(judge: Judge, sentence: str, citations: Sequence[Citation], one: Citation) -> bool:
    others = [citation for citation in citations if citation is not one]
    return not others or _supports(judge, sentence, [one]) or not _supports(judge, sentence, others)


def _supports(judge: Judge, sentence: str, citations: Sequence[Citation]) -> bool:
    return judge(sentence, [item.quote for item in citations], [item.title for item in citations])
