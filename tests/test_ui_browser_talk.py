"""One conversation in a real browser, with a language model that is slow or fails: what the person sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import QUESTION, WIDTHS, Served, answered, ask, visiting, wait_until
from playwright.sync_api import Browser
from ui_fixtures import MEMORY_QUESTION, SlowLLM

from rag.pipeline import Pipeline

pytestmark = [pytest.mark.model, pytest.mark.browser]
TRAFFIC_QUESTION = "How many GB does SlowRAM move per token?"
LEAF_QUESTION = "What error does LeafCount have?"


@pytest.fixture(scope="module")
def served(small: Pipeline) -> Iterator[Served]:
    """The chat over the small library."""
    with Served(small) as chat:
        yield chat


@pytest.fixture
def model(small: Pipeline) -> SlowLLM:
    """The language model of this test."""
    small.llm = SlowLLM(pause_s=0.05, words=30)
    return small.llm


@pytest.mark.parametrize(("width", "times"), [(1280, 10), (390, 3)])
def test_stop_and_ask_again_many_times(
    served: Served, browser: Browser, model: SlowLLM, width: int, times: int
) -> None:
    """Each stop ends the model and keeps its turn; the next answer comes as ever, its source in sight far down."""
    with visiting(browser, served.url, width) as page:
        model.words = 400
        for number in range(1, times + 1):
            ask(page, MEMORY_QUESTION)
            page.wait_for_selector(".rag-draft")
            page.click("#rag-stop")
            page.wait_for_function(f"document.querySelectorAll('[data-status=stopped]').length === {number}")
            page.wait_for_function("!document.body.classList.contains('rag-busy')")
            wait_until(lambda: model.running == 0, 5)
        model.words = 3
        ask(page, TRAFFIC_QUESTION)
        answered(page)
        assert "12 GB" in page.inner_text("#rag-live")
        assert page.locator(".rag-turn").count() == times + 1
        in_sight = "(e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"
        assert page.locator("#rag-live .rag-answer").evaluate(in_sight)
        scrolled = page.evaluate("scrollY")
        page.locator("#rag-live .rag-marker").first.click()
        page.wait_for_selector("#rag-cards mark.rag-active")
        assert width < 900 or page.evaluate("scrollY") == scrolled > 0
        assert page.locator("#rag-cards mark.rag-active").first.evaluate(in_sight)


@pytest.mark.parametrize("width", WIDTHS)
def test_references_hold_through_an_error_a_stop_and_a_reload(
    served: Served, browser: Browser, model: SlowLLM, width: int
) -> None:
    """An answer, a failure, a stopped answer, and another: each marker opens the words of its own turn."""
    with visiting(browser, served.url, width) as page:
        model.words = 3
        ask(page, MEMORY_QUESTION)
        answered(page)
        model.failure = "the model has gone"
        ask(page, LEAF_QUESTION)
        page.wait_for_selector('[data-status="failed"]')
        model.failure, model.words = "", 400
        ask(page, TRAFFIC_QUESTION)
        page.wait_for_selector(".rag-draft")
        page.click("#rag-stop")
        page.wait_for_selector('[data-status="stopped"]')
        for _ in range(2):
            for number, fact in ((0, "46%"), (2, "12 GB")):
                page.locator(".rag-turn").nth(number).locator(".rag-marker").first.click()
                assert fact in str(page.text_content("#rag-cards mark.rag-active"))
            assert page.locator(".rag-turn").nth(1).locator(".rag-marker").count() == 0
            page.reload()
            page.wait_for_selector('[data-status="stopped"]')


@pytest.mark.parametrize("width", WIDTHS)
def test_an_error_is_told_in_the_page_with_its_remedy(
    served: Served, browser: Browser, model: SlowLLM, width: int
) -> None:
    """The words of the error, and a button that asks again once it is mended."""
    with visiting(browser, served.url, width) as page:
        model.failure = "the server at http://127.0.0.1:9 does not answer: start it"
        ask(page, MEMORY_QUESTION)
        page.wait_for_selector('.rag-problem:has-text("does not answer: start it")')
        model.failure = ""
        page.get_by_role("button", name="Ask again").click()
        answered(page)
        assert page.locator(".rag-problem").count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_jumps_while_an_answer_streams(served: Served, browser: Browser, model: SlowLLM, width: int) -> None:
    """From the first sign of work to the checked answer, question and text box stay where they are."""
    place = "['.rag-question', '#rag-composer-row'].map(s => document.querySelector(s).getBoundingClientRect().top)"
    with visiting(browser, served.url, width) as page:
        ask(page, MEMORY_QUESTION)
        page.wait_for_selector(".rag-draft")
        page.wait_for_timeout(300)
        seen = [page.evaluate(place) for _ in range(10) if page.wait_for_timeout(80) is None]
        answered(page)
        seen.append(page.evaluate(place))
        assert all(abs(one - other) <= 1 for tops in seen for one, other in zip(tops, seen[0], strict=True))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_keyboard_does_it_all(served: Served, browser: Browser, model: SlowLLM, width: int) -> None:
    """Slash goes to the box, Shift+Enter breaks the line, Esc stops, a marker opens; Enter asks, but not blanks."""
    with visiting(browser, served.url, width) as page:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("/")
        page.keyboard.type("How much memory")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("does TinyTune save?")
        assert page.input_value(QUESTION) == "How much memory\ndoes TinyTune save?"
        model.words = 400
        page.keyboard.press("Enter")
        page.wait_for_selector(".rag-draft")
        page.keyboard.press("Escape")
        page.wait_for_selector("[data-status=stopped]")
        marker = page.locator(".rag-marker").first
        marker.focus()
        assert page.is_visible("#rag-tip")
        marker.press("Enter")
        page.wait_for_selector("#rag-cards mark.rag-active")
        assert page.evaluate("document.activeElement.id") == "rag-panel"
        for blank in ("", "   "):
            ask(page, blank)
            page.wait_for_timeout(200)
            assert page.locator(".rag-turn").count() == 1


def test_a_source_opened_at_once_stays_open(served: Served, browser: Browser, model: SlowLLM) -> None:
    """A marker followed the moment it appears keeps its source open while the page finishes the turn."""
    with visiting(browser, served.url, 1280) as page:
        model.words = 3
        page.evaluate("""
            new MutationObserver((_, seen) => {
              const marker = document.querySelector("[data-status=answered] .rag-marker");
              if (!marker) return;
              seen.disconnect();
              marker.click();
            }).observe(document.documentElement, { childList: true, subtree: true });
        """)
        ask(page, MEMORY_QUESTION)
        answered(page)
        page.wait_for_timeout(300)
        assert page.locator("#rag-cards mark.rag-active").count() == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_regenerating_replaces_the_last_answer_alone(
    served: Served, browser: Browser, model: SlowLLM, width: int
) -> None:
    """Asking the last question again gives its turn anew; earlier turns and their sources stay."""
    with visiting(browser, served.url, width) as page:
        model.words = 3
        ask(page, MEMORY_QUESTION)
        answered(page)
        ask(page, TRAFFIC_QUESTION)
        answered(page, 2)
        first, second = page.evaluate("window.rag.store.current().turns.map(turn => turn.id)")
        page.locator("#rag-live").get_by_role("button", name="Ask again").click()
        page.wait_for_function(f"window.rag.store.current().turns[1].id !== '{second}'")
        answered(page, 2)
        assert page.evaluate("window.rag.store.current().turns[0].id") == first
        page.locator(f'[data-turn="{first}"] .rag-marker[data-marker="1"]').click()
        assert "46%" in page.text_content("#rag-cards mark.rag-active")


@pytest.mark.parametrize("width", WIDTHS)
def test_an_answer_is_copied_with_its_sources(served: Served, browser: Browser, model: SlowLLM, width: int) -> None:
    """As text, Markdown and BibTeX; the button says that it is done."""
    with visiting(browser, served.url, width) as page:
        model.words = 3
        ask(page, MEMORY_QUESTION)
        answered(page)
        for form, words in (("Text", "[1] TinyTune"), ("Markdown", "1. **TinyTune"), ("BibTeX", "@misc{rag-")):
            button = page.get_by_role("button", name=f"Copy as {form}")
            button.click()
            page.wait_for_function("(b) => b.textContent === 'Copied'", arg=button.element_handle())
            assert words in page.evaluate("navigator.clipboard.readText()")
