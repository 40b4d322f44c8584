"""Fit the weights of rag/abstention.py on the development questions: python eval/fit_abstention.py.

Answerable questions of the development split are the positives. Negatives are its unanswerable
ones, its answerable ones with their papers taken out of sight, and questions about works and things
that no paper is about. The questions of eval/training/ about the seeds are used as well. Prints the
constants and the cross-validated score.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from rag import Pipeline
from rag.abstention import FITTED
from rag.naming import subject_name

# Whether the others hold an answer when a paper is taken away is not known for sure.
AWAY = ("paper away", "work away")
# To answer what no paper is about is worse than to miss a detail.
NOWHERE_NEAR = ("offtopic", "other thing")
# Questions for details that their papers do not state, and for details that they do.
TRAINING = Path("eval/training/seeds.jsonl")
OTHER_WORKS = [
    "AlexNet",
    "Word2Vec",
    "StyleGAN",
    "WaveNet",
    "DeepSpeech",
    "RoBERTa",
    "Chinchilla",
    "SqueezeNet",
    "EfficientDet",
    "LightGBM",
    "Gorilla",
    "ReAct",
    "DeepLab",
    "FaceNet",
    "NeRF-W",
    "XLNet",
    "ALBERT",
    "DreamFusion",
    "DreamBooth",
    "ControlNet",
    "Medusa-2",
    "SpecInfer",
    "BitFit",
    "PyTorch-Geometric",
    "TinyEngine",
    "ProxylessGAUSS",
    "GraphCast",
    "ESMFold",
    "RetinaNet",
    "DenseNet",
]
WORK_QUESTIONS = [
    "How many parameters does {} have?",
    "What accuracy does {} reach on ImageNet?",
    "How does {} reduce memory use?",
    "What speedup does {} report over its baseline?",
    "Which datasets was {} trained on?",
    "How much energy does {} save on an FPGA?",
]
OTHER_THINGS = """
What is the best recipe for banana bread?
How tall is Mount Everest?
Who painted the Mona Lisa?
Which team won the Champions League last year?
Write me a poem about autumn.
How do I reset my phone to factory settings?
What are the symptoms of the flu?
When did the Second World War end?
What is the boiling point of ethanol?
How do I get from Berlin to Prague by train?
Translate good morning into Spanish.
Who is the president of France?
What is the meaning of life?
How many legs does a spider have?
Which stocks should I buy this week?
What is the square root of 1764?
Can you recommend a good novel?
How do plants make sugar from light?
What time is it in Tokyo?
How often should I water a cactus?
Why is the sky blue?
What do electric transformers do in a power grid?
How do I change the battery of a wall clock?
What is a healthy diet for dogs?
How does compound interest work?
Which vaccines do I need for a trip to Kenya?
What happened at the Battle of Hastings?
How do I fix a leaking kitchen tap?
Tell me a joke about engineers.
What is your name and who made you?
Are crisps healthier than chips?
How long should I boil an egg?
""".strip().splitlines()


def main(questions: Path, index: Path) -> None:
    """Fit and print."""
    pipeline = Pipeline.load(index, llm="none")
    gold = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    gold += [json.loads(line) for line in TRAINING.read_text(encoding="utf-8").splitlines()]
    # What is asked of several papers has a threshold of its own.
    dev = [item for item in gold if item["split"] != "test" and item["type"] != "multi"]
    documents = list(pipeline.index.store.all_documents())
    rows: list[tuple[tuple[float, ...], bool, str]] = []
    for item in dev:
        history = item["history"]
        rows.append((signals(pipeline, item["question"], history), item["answerable"], item.get("kind", item["type"])))
        if item["answerable"]:
            others = [document.id for document in documents if document.title not in item["gold_titles"]]
            kind = "work away" if subject_name(item["question"]) else "paper away"
            rows.append((signals(pipeline, item["question"], history, others), False, kind))
    for number, work in enumerate(OTHER_WORKS):
        question = WORK_QUESTIONS[number % len(WORK_QUESTIONS)].format(work)
        rows.append((signals(pipeline, question, []), False, "other work"))
    rows += [(signals(pipeline, question, []), False, "other thing") for question in OTHER_THINGS]
    fit(rows)


def signals(
    pipeline: Pipeline, question: str, history: list[list[str]], within: list[str] | None = None
) -> tuple[float, ...]:
    """Return the signals of a question as the pipeline measures them."""
    asked = pipeline._search.understand(question, history)
    hits, to_read = pipeline._search.find(asked, pipeline.options.passages, within)
    told = pipeline._gatherer.gather(asked, hits[:to_read], pipeline.options.words)[1]
    return tuple(float(getattr(told, name)) for name in FITTED)


def fit(rows: list[tuple[tuple[float, ...], bool, str]]) -> None:
    """Fit a logistic regression and print its constants and cross-validated scores."""
    features = np.array([row[0] for row in rows])
    labels = np.array([row[1] for row in rows])
    kinds = np.array([row[2] for row in rows])
    scale = features.std(axis=0)
    weights = np.select([np.isin(kinds, AWAY), np.isin(kinds, NOWHERE_NEAR)], [0.05, 3.0], 1.0)
    model = LogisticRegression(C=1.0, max_iter=1000)
    probabilities = cross_val_predict(
        model, features / scale, labels, cv=8, method="predict_proba", params={"sample_weight": weights}
    )[:, 1]
    model.fit(features / scale, labels, sample_weight=weights)
    print("_INTERCEPT =", round(float(model.intercept_[0]), 2))
    print("_WEIGHTS =", {name: round(float(w), 2) for name, w in zip(FITTED, model.coef_[0] / scale, strict=True)})
    for kind in sorted(set(kinds)):
        own = probabilities[kinds == kind]
        print(f"{kind:12} n={len(own):3} median {np.median(own):.2f}", end="  answered at 0.3/0.4/0.5/0.6: ")
        print(" ".join(f"{np.mean(own >= threshold):.2f}" for threshold in (0.3, 0.4, 0.5, 0.6)))


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "eval/gold.jsonl"),
        Path(sys.argv[2] if len(sys.argv) > 2 else "indexes/default"),
    )
