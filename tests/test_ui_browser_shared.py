"""Several people, a reload, a restart, a proxy, a password and a hostile paper, in a real browser."""

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


@pytest.fixture(scope="module")
def prefixed(small: Pipeline) -> Iterator[Served]:
    """The same behind a proxy that shows it under a prefix."""
    with Served(small, root_path="/papers") as chat:
        yield chat


@pytest.fixture(scope="module")
def locked(small: Pipeline) -> Iterator[Served]:
    """The same behind a password."""
    with Served(small, login=("reader", "secret")) as chat:
        yield chat


@pytest.fixture
def model(small: Pipeline) -> SlowLLM:
    """The language model of this test; quick unless the test says otherwise."""
    small.llm = SlowLLM(pause_s=0.05, words=3)
    return small.llm


def test_two_browsers_ask_at_once_and_a_third_sees_its_place(served: Served, browser: Browser, model: SlowLLM) -> None:
    """Each gets its own answer; those who wait are told how many are before them, and can search the library."""
    model.words = 400
    with (
        visiting(browser, served.url, 1280) as one,
        visiting(browser, served.url, 390) as two,
        visiting(browser, served.url, 1280) as three,
        visiting(browser, served.url, 390) as four,
    ):
        ask(one, MEMORY_QUESTION)
        ask(two, TRAFFIC_QUESTION)
        one.wait_for_selector(".rag-draft")
        two.wait_for_selector(".rag-draft")
        ask(three, LEAF_QUESTION)
        three.wait_for_selector("text=1 question is before yours")
        ask(four, MEMORY_QUESTION)
        four.wait_for_selector("text=2 questions are before yours")
        four.get_by_role("tab", name="Library").click()
        four.get_by_label("Search the library").fill("counting leaves")
        four.wait_for_function("document.querySelector('.rag-paper summary').textContent.startsWith('LeafCount')")
        four.get_by_role("tab", name="Ask").click()
        model.pause_s = 0.0
        for page, fact in ((one, "46%"), (two, "12 GB"), (three, "4.2%"), (four, "46%")):
            answered(page)
            assert fact in page.inner_text(".rag-answer")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reload_in_mid_answer_stops_the_model_and_can_be_asked_again(
    served: Served, browser: Browser, model: SlowLLM, width: int
) -> None:
    """After the reload the question stands there as interrupted, with a button that asks it again."""
    with visiting(browser, served.url, width, quiet=False) as page:
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


def test_a_server_that_is_restarted_keeps_the_conversation(small: Pipeline, browser: Browser, model: SlowLLM) -> None:
    """While it is gone the page says so in words; when it is back, the same page answers, older turns and all."""
    with (
        Served(small) as chat,
        visiting(browser, chat.url, 1280, quiet=False) as wide,
        visiting(browser, chat.url, 390, quiet=False) as narrow,
    ):
        for page in (wide, narrow):
            ask(page, MEMORY_QUESTION)
            answered(page)
        chat.__exit__()
        for page in (wide, narrow):
            ask(page, TRAFFIC_QUESTION)
        for page in (wide, narrow):
            page.wait_for_selector('#rag-notice:has-text("start it again")')
        with Served(small, port=chat.port):
            for page in (wide, narrow):
                page.wait_for_selector('[data-status="failed"]', timeout=30000)
                page.locator("#rag-live").get_by_role("button", name="Ask again").click()
                answered(page, 2)
                assert "46%" in page.inner_text("#rag-past")
                assert "12 GB" in page.inner_text("#rag-live")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_hostile_paper_is_text_and_changes_nothing(
    served: Served, browser: Browser, model: SlowLLM, width: int
) -> None:
    """Markup in a title, an abstract and a question is shown as written; no script runs, no element appears."""
    with visiting(browser, served.url, width) as page:
        ask(page, 'In how many abstracts does HostilePaper embed <img src=x onerror="window.hacked=5">?')
        answered(page)
        page.locator(".rag-marker").first.hover()
        page.locator(".rag-marker").first.click()
        page.get_by_role("tab", name="Library").click()
        page.wait_for_selector(".rag-paper")
        assert "<script>window.hacked=2</script>" in str(page.text_content("#rag-shelf"))
        assert "javascript:window.hacked=3" in str(page.text_content("#rag-cards"))
        assert page.evaluate("window.hacked") is None
        assert (
            page.locator("#rag-desk img, #rag-library img, #rag-list img, #rag-desk a[href^='javascript']").count() == 0
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_it_works_under_a_prefix_behind_a_proxy(prefixed: Served, browser: Browser, model: SlowLLM, width: int) -> None:
    """Every request of the page stays under the prefix, its icon's too, and the answer comes."""
    with visiting(browser, prefixed.url, width) as page:
        ask(page, MEMORY_QUESTION)
        answered(page)
        assert page.is_visible(".rag-marker")
        icon = page.evaluate("document.querySelector('link[rel=icon]').href")
        assert icon.startswith(prefixed.url)
        assert "<svg" in page.request.get(icon).text()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_password_is_asked_for(locked: Served, browser: Browser, model: SlowLLM, width: int) -> None:
    """Nothing is shown before logging in; after it the chat is there and answers."""
    outside: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.on("request", lambda request: outside.append(request.url) if locked.url not in request.url else None)
    page.goto(locked.url)
    page.wait_for_selector("input[type=password]")
    assert page.locator(QUESTION).count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("input").first.fill("reader")
    page.fill("input[type=password]", "secret")
    page.get_by_role("button").first.click()
    page.wait_for_selector(QUESTION)
    page.wait_for_selector("body.rag-ready")
    ask(page, MEMORY_QUESTION)
    answered(page)
    context.close()
    assert outside == []
