"""The command line: parse, call the package, print. Data on stdout, everything else on stderr."""

from rag.cli.main import main

__all__ = ["main"]
