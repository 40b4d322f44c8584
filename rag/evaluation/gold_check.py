"""Check gold questions against the papers, so that a score means what it says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rag import Document
from rag.evaluation.gold import KINDS, SPLITS, TYPES, GoldQuestion, fold, states, title_key


def check_questions(questions: Sequence[GoldQuestion], documents: Iterable[Document]) -> list[str]:
    """Return one line per fault: "id: what is wrong".

    Every gold title is in the index; a variant of each fact stands in a gold title or abstract, in
    the reference answer, and in neither the question nor its history; facts and titles are there
    exactly when the question is answerable; only follow-ups have a history; no question is asked
    twice; and a paper serves one split only, but for questions about several papers, which
    compare papers of both.
    """
    texts = {title_key(document.title): f"{document.title}\n{document.text}" for document in documents}
    findings = [f"{item.id}: {fault}" for item in questions for fault in _faults(item, texts)]
    findings.extend(_repeated(questions))
    findings.extend(_shared_papers(questions))
    return findings


def spread(questions: Iterable[GoldQuestion]) -> dict[str, dict[str, int]]:
    """Return how many questions there are per type and split, types in their order."""
    counts = Counter((item.type, item.split or "all") for item in questions)
    splits = sorted({split for _, split in counts})
    return {name: {split: counts[name, split] for split in splits} for name in TYPES}


def _faults(item: GoldQuestion, texts: Mapping[str, str]) -> Iterator[str]:
    yield from _label_faults(item)
    if not item.answerable:
        yield from _unanswerable_faults(item)
        return
    if not item.gold_titles:
        yield "answerable, but names no gold paper"
    if not item.key_facts:
        yield "answerable, but has no key fact"
    for title in item.gold_titles:
        if title_key(title) not in texts:
            yield f'no paper titled "{title}" in the index'
    yield from _fact_faults(item, "\n".join(texts.get(title_key(title), "") for title in item.gold_titles))


def _label_faults(item: GoldQuestion) -> Iterator[str]:
    if item.split and item.split not in SPLITS:
        yield f'unknown split "{item.split}": use {" or ".join(SPLITS)}'
    if item.answerable == (item.type == "unanswerable"):
        yield f'"answerable" is {str(item.answerable).lower()}, but the type is {item.type}'
    if item.type == "followup" and not item.history:
        yield "a follow-up without history"
    if item.answerable and item.history and item.type != "followup":
        yield f"a history in a {item.type} question"


def _unanswerable_faults(item: GoldQuestion) -> Iterator[str]:
    if item.gold_titles or item.key_facts:
        yield "unanswerable, but has gold papers or key facts"
    if item.kind not in KINDS:
        yield f'unknown kind "{item.kind}" of unanswerable: use {", ".join(KINDS)}'


def _fact_faults(item: GoldQuestion, gold: str) -> Iterator[str]:
    told = fold(" ".join([item.question, *(part for turn in item.history for part in turn)]))
    for fact in item.key_facts:
        name = " | ".join(fact)
        if not states(gold, fact):
            yield f'no variant of the fact "{name}" stands in a gold title or abstract'
        if item.answer and not states(item.answer, fact):
            yield f'no variant of the fact "{name}" stands in its reference answer'
        for variant in fact:
            if fold(variant) in told:
                yield f'the question or its history gives away "{variant}"'


def _repeated(questions: Iterable[GoldQuestion]) -> Iterator[str]:
    first: dict[tuple[str, ...], str] = {}
    for item in questions:
        asked = (fold(item.question), *(fold(part) for turn in item.history for part in turn))
        if asked in first:
            yield f"{item.id}: asks the same as {first[asked]}"
        first.setdefault(asked, item.id)


def _shared_papers(questions: Iterable[GoldQuestion]) -> Iterator[str]:
    splits: dict[str, set[str]] = defaultdict(set)
    for item in questions:
        if item.type == "multi" or not item.split:
            continue
        for title in item.gold_titles:
            if splits[title] - {item.split}:
                yield f'{item.id}: "{title}" serves the other split too'
            splits[title].add(item.split)
