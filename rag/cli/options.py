"""What several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from typing import Any


def run_of(module: str, function: str) -> Callable[[argparse.Namespace], Any]:
    """Return a function that imports a command's code and runs it."""
    return lambda options: getattr(import_module(f"rag.cli.{module}"), function)(options)


def command_of(commands: Any, name: str, text: str, run: Callable[[argparse.Namespace], Any]) -> Any:
    """Add a command with its help and what runs it."""
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    command.set_defaults(run=run)
    return command


def add_index_option(command: Any) -> None:
    """Add --index."""
    command.add_argument("--index", metavar="DIR", help="index folder (RAG_INDEX; default indexes/default)")


def add_json_option(command: Any) -> None:
    """Add --json."""
    command.add_argument("--json", action="store_true", help="print one JSON document")


def add_llm_option(command: Any) -> None:
    """Add --llm."""
    command.add_argument(
        "--llm",
        metavar="NAME",
        help='"default", "none", a name of "rag models", a .gguf file, http://host:port/v1#model or'
        " transformers:NAME (RAG_LLM)",
    )
