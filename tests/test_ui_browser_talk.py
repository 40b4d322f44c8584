"""The conversation in a real browser, with a language model that is slow or fails: what the person sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import QUESTION, WIDTHS, Served, answered, ask, running_browser, visiting, wait_until
from playwright.sync_api import Browser
from ui_fixtures import MEMORY_QUESTION, SlowLLM, small_pipeline

from rag.embedder import Embedder
from rag.pipeline import Pipeline

pytestmark = [pytest.mark.model, pytest.mark.browser]
TRAFFIC_QUESTION = "How many GB does SlowRAM move per token?"
LEAF_QUESTION = "What error does LeafCount have?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with running_browser() as running:
        yield running


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Pipeline:
    """The small library; each test puts its language model in."""
    return small_pipeline(tmp_path_factory.mktemp("small"), embedder, SlowLLM())


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


def test_stop_and_ask_again_ten_times(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Each stop ends the model and keeps its turn; the next question is answered as if nothing had been."""
    with visiting(browser, served.url) as page:
        model.words = 400
        for number in range(1, 11):
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
        assert page.locator(".rag-turn").count() == 11


def test_a_reload_in_mid_answer_stops_the_model_and_can_be_asked_again(
    served: Served, browser: Browser, model: SlowLLM
) -> None:
    """After the reload the question stands there as interrupted, with a button that asks it again."""
    with visiting(browser, served.url, quiet=False) as page:
        model.words = 400
        ask(page, MEMORY_QUESTION)
        page.wait_for_selector(".rag-draft")
        page.reload()
        page.wait_for_selector('.rag-turn[data-status="interrupted"]')
        wait_until(lambda: model.running == 0, 10)
        model.words = 3
        page.get_by_role("button", name="Ask again").click()
        answered(page)
        assert page.locator(".rag-turn").count() == 1


def test_two_browsers_ask_at_once_and_a_third_sees_its_place(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Each gets the answer to its own question; the third is told how many are before it."""
    model.words = 30
    with (
        visiting(browser, served.url) as one,
        visiting(browser, served.url) as two,
        visiting(browser, served.url) as three,
    ):
        ask(one, MEMORY_QUESTION)
        ask(two, TRAFFIC_QUESTION)
        one.wait_for_selector(".rag-draft")
        two.wait_for_selector(".rag-draft")
        ask(three, LEAF_QUESTION)
        three.wait_for_selector("text=1 question is before yours")
        for page, fact in ((one, "46%"), (two, "12 GB"), (three, "4.2%")):
            answered(page)
            assert fact in page.inner_text(".rag-answer")


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


def test_a_hostile_paper_is_text_and_changes_nothing(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Markup in a title, an abstract and a question is shown as written; no script runs, no element appears."""
    with visiting(browser, served.url) as page:
        ask(page, 'In how many abstracts does HostilePaper embed <img src=x onerror="window.hacked=5">?')
        answered(page)
        page.locator(".rag-marker").first.hover()
        page.locator(".rag-marker").first.click()
        page.get_by_role("tab", name="Library").click()
        page.wait_for_selector(".rag-paper")
        assert "<script>window.hacked=2</script>" in page.text_content("#rag-shelf")
        assert "javascript:window.hacked=3" in page.text_content("#rag-cards")
        assert page.evaluate("window.hacked") is None
        assert (
            page.locator("#rag-desk img, #rag-library img, #rag-list img, #rag-desk a[href^='javascript']").count() == 0
        )


def test_nothing_jumps_while_an_answer_streams(served: Served, browser: Browser, model: SlowLLM) -> None:
    """From the first sign of work to the checked answer, question and text box stay where they are."""
    place = "['.rag-question', '#rag-composer-row'].map(s => document.querySelector(s).getBoundingClientRect().top)"
    with visiting(browser, served.url) as page:
        ask(page, MEMORY_QUESTION)
        page.wait_for_selector(".rag-draft")
        page.wait_for_timeout(300)
        seen = [page.evaluate(place) for _ in range(10) if page.wait_for_timeout(80) is None]
        answered(page)
        seen.append(page.evaluate(place))
        assert all(abs(one - other) <= 1 for tops in seen for one, other in zip(tops, seen[0], strict=True))


def test_the_keyboard_does_it_all(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Slash goes to the box, Shift+Enter breaks the line, Enter asks, Esc stops, Tab and Enter open a source."""
    with visiting(browser, served.url) as page:
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
        page.locator(".rag-marker").first.focus()
        assert page.is_visible("#rag-tip")
        page.keyboard.press("Enter")
        page.wait_for_selector("#rag-cards mark.rag-active")
        assert page.evaluate("document.activeElement.id") == "rag-panel"


def test_regenerating_replaces_the_last_answer_alone(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Asking the last question again gives its turn anew; earlier turns and their sources stay."""
    with visiting(browser, served.url) as page:
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


def test_an_answer_is_copied_with_its_sources(served: Served, browser: Browser, model: SlowLLM) -> None:
    """As text, Markdown and BibTeX; the button says that it is done."""
    with visiting(browser, served.url) as page:
        model.words = 3
        ask(page, MEMORY_QUESTION)
        answered(page)
        for form, words in (("Text", "[1] TinyTune"), ("Markdown", "1. **TinyTune"), ("BibTeX", "@misc{rag-")):
            button = page.get_by_role("button", name=f"Copy as {form}")
            button.click()
            page.wait_for_function("(b) => b.textContent === 'Copied'", arg=button.element_handle())
            assert words in page.evaluate("navigator.clipboard.readText()")


def test_a_server_that_is_restarted_keeps_the_conversation(small: Pipeline, browser: Browser, model: SlowLLM) -> None:
    """While it is gone the page says so in words; when it is back, the same page answers, older turns and all."""
    model.words = 3
    with Served(small) as chat, visiting(browser, chat.url, quiet=False) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        chat.__exit__()
        ask(page, TRAFFIC_QUESTION)
        page.wait_for_selector('#rag-notice:has-text("start it again")')
        with Served(small, port=chat.port):
            page.wait_for_selector('[data-status="failed"]', timeout=30000)
            page.locator("#rag-live").get_by_role("button", name="Ask again").click()
            answered(page, 2)
            assert "46%" in page.inner_text("#rag-past")
            assert "12 GB" in page.inner_text("#rag-live")


def test_it_works_under_a_prefix_behind_a_proxy(small: Pipeline, browser: Browser, model: SlowLLM) -> None:
    """Every request of the page stays under the prefix, and the answer comes."""
    model.words = 3
    with Served(small, root_path="/papers") as chat, visiting(browser, chat.url) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        assert page.is_visible(".rag-marker")


def test_a_password_is_asked_for(small: Pipeline, browser: Browser, tmp_path: Path) -> None:
    """Nothing is shown before logging in; after it the chat is there."""
    with Served(small, login=("reader", "secret")) as chat:
        context = browser.new_context()
        page = context.new_page()
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url) if chat.url not in request.url else None)
        page.goto(chat.url)
        page.wait_for_selector("input[type=password]")
        assert page.locator(QUESTION).count() == 0
        page.locator("input").first.fill("reader")
        page.fill("input[type=password]", "secret")
        page.get_by_role("button").first.click()
        page.wait_for_selector(QUESTION)
        context.close()
    assert outside == []
