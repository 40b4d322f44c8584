"""The errors a user can meet: one line each, saying what is wrong and what to do.

RagError
├── SourceError      a file to be indexed cannot be read
├── IndexFolderError an index folder is absent, altered or built otherwise
├── EmbedderError    an embedding model cannot be loaded
├── ModelError       a language model cannot be loaded or reached
├── QuestionError    a question, filter or history that makes no sense
├── RecordError      a recorded answer cannot be read or written, or is of another index or model
└── EvaluationError  gold questions, judgements, runs or baselines that do not fit
"""


class RagError(Exception):
    """Anything a user can mend; the message is the whole report.

    try:
        answer = rag.answer(question)
    except rag.RagError as error:
        print(error)
    """


class SourceError(RagError):
    """A source is missing, unreadable, of an unknown kind, or holds a malformed record."""


class IndexFolderError(RagError):
    """An index folder is absent, incomplete, altered, or of another format or embedder."""


class EmbedderError(RagError):
    """The embedding model named is not there or is no embedding model."""


class ModelError(RagError):
    """The language model named is not there, does not fit in memory, or does not answer."""


class QuestionError(RagError):
    """The question is empty or too long, a filter names no document, or the history is malformed."""


class EvaluationError(RagError):
    """Gold questions, judgements, a run or a baseline are malformed or do not belong together."""


class RecordError(RagError):
    """A record of an answer is malformed, cannot be written, or is of another index or another model."""
