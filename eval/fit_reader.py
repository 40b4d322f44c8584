"""Fit the reading model: python -m eval.fit_reader ACM-CR/corpus.jsonl.gz (80 minutes on two cores).

With glibc, MALLOC_MMAP_MAX_=0 and MALLOC_TRIM_THRESHOLD_=64000000000 in the environment halve the time.

Learns low-rank changes of the shipped embedding model's layers and the heads on top (rag/reading/), so
that question and paper read together tell whether the paper answers and with which sentences. The
questions are those of eval/training/ on papers of ACM-CR; none is about a paper of seeds/, so whatever
is weighed and measured on the gold questions is about papers the model has never seen.

A question is paired with the papers that answer it, with papers that are found near it and do not, and,
where nothing answers, with the paper it seems to be about. Asked are: does the paper answer, which of its
sentences, and which of their words. What is learned so is learned further with questions for details, half
of them such that the paper speaks of the very thing and does not tell what is asked.

Source: Hu et al., LoRA, ICLR 2022, arXiv:2106.09685.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch.nn import functional
from torch.nn.utils import parametrize
from transformers import AutoModel

from eval.fit_matching import sample_corpus
from rag import Document
from rag.config import read_settings
from rag.embedder import open_embedder
from rag.embedder.projection import trained_projection
from rag.evaluation.gold import enumerate_json_lines, states
from rag.index import Index, build_folder
from rag.onnx_bert import shipped_model_dir
from rag.reading.adapter import ADAPTED, ADAPTER, TYPES
from rag.reading.onnx_reader import USUAL_COSINE, USUAL_MATCH
from rag.reading.pieces import Row, rows_of
from rag.retriever import Retriever
from rag.text import readable, sentence_spans

TRAINING = (Path("eval/training/acm-cr.jsonl"), Path("eval/training/acm-cr-clusters.jsonl.gz"))
DETAILS = Path("eval/training/acm-cr-details.jsonl.gz")
# More of those, by other writers about other papers, that nothing is learned from.
CHECK = Path("eval/training/acm-cr-details-check.jsonl.gz")
FOUND = 12
# Of an answerable question, papers near it that do not answer: as many are made, as many are learned in an epoch.
OTHERS, OTHERS_AN_EPOCH = 3, 1
RANK = 32
BATCH = 16
# Steps and learning rate, first and further on; of the weights of what is mixed the rate is higher.
FIRST = (3000, 7e-4)
FURTHER = (3000, 5e-4)
MIX_RATE = 20
# How often a question for a detail is taken where another is taken once.
TIMES = 4
# How often a question is put as a follow-up of another one about the same paper.
FOLLOWING = 0.08


@dataclass
class Pair:
    """A question and a paper: `evidence` are the numbers of its sentences that answer, `facts` the words."""

    question: str
    paper: str
    title: str
    sentences: list[str]
    answers: bool
    evidence: list[int]
    facts: list[str]
    unanswerable: bool


@dataclass
class Example:
    """A pair, as one row of word pieces with what each is: `facts` is 1 for the words of the answer."""

    pair: Pair
    row: Row
    owners: torch.Tensor
    facts: torch.Tensor


class LowRank(torch.nn.Module):
    """A change of a layer's weights, of low rank, at first none."""

    def __init__(self, outputs: int, inputs: int) -> None:
        super().__init__()
        self.down = torch.nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
        self.up = torch.nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Return the weights with the change."""
        return weight + self.up @ self.down


class Reader(torch.nn.Module):
    """The shipped model with what is learned."""

    def __init__(self, model_dir: Path) -> None:
        super().__init__()
        # Dropout costs half of the time here and showed no gain.
        self.encoder = AutoModel.from_pretrained(
            model_dir, attn_implementation="eager", attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0
        )
        self.encoder.pooler = None
        self.encoder.requires_grad_(False)
        self.encoder.embeddings.token_type_embeddings.weight.requires_grad_(True)
        for layer in self.encoder.encoder.layer:
            for place in ADAPTED:
                linear = layer.get_submodule(place)
                parametrize.register_parametrization(linear, "weight", LowRank(*linear.weight.shape))
        self.heads = torch.nn.Linear(self.encoder.config.hidden_size, 3)
        torch.nn.init.normal_(self.heads.weight, std=0.02)
        torch.nn.init.zeros_(self.heads.bias)
        self.projection = torch.nn.Parameter(torch.tensor(trained_projection()))
        self.mix = torch.nn.Parameter(torch.tensor([6.0, 8.0, 0.5, 0.0]))

    def forward(self, examples: Sequence[Example]) -> torch.Tensor:
        """Return the last layer, shape (examples, pieces, dimension)."""
        rows = [example.row for example in examples]
        ids, types, mask = (
            torch.nn.utils.rnn.pad_sequence([torch.tensor(values) for values in column], batch_first=True)
            for column in (
                [row.ids for row in rows],
                [row.types for row in rows],
                [[1] * len(row.ids) for row in rows],
            )
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = self.encoder(input_ids=ids, token_type_ids=types, attention_mask=mask)
        return output.last_hidden_state.float()

    def scores(self, hidden: torch.Tensor, example: Example) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the logits of the paper, of its sentences and of their pieces; `OnnxReader` says how they are made."""
        owners, count = example.owners, int(example.owners.max()) + 1
        told = owners >= 0
        own, vectors, logits = owners[told], hidden[: len(owners)][told], self.heads(hidden[: len(owners)])
        asked = hidden[1 : example.row.asked + 1]
        sizes = torch.zeros(count).index_add(0, own, torch.ones(len(own))).clamp(min=1)
        question = _unit(asked.mean(dim=0))
        close = _unit(torch.zeros(count, vectors.shape[1]).index_add(0, own, vectors)) @ question
        cosines = _unit(vectors @ self.projection) @ _unit(asked @ self.projection).T
        least = torch.full((count, cosines.shape[1]), -1.0)
        best = least.scatter_reduce(0, own[:, None].expand_as(cosines), cosines, "amax").mean(dim=1)
        average = torch.zeros(count).index_add(0, own, logits[told, 1]) / sizes
        words = torch.full((count,), -30.0).scatter_reduce(0, own, logits[told, 2], "amax")
        sentences = self.mix[0] * (close - USUAL_COSINE) + self.mix[1] * (best - USUAL_MATCH) + average + words
        whole = _unit(vectors.mean(dim=0)) @ question
        paper = logits[0, 0] + self.mix[2] * sentences.max() + self.mix[3] * whole
        return paper, sentences, logits[told, 2]

    def loss(self, hidden: torch.Tensor, example: Example) -> torch.Tensor:
        """Return how unlikely the right answers are: of the paper, of its sentences and of their words."""
        paper, sentences, words = self.scores(hidden, example)
        pair = example.pair
        evidence = [number for number in pair.evidence if number < len(sentences)]
        total = functional.binary_cross_entropy_with_logits(paper, torch.tensor(float(pair.answers)))
        if evidence:
            chances = torch.log_softmax(sentences, 0)[evidence]
            total = total - (torch.logsumexp(chances, 0) + chances.mean()) / 2
        if evidence or not pair.answers:
            target = torch.zeros(len(sentences))
            target[evidence] = 1.0
            total = total + functional.binary_cross_entropy_with_logits(sentences, target)
        if example.facts.any() or not pair.answers:
            facts = example.facts[example.owners >= 0]
            weight = torch.tensor(3.0)
            total = total + functional.binary_cross_entropy_with_logits(words, facts, pos_weight=weight)
        return total


