"""Read BibTeX entries that carry an abstract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.errors import SourceError
from rag.readers.records import Record, check_record, rejected
from rag.types import Rejected

_KEPT_FIELDS = ("author", "year", "doi", "url", "journal", "booktitle")


def read_bibtex(path: Path, text: str) -> Iterator[Record | Rejected]:
    """Yield a record per entry; entries without title or abstract give a Rejected that names the key."""
    import bibtexparser
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock

    library = bibtexparser.parse_string(text)
    entries = list(library.entries)
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock):
            # Papers are told apart by their words, so a key may come twice.
            entries.append(block.ignore_error_block)
            continue
        twice = isinstance(block, DuplicateFieldKeyBlock)
        reason = f"{', '.join(sorted(block.duplicate_keys))} stands twice" if twice else "check braces and commas"
        yield Rejected(f"{path}, line {(block.start_line or 0) + 1}", f"not a BibTeX entry: {reason}")
    for number, entry in enumerate(entries, start=1):
        where = f"{path}, entry {entry.key}"
        fields = {name.casefold(): str(field.value) for name, field in entry.fields_dict.items()}
        source = {"file": str(path), "record": number, "id": entry.key}
        if "year" in fields:
            source["date"] = fields["year"]
        kept = {name: fields[name] for name in _KEPT_FIELDS if name in fields}
        title = " ".join(fields.get("title", "").replace("{", "").replace("}", "").split())
        record = Record(title, " ".join(fields.get("abstract", "").split()), source, kept)
        try:
            yield check_record(record, where, text_name="abstract")
        except SourceError as error:
            yield rejected(error)
