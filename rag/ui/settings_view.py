"""The settings: what a visitor can choose, kept in their browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rag.ui import models
from rag.ui.asking import LENGTHS
from rag.ui.desk import Desk
from rag.ui.shell import MODEL, fixed

_LIGHTS = ("As the system", "Light", "Dark")


@dataclass(frozen=True, slots=True)
class Choices:
    """The parts that hold a visitor's choices; `inputs` are those that a question is asked with."""

    passages: Any
    length: Any
    quotes_only: Any
    light: Any

    @property
    def inputs(self) -> list[Any]:
        """Passages, length, quotes only, in the order that the page's script reads them."""
        return [self.passages, self.length, self.quotes_only]


def build_settings(desk: Desk, tab: Any) -> Choices:
    """Add the settings to the tab that is being built."""
    import gradio as gr

    usual = desk.pipeline.settings
    with gr.Column(elem_id="rag-settings"):
        fixed('<h2>Answers</h2><p class="rag-note">Yours alone, kept in this browser.</p>')
        length = gr.Radio(
            [(name.capitalize(), name) for name in LENGTHS], value=_nearest_length(usual.words), label="Length"
        )
        passages = gr.Slider(1, 30, value=usual.passages, step=1, label="Papers to look in")
        quotes_only = gr.Checkbox(
            label="Quotes only",
            info="The papers' own words, without the language model.",
        )
        light = gr.Radio(list(_LIGHTS), value=_LIGHTS[0], label="Colours")
        _build_model(desk, tab)
    return Choices(passages, length, quotes_only, light)


def connect_settings(page: Any, choices: Choices) -> None:
    """Keep the choices in the browser and bring them back with the page."""
    import gradio as gr

    parts = [*choices.inputs, choices.light]
    gr.on(
        [part.change for part in parts],
        None,
        inputs=parts,
        js="(...values) => { window.rag.keepSettings(values); }",
        show_progress="hidden",
    )
    bring_back = "(...values) => window.rag.keptSettings(values)"
    page.load(None, inputs=parts, outputs=parts, js=bring_back, show_progress="hidden")


def _build_model(desk: Desk, tab: Any) -> None:
    import gradio as gr

    fixed(MODEL)
    chosen = gr.Dropdown(models.choices(desk), value=desk.model, label="Installed")
    use = gr.Button("Use this model", size="sm")
    told = gr.HTML(models.describe(desk), js_on_load=None, apply_default_css=False, elem_id="rag-model")

    def now() -> tuple[Any, str]:
        return gr.update(choices=models.choices(desk), value=desk.model), models.describe(desk)

    # Someone else may have changed it since the page was opened.
    tab.select(now, outputs=[chosen, told], queue=False, show_progress="hidden", api_visibility="private")
    use.click(
        lambda name: models.use(desk, name),
        inputs=[chosen],
        outputs=[told],
        concurrency_id="change",
        concurrency_limit=1,
        api_visibility="private",
    )


def _nearest_length(words: int) -> str:
    return min(LENGTHS, key=lambda name: abs(LENGTHS[name] - words))
