"""Fit how word pieces are matched: python eval/fit_matching.py [ACM-CR/corpus.jsonl.gz].

Learns the projection of word pieces that rag/embedder/ ships and the weights of a sentence in
rag/evidence/, at once: each question is a choice among the first papers found and a choice among
their sentences, both modelled as a softmax.
The questions are the development ones and those of eval/training/; the model itself stays as it is.
Without the corpus of ACM-CR only the questions about the seeds are used.

Source: Khattab and Zaharia, ColBERT, SIGIR 2020, doi:10.1145/3397271.3401075.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rag.config import read_settings
from rag.conversation import Standalone
from rag.embedder import open_embedder
from rag.embedder.base import Embedding
from rag.embedder.onnx_minilm import OnnxMiniLM, _run
from rag.embedder.projection import TRAINED, principal_directions
from rag.evaluation.gold import states
from rag.evidence import Candidate, EvidenceFinder
from rag.evidence.asked import _WEIGHTS, FEATURES
from rag.evidence.finder import WEIGHTS
from rag.index import TITLE, Index, build_folder
from rag.naming import own_names
from rag.retriever import _LEXICAL_WEIGHT, _RERANKED, Retriever, matched_part, token_weight
from rag.searching import PaperSearch
from rag.text import readable
from rag.vectors import unit_rows

TYPES = ("fact", "noisy", "paraphrase", "followup")
TRAINING = Path("eval/training")
OTHER_PAPERS = 2000
READ_PAPERS = 6
COMMON_WORDS_END = 8000
EPOCHS = 4
BATCH = 16
LEARNING_RATE = 1e-3
SCALAR_RATE = 0.02
# How much the projection is held to the main directions that it starts from.
TO_START = 1e-2
TOKENS = FEATURES.index("tokens")


class Unprojected(OnnxMiniLM):
    """The shipped embedder with all dimensions of its word pieces."""

    token_dimension = OnnxMiniLM.dimension

    def embed_question(self, question: str) -> Embedding:
        """See `Embedder`."""
        hidden, offsets = _run(self._load().session, self._load().tokenizer, question)
        return Embedding(unit_rows(hidden.mean(axis=0)), unit_rows(hidden), offsets)


@dataclass
class Example:
    """A question and what was found for it.

    `pieces` is of shape (pieces, d), `weights` tells each one's rarity; `asked` are those that are no
    paper's name. `papers` holds the word
    pieces of each paper found, `base` its score without late interaction, `gold` whether it
    answers, `weight` what late interaction counts for the question. `sentences`, `owners`: the word
    pieces of the first papers' sentences and whose they are; `features`, `paper`, `target`: of
    each sentence, the features but for the match of word pieces, its paper, and if it answers.
    """

    pieces: torch.Tensor
    asked: torch.Tensor
    weights: torch.Tensor
    papers: list[torch.Tensor]
    base: torch.Tensor
    gold: torch.Tensor
    weight: float
    sentences: torch.Tensor
    owners: torch.Tensor
    features: torch.Tensor
    paper: torch.Tensor
    target: torch.Tensor


class Matching(torch.nn.Module):
    """What is learned, starting from the weights that the package has."""

    def __init__(self, start: torch.Tensor) -> None:
        super().__init__()
        others = [weight for name, weight in _WEIGHTS.items() if name != "tokens"]
        self.start = start
        self.projection = torch.nn.Parameter(start.clone())
        self.sharpness = torch.nn.Parameter(torch.tensor(20.0))
        self.tokens = torch.nn.Parameter(torch.tensor(float(_WEIGHTS["tokens"])))
        self.others = torch.nn.Parameter(torch.tensor(others))
        # A paper counts here in points of the sentences' features.
        of_paper = [WEIGHTS[name] / WEIGHTS["features"] for name in ("document", "best_document")]
        self.document = torch.nn.Parameter(torch.tensor(of_paper))

    def paper_scores(self, example: Example) -> torch.Tensor:
        """Return the score of each paper found, shape (papers,)."""
        owners = torch.repeat_interleave(
            torch.arange(len(example.papers)), torch.tensor([len(paper) for paper in example.papers])
        )
        best = self._best(example.pieces, torch.cat(example.papers), owners, len(example.papers))
        matches = best @ example.weights / example.weights.sum().clamp(min=1e-6)
        return (example.base + example.weight * matches) / (1 + _LEXICAL_WEIGHT + example.weight)

    def sentence_scores(self, example: Example, papers: torch.Tensor) -> torch.Tensor:
        """Return the score of each sentence of the first papers, shape (sentences,)."""
        best = self._best(example.asked, example.sentences, example.owners, len(example.features))
        first = papers.argmax()
        document = self.document[0] * papers[example.paper] + self.document[1] * (example.paper == first)
        return self.tokens * best.mean(dim=1) + example.features @ self.others + document

    def _best(self, asked: torch.Tensor, told: torch.Tensor, owners: torch.Tensor, count: int) -> torch.Tensor:
        cosines = _units(told @ self.projection) @ _units(asked @ self.projection).T
        least = torch.full((count, len(asked)), -1.0)
        return least.scatter_reduce(0, owners[:, None].expand(-1, len(asked)), cosines, "amax").clamp(min=0)

    def loss(self, example: Example) -> torch.Tensor:
        """Return how unlikely the right papers and sentences are."""
        papers = self.paper_scores(example)
        total = torch.zeros(())
        if example.gold.any():
            total = total - torch.logsumexp(torch.log_softmax(self.sharpness * papers, 0)[example.gold], 0)
        if example.target.any():
            scores = self.sentence_scores(example, papers.detach())
            total = total - torch.logsumexp(torch.log_softmax(scores, 0)[example.target], 0)
        return total


def main(acm: Path | None) -> None:
    """Fit, write the projection and print the weights."""
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings()
        opened = open_embedder("default", cache_dir=settings.cache_dir, threads=settings.thread_count)
        assert isinstance(opened, OnnxMiniLM)
        embedder = Unprojected(opened._model_dir, opened._cache_dir, threads=settings.thread_count)
        questions = [*_questions(Path("eval/gold.jsonl"), "dev"), *_questions(TRAINING / "seeds.jsonl", "train")]
        examples = list(_examples([Path("seeds")], questions, embedder, Path(folder) / "seeds"))
        if acm is not None:
            questions = list(_questions(TRAINING / "acm-cr.jsonl", "train"))
            titles = {title for item in questions for title in item["gold_titles"]}
            source = sample_corpus(acm, titles, Path(folder) / "acm.jsonl")
            examples += _examples([source], questions, embedder, Path(folder) / "acm")
        # The vocabulary lists words by how common they are.
        vocabulary = embedder._load().tokenizer.get_vocab()
        common = (word for word, number in vocabulary.items() if number < COMMON_WORDS_END)
        start = torch.tensor(principal_directions(common, lambda text: embedder.embed_question(text).tokens))
    matching = fit(examples, start)
    np.save(TRAINED, matching.projection.detach().numpy().astype(np.float16), allow_pickle=False)
    print("document, best_document, in points of the features:", matching.document.detach().numpy().round(1))
    weights = matching.others.detach().numpy().tolist()
    weights.insert(TOKENS, float(matching.tokens))
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f'    "{name}": {weight:.1f},')


def fit(examples: Sequence[Example], start: torch.Tensor) -> Matching:
    """Return what makes the right papers and sentences likely."""
    matching = Matching(start)
    scalars = [parameter for name, parameter in matching.named_parameters() if name != "projection"]
    optimizer = torch.optim.Adam(
        [{"params": [matching.projection], "lr": LEARNING_RATE}, {"params": scalars, "lr": SCALAR_RATE}]
    )
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.randperm(len(examples)).split(BATCH):
            loss = torch.stack([matching.loss(examples[number]) for number in batch.tolist()]).mean()
            total += float(loss.detach()) * len(batch)
            held = TO_START * ((matching.projection - matching.start) ** 2).sum()
            optimizer.zero_grad()
            (loss + held).backward()
            optimizer.step()
        print(f"epoch {epoch + 1}: {total / len(examples):.3f}", file=sys.stderr)
    return matching


def _examples(
    sources: Sequence[Path], questions: Sequence[dict[str, Any]], embedder: Unprojected, folder: Path
) -> Iterator[Example]:
    build_folder(sources, folder, embedder, skip_bad=True)
    index = Index(folder)
    retriever, finder = Retriever(index, embedder), EvidenceFinder(embedder, index.rarity)
    search = PaperSearch(index, embedder)
    for item in questions:
        asked = search.understand(item["question"], item["history"])
        yield _example(index, retriever, finder, asked, item)


def _example(
    index: Index, retriever: Retriever, finder: EvidenceFinder, asked: Standalone, item: dict[str, Any]
) -> Example:
    hits = retriever.search(asked.searched, _RERANKED)
    text = readable(asked.searched)
    embedding = retriever._embedder.embed_question(text)
    pieces = embedding.tokens[1:-1]
    weights = retriever._piece_weights(text, embedding.offsets[1:-1])
    positions = [hit.position for hit in hits]
    matches = index.tokens.max_similarities(pieces, weights, positions)
    lexical = np.array([hit.lexical for hit in hits], dtype=np.float32)
    weight = token_weight(matched_part(lexical, len(retriever._term_weights(asked.searched))))
    scores = np.array([hit.score for hit in hits], dtype=np.float32) * (1 + _LEXICAL_WEIGHT + weight)
    names = {name for hit in hits[:READ_PAPERS] for name in own_names(hit.document.title, hit.document.text)}
    whole = finder.asked(f"{asked.mended} {asked.context}", names)
    vectors, owners, features, papers, targets = [], [], [], [], []
    for number, hit in enumerate(hits[:READ_PAPERS]):
        tokens = index.tokens[hit.position]
        sentences = finder.sentences(Candidate(hit.document, hit.score, tokens))
        inside = tokens.sentences < TITLE
        vectors.append(tokens.vectors[inside])
        owners.append(tokens.sentences[inside].astype(np.int64) + len(targets))
        gold = hit.document.title in item["gold_titles"]
        for told, values in zip(sentences.texts, whole.features(sentences, hit.document.title), strict=True):
            features.append([value for name, value in values.items() if name != "tokens"])
            papers.append(number)
            targets.append(gold and any(states(told, fact) for fact in item["key_facts"]))
    return Example(
        torch.tensor(pieces),
        torch.tensor(whole.tokens),
        torch.tensor(weights),
        [torch.tensor(index.tokens[position].vectors) for position in positions],
        torch.tensor(scores - weight * matches),
        torch.tensor([hit.document.title in item["gold_titles"] for hit in hits]),
        weight,
        torch.tensor(np.concatenate(vectors)),
        torch.tensor(np.concatenate(owners)),
        torch.tensor(features, dtype=torch.float32),
        torch.tensor(papers),
        torch.tensor(targets),
    )


def _questions(path: Path, split: str) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["split"] == split and item["type"] in TYPES:
            yield item


def sample_corpus(corpus: Path, titles: set[str], path: Path) -> Path:
    """Write the papers of those titles, and some others, as records, and return the file."""
    packed = corpus.read_bytes()
    lines = (gzip.decompress(packed) if corpus.suffix == ".gz" else packed).decode("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    records = [record for record in records if record["text"]]
    others = set(np.random.default_rng(0).permutation(len(records))[:OTHER_PAPERS].tolist())
    chosen = [record for number, record in enumerate(records) if record["title"] in titles or number in others]
    with path.open("w", encoding="utf-8") as file:
        for record in chosen:
            told = {"id": record["_id"], "title": record["title"], "abstract": record["text"]}
            file.write(json.dumps(told) + "\n")
    return path


def _units(vectors: torch.Tensor) -> torch.Tensor:
    return vectors / vectors.norm(dim=-1, keepdim=True).clamp(min=1e-6)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
