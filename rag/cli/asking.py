"""The commands that answer: search, ask, replay, chat, serve."""

from __future__ import annotations

import argparse
import sys

from rag.api import ensure_index
from rag.cli.output import print_answer, print_json, print_passages, progress_bar
from rag.config import read_settings
from rag.pipeline import Pipeline
from rag.recording import Record
from rag.recording import record as record_answer
from rag.recording import replay as replay_answer


def search(options: argparse.Namespace) -> None:
    """Print the papers nearest to a question."""
    with _pipeline(options, llm="none") as pipeline:
        passages = pipeline.search(options.question, options.k)
    if options.json:
        from dataclasses import asdict

        print_json([asdict(passage) for passage in passages])
    else:
        print_passages(passages)


def ask(options: argparse.Namespace) -> None:
    """Print the answer to a question."""
    with _pipeline(options, llm=options.llm) as pipeline:
        if options.record:
            recorded = record_answer(pipeline, options.question)
            recorded.save(options.record)
            answer = recorded.made.answer
        else:
            answer = pipeline.answer(options.question)
    if options.json:
        print_json(answer.to_dict())
    else:
        print_answer(answer)


def replay(options: argparse.Namespace) -> int:
    """Answer a recorded question again, print whether all is the same, and return the exit status."""
    recorded = Record.load(options.file)
    with _pipeline(options, llm=options.llm or recorded.llm) as pipeline:
        outcome = replay_answer(pipeline, recorded)
    if options.json:
        print_json(outcome.to_dict())
    else:
        print(outcome)
    return 0 if outcome.same else 1


def chat(options: argparse.Namespace) -> None:
    """Open the chat and serve it until interrupted."""
    from rag.ui import launch

    with _pipeline(options, llm=options.llm) as pipeline:
        launch(
            pipeline,
            host=options.host,
            port=options.port,
            auth=options.auth,
            root_path=options.root_path,
        )


def serve(options: argparse.Namespace) -> None:
    """Serve answers over HTTP until interrupted."""
    from rag.server import serve as serve_http

    with _pipeline(options, llm=options.llm) as pipeline:
        serve_http(pipeline, host=options.host, port=options.port)


def _pipeline(options: argparse.Namespace, llm: str | None) -> Pipeline:
    settings = read_settings(index=options.index)
    report = ensure_index(settings, progress_bar("Indexing the shipped papers"))
    if report:
        sys.stderr.write(f"{report.documents} papers indexed in {report.seconds:.0f} s: {report.path}\n")
    return Pipeline.load(settings.index, llm=llm)
