"""Fit the weights of rag/evidence/ on the development questions: python eval/fit_evidence.py.

For each answerable question about one paper, the choice among all sentences of the papers found is
modelled as a softmax of a linear score; the sentences of the gold paper that hold a key fact share
the target. Prints the constants, and how often the best 1 to 4 sentences hold every key fact, in
cross-validation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from rag import Pipeline
from rag.conversation import stand_alone
from rag.evidence import Candidate
from rag.evidence.asked import FEATURES

TYPES = ("fact", "noisy", "paraphrase", "followup")
FOLDS = 8
L2 = 0.02


class Example(NamedTuple):
    """Features, shape (sentences, features), and which key facts each sentence holds."""

    features: np.ndarray
    facts: np.ndarray


def main(questions: Path, index: Path) -> None:
    """Fit and print."""
    pipeline = Pipeline.load(index, llm="none")
    gold = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    examples = [example(pipeline, item) for item in gold if item["split"] == "dev" and item["type"] in TYPES]
    names = [*FEATURES, "document", "best document"]
    order = np.random.default_rng(0).permutation(len(examples))
    held_out = []
    for fold in range(FOLDS):
        test = set(order[fold::FOLDS].tolist())
        weights = fit([item for number, item in enumerate(examples) if number not in test])
        held_out += [complete(examples[number], weights) for number in test]
    print("every key fact in the best 1 to 4 sentences:", np.mean(held_out, axis=0).round(3))
    for name, weight in zip(names, fit(examples), strict=True):
        print(f'    "{name}": {weight:.1f},')


def example(pipeline: Pipeline, item: dict[str, Any]) -> Example:
    """Return a question as features and facts of the sentences of the papers found."""
    asked = stand_alone(item["question"], item["history"])
    hits = pipeline._retriever.search(asked.searched, 5)
    finder = pipeline._finder
    whole = finder._asked(asked.searched)
    rows, facts = [], []
    for rank, hit in enumerate(hits):
        candidate = Candidate(hit.document, hit.score, pipeline.index.tokens[hit.position])
        sentences = finder._sentences(candidate)
        told = whole.features(sentences, hit.document.title)
        for number, (span, features) in enumerate(zip(sentences.spans, told, strict=True)):
            rows.append([*(features[name] for name in FEATURES), hit.score - hits[0].score, float(rank == 0)])
            text = folded(f"{sentences.texts[number]} | {hit.document.text[span.start : span.end]}")
            gold = hit.document.title in item["gold_titles"]
            facts.append([gold and any(folded(variant) in text for variant in fact) for fact in item["key_facts"]])
    return Example(np.array(rows), np.array(facts))


def folded(text: str) -> str:
    """Return a text with case and white space folded."""
    return " ".join(text.casefold().split())


def fit(examples: Sequence[Example]) -> np.ndarray:
    """Return the weights that make the sentences with key facts likely."""
    scale = np.concatenate([item.features for item in examples]).std(axis=0) + 1e-9
    targets = [(item.features / scale, item.facts.any(axis=1)) for item in examples if item.facts.any()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = 0.0, np.zeros_like(weights)
        for features, wanted in targets:
            scores = features @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            among = chances * wanted / (chances * wanted).sum()
            total -= float(np.log((chances * wanted).sum()))
            gradient -= features.T @ (among - chances)
        size = len(targets)
        return total / size + L2 * float(weights @ weights), gradient / size + 2 * L2 * weights

    return np.asarray(minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale)


def complete(item: Example, weights: np.ndarray) -> list[bool]:
    """Say, for the best 1 to 4 sentences, whether they hold every key fact."""
    order = np.argsort(-(item.features @ weights))
    return [bool(item.facts[order[:count]].any(axis=0).all()) for count in range(1, 5)]


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    defaults = [Path("eval/gold.jsonl"), Path("indexes/default")]
    main(*[*arguments, *defaults[len(arguments) :]])
