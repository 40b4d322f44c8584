"""Score rag and its peers on BEIR folders, with the same vectors of the same papers, in one table.

    python -m eval.peers.compare DIR [DIR …] [--markdown FILE] [--json FILE]

Offline: vectors come from the installed embedding model. A peer that is not installed is listed as such.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

# Before any library of a peer is imported: each reads its own when that happens.
os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}

from eval.peers.inputs import Paper, Vectors, queries_of, read_corpus
from eval.peers.systems import OURS, SYSTEMS, System, installed_version, load
from rag import EvaluationError, RagError
from rag.evaluation import BeirSet, bootstrap_interval, randomisation_p, read_beir, score_rankings

TOP_K = 100
MEASURES = ("nDCG@10", "R@10", "R@100")


def main() -> None:
    """Read the arguments, compare, print and write."""
    options = _parser().parse_args()
    try:
        results = [compare(Path(folder), options.embedder, options.only) for folder in options.folders]
    except RagError as error:
        sys.exit(f"error: {error}")
    markdown = to_markdown(results)
    print(markdown, end="")
    if options.markdown:
        Path(options.markdown).write_text(markdown, encoding="utf-8")
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def compare(folder: Path, embedder: str, only: Sequence[str]) -> dict[str, Any]:
    """Return the scores of every system on one BEIR folder.

    Raises:
        EvaluationError: The folder is malformed or has no corpus.
    """
    beir = read_beir(folder)
    if beir.corpus is None:
        raise EvaluationError(f"{folder} has no corpus.jsonl")
    corpus, queries = read_corpus(beir.corpus), queries_of(beir)
    started = time.perf_counter()
    vectors = Vectors(embedder, [paper.whole for paper in corpus] + list(queries.values()))
    _tell(f"{beir.name}: {len(corpus)} papers and {len(queries)} queries embedded", started)
    chosen = [system for system in SYSTEMS if not only or system.module in only]
    rows = [_score(system, beir, corpus, vectors) for system in chosen]
    return {
        "set": beir.name,
        "papers": len(corpus),
        "queries": len(queries),
        "embedder": embedder,
        "python": platform.python_version(),
        "systems": _with_p(rows),
    }


def _score(system: System, beir: BeirSet, corpus: Sequence[Paper], vectors: Vectors) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": system.name,
        "package": system.package,
        "version": installed_version(system.package),
    }
    if row["version"] is None:
        _tell(f"  {system.name}: {system.package} is not installed", time.perf_counter())
        return row
    started = time.perf_counter()
    rankings = load(system)(corpus, queries_of(beir), vectors, TOP_K)
    scores = score_rankings(rankings, {query.id: query.grades for query in beir.queries})
    per_query = {name: [scores[query.id][name] for query in beir.queries] for name in MEASURES}
    row |= {name: round(sum(values) / len(values), 4) for name, values in per_query.items()}
    row["interval"] = [round(bound, 4) for bound in bootstrap_interval(per_query[MEASURES[0]])]
    row["per_query"] = {query.id: round(scores[query.id][MEASURES[0]], 4) for query in beir.queries}
    _tell(f"  {system.name}: {row[MEASURES[0]]:.4f}", started)
    return row


def _with_p(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the p-value of their difference from ours on the first measure."""
    ours = next((row["per_query"] for row in rows if row["name"] == OURS and "per_query" in row), None)
    for row in rows:
        if ours is not None and row["name"] != OURS and "per_query" in row:
            differences = [score - ours[query_id] for query_id, score in row["per_query"].items()]
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
    head = ["system", MEASURES[0], "95% interval", *MEASURES[1:], "p against rag"]
    rows = [[row["name"], *_cells(row)] for row in result["systems"]]
    title = f"## {result['set']}: {result['papers']:,} papers, {result['queries']} queries"
    return f"{title}\n\n{_table(head, rows)}"


def _cells(row: dict[str, Any]) -> list[str]:
    if row["version"] is None:
        return ["not installed"]
    low, high = row["interval"]
    first, *others = (f"{row[name]:.4f}" for name in MEASURES)
    return [first, f"{low:.3f} to {high:.3f}", *others, _spoken(row.get("p"))]


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
    parser.add_argument("--markdown", metavar="FILE", help="write the tables there")
    parser.add_argument("--json", metavar="FILE", help="write the scores there, query by query")
    return parser


if __name__ == "__main__":
    main()
