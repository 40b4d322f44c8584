"""Read one paper per file: a title line or Markdown heading, then the abstract."""

from __future__ import annotations

import re
from pathlib import Path

from rag.readers.records import Record, check_record


def read_prose(path: Path, text: str) -> Record:
    """Return the paper of a .txt or .md file: title from the first line that is not blank.

    Raises:
        SourceError: Nothing follows the title, or the file is empty.
    """
    first, _, rest = text.strip().partition("\n")
    title = re.sub(r"^#+\s*", "", first).strip()
    body = re.sub(r"^(?:#+\s*)?abstract\s*[:.\n]\s*", "", rest.strip(), flags=re.IGNORECASE)
    record = Record(title, body.strip(), {"file": str(path), "record": 1})
    return check_record(record, str(path), text_name="abstract")
