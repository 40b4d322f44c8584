"""Ask paper abstracts, get short answers whose every sentence can be checked against the paper it cites."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rag.errors import (
    EmbedderError,
    EvaluationError,
    IndexFolderError,
    ModelError,
    QuestionError,
    RagError,
    RecordError,
    SourceError,
)
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Document,
    Done,
    Draft,
    Event,
    IndexReport,
    Passage,
    Rejected,
    Step,
    Working,
)

if TYPE_CHECKING:
    from rag.api import answer, build_index, document, search, strictly_supports, supports, update_index
    from rag.pipeline import Options, Pipeline
    from rag.recording import Record, Replay, record, replay

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AnswerSentence",
    "Citation",
    "Document",
    "Done",
    "Draft",
    "EmbedderError",
    "EvaluationError",
    "Event",
    "IndexFolderError",
    "IndexReport",
    "ModelError",
    "Options",
    "Passage",
    "Pipeline",
    "QuestionError",
    "RagError",
    "Record",
    "RecordError",
    "Rejected",
    "Replay",
    "SourceError",
    "Step",
    "Working",
    "answer",
    "build_index",
    "document",
    "record",
    "replay",
    "search",
    "strictly_supports",
    "supports",
    "update_index",
]

_HOMES = {
    "answer": "rag.api",
    "build_index": "rag.api",
    "document": "rag.api",
    "search": "rag.api",
    "strictly_supports": "rag.api",
    "supports": "rag.api",
    "update_index": "rag.api",
    "Options": "rag.pipeline",
    "Pipeline": "rag.pipeline",
    "Record": "rag.recording",
    "Replay": "rag.recording",
    "record": "rag.recording",
    "replay": "rag.recording",
}


def __getattr__(name: str) -> Any:
    """Import what needs the libraries when it is first asked for, so that `import rag` stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
