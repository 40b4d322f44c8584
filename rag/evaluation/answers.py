"""Score the answers of a pipeline on gold questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from rag import Answer
from rag.evaluation.citations import Judge, cited_share, score_citations
from rag.evaluation.gold import GoldQuestion, fold, states
from rag.evaluation.runs import QueryResult, Shown, digest_of

# What is scored per question; each is left out where it makes no sense.
ANSWER_MEASURES = (
    "pass",
    "correct",
    "completeness",
    "cited",
    "citation_recall",
    "citation_precision",
    "strict_citation_recall",
    "strict_citation_precision",
)
_SHOWN = 3


class Answerer(Protocol):
    """The part of `rag.Pipeline` that is scored here."""

    def answer(self, question: str, history: Sequence[Sequence[str]] = ()) -> Answer:
        """Return the checked answer to a question."""


def evaluate_answers(
    answerer: Answerer, questions: Iterable[GoldQuestion], judges: Mapping[str, Judge]
) -> tuple[QueryResult, ...]:
    """Answer every question and score the answers.

    Args:
        answerer: What is scored.
        questions: With their judgements.
        judges: Of citations, by the prefix of their measures: "" and "strict_".

    Raises:
        RagError: A question makes no sense, or the language model fails.
    """
    return tuple(_result(item, answerer.answer(item.question, item.history), judges) for item in questions)


def score_answer(item: GoldQuestion, answer: Answer, judges: Mapping[str, Judge]) -> dict[str, float]:
    """Return the scores of one answer, by measure.

    An answer passes when the question is answerable and the answer correct, or when it is not and
    the answer abstains. It is correct when every key fact has a variant in its text and it does not
    abstain; its completeness is the share of key facts that have. Citations, sentences and words
    are scored of answers that do not abstain.
    """
    scores: dict[str, float] = {}
    if item.answerable:
        # An abstention names the nearest papers, which may hold a fact by chance.
        stated = [not answer.abstained and states(answer.text, fact) for fact in item.key_facts]
        scores["correct"] = float(not answer.abstained and all(stated))
        scores["completeness"] = sum(stated) / len(stated) if stated else scores["correct"]
        scores["false_abstention"] = float(answer.abstained)
    else:
        scores["over_answer"] = float(not answer.abstained)
    scores["pass"] = scores["correct"] if item.answerable else float(answer.abstained)
    if not answer.abstained:
        scores["words"] = float(len(fold(answer.text).split()))
        scores.update(_citation_scores(answer, judges))
    return scores


def _citation_scores(answer: Answer, judges: Mapping[str, Judge]) -> dict[str, float]:
    scores: dict[str, float] = {"cited": cited_share(answer) if answer.sentences else 0.0}
    for prefix, judge in judges.items():
        # An answer without sentences claims to answer and supports nothing.
        score = score_citations(answer, judge) if answer.sentences else (0.0, 0.0)
        scores[f"{prefix}citation_recall"], scores[f"{prefix}citation_precision"] = score
    return scores


def _result(item: GoldQuestion, answer: Answer, judges: Mapping[str, Judge]) -> QueryResult:
    return QueryResult(
        id=item.id,
        type=item.type,
        digest=digest_of(item.question, item.history, item.key_facts, item.answerable),
        scores=score_answer(item, answer, judges),
        question=item.question,
        kind=item.kind,
        seconds=dict(answer.timings),
        ranking=tuple(passage.document_id for passage in answer.passages),
        shown=tuple(Shown(passage.document_id, passage.title, passage.text) for passage in answer.passages[:_SHOWN]),
        answer={
            "text": answer.text,
            "abstained": answer.abstained,
            "reason": answer.reason,
            "searched": answer.searched,
            "origin": answer.origin,
            "confidence": answer.confidence,
            "quotes": [[citation.marker, citation.title, citation.quote] for citation in answer.citations],
            "expected": item.answer,
            "key_facts": [list(fact) for fact in item.key_facts],
        },
    )
