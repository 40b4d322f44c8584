"""The larger models that `rag models` knows by name, and how they are fetched."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.llm.base import first_line

Progress = Callable[[int, int], None]

HASH_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A GGUF file on the Hugging Face hub; bytes are approximate, memory is for two 4096-token streams."""

    name: str
    repo_id: str
    filename: str
    parameters: int
    licence: str
    size_bytes: int
    memory_bytes: int
    note: str


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model of the catalogue and whether its file is here; `path` is where it is or would be."""

    model: CatalogModel
    path: Path
    installed: bool


def _model(name: str, source: str, figures: tuple[float, float, float], licence: str, note: str) -> CatalogModel:
    repo_id, _, filename = source.rpartition("/")
    billions, file_gb, memory_gb = figures
    return CatalogModel(
        name, repo_id, filename, int(billions * 1e9), licence, int(file_gb * 1e9), int(memory_gb * 1e9), note
    )


CATALOG = (
    _model(
        "smollm2-360m",
        "HuggingFaceTB/SmolLM2-360M-Instruct-GGUF/smollm2-360m-instruct-q8_0.gguf",
        (0.36, 0.39, 0.8),
        "Apache-2.0",
        "the default's larger sister, for machines with little memory",
    ),
    _model(
        "qwen2.5-0.5b",
        "Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q8_0.gguf",
        (0.49, 0.68, 0.9),
        "Apache-2.0",
        "small and multilingual",
    ),
    _model(
        "llama-3.2-1b",
        "bartowski/Llama-3.2-1B-Instruct-GGUF/Llama-3.2-1B-Instruct-Q4_K_M.gguf",
        (1.24, 0.81, 1.3),
        "Llama 3.2 Community License",
        "follows instructions well for its size",
    ),
    _model(
        "qwen2.5-1.5b",
        "Qwen/Qwen2.5-1.5B-Instruct-GGUF/qwen2.5-1.5b-instruct-q4_k_m.gguf",
        (1.54, 1.12, 1.6),
        "Apache-2.0",
        "the best start on a laptop with 8 GB",
    ),
    _model(
        "smollm2-1.7b",
        "HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF/smollm2-1.7b-instruct-q4_k_m.gguf",
        (1.71, 1.06, 2.9),
        "Apache-2.0",
        "English only",
    ),
    _model(
        "qwen2.5-3b",
        "Qwen/Qwen2.5-3B-Instruct-GGUF/qwen2.5-3b-instruct-q4_k_m.gguf",
        (3.09, 2.1, 2.9),
        "Qwen Research License",
        "its licence forbids commercial use",
    ),
    _model(
        "llama-3.2-3b",
        "bartowski/Llama-3.2-3B-Instruct-GGUF/Llama-3.2-3B-Instruct-Q4_K_M.gguf",
        (3.21, 2.02, 3.4),
        "Llama 3.2 Community License",
        "balanced, for 8 GB or more",
    ),
    _model(
        "phi-3.5-mini",
        "bartowski/Phi-3.5-mini-instruct-GGUF/Phi-3.5-mini-instruct-Q4_K_M.gguf",
        (3.82, 2.39, 6.1),
        "MIT",
        "reasons well, takes much memory for long prompts",
    ),
    _model(
        "qwen3-4b",
        "bartowski/Qwen_Qwen3-4B-Instruct-2507-GGUF/Qwen_Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
        (4.02, 2.5, 4.2),
        "Apache-2.0",
        "the strongest below 5 billion parameters here",
    ),
    _model(
        "gemma-3-4b",
        "bartowski/google_gemma-3-4b-it-GGUF/google_gemma-3-4b-it-Q4_K_M.gguf",
        (3.88, 2.49, 4.1),
        "Gemma Terms of Use",
        "multilingual",
    ),
    _model(
        "qwen2.5-7b",
        "bartowski/Qwen2.5-7B-Instruct-GGUF/Qwen2.5-7B-Instruct-Q4_K_M.gguf",
        (7.62, 4.68, 6.1),
        "Apache-2.0",
        "for 16 GB, or a GPU",
    ),
    _model(
        "llama-3.1-8b",
        "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
        (8.03, 4.92, 7.0),
        "Llama 3.1 Community License",
        "for 16 GB, or a GPU",
    ),
)


def find_model(name: str) -> CatalogModel | None:
    """Return the model of that name, or None."""
    return next((model for model in CATALOG if model.name == name), None)


def model_path(model: CatalogModel, cache_dir: Path) -> Path:
    """Return where the model's file is once it is fetched."""
    return cache_dir / "models" / model.name / model.filename


