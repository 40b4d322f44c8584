"""The conversation: its parts on the page, and which handler each calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rag.errors import RagError
from rag.ui import asking, feedback
from rag.ui.desk import Desk
from rag.ui.examples import example_questions
from rag.ui.markup import as_sentence
from rag.ui.settings_view import Choices
from rag.ui.shell import NOTICES, PANEL, fixed, welcome

# Answers in the making at once; those without a place wait in line and are told so.
_CONCURRENT = 32


@dataclass(frozen=True, slots=True)
class Talk:
    """The parts that events read and change; `request` and `record` carry values and are not seen."""

    greeting: Any
    past: Any
    live: Any
    box: Any
    send: Any
    stop: Any
    request: Any
    record: Any


def build_talk(desk: Desk) -> Talk:
    """Add the conversation to the page that is being built."""
    import gradio as gr

    with gr.Row(elem_id="rag-desk"):
        with gr.Column(scale=3, min_width=300, elem_id="rag-talk"):
            greeting = fixed(welcome(*_library_now(desk)))
            past = gr.HTML("", elem_id="rag-past", js_on_load=None, apply_default_css=False)
            live = gr.HTML("", elem_id="rag-live", js_on_load=None, apply_default_css=False)
            with gr.Group(elem_id="rag-composer"):
                fixed(NOTICES)
                with gr.Row(elem_id="rag-composer-row"):
                    box = gr.Textbox(
                        label="Your question",
                        show_label=False,
                        container=False,
                        scale=1,
                        lines=1,
                        max_lines=8,
                        placeholder="Ask about the papers…",
                        elem_id="rag-question",
                        autofocus=True,
                        max_length=4000,
                    )
                    send = gr.Button("Ask", variant="primary", scale=0, min_width=84, elem_id="rag-send")
                    stop = gr.Button("Stop", variant="stop", scale=0, min_width=84, elem_id="rag-stop")
        with gr.Column(scale=2, min_width=300, elem_id="rag-side"):
            fixed(PANEL)
    return Talk(greeting, past, live, box, send, stop, gr.JSON(visible=False), gr.JSON(visible=False))


def _library_now(desk: Desk) -> tuple[list[str], int]:
    return example_questions(desk.pipeline), desk.pipeline.index.manifest.documents


def connect_talk(page: Any, talk: Talk, choices: Choices, desk: Desk) -> None:
    """Let the conversation's parts call their handlers."""
    _connect_asking(talk, choices, desk)
    _connect_stopping(talk, desk)
    _connect_opening(page, talk, desk)
    _connect_voting(talk, desk)


def _connect_asking(talk: Talk, choices: Choices, desk: Desk) -> None:
    import gradio as gr

    again = gr.Button("Ask", visible="hidden", elem_id="rag-again")

    def on_ask(request: object, *_: object) -> Iterator[tuple[Any, ...]]:
        for update in asking.ask(desk, request):
            yield tuple(gr.skip() if value is None else value for value in update)

    gr.on(
        [talk.box.submit, talk.send.click, again.click],
        on_ask,
        inputs=[talk.request, *choices.inputs],
        outputs=[talk.past, talk.live, talk.record],
        js="(_, ...choices) => [window.rag.request(choices), ...choices]",
        show_progress="hidden",
        concurrency_limit=_CONCURRENT,
        api_visibility="private",
    ).then(None, inputs=[talk.record], js="(record) => window.rag.finished(record)", show_progress="hidden")


def _connect_stopping(talk: Talk, desk: Desk) -> None:
    talk.stop.click(
        lambda turn_id: asking.stop(desk, turn_id),
        inputs=[talk.request],
        js="(_) => [window.rag.stopping()]",
        queue=False,
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )


def _connect_opening(page: Any, talk: Talk, desk: Desk) -> None:
    import gradio as gr

    opened = gr.Button("Open", visible="hidden", elem_id="rag-open")
    gr.on(
        [page.load, opened.click],
        # The greeting too: the library may be another than when the chat was started.
        lambda request: (welcome(*_library_now(desk)), *asking.show(desk, request)),
        inputs=[talk.request],
        outputs=[talk.greeting, talk.past, talk.live],
        js="(_) => [window.rag.opened()]",
        show_progress="hidden",
        queue=False,
        api_visibility="private",
    ).then(None, js="() => window.rag.shown()", show_progress="hidden")


def _connect_voting(talk: Talk, desk: Desk) -> None:
    import gradio as gr

    voted = gr.Button("Vote", visible="hidden", elem_id="rag-voted")

    def on_vote(request: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"told": feedback.vote(desk, request), "done": bool(request.get("note"))}
        except RagError as error:
            return {"told": as_sentence(str(error)), "done": True}

    thanks = gr.JSON(visible=False)
    voted.click(
        on_vote,
        inputs=[talk.request],
        outputs=[thanks],
        js="(_) => [window.rag.voted()]",
        queue=False,
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    ).then(None, inputs=[thanks], js="(thanks) => window.rag.thanked(thanks)", show_progress="hidden")
