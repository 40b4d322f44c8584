"""The page: its tabs, its look and its scripts."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rag.ui.desk import Desk
from rag.ui.library_view import build_library, connect_library
from rag.ui.settings_view import build_settings, connect_settings
from rag.ui.shell import SIDEBAR, fixed
from rag.ui.talk_view import build_talk, connect_talk

if TYPE_CHECKING:
    import gradio

_SCRIPTS = ("store", "sources", "conversations", "copying", "talk", "votes", "shelf", "settings", "keys")
# Uploaded files are gone after it: what is in them is in the index by then.
_HOUR_S = 3600
# The latter go inside the container's own rule: Gradio resets headings, paragraphs and lists there.
_STYLES, _INNER_STYLES = ("page",), ("answer", "library")


def build_page(desk: Desk) -> gradio.Blocks:
    """Return the page of a desk, not yet served."""
    import gradio as gr

    options = {"title": "Ask your papers", "fill_width": True, "analytics_enabled": False}
    with gr.Blocks(**options, delete_cache=(_HOUR_S, _HOUR_S)) as page:
        with gr.Sidebar(width=270, elem_id="rag-sidebar"):
            fixed(SIDEBAR)
        with gr.Tabs(elem_id="rag-tabs"):
            with gr.Tab("Ask", id="ask"):
                talk = build_talk(desk)
            with gr.Tab("Library", id="library"):
                shelf = build_library(desk)
            with gr.Tab("Settings", id="settings") as settings:
                choices = build_settings(desk, settings)
        connect_talk(page, talk, choices, desk)
        connect_library(page, shelf, desk)
        connect_settings(page, choices)
    return page


def theme() -> Any:
    """Return the look: the visitor's own fonts, so that none is fetched."""
    import gradio as gr

    fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "monospace"]
    look = gr.themes.Default(primary_hue="indigo", neutral_hue="slate", radius_size="md", font=fonts, font_mono=mono)
    # A shade darker than usual: white on it, and it on white, can be read.
    return look.set(
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_cancel_background_fill="#b91c1c",
        button_cancel_background_fill_hover="#991b1b",
        body_text_color_subdued="*neutral_600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )


def head() -> str:
    """Return the page's scripts and styles, inline: nothing is fetched for them."""
    scripts = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    inner = "\n".join(_asset(f"{name}.css") for name in _INNER_STYLES)
    styles = "\n".join([*(_asset(f"{name}.css") for name in _STYLES), f".gradio-container {{\n{inner}\n}}"])
    return f"<style>\n{styles}\n</style>\n<script>\n{scripts}\n</script>"


def _asset(name: str) -> str:
    return files("rag.ui").joinpath("assets", name).read_text(encoding="utf-8")
