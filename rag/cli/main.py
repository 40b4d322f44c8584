"""Entry point: run the command named, turn errors into one line and an exit status."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from rag.cli.parser import build_parser
from rag.errors import RagError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 a RagError, 2 usage.

    Raises:
        SystemExit: The arguments make no command (status 2), or help was asked for (0).
    """
    options = build_parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.ERROR, format="%(name)s: %(message)s", stream=sys.stderr
    )
    _be_quiet()
    try:
        status = int(options.run(options) or 0)
        # Now, while a reader that has gone can still be told from a failure.
        sys.stdout.flush()
        return status
    except RagError as error:
        sys.stderr.write(f"rag: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone, as in `rag ask … | head -1`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _be_quiet() -> None:
    for name, value in {
        "TOKENIZERS_PARALLELISM": "false",
        "TRANSFORMERS_VERBOSITY": "error",
        "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }.items():
        os.environ.setdefault(name, value)
