"""The commands about what is installed: index, models, info."""

from __future__ import annotations

import argparse
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rag.api import build_index, is_vacant, update_index
from rag.cli.output import print_json, progress_bar
from rag.config import Settings, read_settings
from rag.errors import RagError
from rag.types import IndexReport

_REPORTED_PACKAGES = (
    "faiss-cpu",
    "bm25s",
    "llama-index-core",
    "onnxruntime",
    "sentence-transformers",
    "torch",
    "transformers",
    "xllamacpp",
    "gradio",
)


def index(options: argparse.Namespace) -> None:
    """Build or update an index and print the report."""
    settings = read_settings(index=options.index, embedder=options.embedder)
    if not options.sources and not options.remove:
        raise RagError("nothing to do: name files or folders to index, or --remove ID")
    folder = Path(settings.index)
    bar = progress_bar("Embedding")
    if options.replace or is_vacant(folder):
        if options.remove:
            raise RagError(f"--remove needs an index to remove from, and no --replace: {folder}")
        report = build_index(
            options.sources, folder, embedder=settings.embedder, skip_bad=options.skip_bad, progress=bar
        )
    else:
        report = update_index(
            folder,
            add=options.sources,
            remove=options.remove,
            embedder=settings.embedder,
            skip_bad=options.skip_bad,
            progress=bar,
        )
    if options.json:
        print_json(report.to_dict())
    else:
        _print_report(report)


def _print_report(report: IndexReport) -> None:
    for bad in report.rejected:
        sys.stderr.write(f"left out: {bad.source}: {bad.reason}\n")
    print(
        f"{report.path}: {report.documents} papers ({report.added} added, {report.removed} removed,"
        f" {report.duplicates} duplicates merged, {len(report.rejected)} left out),"
        f" {report.chunks} chunks, {report.seconds:.1f} s"
    )


def models(options: argparse.Namespace) -> None:
    """List the known language models, or pull one."""
    from rag.llm import list_models, pull_model

    cache = read_settings().cache_dir
    if options.action == "pull":
        if not options.name:
            raise RagError('name the model to pull; "rag models" lists them')
        print(pull_model(options.name, cache))
        return
    rows = [{**asdict(status.model), "installed": status.installed} for status in list_models(cache)]
    if options.json:
        print_json(rows)
        return
    print(f"{'name':<14} {'parameters':>10} {'download':>9} {'memory':>8}  {'licence':<28} note")
    for row in rows:
        sizes = (
            f"{row['parameters'] / 1e9:>9.1f}B {row['size_bytes'] / 1e9:>6.1f} GB {row['memory_bytes'] / 1e9:>5.1f} GB"
        )
        here = "installed; " if row["installed"] else ""
        print(f"{row['name']:<14} {sizes}  {row['licence']:<28} {here}{row['note']}")
    print('Pull one with "rag models pull NAME", then answer with it: rag ask QUESTION --llm NAME')


def info(options: argparse.Namespace) -> None:
    """Print what is indexed, the models and versions, and whether all is well."""
    settings = read_settings(index=options.index)
    values: dict[str, Any] = {
        "version": version_of("rag"),
        "python": platform.python_version(),
        "index": _index_values(settings),
        "llm": settings.llm,
        "embedder": settings.embedder,
        "threads": settings.thread_count,
        "cache": str(settings.cache_dir),
        "packages": {name: version_of(name) for name in _REPORTED_PACKAGES},
    }
    values["healthy"] = values["index"]["problem"] is None
    if options.json:
        print_json(values)
        return
    for name, value in values.items():
        print(
            f"{name}: " + (", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value))
        )


def _index_values(settings: Settings) -> dict[str, Any]:
    from rag.index import Index

    try:
        manifest = Index(settings.index).manifest
    except RagError as error:
        return {"path": settings.index, "documents": 0, "chunks": 0, "embedder": None, "problem": str(error)}
    return {
        "path": settings.index,
        "documents": manifest.documents,
        "duplicates": manifest.duplicates,
        "chunks": manifest.chunks,
        "embedder": manifest.embedder,
        "dimension": manifest.dimension,
        "corpus_hash": manifest.corpus_hash,
        "problem": None,
    }


def version_of(package: str) -> str | None:
    """Return the installed version of a package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
