"""The chat in a real browser with the models that ship: asking, sources, abstaining, following up, accessibility."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from browser import WIDTHS, Served, answered, ask, visiting
from playwright.sync_api import Browser, Page

from rag.pipeline import Pipeline
from rag.text import readable

pytestmark = [pytest.mark.model, pytest.mark.browser]
ASKED = "How much memory does MobileTL save?"


@pytest.fixture(scope="module")
def served(pipeline: Pipeline) -> Iterator[Served]:
    """The chat over the seed pages."""
    with Served(pipeline) as chat:
        yield chat


def _kept_turns(page: Page) -> list[dict[str, Any]]:
    talk = page.evaluate("JSON.stringify(window.rag.store.current().turns)")
    turns: list[dict[str, Any]] = json.loads(talk)
    return turns


def _top_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).evaluate("(e) => e.getBoundingClientRect().top"))


def _too_wide(page: Page) -> list[str]:
    """Name what is seen beyond the right edge of the window, but for what scrolls within its own frame."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll("[role=tabpanel] *")]
      .filter((e) => e.checkVisibility() && !e.closest(".rag-table, .rag-unseen")
        && e.getBoundingClientRect().right > innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 120))""")
    return found


def _is_in_view(page: Page, selector: str) -> bool:
    inside = "(e) => { const r = e.getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight; }"
    return bool(page.locator(selector).first.evaluate(inside))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_typed_question_is_answered_and_a_marker_opens_the_exact_words(
    served: Served, pipeline: Pipeline, browser: Browser, width: int
) -> None:
    """Streams with its step, ends checked; hovering a marker shows the quote, a click the source with it marked."""
    with visiting(browser, served.url, width) as page:
        box_at = _top_of(page, "#rag-composer-row")
        ask(page, ASKED)
        page.wait_for_selector(".rag-step-now")
        answered(page)
        assert abs(_top_of(page, "#rag-composer-row") - box_at) <= 1
        kept = _kept_turns(page)[0]["answer"]
        assert " ".join(page.inner_text(".rag-answer").split()) == kept["text"]

        citation = kept["citations"][0]
        marker = page.locator('.rag-marker[data-marker="1"]').first
        marker.hover()
        assert readable(citation["quote"]) in page.inner_text("#rag-tip")
        marker.click()
        mark = page.locator('#rag-cards mark[data-markers~="1"]')
        document = pipeline.document(citation["document_id"])
        assert mark.text_content() == document.text[citation["start"] : citation["end"]] == citation["quote"]
        assert page.locator("#rag-cards .rag-abstract").first.text_content() == readable(document.text)
        page.wait_for_function("document.querySelector('#rag-cards mark.rag-active') !== null")
        assert _is_in_view(page, "#rag-cards mark.rag-active")
        assert " ".join(page.locator("#rag-cards .rag-card-title").first.inner_text().split()).endswith(document.title)
        assert "match " in page.locator("#rag-cards .rag-facts").first.inner_text()
        assert page.locator("#rag-cards .rag-card-also").count() > 0
        labels = {"Verified quote", "Paraphrase, checked", "Quoted"}
        assert {mark.get_attribute("data-label") for mark in page.locator(".rag-support").all()} <= labels
        assert page.locator(".rag-support").count() == len(kept["sentences"])
        assert _too_wide(page) == []
        beside = page.evaluate("document.querySelector('#rag-side').getBoundingClientRect().left > 600")
        assert beside == (width > 900)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_abstention_helps_on(served: Served, browser: Browser, width: int) -> None:
    """It says what is missing, opens the nearest papers, and a proposed question can be pressed and is asked."""
    with visiting(browser, served.url, width) as page:
        ask(page, "Who won the football world cup of 1998?")
        answered(page)
        assert page.is_visible(".rag-missing")
        nearest = page.locator(".rag-nearest button").first
        nearest.click()
        assert page.locator("#rag-cards details[open] summary").text_content() == nearest.text_content()
        page.locator(".rag-abstention .rag-suggestion").first.click()
        answered(page, 2)


@pytest.mark.parametrize("width", WIDTHS)
def test_references_stay_with_their_message(served: Served, browser: Browser, width: int) -> None:
    """A follow-up keeps its subject; markers of each turn open that turn's sources, after a reload too."""
    with visiting(browser, served.url, width) as page:
        ask(page, ASKED)
        answered(page)
        ask(page, "And which accuracy does it lose on CIFAR10?")
        answered(page, 2)
        assert "MobileTL" in _kept_turns(page)[1]["answer"]["searched"]
        before = _kept_turns(page)
        page.reload()
        answered(page, 2)
        assert _kept_turns(page) == before
        for turn in before:
            opened = page.locator(f'.rag-turn[data-turn="{turn["id"]}"] .rag-marker[data-marker="1"]').first
            opened.click()
            mark = page.locator('#rag-cards mark[data-markers~="1"]').first
            assert mark.text_content() == readable(turn["answer"]["citations"][0]["quote"])


@pytest.mark.parametrize("width", WIDTHS)
def test_an_example_is_asked_at_a_press(served: Served, browser: Browser, width: int) -> None:
    """The empty page offers questions; one press asks."""
    with visiting(browser, served.url, width) as page:
        page.locator("#rag-welcome .rag-suggestion").first.click()
        answered(page)
        assert not page.is_visible("#rag-welcome")


def _check_accessibility(page: Page) -> None:
    """Run axe-core in light and in dark; findings that are serious or critical fail."""
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        page.wait_for_function("(dark) => document.body.classList.contains('dark') === dark", arg=colours == "dark")
        found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        findings = [
            f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert findings == [], colours


@pytest.mark.parametrize("width", WIDTHS)
def test_accessibility_has_no_serious_finding(served: Served, browser: Browser, width: int) -> None:
    """Neither empty, answered nor abstained, on no tab, with the conversations open, in light and dark."""
    with visiting(browser, served.url, width) as page:
        page.wait_for_selector("body.rag-ready")
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        _check_accessibility(page)
        ask(page, ASKED)
        answered(page)
        page.locator(".rag-marker").first.click()
        ask(page, "Who won the football world cup of 1998?")
        answered(page, 2)
        _check_accessibility(page)
        for tab in ("Library", "Settings"):
            page.get_by_role("tab", name=tab).click()
            page.wait_for_timeout(300)
            assert _too_wide(page) == []
            _check_accessibility(page)
        if width < 900:
            page.locator(".sidebar .toggle-button").click()
            page.wait_for_selector("#rag-list li", state="visible")
            _check_accessibility(page)
