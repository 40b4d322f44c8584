"""The one-line face of the package: functions on a default pipeline that is opened on first use."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings, read_settings
from rag.errors import IndexFolderError
from rag.types import Answer, Document, Evidence, IndexReport, Passage

if TYPE_CHECKING:
    from rag.embedder import Embedder
    from rag.pipeline import Pipeline
    from rag.searching import History

# Reentrant: the first question builds the index, and a build forgets what was open.
_lock = threading.RLock()
_opened: dict[tuple[str, str, str], Pipeline] = {}


def build_index(
    sources: Iterable[str | Path],
    index: str | Path,
    *,
    embedder: str | None = None,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Build an index of the sources alone, in place of whatever index the folder holds.

    Args:
        sources: Files and folders.
        index: The index folder.
        embedder: A name, or None for RAG_EMBEDDER.
        skip_bad: Leave malformed records out and report them, rather than changing nothing.
        progress: Called with chunks embedded so far and in all.

    Raises:
        SourceError: A source is missing or malformed, or there is nothing in any.
        IndexFolderError: The folder cannot be written.
        EmbedderError: The embedder cannot be loaded.
    """
    from rag.index import build_folder

    settings = read_settings(embedder=embedder)
    report = build_folder(sources, Path(index), _embedder(settings), skip_bad=skip_bad, progress=progress)
    _forget(Path(index))
    return report


def update_index(
    index: str | Path,
    *,
    add: Iterable[str | Path] = (),
    remove: Iterable[str] = (),
    embedder: str | None = None,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> IndexReport:
    """Add sources to an index and remove documents by id; only what is new is embedded.

    Raises:
        SourceError: A source is missing or malformed.
        IndexFolderError: There is no index, or it lacks a document to be removed.
        EmbedderError: The embedder of the index cannot be loaded.
    """
    from rag.index import update_folder

    model = _embedder(read_settings(embedder=embedder))
    report = update_folder(Path(index), model, add=add, remove=remove, skip_bad=skip_bad, progress=progress)
    _forget(Path(index))
    return report


def answer(question: str, history: History = ()) -> Answer:
    """Return the checked answer from the default index, which is built from `seeds/` on first use.

    Raises:
        RagError: The index or a model cannot be opened, or the question makes no sense.
    """
    return _default_pipeline().answer(question, history)


def search(question: str, top_k: int = 10, *, within: Collection[str] | None = None) -> list[Passage]:
    """Return the best passages of the default index, one per document, best first.

    Raises:
        RagError: The index or a model cannot be opened, or the question makes no sense.
    """
    return _default_pipeline(llm="none").search(question, top_k, within=within)


def document(document_id: str) -> Document:
    """Return a document of the default index.

    Raises:
        IndexFolderError: The index has no such document.
    """
    return _default_pipeline(llm="none").document(document_id)


def supports(sentence: str, quotes: Sequence[str], titles: Sequence[str] = ()) -> bool:
    """Say whether quotes together support a sentence, by the check that answers go through.

    Args:
        sentence: Without markers.
        quotes: The cited words, in the order of the markers.
        titles: The title of the paper of each quote, or none.
    """
    from rag.grounding import check_sentence

    verdict = check_sentence(sentence, _as_evidence(quotes, titles))
    return verdict.label in ("quoted", "supported")


def strictly_supports(sentence: str, quotes: Sequence[str], titles: Sequence[str] = ()) -> bool:
    """Say whether all numbers and names of a sentence stand in the quotes or their titles.

    Shares nothing with `supports`, so that the check does not judge itself.
    """
    from rag.grounding import strict_support

    return strict_support(sentence, [*quotes, *titles])


def _as_evidence(quotes: Sequence[str], titles: Sequence[str]) -> list[Evidence]:
    named = list(titles) or [""] * len(quotes)
    return [Evidence(title, title, quote, 0, len(quote)) for quote, title in zip(quotes, named, strict=True)]


def ensure_index(settings: Settings, progress: Callable[[int, int], None] | None = None) -> IndexReport | None:
    """Build the default index from the seeds that ship with the project, when it is not there yet.

    Returns:
        The report of the build, or None when the index was there.

    Raises:
        IndexFolderError: There is no index, and it is not the default one or there are no seeds.
    """
    folder = Path(settings.index)
    if not is_vacant(folder) or folder != Path(Settings().index):
        return None
    seeds = next((path for path in (Path("seeds"), Path(__file__).parent.parent / "seeds") if path.is_dir()), None)
    if seeds is None:
        raise IndexFolderError(f"no index at {folder}: run: rag index SOURCE… --index {folder}")
    return build_index([seeds], folder, embedder=settings.embedder, progress=progress)


def is_vacant(folder: Path) -> bool:
    """Say whether there is neither an index at a path nor what is left of one."""
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _default_pipeline(llm: str | None = None) -> Pipeline:
    from rag.pipeline import Pipeline

    settings = read_settings(llm=llm)
    key = (str(Path(settings.index).resolve()), settings.llm, settings.embedder)
    with _lock:
        if key not in _opened:
            ensure_index(settings)
            _opened[key] = Pipeline.load(settings.index, llm=settings.llm)
        return _opened[key]


def _forget(folder: Path) -> None:
    """Have a changed index opened anew by the next question; who still asks the old one goes on with it."""
    with _lock:
        for key in [key for key in _opened if key[0] == str(folder.resolve())]:
            del _opened[key]


@atexit.register
def _close_opened() -> None:
    for pipeline in _opened.values():
        pipeline.close()


def _embedder(settings: Settings) -> Embedder:
    from rag.embedder import open_embedder

    return open_embedder(settings.embedder, cache_dir=settings.cache_dir, threads=settings.thread_count)
