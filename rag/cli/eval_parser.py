"""The options of `rag eval`."""

from __future__ import annotations

from typing import Any

from rag.cli.options import add_index_option, add_json_option, command_of, run_of


def add_eval(commands: Any) -> None:
    """Add `rag eval` and what it can do."""
    text = "judge retrieval and answers on gold questions"
    command = commands.add_parser("eval", help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    parts = command.add_subparsers(title="what to do", metavar="WHAT", required=True)
    for add in (_add_eval_retrieval, _add_eval_answers, _add_eval_runs, _add_eval_questions):
        add(parts)


def _add_eval_retrieval(parts: Any) -> None:
    command = command_of(parts, "retrieval", "score the search", run_of("evaluating", "retrieval"))
    _add_questions_option(command)
    command.add_argument("--beir", metavar="DIR", help="a BEIR folder instead: corpus.jsonl, queries.jsonl, qrels/")
    command.add_argument(
        "-k", "--k", type=int, default=100, metavar="N", help="how many papers to retrieve (default 100)"
    )
    command.add_argument("--name", metavar="NAME", help="what reports call this run")
    _add_run_options(command)


def _add_eval_answers(parts: Any) -> None:
    command = command_of(parts, "answers", "score the answers", run_of("evaluating", "answers"))
    _add_questions_option(command)
    command.add_argument(
        "--llm", action="append", metavar="NAME", help="language model; repeat to see several side by side"
    )
    _add_run_options(command)


def _add_run_options(command: Any) -> None:
    command.add_argument(
        "--split", choices=("dev", "test"), help="only this part (default: all; of a BEIR folder: test)"
    )
    command.add_argument("--out", metavar="RUN.json", help="write the run, for compare and report")
    command.add_argument("--gate", action="store_true", help="exit 1 when significantly worse than the baseline")
    command.add_argument("--baseline", metavar="FILE", help="of the gate (default eval/baselines/…)")
    add_index_option(command)
    add_json_option(command)


def _add_eval_runs(parts: Any) -> None:
    command = command_of(parts, "compare", "test whether run B differs from run A", run_of("evaluating", "compare"))
    command.add_argument("first", metavar="A.json")
    command.add_argument("second", metavar="B.json")
    command.add_argument("--measure", metavar="NAME", help="of the questions listed (default nDCG@10 or pass)")
    command.add_argument("--limit", type=int, default=5, metavar="N", help="losses and wins to list (default 5)")
    add_json_option(command)
    command = command_of(parts, "report", "write a run as a page and as Markdown", run_of("evaluating", "report"))
    command.add_argument("run_file", metavar="RUN.json")
    command.add_argument("--baseline", metavar="FILE", help="a run or baseline to compare with")
    command.add_argument("--html", metavar="OUT.html")
    command.add_argument("--markdown", metavar="OUT.md")
    command = command_of(
        parts, "baseline", "keep the scores of a run as the gate's baseline", run_of("evaluating", "baseline")
    )
    command.add_argument("run_file", metavar="RUN.json")
    command.add_argument("-o", "--out", metavar="FILE", help="default eval/baselines/…")


def _add_eval_questions(parts: Any) -> None:
    command = command_of(parts, "check", "check the gold questions against the papers", run_of("evaluating", "check"))
    _add_questions_option(command)
    add_index_option(command)
    command = command_of(
        parts, "export", "write gold questions and papers in BEIR's layout", run_of("evaluating", "export")
    )
    command.add_argument("folder", metavar="DIR")
    _add_questions_option(command)
    add_index_option(command)
    text = "make drafts of gold questions of the chat's feedback"
    command = command_of(parts, "questions", text, run_of("evaluating", "questions"))
    command.add_argument("feedback", metavar="FEEDBACK.jsonl")
    command.add_argument("-o", "--out", metavar="DRAFT.jsonl", help="default: standard output")


def _add_questions_option(command: Any) -> None:
    command.add_argument("--questions", metavar="FILE", help="gold questions (default eval/gold.jsonl)")
