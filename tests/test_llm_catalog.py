"""The catalogue, and fetching from a server of the test's own that speaks as the hub does."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rag.errors import ModelError
from rag.llm import CATALOG, list_models, pull_model
from rag.llm.catalog import model_path

CONTENT = bytes(range(256)) * 4000
PULL = """
import sys
from pathlib import Path
import rag.errors
from rag.llm import pull_model
seen = []
try:
    path = pull_model("smollm2-360m", Path(sys.argv[1]), lambda here, total: seen.append((here, total)))
except rag.errors.RagError as error:
    sys.exit(str(error))
sys.stdout.write(f"{path}\\n{seen[-1]}")
"""


class Hub:
    def __init__(self) -> None:
        self.content = CONTENT
        self.etag = hashlib.sha256(CONTENT).hexdigest()
        self.asked: list[str] = []
        self.status = 200
        self.cut_at: int | None = None


def handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            hub.asked.append(f"HEAD {self.path}")
            self.head(0)

        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0]
            hub.asked.append(f"GET {self.path} from {wanted}")
            start = int(wanted)
            self.head(start)
            if hub.status == 200:
                self.wfile.write(hub.content[start : hub.cut_at])
                self.close_connection = True

        def head(self, start: int) -> None:
            self.send_response(hub.status if hub.status != 200 else 206 if start else 200)
            self.send_header("ETag", f'"{hub.etag}"')
            self.send_header("X-Repo-Commit", "c" * 40)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(hub.content) - start if hub.status == 200 else 0))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(hub.content) - 1}/{len(hub.content)}")
            self.end_headers()

    return Handler


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def endpoint(hub: Hub) -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler(hub))
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()
    thread.join()


def pull(cache_dir: Path, endpoint: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Pull in another process: the hub's address is read when its library is imported."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment = {
        **kept,
        "HF_ENDPOINT": endpoint,
        "HF_HUB_OFFLINE": "0",
        "HF_HOME": str(cache_dir / "hf"),
        **variables,
    }
    command = [sys.executable, "-c", PULL, str(cache_dir)]
    root = Path(__file__).parents[1]
    return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=120, check=False)


def test_a_pulled_model_is_here_and_whole(tmp_path: Path, endpoint: str, hub: Hub) -> None:
    """The file is where the catalogue says, progress ended at all of it, and a second pull asks nobody."""
    model = next(model for model in CATALOG if model.name == "smollm2-360m")
    done = pull(tmp_path, endpoint)

    assert done.stdout.splitlines() == [str(model_path(model, tmp_path)), f"({len(CONTENT)}, {len(CONTENT)})"], (
        done.stderr
    )
    assert model_path(model, tmp_path).read_bytes() == CONTENT
    assert [status.model.name for status in list_models(tmp_path) if status.installed] == ["smollm2-360m"]
    assert hub.asked[-1] == f"GET /{model.repo_id}/resolve/main/{model.filename} from 0"
    assert pull_model("smollm2-360m", tmp_path) == model_path(model, tmp_path)


def test_a_pull_goes_on_where_it_broke_off(tmp_path: Path, endpoint: str, hub: Hub) -> None:
    """Of 12 MB the first try gets 11, which come in blocks of 10 MiB; the second asks for the rest only."""
    hub.content = CONTENT * 12
    hub.etag = hashlib.sha256(hub.content).hexdigest()
    hub.cut_at = 11_000_000
    broken = pull(tmp_path, endpoint)
    hub.cut_at = None
    hub.asked.clear()
    done = pull(tmp_path, endpoint)

    assert broken.returncode == 1
    assert "rag models pull smollm2-360m goes on from here" in broken.stderr
    assert done.returncode == 0, done.stderr
    assert [asked.rpartition(" ")[2] for asked in hub.asked if asked.startswith("GET /Hugging")] == [str(10 << 20)]


def test_a_damaged_file_is_told_and_not_kept(tmp_path: Path, endpoint: str, hub: Hub) -> None:
    """The content has another sha256 than the hub says."""
    hub.content = CONTENT[:-1] + b"x"
    done = pull(tmp_path, endpoint)

    assert done.returncode == 1
    assert "smollm2-360m came damaged" in done.stderr
    assert not any(status.installed for status in list_models(tmp_path))


def test_a_host_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    done = pull(tmp_path, "http://127.0.0.1:9")

    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "check the network, set HF_ENDPOINT to a mirror" in done.stderr


def test_offline_mode_is_told(tmp_path: Path, endpoint: str) -> None:
    done = pull(tmp_path, endpoint, HF_HUB_OFFLINE="1")

    assert done.returncode == 1
    assert "HF_HUB_OFFLINE is set" in done.stderr


def test_a_file_the_hub_does_not_have_is_told(tmp_path: Path, endpoint: str, hub: Hub) -> None:
    hub.status = 404
    done = pull(tmp_path, endpoint)

    assert done.returncode == 1
    assert "the hub answers 404 for HuggingFaceTB/SmolLM2-360M-Instruct-GGUF" in done.stderr


def test_a_name_the_catalogue_lacks_is_told_the_names(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r'^no model "gpt": known are smollm2-360m, qwen2\.5-0\.5b, .*$'):
        pull_model("gpt", tmp_path)


def test_the_catalogue_makes_sense() -> None:
    """Names are unique; a file takes between a half and one and a half bytes per parameter, and memory more."""
    assert len({model.name for model in CATALOG}) == len(CATALOG)
    for model in CATALOG:
        assert model.filename.endswith(".gguf")
        assert 0.5 < model.size_bytes / model.parameters < 1.5
        assert model.memory_bytes > model.size_bytes
        assert model.repo_id.count("/") == 1
