"""The handlers about the language model: which there are, and the change to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.errors import RagError
from rag.ui.desk import Desk
from rag.ui.library_markup import render_trouble
from rag.ui.markup import model_name, verbatim

if TYPE_CHECKING:
    from rag.llm import ModelStatus


def choices(desk: Desk) -> list[tuple[str, str]]:
    """Return the models that can be used at once, as label and name, the one that was first in use first."""
    from rag.llm import list_models

    found = {desk.first_model: desk.first_model}
    found |= {"default": f"{model_name('default')}: 0.1 GB, built in", "none": "None: quotes only"}
    for status in list_models(desk.pipeline.settings.cache_dir):
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
        present = f"In use: {model_name(llm.name)} ({size}; reads {llm.context_tokens:,} tokens at once)."
    return (
        f'<p class="rag-note" role="status">{verbatim(present)}</p>'
        f'<details class="rag-more-models"><summary>Get a better one</summary>{_catalogue(desk)}'
        '<p class="rag-note">What is pulled can be chosen above. A .gguf file of your own or an OpenAI-compatible'
        " server is named when the chat is started: <code>rag chat --llm models/mine.gguf</code> or"
        " <code>rag chat --llm http://127.0.0.1:8080/v1</code>.</p></details>"
    )


def use(desk: Desk, name: str | None) -> str:
    """Change to the model of that name for everyone, and return what is in use then, as HTML.

    Only what `choices` offers: a visitor is not to send everyone's questions to a server of their own.
    """
    if name not in {known for _, known in choices(desk)}:
        return render_trouble("choose one of the models that are listed") + describe(desk)
    if not desk.changing.acquire(blocking=False):
        return render_trouble("a change is under way: try again when it is done") + describe(desk)
    try:
        desk.use_model(str(name))
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
