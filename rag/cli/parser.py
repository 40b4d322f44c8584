"""The commands and options. Each command's code is imported only when it runs."""

from __future__ import annotations

import argparse
from typing import Any

from rag.cli.eval_parser import add_eval
from rag.cli.options import add_index_option, add_json_option, add_llm_option, command_of, run_of


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="rag", description="Ask your papers, get answers you can check.", allow_abbrev=False
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="tell on stderr what is being done")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    adders = (_add_index, _add_search, _add_ask, _add_replay, _add_chat, _add_serve, add_eval, _add_models, _add_info)
    for add in adders:
        add(commands)
    return parser


def _add_index(commands: Any) -> None:
    text = "read papers into an index: adds to it when it is there; nothing is changed when a source is bad"
    command = command_of(commands, "index", text, run_of("corpus", "index"))
    command.add_argument(
        "sources", nargs="*", metavar="SOURCE", help=".jsonl, .json, .csv, .tsv, .bib, .txt, .md or a folder"
    )
    add_index_option(command)
    command.add_argument("--replace", action="store_true", help="build anew from these sources alone")
    command.add_argument(
        "--remove", action="append", default=[], metavar="ID", help="remove a document; may be repeated"
    )
    command.add_argument("--skip-bad", action="store_true", help="leave malformed records out, and list them")
    command.add_argument(
        "--embedder", metavar="NAME", help="sentence-transformers model, by name or folder (RAG_EMBEDDER)"
    )
    add_json_option(command)


def _add_search(commands: Any) -> None:
    command = command_of(commands, "search", "list the papers nearest to a question", run_of("asking", "search"))
    command.add_argument("question", metavar="QUESTION")
    command.add_argument("-k", type=int, default=10, metavar="N", help="how many papers (default 10)")
    add_index_option(command)
    add_json_option(command)


def _add_ask(commands: Any) -> None:
    command = command_of(commands, "ask", "answer a question, every sentence cited", run_of("asking", "ask"))
    command.add_argument("question", metavar="QUESTION")
    add_index_option(command)
    add_llm_option(command)
    command.add_argument("--record", metavar="FILE", help="keep the answer with all that it came from, for rag replay")
    add_json_option(command)


def _add_replay(commands: Any) -> None:
    text = "answer a recorded question again: exit status 0 when all is the same byte for byte, else 1"
    command = command_of(commands, "replay", text, run_of("asking", "replay"))
    command.add_argument("file", metavar="FILE", help="what rag ask --record wrote")
    add_index_option(command)
    add_llm_option(command)
    add_json_option(command)


def _add_chat(commands: Any) -> None:
    command = command_of(commands, "chat", "open the chat in a browser", run_of("asking", "chat"))
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=7860, help="port (default 7860)")
    command.add_argument("--auth", metavar="USER:PASSWORD", help="let in only who gives these")
    command.add_argument("--root-path", default="", metavar="PATH", help="path under which a proxy shows the chat")
    add_index_option(command)
    add_llm_option(command)


def _add_serve(commands: Any) -> None:
    command = command_of(commands, "serve", "answer over HTTP", run_of("asking", "serve"))
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=8000, help="port (default 8000)")
    add_index_option(command)
    add_llm_option(command)


def _add_models(commands: Any) -> None:
    text = "list the language models known by name, or pull one"
    command = command_of(commands, "models", text, run_of("corpus", "models"))
    command.add_argument("action", nargs="?", choices=("list", "pull"), default="list")
    command.add_argument("name", nargs="?", metavar="NAME")
    add_json_option(command)


def _add_info(commands: Any) -> None:
    text = "tell what is indexed, which models are there, and whether all is well"
    command = command_of(commands, "info", text, run_of("corpus", "info"))
    add_index_option(command)
    add_json_option(command)
