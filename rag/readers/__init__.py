"""Turn files and folders into records of title and abstract. Knows nothing of indexes."""

from rag.readers.records import Record
from rag.readers.sources import SUFFIXES, read_sources

__all__ = ["SUFFIXES", "Record", "read_sources"]
