"""Score rag and its peers on BEIR folders, with the same vectors of the same papers, in one table.

    python -m eval.peers.compare DIR [DIR …] [--markdown FILE] [--json FILE]

Offline: vectors come from the installed embedding model. A peer that is not installed is listed as such.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

# Before any library of a peer is imported: each reads its own when that happens.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}

from eval.peers.inputs import Paper, Vectors, queries_of, read_corpus, read_index
from eval.peers.systems import OURS, SYSTEMS, System, installed_version, load
from rag import EvaluationError, RagError
from rag.evaluation import BeirSet, bootstrap_interval, check_judged, randomisation_p, read_beir, score_rankings

TOP_K = 100
MEASURES = ("nDCG@10", "R@10", "R@100")


def main() -> None:
    """Read the arguments, compare, print and write."""
    options = _parser().parse_args()
    try:
        results = [compare(_read(Path(folder), options), options) for folder in options.folders]
    except RagError as error:
        sys.exit(f"error: {error}")
    markdown = to_markdown(results)
    print(markdown, end="")
    if options.markdown:
        Path(options.markdown).write_text(markdown, encoding="utf-8")
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


class Task(NamedTuple):
    """A set to be searched: its queries, its papers with an id each, and the ids those are judged under."""

    beir: BeirSet
    corpus: Sequence[Paper]
    vectors: Vectors
    judged_ids: Mapping[str, Sequence[str]] | None


def compare(task: Task, options: argparse.Namespace) -> dict[str, Any]:
    """Return the scores of every system on one set."""
    chosen = [system for system in SYSTEMS if not options.only or system.module in options.only]
    return {
        "set": task.beir.name,
        "split": options.split,
        "papers": len(task.corpus),
        "queries": len(task.beir.queries),
        "embedder": options.embedder,
        "python": platform.python_version(),
        "systems": _with_p([_score(system, task) for system in chosen]),
    }


def _read(folder: Path, options: argparse.Namespace) -> Task:
    """Return a BEIR folder as it is to be searched.

    Raises:
        EvaluationError: The folder is malformed, or has no corpus and no index stands in for it.
    """
    beir = read_beir(folder, options.split)
    if options.sample:
        shuffled = list(beir.queries)
        random.Random(0).shuffle(shuffled)
        beir = replace(beir, queries=tuple(shuffled[: options.sample]))
    started = time.perf_counter()
    texts = list(queries_of(beir).values())
    if options.index:
        indexed = read_index(Path(options.index))
        corpus, judged_ids = indexed.papers, indexed.source_ids
        check_judged(beir.queries, set(chain.from_iterable(judged_ids.values())), options.index)
        whole = [paper.whole for paper in corpus]
        vectors = Vectors(options.embedder, whole + texts, known=indexed.vectors, index=Path(options.index))
    elif beir.corpus is not None:
        corpus, judged_ids = read_corpus(beir.corpus), None
        vectors = Vectors(options.embedder, [paper.whole for paper in corpus] + texts)
    else:
        raise EvaluationError(f"{folder} has no corpus.jsonl: name an index of its corpus with --index")
    _tell(f"{beir.name}: {len(corpus)} papers and {len(beir.queries)} queries embedded", started)
    return Task(beir, corpus, vectors, judged_ids)


def _score(system: System, task: Task) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": system.name,
        "package": system.package,
        "version": installed_version(system.package),
    }
    if row["version"] is None:
        _tell(f"  {system.name}: {system.package} is not installed", time.perf_counter())
        return row
    started = time.perf_counter()
    rankings = load(system)(task.corpus, queries_of(task.beir), task.vectors, TOP_K)
    if task.judged_ids is not None:
        ids = task.judged_ids
        rankings = {key: list(chain.from_iterable(ids[paper] for paper in found)) for key, found in rankings.items()}
    queries = task.beir.queries
    scores = score_rankings(rankings, {query.id: query.grades for query in queries})
    row["per_query"] = {name: {query.id: round(scores[query.id][name], 4) for query in queries} for name in MEASURES}
    for name, values in row["per_query"].items():
        row[name] = round(sum(values.values()) / len(values), 4)
    row["intervals"] = {
        name: [round(bound, 4) for bound in bootstrap_interval(list(values.values()))]
        for name, values in row["per_query"].items()
    }
    _tell(f"  {system.name}: {row[MEASURES[0]]:.4f}", started)
    return row


def _with_p(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the p-value of their difference from ours on the first measure."""
    ours = next((row["per_query"][MEASURES[0]] for row in rows if row["name"] == OURS and "per_query" in row), None)
    for row in rows:
        if ours is not None and row["name"] != OURS and "per_query" in row:
            differences = [score - ours[query_id] for query_id, score in row["per_query"][MEASURES[0]].items()]
            row["p"] = round(randomisation_p(differences), 4)
    return rows


def to_markdown(results: Sequence[dict[str, Any]]) -> str:
    """Return one table per set, one of all sets when there are several, and the versions."""
    parts = [_over_sets(results)] if len(results) > 1 else []
    parts += [_of_set(result) for result in results]
    used = {row["package"]: row["version"] for row in results[0]["systems"] if row["version"]}
    versions = ", ".join(f"{package} {number}" for package, number in used.items())
    return "\n\n".join([*parts, f"Versions: Python {results[0]['python']}, {versions}."]) + "\n"


def _over_sets(results: Sequence[dict[str, Any]]) -> str:
    head = [f"{MEASURES[0]}", *(result["set"] for result in results), "mean"]
    rows = []
    for same in zip(*(result["systems"] for result in results), strict=True):
        scores = [row[MEASURES[0]] for row in same if MEASURES[0] in row]
        cells = [f"{score:.4f}" for score in (*scores, sum(scores) / len(scores))] if scores else ["not installed"]
        rows.append([same[0]["name"], *cells])
    return "## All sets\n\n" + _table(head, rows)


def _of_set(result: dict[str, Any]) -> str:
    head = ["system", *MEASURES, "p against rag"]
    rows = [[row["name"], *_cells(row)] for row in result["systems"]]
    title = f"## {result['set']}: {result['papers']:,} papers, {result['queries']} queries"
    return f"{title}\n\n{_table(head, rows)}"


def _cells(row: dict[str, Any]) -> list[str]:
    if row["version"] is None:
        return ["not installed"]
    scores = [
        f"{row[name]:.4f} ({low:.3f} to {high:.3f})"
        for name, (low, high) in ((name, row["intervals"][name]) for name in MEASURES)
    ]
    return [*scores, _spoken(row.get("p"))]


def _spoken(p: float | None) -> str:
    if p is None:
        return ""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    padded = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in (head, *padded)]
    return "\n".join([lines[0], "|---|" + "---:|" * (len(head) - 1), *lines[1:]])


def _tell(line: str, started: float) -> None:
    print(f"{line} ({time.perf_counter() - started:.0f} s)", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.peers.compare", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="DIR", help="a set in BEIR's layout, with its corpus")
    parser.add_argument("--embedder", default="default", help="as for rag: the model that all systems share")
    parser.add_argument(
        "--only", nargs="+", default=(), choices=[system.module for system in SYSTEMS], help="these systems alone"
    )
    parser.add_argument("--split", default="test", help="of the judgements: qrels/SPLIT.tsv (default test)")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of the queries, the same in every run")
    parser.add_argument("--index", metavar="DIR", help="take papers and vectors from this index of rag")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there")
    parser.add_argument("--json", metavar="FILE", help="write the scores there, query by query")
    return parser


if __name__ == "__main__":
    main()
