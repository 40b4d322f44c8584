"""The commands of `rag eval`: open what is to be judged, call rag.evaluation, print."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import rag
from rag import EvaluationError
from rag import evaluation as ev
from rag.api import ensure_index
from rag.cli.output import print_json, progress_bar
from rag.config import read_settings

if TYPE_CHECKING:
    from rag import Pipeline

_Item = TypeVar("_Item")


def check(options: argparse.Namespace) -> None:
    """Print every fault of the gold questions, and how they spread over types and splits.

    Raises:
        EvaluationError: There are faults.
    """
    path = _questions_path(options)
    questions = ev.read_questions(path)
    with _pipeline(options, llm="none") as pipeline:
        faults = ev.check_questions(questions, pipeline.documents())
    for fault in faults:
        print(fault)
    if faults:
        raise EvaluationError(f"{path}: {len(faults)} faults in {len(questions)} questions")
    for name, counts in ev.spread(questions).items():
        print(f"{name}: " + ", ".join(f"{count} {split}" for split, count in counts.items()))
    print(f"{len(questions)} questions, no fault")


def retrieval(options: argparse.Namespace) -> None:
    """Score the search on gold questions or on a BEIR folder.

    Raises:
        EvaluationError: The questions are malformed, or the gate is closed.
    """
    run = _beir_run(options) if options.beir else _gold_run(options)
    if options.out:
        ev.write_run(Path(options.out), run)
    if options.json:
        print_json(ev.summarize(run))
    else:
        print(ev.text_report(run))
    if options.gate:
        _gate(run, options)


def answers(options: argparse.Namespace) -> None:
    """Score the answers on gold questions, of each language model named.

    Raises:
        EvaluationError: The questions are malformed, or the gate is closed.
    """
    names: Sequence[str | None] = options.llm or [None]
    if options.gate and len(names) > 1:
        raise EvaluationError("--gate judges one language model: name one --llm")
    runs = [_answers_run(options, name) for name in names]
    for run in runs:
        if options.out:
            ev.write_run(_out_path(Path(options.out), run.name, several=len(runs) > 1), run)
    if options.json:
        values = [{**ev.summarize(run), "questions": ev.question_values(run)} for run in runs]
        print_json(values[0] if len(runs) == 1 else {"runs": values})
    else:
        print(ev.side_by_side(runs) if len(runs) > 1 else ev.text_report(runs[0]))
    if options.gate:
        _gate(runs[0], options)


def compare(options: argparse.Namespace) -> None:
    """Compare two runs: every measure, and the questions that changed.

    Raises:
        EvaluationError: A file is no run, or the two do not belong together.
    """
    first, second = ev.read_run(Path(options.first)), ev.read_run(Path(options.second))
    ev.check_comparable(second, first, options.first)
    if not options.json:
        print(ev.comparison_report(first, second, options.measure, options.limit))
        return
    measure = options.measure or ev.PRIMARY[second.kind]
    changed = ev.changed_pairs(ev.pair_results(first, second, measure))
    print_json(
        {
            "measures": [comparison._asdict() for comparison in ev.compare_runs(first, second)],
            "measure": measure,
            "changed": [
                {
                    "id": pair.second.id,
                    "question": pair.second.question,
                    "first": pair.first.scores[measure],
                    "second": pair.second.scores[measure],
                }
                for pair in changed
            ],
        }
    )


def baseline(options: argparse.Namespace) -> None:
    """Write the scores of a run as the baseline that the gate compares with.

    Raises:
        EvaluationError: The file is no run, or the baseline cannot be written.
    """
    run = ev.read_run(Path(options.run_file))
    path = Path(options.out or f"eval/baselines/{run.kind}.json")
    ev.write_run(path, ev.baseline_of(run))
    print(f"{path}: {len(run.results)} questions")


def report(options: argparse.Namespace) -> None:
    """Write a run as an HTML page and as Markdown.

    Raises:
        EvaluationError: A file is no run, or a report cannot be written.
    """
    run = ev.read_run(Path(options.run_file))
    before = ev.read_run(Path(options.baseline)) if options.baseline else None
    if before is not None:
        ev.check_comparable(run, before, options.baseline)
    if options.html:
        ev.write_text(Path(options.html), ev.html_report(run, before))
    if options.markdown:
        ev.write_text(Path(options.markdown), ev.markdown_report(run, before))
    if not options.html and not options.markdown:
        print(ev.markdown_report(run, before), end="")


def export(options: argparse.Namespace) -> None:
    """Write the gold questions and the papers in BEIR's layout.

    Raises:
        EvaluationError: A gold paper is not in the index, or a file cannot be written.
    """
    questions = ev.read_questions(_questions_path(options))
    with _pipeline(options, llm="none") as pipeline:
        for path in ev.export_beir(questions, pipeline.documents(), Path(options.folder)):
            print(path)


def questions(options: argparse.Namespace) -> None:
    """Make drafts of gold questions of the feedback given in the chat.

    Raises:
        EvaluationError: The feedback is malformed, or the drafts cannot be written.
    """
    import json

    drafts = ev.draft_questions(Path(options.feedback))
    lines = "".join(json.dumps(draft, ensure_ascii=False) + "\n" for draft in drafts)
    if options.out:
        ev.write_text(Path(options.out), lines)
        sys.stderr.write(f"{options.out}: {len(drafts)} drafts; fill in key_facts, then: rag eval check\n")
    else:
        sys.stdout.write(lines)


def _gold_run(options: argparse.Namespace) -> ev.Run:
    path = _questions_path(options)
    asked = ev.read_questions(path, options.split)
    with _pipeline(options, llm="none") as pipeline:
        queries = ev.judged_gold(asked, pipeline.documents(), str(path))
        return _retrieval_run(pipeline, options, queries, path.name)


def _beir_run(options: argparse.Namespace) -> ev.Run:
    beir = ev.read_beir(Path(options.beir), options.split or "test")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.index) if options.index else Path(scratch) / "index"
        if not folder.exists():
            if beir.corpus is None:
                raise EvaluationError(f"{options.beir} has no corpus.jsonl: name the index of its corpus with --index")
            # Some corpora hold empty documents; none of them can be found by anyone.
            made = rag.build_index([beir.corpus], folder, skip_bad=True, progress=progress_bar("Indexing"))
            sys.stderr.write(f"{made.documents} documents indexed in {made.seconds:.0f} s\n")
        with rag.Pipeline.load(folder, llm="none") as pipeline:
            ids = ev.corpus_ids(pipeline.documents())
            if options.index:
                ev.check_judged(beir.queries, {name for names in ids.values() for name in names}, str(folder))
            return _retrieval_run(pipeline, options, beir.queries, beir.name, ids)


def _retrieval_run(
    pipeline: Pipeline,
    options: argparse.Namespace,
    queries: Sequence[ev.JudgedQuery],
    name: str,
    judged_ids: Mapping[str, Sequence[str]] | None = None,
) -> ev.Run:
    # The first search warms the caches up, and would count as the slowest.
    pipeline.search(queries[0].question[:100], 1)
    results = ev.evaluate_retrieval(pipeline, _with_progress(queries), judged_ids=judged_ids, depth=options.k)
    return ev.Run(
        kind="retrieval",
        name=options.name or f"rag {rag.__version__}",
        questions=name,
        split=options.split or "",
        settings={"depth": options.k},
        index=pipeline.fingerprint,
        versions=ev.installed_versions(),
        results=results,
    )


def _answers_run(options: argparse.Namespace, llm: str | None) -> ev.Run:
    path = _questions_path(options)
    asked = ev.read_questions(path, options.split)
    judges: dict[str, ev.Judge] = {"": rag.supports, "strict_": rag.strictly_supports}
    with _pipeline(options, llm=llm) as pipeline:
        name = read_settings(llm=llm).llm
        sys.stderr.write(f"{len(asked)} questions for {name}\n")
        pipeline.answer(asked[0].question)
        results = ev.evaluate_answers(pipeline, _with_progress(asked), judges)
        return ev.Run(
            kind="answers",
            name=name,
            questions=path.name,
            split=options.split or "",
            settings={"llm": name},
            index=pipeline.fingerprint,
            versions=ev.installed_versions(),
            results=results,
        )


def _gate(run: ev.Run, options: argparse.Namespace) -> None:
    path = Path(options.baseline) if options.baseline else _project_file(f"baselines/{run.kind}.json")
    if not path.exists():
        raise EvaluationError(f"no baseline at {path}: write one with: rag eval baseline RUN.json --out {path}")
    thresholds = ev.read_thresholds(_project_file("thresholds.json"), run.kind)
    ev.check_gate(run, ev.read_run(path), thresholds, str(path))
    sys.stderr.write(f"gate: not significantly below {path}\n")


def _out_path(path: Path, name: str, *, several: bool) -> Path:
    if not several:
        return path
    safe = "".join(character if character.isalnum() else "-" for character in name).strip("-")
    return path.with_name(f"{path.stem}-{safe}{path.suffix}")


def _questions_path(options: argparse.Namespace) -> Path:
    return Path(options.questions) if options.questions else _project_file("gold.jsonl")


def _project_file(name: str) -> Path:
    """Return a file of `eval/`, here or beside the package; the one here when there is neither."""
    here = Path("eval") / name
    beside = Path(rag.__file__).parent.parent / "eval" / name
    return beside if beside.exists() and not here.exists() else here


@contextmanager
def _pipeline(options: argparse.Namespace, llm: str | None) -> Iterator[Pipeline]:
    settings = read_settings(index=options.index)
    ensure_index(settings, progress_bar("Indexing the shipped papers"))
    with rag.Pipeline.load(settings.index, llm=llm) as pipeline:
        yield pipeline


def _with_progress(items: Iterable[_Item]) -> Iterable[_Item]:
    from tqdm import tqdm

    progress: Any = tqdm(items, unit=" questions", file=sys.stderr, disable=None)
    return progress  # type: ignore[no-any-return]