def list_models(cache_dir: Path) -> list[ModelStatus]:
    """Return the catalogue, smallest first, with what is here."""
    paths = [(model, model_path(model, cache_dir)) for model in CATALOG]
    return [ModelStatus(model, path, path.is_file()) for model, path in paths]


def pull_model(name: str, cache_dir: Path, progress: Progress | None = None) -> Path:
    """Fetch a model from the hub, going on where an earlier try broke off, and check its hash.

    The hub's address is `HF_ENDPOINT` where that is set. With no `progress` the hub's own bar goes
    to the standard error.

    Args:
        name: A name in the catalogue.
        cache_dir: Where fetched models lie.
        progress: Told the bytes that are here and the bytes in all, as they come.

    Raises:
        ModelError: There is no such name, the hub cannot be reached or has no such file, the disk is
            full, or what came is not what the hub says it is.
    """
    model = find_model(name)
    if model is None:
        raise ModelError(f'no model "{name}": known are {", ".join(known.name for known in CATALOG)}')
    path = model_path(model, cache_dir)
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    _check_hash(part, _download(model, part, progress), model.name)
    part.replace(path)
    return path


def _download(model: CatalogModel, part: Path, progress: Progress | None) -> str:
    """Append what is missing to the part and return the hub's etag of the whole.

    hf_hub_download would begin anew after a break; the function it stands on does not.
    """
    import httpx
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(model.repo_id, model.filename)
    options = {} if progress is None else {"tqdm_class": _bar(progress)}
    try:
        wanted = get_hf_file_metadata(url)
        with part.open("r+b" if part.exists() else "w+b") as file:
            here = file.seek(0, io.SEEK_END)
            if wanted.size is not None and here > wanted.size:
                # begun when the hub had another file of this name
                here = file.truncate(file.seek(0))
            http_get(
                url,
                file,
                resume_size=here,
                headers=build_hf_headers(),
                expected_size=wanted.size,
                displayed_filename=model.filename,
                **options,
            )
    except OfflineModeIsEnabled as error:
        raise ModelError(f"cannot fetch {model.name}: HF_HUB_OFFLINE is set, unset it") from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise ModelError(f"cannot fetch {model.name}: the hub answers {status} for {model.repo_id}") from error
    except httpx.HTTPError as error:
        raise ModelError(
            f"cannot fetch {model.name} ({first_line(error)}): check the network, set HF_ENDPOINT to a mirror, "
            f"or give the path of a GGUF file; rag models pull {model.name} goes on from here"
        ) from error
    except OSError as error:
        raise ModelError(f"cannot fetch {model.name} into {part.parent}: {first_line(error)}") from error
    return wanted.etag or ""


def _check_hash(path: Path, etag: str, name: str) -> None:
    # the hub's etag of a large file is its sha256; of a small one it is git's hash
    if len(etag) != hashlib.sha256().digest_size * 2:
        return
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(HASH_BLOCK_BYTES):
            digest.update(block)
    if digest.hexdigest() != etag:
        path.unlink()
        raise ModelError(f"{name} came damaged (its sha256 is not {etag}): rag models pull {name} fetches it again")


def _bar(progress: Progress) -> Any:
    """Return a class that the hub takes for a progress bar and that calls `progress` instead of drawing."""
    from tqdm import tqdm

    class Reporter(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})
            self._here = int(options.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self._here += int(n or 0)
            progress(self._here, int(self.total or 0))
            return None

    return Reporter
