"""What the tests share: an environment without surprises, the real models and an index of the seed pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from fakes import HashEmbedder

for _name in [name for name in os.environ if name.startswith("RAG_") and name != "RAG_CHROMIUM"]:
    del os.environ[_name]
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from rag.config import read_settings  # noqa: E402 - the environment first
from rag.embedder import Embedder, open_embedder  # noqa: E402
from rag.index import build_folder  # noqa: E402
from rag.pipeline import Pipeline  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is slow, which is no failure.
hypothesis.settings.register_profile("rag", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("rag")

# Meant for other processes: imported here it would change the sockets of this one.
collect_ignore = ["offline"]

ROOT = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]
WritePapers = Callable[..., Path]


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the two pages that ship with the project."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The shipped embedding model; its graph is made once, in the user's cache."""
    settings = read_settings()
    return open_embedder("default", cache_dir=settings.cache_dir, threads=settings.thread_count)


@pytest.fixture
def hash_embedder() -> HashEmbedder:
    """An embedding model that counts words."""
    return HashEmbedder()


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory, seeds: Path, embedder: Embedder) -> Path:
    """An index of the seed pages, built once with the shipped embedding model. Not to be changed."""
    folder = tmp_path_factory.mktemp("indexes") / "seeds"
    build_folder([seeds], folder, embedder)
    return folder


@pytest.fixture(scope="session")
def pipeline(seed_index: Path) -> Iterator[Pipeline]:
    """The seed pages with the shipped language model."""
    with Pipeline.load(seed_index, llm="default") as loaded:
        yield loaded


@pytest.fixture(scope="session")
def quotes_pipeline(seed_index: Path) -> Iterator[Pipeline]:
    """The seed pages without a language model: answers are quotes."""
    with Pipeline.load(seed_index, llm="none") as loaded:
        yield loaded


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    from browser import running_browser

    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Pipeline:
    """A small library with a slow language model; each test may put its own in."""
    from ui_fixtures import SlowLLM, small_pipeline

    return small_pipeline(tmp_path_factory.mktemp("small"), embedder, SlowLLM())


@pytest.fixture
def write_papers(tmp_path: Path) -> WritePapers:
    """Return a function that writes (title, abstract) pairs as JSON lines and returns the file."""

    def write(*papers: tuple[str, str], name: str = "papers.jsonl") -> Path:
        path = tmp_path / name
        lines = (json.dumps({"title": title, "abstract": abstract}) for title, abstract in papers)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def run() -> Run:
    """Return a function that runs this Python in a process of its own, kept off the network."""

    def start(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
        paths = [str(Path(__file__).parent / "offline"), str(ROOT)]
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return start


@pytest.fixture(scope="session")
def rag_command(run: Run) -> Run:
    """Return a function that runs the command line in a process of its own."""

    def start(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        return run("-m", "rag", *arguments, **options)

    return start
