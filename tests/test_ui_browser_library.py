"""Library, conversations, settings and feedback in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import QUESTION, WIDTHS, Served, answered, ask, visiting
from playwright.sync_api import Browser, Page
from ui_fixtures import MEMORY_QUESTION, SlowLLM, small_pipeline, write_papers_to

from rag.embedder import Embedder

pytestmark = [pytest.mark.model, pytest.mark.browser]
TRAFFIC_QUESTION = "How many GB does SlowRAM move per token?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Served]:
    """The chat over a small library that tests may change."""
    llm = SlowLLM(pause_s=0.0, words=3)
    with Served(small_pipeline(tmp_path_factory.mktemp("small"), embedder, llm)) as chat:
        yield chat


def _open_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def _open_list(page: Page) -> None:
    """Show the conversations, which lie hidden on a narrow screen."""
    if page.locator(".sidebar.open").count() == 0:
        page.locator(".sidebar .toggle-button").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_papers_are_searched_opened_chosen_and_asked_about(served: Served, browser: Browser, width: int) -> None:
    """Sort, search as one types, open one, ask about the ticked alone, and go back to all."""
    with visiting(browser, served.url, width) as page:
        _open_tab(page, "Library")
        page.wait_for_selector(".rag-count:has-text('papers')")
        page.get_by_label("Order").click()
        page.get_by_role("option", name="Title").click()
        page.wait_for_function("document.querySelector('.rag-paper summary').textContent.startsWith('LeafCount')")
        page.get_by_label("Search the library").press_sequentially("memory traffic", delay=20)
        page.wait_for_function("document.querySelector('.rag-paper summary').textContent.startsWith('SlowRAM')")
        page.get_by_label("Search the library").fill("")
        page.get_by_label("Search the library").press_sequentially("counting leaves", delay=20)
        page.wait_for_function("document.querySelector('.rag-paper summary').textContent.startsWith('LeafCount')")
        page.locator(".rag-paper summary").first.click()
        assert page.is_visible(".rag-paper details[open] .rag-abstract")
        page.locator(".rag-tick").first.check()
        page.get_by_role("button", name="Ask about these").click()
        assert "LeafCount" in page.inner_text("#rag-scope")
        assert page.evaluate("document.querySelector('#rag-send').getBoundingClientRect().right") <= width
        ask(page, "With what error are leaves counted?")
        answered(page)
        assert "4.2%" in page.inner_text(".rag-answer")
        page.wait_for_selector("#rag-cards .rag-card")
        assert page.locator("#rag-cards .rag-card").count() == 1
        page.get_by_role("button", name="Ask all papers").click()
        assert not page.is_visible("#rag-scope")


@pytest.mark.parametrize("width", WIDTHS)
def test_papers_are_added_by_dropping_a_file_and_removed_again(
    served: Served, browser: Browser, tmp_path: Path, width: int
) -> None:
    """The report tells what was added; a broken file changes nothing; a removed paper is gone from the list."""
    good = write_papers_to(
        tmp_path / "tides.jsonl", (("TideMeter: Tides", "TideMeter sees the tide rise 3.1 m at noon."),)
    )
    bad = tmp_path / "broken.jsonl"
    bad.write_text("{not json\n", encoding="utf-8")
    with visiting(browser, served.url, width) as page:
        _open_tab(page, "Library")
        page.set_input_files("#rag-adding input[type=file]", str(bad))
        page.wait_for_selector("#rag-adding .file-preview, #rag-adding table")
        page.click("#rag-add")
        page.wait_for_selector("#rag-report .rag-problem:has-text('broken.jsonl')")
        assert "nothing was changed" in page.inner_text("#rag-report")
        page.get_by_label("Clear").or_(page.get_by_label("Remove file")).first.click()
        page.set_input_files("#rag-adding input[type=file]", str(good))
        page.wait_for_selector("#rag-adding >> text=tides")
        page.click("#rag-add")
        page.wait_for_selector("#rag-report .rag-report:has-text('1 added')")
        paper = page.locator(".rag-paper", has_text="TideMeter")
        paper.locator(".rag-tick").check()
        page.get_by_role("button", name="Remove", exact=True).click()
        page.get_by_role("button", name="Really remove it").click()
        page.wait_for_selector("#rag-report .rag-report:has-text('1 removed')")
        page.wait_for_function("!document.querySelector('#rag-shelf').textContent.includes('TideMeter')")


@pytest.mark.parametrize("width", WIDTHS)
def test_conversations_are_listed_searched_renamed_opened_and_deleted(
    served: Served, browser: Browser, width: int
) -> None:
    """They live in the browser: a reload keeps them, each opens with its own turns."""
    with visiting(browser, served.url, width) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        _open_list(page)
        page.get_by_role("button", name="New conversation").click()
        page.wait_for_function("document.querySelectorAll('.rag-turn').length === 0")
        ask(page, TRAFFIC_QUESTION)
        answered(page)
        page.reload()
        answered(page)
        page.wait_for_selector("body.rag-ready")
        _open_list(page)
        assert page.locator("#rag-list li").count() == 2
        page.fill("#rag-find", "46%")
        assert page.locator("#rag-list li").count() == 1
        page.locator("#rag-list li").hover()
        page.locator('#rag-list [data-act="rename"]').click()
        page.keyboard.type("Saving memory")
        page.keyboard.press("Enter")
        page.fill("#rag-find", "")
        page.get_by_role("button", name="Open: Saving memory").click()
        page.wait_for_selector(".rag-answer:has-text('46%')")
        _open_list(page)
        page.locator("#rag-list li", has_text="Saving memory").hover()
        page.get_by_role("button", name="Delete: Saving memory").click()
        page.get_by_role("button", name="Delete for good").click()
        page.wait_for_function("document.querySelectorAll('.rag-turn').length === 0")
        assert page.locator("#rag-list li").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_conversation_is_exported(served: Served, browser: Browser, width: int) -> None:
    """As Markdown with its sources, and as JSON with every offset."""
    with visiting(browser, served.url, width) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        _open_list(page)
        with page.expect_download() as markdown:
            page.locator('[data-act="export"][data-form="markdown"]').click()
        text = Path(markdown.value.path()).read_text(encoding="utf-8")
        assert text.startswith("# How much memory")
        assert "**TinyTune" in text
        with page.expect_download() as exported:
            page.locator('[data-act="export"][data-form="json"]').click()
        turns = json.loads(Path(exported.value.path()).read_text(encoding="utf-8"))["turns"]
        citation = turns[0]["answer"]["citations"][0]
        text = served.desk.pipeline.document(citation["document_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize("width", WIDTHS)
def test_settings_are_kept_and_used(served: Served, browser: Browser, width: int) -> None:
    """Quotes only and dark colours hold after a reload, and the next answer comes without the model."""
    with visiting(browser, served.url, width) as page:
        _open_tab(page, "Settings")
        page.get_by_label("Quotes only").check()
        page.get_by_label("Dark").check()
        page.wait_for_selector("body.dark")
        page.reload()
        page.wait_for_selector("body.dark.rag-ready")
        page.wait_for_selector(QUESTION)
        _open_tab(page, "Settings")
        page.wait_for_function("document.querySelector('#rag-settings input[type=checkbox]').checked")
        _open_tab(page, "Ask")
        ask(page, MEMORY_QUESTION)
        answered(page)
        assert "quotes only" in page.inner_text(".rag-meta")


def test_a_model_is_chosen_for_everyone(served: Served, browser: Browser) -> None:
    """The tab says whose choice it is; what one visitor chose, another finds there, and its answers are made with."""
    with visiting(browser, served.url, 1280) as one, visiting(browser, served.url, 390) as other:
        _open_tab(one, "Settings")
        assert "everyone who uses this chat" in one.inner_text("#rag-settings")
        for name, told in (("None: quotes only", "answers are quotes"), ("slow", "In use: slow")):
            one.get_by_label("Installed").click()
            one.get_by_role("option", name=name).click()
            one.get_by_role("button", name="Use this model").click()
            one.wait_for_selector(f"#rag-model:has-text('{told}')")
            _open_tab(other, "Settings")
            other.wait_for_selector(f"#rag-model:has-text('{told}')")
            assert other.get_by_label("Installed").input_value() == name
            _open_tab(other, "Ask")
        ask(other, MEMORY_QUESTION)
        answered(other)
        assert "model: slow" in other.inner_text(".rag-meta")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_judgement_with_a_note_is_kept(served: Served, browser: Browser, width: int) -> None:
    """A thumb and its note become lines of the feedback file; the thumb stays pressed after a reload."""
    with visiting(browser, served.url, width) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        page.get_by_role("button", name="Bad answer").click()
        page.keyboard.type("It is 47%.")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Thank you")
        page.reload()
        page.wait_for_selector('[data-vote="down"][aria-pressed="true"]')
    lines = [json.loads(line) for line in served.desk.feedback_file.read_text(encoding="utf-8").splitlines()]
    assert [(line["rating"], line["note"]) for line in lines[-2:]] == [("down", ""), ("down", "It is 47%.")]
    assert lines[-1]["question"] == MEMORY_QUESTION
