"""The handlers about the language model: which there are, and the change to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.pipeline import Pipeline
from rag.ui.desk import Desk
from rag.ui.library_markup import render_trouble
from rag.ui.markup import verbatim

if TYPE_CHECKING:
    from rag.llm import ModelStatus


def choices(desk: Desk) -> list[tuple[str, str]]:
    """Return the models that can be used at once, as label and name, the present one first."""
    from rag.llm import list_models

    settings = desk.pipeline.settings
    found = {settings.llm: settings.llm}
    found |= {"default": "default: small, comes with the install", "none": "none: quotes only"}
    for status in list_models(settings.cache_dir):
        if status.installed:
            model = status.model
            found[model.name] = f"{model.name}: {model.size_bytes / 1e9:.1f} GB, {model.note}"
    return [(label, name) for name, label in found.items()]


def describe(desk: Desk) -> str:
    """Return what answers at present, and how to get a better model, as HTML."""
    llm = desk.pipeline.llm
    if llm is None:
        present = "No language model: answers are quotes."
    else:
        size = "tiny, quick and plain of speech" if llm.size == "tiny" else "full-sized"
        present = f"In use: {llm.name} ({size}; reads {llm.context_tokens:,} tokens at once)."
    return (
        f'<p class="rag-note" role="status">{verbatim(present)} Everyone who has this page open shares it.</p>'
        f'<details class="rag-more-models"><summary>Get a better one</summary>{_catalogue(desk)}'
        '<p class="rag-note">A .gguf file and an OpenAI-compatible server (http://host:port/v1#model)'
        " can be named above as well.</p></details>"
    )


def use(desk: Desk, name: str | None) -> str:
    """Change to the model of that name for everyone, and return what is in use then, as HTML."""
    if not name or not name.strip():
        return render_trouble("name a model first") + describe(desk)
    if not desk.changing.acquire(blocking=False):
        return render_trouble("a change is under way: try again when it is done") + describe(desk)
    try:
        settings = desk.pipeline.settings
        desk.replace(Pipeline.load(settings.index, llm=name.strip(), embedder=settings.embedder))
    except RagError as error:
        return render_trouble(str(error)) + describe(desk)
    finally:
        desk.changing.release()
    return describe(desk)


def _catalogue(desk: Desk) -> str:
    from rag.llm import list_models

    rows = "".join(_row(status) for status in list_models(desk.pipeline.settings.cache_dir))
    return (
        '<div class="rag-table" tabindex="0" role="region" aria-label="Models known by name">'
        "<table><thead><tr><th>Model</th><th>Size</th><th>Memory</th><th>Licence</th>"
        f"<th>In a terminal</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(status: ModelStatus) -> str:
    model = status.model
    how = "installed" if status.installed else f"<code>rag models pull {verbatim(model.name)}</code>"
    cells = (
        verbatim(model.name),
        f"{model.size_bytes / 1e9:.1f} GB",
        f"{model.memory_bytes / 1e9:.1f} GB",
        verbatim(model.licence),
        how,
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
