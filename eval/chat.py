"""Look at the chat as a visitor does: its pictures for the README, and how long a visitor waits.

    python eval/chat.py pictures [--out eval/screenshots]
    python eval/chat.py times [--out eval/results/chat_times.json]

Needs Chromium (`apt-get install chromium`, or RAG_CHROMIUM with its path) and an index.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import rag
from rag.ui.answer_markup import subject_of
from rag.ui.desk import Desk
from rag.ui.serving import build_app, listen

QUESTION = "How much memory does MobileTL save?"
UNANSWERABLE = "Who won the football world cup of 1998?"
FORMS = ("What is {}?", "How does {} work?", "What results does {} report?", "What problem does {} address?")
BOX = "#rag-question textarea"
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@contextmanager
def serving(pipeline: rag.Pipeline) -> Iterator[str]:
    """Serve the chat on a free loopback port; give its address."""
    desk = Desk(pipeline)
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(build_app(desk), log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        desk.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run headless Chromium."""
    path = os.environ.get("RAG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()


def open_page(browser: Browser, url: str, width: int) -> Page:
    """Open the chat in a profile of its own."""
    page = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce").new_page()
    page.goto(url)
    page.wait_for_selector("body.rag-ready")
    page.wait_for_timeout(500)
    return page


def ask(page: Page, question: str) -> None:
    """Type a question and press Enter."""
    page.fill(BOX, question)
    page.press(BOX, "Enter")


def wait_answered(page: Page, number: int = 1) -> None:
    """Wait until so many turns are answered."""
    page.wait_for_function(
        f"document.querySelectorAll('.rag-turn[data-status=answered]').length === {number}"
        " && !document.body.classList.contains('rag-busy')"
    )


def shoot(page: Page, path: Path) -> None:
    """Write what the page shows as a small PNG: 128 colours are enough for text."""
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(128).save(path, optimize=True)


def take_pictures(browser: Browser, url: str, folder: Path) -> None:
    """Write the six states as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        page.wait_for_timeout(400)
        shoot(page, folder / f"{name}.png")

    page = open_page(browser, url, 1280)
    keep(page, "empty")
    ask(page, QUESTION)
    page.wait_for_selector(".rag-draft")
    shoot(page, folder / "streaming.png")
    wait_answered(page)
    page.locator(".rag-marker").first.click()
    keep(page, "answered")
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector("#rag-welcome", state="visible")
    ask(page, UNANSWERABLE)
    wait_answered(page)
    keep(page, "abstained")
    page.get_by_role("tab", name="Library").click()
    page.get_by_label("Search the library").fill("quantization of language models")
    page.wait_for_selector(".rag-count:has-text('nearest')")
    page.locator(".rag-tick").nth(1).check()
    keep(page, "library")
    phone = open_page(browser, url, 390)
    ask(phone, QUESTION)
    wait_answered(phone)
    keep(phone, "phone")


def questions_of(pipeline: rag.Pipeline, count: int) -> list[str]:
    """Return questions about that many papers whose titles open with a name."""
    titles = (paper.title for paper in pipeline.index.store.all_documents() if ": " in paper.title[:30])
    return [FORMS[number % len(FORMS)].format(subject_of(title)) for number, title in enumerate(islice(titles, count))]


def time_questions(browser: Browser, url: str, questions: list[str]) -> list[dict[str, object]]:
    """Return for each question the seconds from Enter to the first sign of work, the first word and the answer."""
    page = open_page(browser, url, 1280)
    ask(page, QUESTION)
    wait_answered(page)
    measured: list[dict[str, object]] = []
    for question in questions:
        page.get_by_role("button", name="New conversation").click()
        page.wait_for_selector("#rag-welcome", state="visible")
        page.evaluate(_WATCH)
        page.fill(BOX, question)
        page.press(BOX, "Enter")
        wait_answered(page)
        seen = page.evaluate("window.seen")
        seconds = {
            name: round((seen[name] - seen["enter"]) / 1000, 3) for name in ("sign", "word", "answer") if name in seen
        }
        measured.append({"question": question, **seconds})
    return measured


# The browser's own clock: what Playwright would add in asking is left out.
_WATCH = """() => {
  const seen = window.seen = {};
  const note = (name) => { seen[name] = seen[name] || performance.now(); };
  addEventListener("keydown", (event) => { if (event.key === "Enter") note("enter"); }, { capture: true, once: true });
  const watch = new MutationObserver(() => {
    if (document.querySelector(".rag-step-now")) note("sign");
    if (document.querySelector(".rag-draft")) note("word");
    if (document.querySelector("#rag-live .rag-turn[data-status=answered]")) { note("answer"); watch.disconnect(); }
  });
  watch.observe(document.querySelector("#rag-live"), { childList: true, subtree: true, attributes: true });
}"""


def summary_of(measured: list[dict[str, object]]) -> dict[str, object]:
    """Return the medians, and how many questions each is of."""
    columns = {name: [float(str(row[name])) for row in measured if name in row] for name in ("sign", "word", "answer")}
    return {f"{name}_p50_s": round(statistics.median(values), 3) for name, values in columns.items() if values} | {
        f"{name}_questions": len(values) for name, values in columns.items()
    }


def main() -> None:
    """Run the command named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pictures", "times"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--index")
    parser.add_argument("--llm")
    parser.add_argument("--questions", type=int, default=20)
    options = parser.parse_args()
    with rag.Pipeline.load(options.index, llm=options.llm) as pipeline, serving(pipeline) as url, browsing() as browser:
        if options.what == "pictures":
            take_pictures(browser, url, options.out or Path("eval/screenshots"))
            return
        started = time.strftime("%Y-%m-%d")
        measured = time_questions(browser, url, questions_of(pipeline, options.questions))
        result = {"date": started, "llm": pipeline.settings.llm, **summary_of(measured), "questions": measured}
        text = json.dumps(result, indent=2, ensure_ascii=False)
        if options.out:
            options.out.parent.mkdir(parents=True, exist_ok=True)
            options.out.write_text(text + "\n", encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main()
