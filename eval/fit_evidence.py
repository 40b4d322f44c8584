"""Fit what reading and features count in the choice of sentences: python -m eval.fit_evidence [INDEX].

Each development question about one paper is a choice among the sentences of the papers found, modelled
as a softmax; the weights of rag/evidence/finder.py make the right ones likely. The reading model has not
seen these papers. Prints the constants, and how often the best sentence is right with the weights that
the package has and, in cross-validation over questions, with fitted ones.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rag import Pipeline
from rag.evaluation.gold import states
from rag.evidence.finder import WEIGHTS
from rag.text import readable

QUESTIONS = {"eval/gold.jsonl": "dev", "eval/training/seeds.jsonl": "train"}
TYPES = ("fact", "noisy", "paraphrase", "followup")
FOLDS = 5
STEPS = 400
# How much the weights are held to the ones that the package has.
TO_START = 0.01


@dataclass
class Choice:
    """A question's sentences, once for each clause: what speaks for each, shape (sentences, weights), which answer."""

    features: torch.Tensor
    target: torch.Tensor


def main(index: str) -> None:
    """Fit and print."""
    with Pipeline.load(index, llm="none") as pipeline:
        choices = [choice for item in _questions() for choice in _choice(pipeline, item)]
    start = torch.tensor(list(WEIGHTS.values()))
    print(len(choices), "questions; right with the weights of the package:", _right(choices, start))
    folds = np.random.default_rng(0).integers(FOLDS, size=len(choices))
    held = []
    for fold in range(FOLDS):
        weights = fit([one for one, own in zip(choices, folds, strict=True) if own != fold], start)
        held.append(_right([one for one, own in zip(choices, folds, strict=True) if own == fold], weights))
    print("with fitted ones, on questions not fitted on:", round(float(np.mean(held)), 3))
    for name, weight in zip(WEIGHTS, fit(choices, start).tolist(), strict=True):
        print(f'    "{name}": {weight:.2f},')


def fit(choices: Sequence[Choice], start: torch.Tensor) -> torch.Tensor:
    """Return the weights that make the right sentences likely."""
    weights = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([weights], lr=0.05)
    for _ in range(STEPS):
        chances = [torch.log_softmax(choice.features @ weights, 0)[choice.target] for choice in choices]
        loss = -torch.stack([torch.logsumexp(own, 0) for own in chances]).mean()
        loss = loss + TO_START * ((weights - start) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weights.detach()


def _right(choices: Sequence[Choice], weights: torch.Tensor) -> float:
    return float(np.mean([bool(choice.target[(choice.features @ weights).argmax()]) for choice in choices]))


def _questions() -> Iterator[dict[str, Any]]:
    for path, split in QUESTIONS.items():
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            if item["split"] == split and item["type"] in TYPES:
                yield item


def _choice(pipeline: Pipeline, item: dict[str, Any]) -> Iterator[Choice]:
    asked = pipeline._search.understand(item["question"], item["history"])
    hits, to_read = pipeline._search.find(asked, pipeline.options.passages)
    gatherer = pipeline._gatherer
    candidates = gatherer.to_read(hits[:to_read])
    readings, parts = gatherer.read(asked, candidates)
    weighed = gatherer.finder.weigh(asked.mended, asked.context, candidates, readings, parts)
    rows, target = [], []
    for document, (start, end), values in (sentence for clause in weighed for sentence in clause):
        told = readable(document.text[start:end])
        rows.append(values)
        target.append(document.title in item["gold_titles"] and any(states(told, fact) for fact in item["key_facts"]))
    if any(target):
        yield Choice(torch.tensor(rows, dtype=torch.float32), torch.tensor(target))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "indexes/default")
