"""Measure what speaks for and against an answer from the papers found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.abstention import LONG_QUESTION, Signals, asks_in_general, lacks_detail, lacks_number
from rag.conversation import Standalone
from rag.evidence import Found
from rag.listing import asks_list
from rag.naming import has_name, is_own_name, singular, subject_name
from rag.retriever import Hit
from rag.text import names_in, readable
from rag.types import Evidence

# Among so many papers, the one that a name of the question belongs to is looked for.
OWNERS_AMONG = 3


def measure(
    asked: Standalone,
    hits: Sequence[Hit],
    evidence: Sequence[Evidence],
    found: Found,
    *,
    knows_word: Callable[[str], bool],
    knows_name: Callable[[str], bool],
) -> Signals:
    """Return the signals of a question, without those of questions for several papers.

    Args:
        asked: The question.
        hits: The papers found, best first; at least one.
        evidence: What would be answered with.
        found: What was found for the question among the sentences.
        knows_word: Whether a lower-case word is everyone's.
        knows_name: Whether a name stands in any paper.
    """
    best = hits[0]
    title, text = best.document.title, best.document.text
    nearest = [hit.document for hit in hits[:OWNERS_AMONG]]
    # Which papers there are is no question about one work.
    listed = asks_list(asked.mended)
    # What a follow-up is about stood in an earlier turn.
    subject = None if listed or asked.context else subject_name(asked.mended)
    # "CPU" and "Europe" are words of everyone's, unless the question is about what is called so.
    names = [
        singular(name)
        for name in names_in(asked.mended)
        if name == subject or not knows_word(singular(name).casefold())
    ]
    # Of two works each is named by its own paper.
    named = sum(any(is_own_name(name, near.title, near.text) for name in names) for near in nearest)
    told = nearest if named > 1 else nearest[:1]
    told_text = " ".join(f"{document.title} {document.text}" for document in told)
    own = [name for name in names if is_own_name(name, title, text)]
    general = bool(own) and asks_in_general(found.terms)
    return Signals(
        dense=best.dense,
        lexical=best.lexical,
        unknown_names=float(not all(knows_name(name) for name in names)),
        missing_names=sum(not has_name(told_text, name) for name in names) / max(len(names), 1),
        other_subject=float(
            subject is not None
            and not any(is_own_name(name, near.title, near.text) for near in nearest for name in {subject, *own})
        ),
        other_names=float(bool(names) and not own and not listed and not asked.context),
        detail_missing=float(
            lacks_detail(asked.mended, f"{title}\n{text}")
            or lacks_number(asked.mended, [readable(item.text) for item in evidence])
        ),
        least_match=1.0 if general else found.least_match,
        several=0.0,
        topic_match=0.0,
        named=float(bool(own)),
        length=1.0 if general else min(found.pieces / LONG_QUESTION, 1.0),
        answers=found.answers,
        sentence_answers=found.sentence_answers,
    )