def main(corpus: Path) -> None:
    """Fit and write the adapter."""
    torch.manual_seed(0)
    random.seed(0)
    model_dir = shipped_model_dir()
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    pairs = list(_pairs(TRAINING, corpus))
    reader = Reader(model_dir)
    fit(reader, pairs, tokenizer, *FIRST)
    fit(reader, pairs + list(_pairs([DETAILS], corpus)) * TIMES, tokenizer, *FURTHER)
    _save(reader)
    check(reader, list(_pairs([CHECK], corpus)), tokenizer)


def check(reader: Reader, pairs: Sequence[Pair], tokenizer: Any) -> None:
    """Print how well a question's own paper shows whether it answers, and how often its right sentence is first."""
    told, answers, first = [], [], []
    for pair in pairs:
        if not pair.answers and not pair.unanswerable:
            continue
        example = _example(pair, "", tokenizer)
        with torch.no_grad():
            paper, sentences, _ = reader.scores(reader([example])[0], example)
        told.append(float(paper))
        answers.append(pair.answers)
        if pair.answers:
            first.append(int(sentences.argmax()) in pair.evidence)
    print(
        "area under the curve", round(roc_auc_score(answers, told), 3), "right sentence first", np.mean(first).round(3)
    )


def fit(reader: Reader, pairs: Sequence[Pair], tokenizer: Any, steps: int, rate: float) -> None:
    """Learn from the pairs in so many steps, rates falling to nothing."""
    learned = {name: value for name, value in reader.named_parameters() if value.requires_grad}
    slow = [value for name, value in learned.items() if name != "mix"]
    optimizer = torch.optim.AdamW(
        [{"params": slow, "lr": rate}, {"params": [reader.mix], "lr": MIX_RATE * rate}], weight_decay=0.01
    )
    warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 100) * (1 - step / steps))
    step, total = 0, 0.0
    while True:
        for batch in _batches(pairs, tokenizer):
            hidden = reader(batch)
            loss = torch.stack([reader.loss(*one) for one in zip(hidden, batch, strict=True)]).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
            optimizer.step()
            warm.step()
            step, total = step + 1, total + float(loss.detach())
            if step % 100 == 0:
                print(f"step {step}: {total / 100:.3f}", file=sys.stderr)
                total = 0.0
            if step == steps:
                return


def _batches(pairs: Sequence[Pair], tokenizer: Any) -> Iterator[list[Example]]:
    """Yield an epoch's batches, each of rows of about the same length, in random order."""
    asked_of: dict[str, list[str]] = {}
    for pair in pairs:
        if pair.answers:
            asked_of.setdefault(pair.paper, []).append(pair.question)
    taken: dict[str, int] = {}
    chosen: list[Example] = []
    for pair in random.sample(pairs, len(pairs)):
        if not pair.answers and not pair.unanswerable:
            taken[pair.question] = taken.get(pair.question, 0) + 1
            if taken[pair.question] > OTHERS_AN_EPOCH:
                continue
        earlier = ""
        if random.random() < FOLLOWING:
            earlier = random.choice([one for one in asked_of.get(pair.paper, []) if one != pair.question] or [""])
        chosen.append(_example(pair, earlier, tokenizer))
    pools = [
        sorted(chosen[start : start + BATCH * 24], key=lambda example: len(example.row.ids))
        for start in range(0, len(chosen), BATCH * 24)
    ]
    batches = [pool[start : start + BATCH] for pool in pools for start in range(0, len(pool), BATCH)]
    yield from random.sample(batches, len(batches))


def _example(pair: Pair, earlier: str, tokenizer: Any) -> Example:
    question = f"{pair.question} ({earlier})" if earlier else pair.question
    sentences = pair.sentences
    while len(rows := rows_of(tokenizer, question, pair.title, sentences)) > 1:
        sentences = sentences[:-1]
    row = rows[0]
    facts = torch.zeros(len(row.ids))
    for number in pair.evidence:
        places = [place for place, owner in enumerate(row.owners) if owner == number]
        offsets = tokenizer.encode(pair.sentences[number], add_special_tokens=False).offsets
        for fact in pair.facts:
            found = pair.sentences[number].casefold().find(fact.casefold())
            for place, (start, end) in zip(places, offsets, strict=False):
                if found >= 0 and start < found + len(fact) and end > found:
                    facts[place] = 1.0
    return Example(pair, row, torch.tensor(row.owners), facts)


def _pairs(files: Sequence[Path], corpus: Path) -> Iterator[Pair]:
    """Yield the pairs of the files' questions; papers are found among their papers and some others."""
    questions = [dict(row) for path in files for _, row in enumerate_json_lines(path)]
    with tempfile.TemporaryDirectory() as folder:
        yield from _pairs_found(questions, corpus, Path(folder))


def _pairs_found(questions: Sequence[dict[str, Any]], corpus: Path, folder: Path) -> Iterator[Pair]:
    titles = {title for item in questions for name in ("gold_titles", "near_titles") for title in item.get(name, [])}
    source = sample_corpus(corpus, titles, folder / "acm.jsonl")
    settings = read_settings()
    embedder = open_embedder("default", cache_dir=settings.cache_dir, threads=settings.thread_count)
    build_folder([source], folder / "acm", embedder, skip_bad=True)
    index = Index(folder / "acm")
    retriever = Retriever(index, embedder)
    papers = {document.title: document for document in index.store.all_documents()}
    for item in questions:
        question = f"{item['question']} ({item['history'][-1][0]})" if item["history"] else item["question"]
        found = retriever.search(question, FOUND)
        yield from _pairs_of(item, question, papers, [hit.document for hit in found])


def _pairs_of(
    item: dict[str, Any], question: str, papers: dict[str, Document], found: Sequence[Document]
) -> Iterator[Pair]:
    about = [papers[title] for title in [*item["gold_titles"], *item.get("near_titles", [])] if title in papers]
    others = [document for document in found if document.id not in {one.id for one in about}]
    if item["type"] == "multi":
        # Whether papers qualify for a list is known of those alone that were looked through.
        others = [document for document in others if document.title in item.get("other_titles", [])]
    for number, document in enumerate(about):
        sentences = [readable(document.text[start:end]) for start, end in sentence_spans(document.text)]
        evidence = item["sentences"][number] if "sentences" in item else _stating(sentences, item["key_facts"])
        facts = [fact for variants in item["key_facts"] for fact in variants]
        if item["answerable"] and evidence:
            yield Pair(question, document.id, readable(document.title), sentences, True, evidence, facts, False)
        if not item["answerable"]:
            yield Pair(question, document.id, readable(document.title), sentences, False, [], [], True)
    for document in others[: OTHERS if item["answerable"] else 1]:
        sentences = [readable(document.text[start:end]) for start, end in sentence_spans(document.text)]
        yield Pair(question, document.id, readable(document.title), sentences, False, [], [], False)


def _stating(sentences: Sequence[str], facts: Sequence[Sequence[str]]) -> list[int]:
    return [number for number, text in enumerate(sentences) if any(states(text, fact) for fact in facts)]


def _save(reader: Reader) -> None:
    tensors = {
        TYPES: reader.encoder.embeddings.token_type_embeddings.weight,
        "weight": reader.heads.weight,
        "bias": reader.heads.bias,
        "projection": reader.projection,
        "mix": reader.mix,
    }
    for number, layer in enumerate(reader.encoder.encoder.layer):
        for place in ADAPTED:
            change = layer.get_submodule(place).parametrizations.weight[0]
            tensors[f"{number}.{place}.down"], tensors[f"{number}.{place}.up"] = change.down, change.up
    save_file({name: value.detach().half().contiguous() for name, value in tensors.items()}, ADAPTER)


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-12)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
