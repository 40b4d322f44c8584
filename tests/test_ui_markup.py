"""What the chat shows of answers and papers, and what can be taken along."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from ui_fixtures import HOSTILE

from rag.types import Answer, AnswerSentence, Citation, Document, Passage
from rag.ui.answer_markup import render_progress, render_turn
from rag.ui.dates import date_key
from rag.ui.exports import as_bibtex, as_markdown, as_text
from rag.ui.markup import addresses_in, highlighted, plain, safe_address
from rag.ui.source_markup import page_of, source_cards
from rag.ui.turns import Turn, history_of, read_turn, read_turns

TEXT = "We present TinyTune. It saves 46% of memory & <time>. It loses 0.6%."
QUOTE = "It saves 46% of memory & <time>."
START = TEXT.index(QUOTE)
PAPER = Document(
    "p1",
    "TinyTune: a <b>method</b>",
    TEXT,
    {"doi": "10.1/x", "author": "A. B", "sources": [{"file": "/tmp/up/a.jsonl"}]},
)
OTHER = Document("p2", "Another paper", "It says nothing.", {"sources": [{"date": "Aug 13"}]})


def _lookup(document_id: str) -> Document | None:
    return {"p1": PAPER, "p2": OTHER}.get(document_id)


def _citation(marker: int = 1, quote: str = QUOTE, start: int = START, document_id: str = "p1") -> Citation:
    return Citation(marker, document_id, PAPER.title, quote, start, start + len(quote), 1.0)


def _answer(**changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "How much?",
        "searched": "How much?",
        "text": "It saves 46% of memory & <time> [1].",
        "abstained": False,
        "reason": None,
        "sentences": (AnswerSentence("It saves 46% of memory & <time>.", (1,), "supported"),),
        "citations": (_citation(),),
        "passages": (
            Passage("p1", PAPER.title, TEXT, 1, 0.9, 0, len(TEXT)),
            Passage("p2", OTHER.title, "", 2, 0.1, 0, 0),
        ),
        "origin": "draft",
        "llm": "tiny",
        "confidence": 0.9,
        "timings": {"total": 1.25},
    }
    return Answer(**{**values, **changes})  # type: ignore[arg-type]


class _Words(HTMLParser):
    """Collects the text of the elements of one class, or of all."""

    def __init__(self, tag: str, name: str) -> None:
        super().__init__()
        self.tag, self.name, self.depth, self.words = tag, name, 0, ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self.depth:
            self.depth += tag == self.tag
        elif tag == self.tag and self.name in (dict(attributes).get("class") or "").split():
            self.depth = 1

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag == self.tag:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.words += data if self.depth else ""


def _words(markup: str, tag: str, name: str) -> str:
    reader = _Words(tag, name)
    reader.feed(markup)
    return " ".join(reader.words.split())


def test_the_highlighted_span_is_the_quote_and_nothing_else() -> None:
    """A mark holds `text[start:end]`, escaped, and the rest of the abstract stands around it."""
    markup = highlighted(TEXT, [_citation()])

    marks = re.findall(r"<mark data-markers=\"1\">(.*?)</mark>", markup)
    assert [unescape(mark) for mark in marks] == [QUOTE]
    assert unescape(re.sub(r"</?mark[^>]*>", "", markup)) == TEXT


def test_overlapping_quotes_are_marked_for_both() -> None:
    """The shared part of two quotes carries both numbers; each quote is whole in its marks."""
    one, other = _citation(1, TEXT[0:30], 0), _citation(2, TEXT[20:50], 20)

    marks = re.findall(r'<mark data-markers="([\d ]+)">(.*?)</mark>', highlighted(TEXT, [one, other]))

    assert "".join(unescape(text) for numbers, text in marks if "1" in numbers.split()) == one.quote
    assert "".join(unescape(text) for numbers, text in marks if "2" in numbers.split()) == other.quote


def test_a_quote_that_is_not_at_its_place_is_not_marked() -> None:
    """Offsets that give other words mark nothing, so that no wrong words are shown as the quote."""
    assert "<mark" not in highlighted(TEXT, [_citation(start=3)])


@pytest.mark.parametrize("text", [HOSTILE, "{{x}} ${y} `z`", "[a](javascript:x) **b**", "' \" & <"])
def test_text_from_papers_is_shown_as_it_is(text: str) -> None:
    """No character of a paper opens a tag or ends an attribute."""
    shown = plain(text)

    assert not re.search(r"[<>\"']", shown)


def test_a_hostile_paper_adds_no_element_to_an_answer() -> None:
    """Title, quote and question with markup give the same elements as ones without."""
    hostile = _answer(
        question=HOSTILE,
        searched=f"{HOSTILE} more",
        sentences=(AnswerSentence(f"{HOSTILE}.", (1,), "quoted"),),
        citations=(Citation(1, "gone", HOSTILE, HOSTILE, 0, len(HOSTILE), 1.0),),
        passages=(Passage("gone", HOSTILE, HOSTILE, 1, 1.0, 0, 1),),
    )
    markup = render_turn(Turn('"><img src=x>', HOSTILE, "answered", (HOSTILE,), hostile), _lookup)

    assert "<img" not in markup
    assert "<script" not in markup
    assert "onerror=&quot;" in markup


def test_the_words_of_a_shown_answer_are_the_words_of_the_answer() -> None:
    """Sentences and markers on the page read like `Answer.text`."""
    named = _answer(question="How much does TinyTune save?", searched="How much does TinyTune save?")
    markup = render_turn(Turn("t", named.question, "answered", (), named), _lookup)

    assert _words(markup, "p", "rag-answer") == named.text


@pytest.mark.parametrize(
    ("support", "origin", "label"),
    [
        ("supported", "draft", "Paraphrase, checked"),
        ("quoted", "repaired", "Verified quote"),
        ("quoted", "quotes", "Quoted"),
    ],
)
def test_the_support_of_a_sentence_is_shown(support: str, origin: str, label: str) -> None:
    """A checked paraphrase, a verified quote and a quote for lack of one are told apart."""
    sentence = AnswerSentence("It saves.", (1,), support)  # type: ignore[arg-type]
    markup = render_turn(Turn("t", "q", "answered", (), _answer(sentences=(sentence,), origin=origin)), _lookup)

    assert f'data-label="{label}"' in markup


def test_an_abstention_names_what_is_missing_the_nearest_papers_and_better_questions() -> None:
    """What was missing, the titles found, and questions that can be pressed."""
    answer = _answer(abstained=True, reason="not in the passages", sentences=(), citations=(), origin="none")
    markup = render_turn(Turn("t", "q", "answered", (), answer), _lookup)

    assert "do not state what is asked" in markup
    assert 'data-document="p2"' in markup
    assert 'data-question="What results are reported for Another paper?"' in markup


def test_sources_come_in_marker_order_and_uncited_papers_after_them() -> None:
    """One card a cited paper with its date, file, pages and score; "also read" under them."""
    markup = source_cards(_answer(), _lookup)

    assert markup.index('data-document="p1"') < markup.index("Also read") < markup.index('data-document="p2"')
    assert 'href="https://doi.org/10.1/x"' in markup
    assert "a.jsonl" in markup
    assert "/tmp/up" not in markup
    assert "match 0.90" in markup


def test_a_paper_that_was_removed_keeps_its_quote() -> None:
    """The card of a paper that is gone shows the quote kept with the answer."""
    gone = _answer(citations=(_citation(document_id="gone"),))

    assert "No longer in the library" in source_cards(gone, _lookup)
    assert plain(QUOTE) in source_cards(gone, _lookup)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//a.org", "http://", "ftp://a.org", 5, None]
)
def test_only_web_addresses_become_links(address: object) -> None:
    """Whatever a record calls its url, only http and https with a host are links."""
    assert safe_address(address) is None
    assert page_of(Document("d", "t", "x", {"url": address})) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"llm": "default", "origin": "draft"}, "model: SmolLM2-135M"),
        ({"llm": "default", "origin": "quotes"}, "model: SmolLM2-135M (its draft was not used)"),
        ({"llm": "none", "origin": "quotes"}, "quotes only"),
        ({"llm": "default", "origin": "none", "abstained": True, "reason": "nothing relevant"}, ""),
    ],
)
def test_an_answer_says_what_part_the_model_had(changes: dict[str, object], told: str) -> None:
    """The model by the name people know, whether its draft is in the answer, and nothing where it was not asked."""
    meta = _words(render_turn(Turn("t", "q", "answered", (), _answer(**changes)), _lookup), "p", "rag-meta")

    assert meta == " · ".join(["1.2 s", "1 paper", *([told] if told else [])])


def test_a_long_question_is_no_headline() -> None:
    """A pasted text is set as text."""
    long, short = Turn("t", "word " * 60, "failed"), Turn("t", "How much?", "failed")

    assert "rag-question-long" in render_turn(long, _lookup)
    assert "rag-question-long" not in render_turn(short, _lookup)


def test_addresses_in_an_abstract_are_found_without_the_prose_around_them() -> None:
    """A closing bracket or full stop is no part of an address."""
    text = "See https://a.org/x). Code (github.com/b/c), and email me@github.com/no."
    assert addresses_in(text) == ["https://a.org/x", "https://github.com/b/c"]


def test_copies_name_every_source_by_its_marker() -> None:
    """Text, Markdown and BibTeX carry titles and exact quotes; signs of the form are escaped."""
    answer = _answer()

    assert as_text(answer).splitlines()[-1] == f"[1] {PAPER.title}: “{QUOTE}”"
    assert "1. **TinyTune: a \\<b\\>method\\</b\\>**" in as_markdown(answer)
    assert "It saves 46% of memory & \\<time\\> [1]." in as_markdown(answer)
    entry = as_bibtex(answer, _lookup)
    assert entry.startswith("@misc{rag-p1,")
    assert "author = {A. B}" in entry
    assert "``It saves 46\\% of memory \\& <time>.''" in entry


def test_bibtex_keeps_what_the_library_knows_in_a_form_that_latex_reads() -> None:
    """Authors of any kind become one field, addresses stay letter by letter, and braces balance."""
    known = {"authors": ["Jörg Müller", "A. B"], "year": 2024, "doi": "10.1/a_b", "url": "https://a.org/x_y%20z"}
    paper = Document("p1", "Sets {a^b} of 5 % ~ {", TEXT, known)
    answer = _answer(citations=(replace(_citation(), title=paper.title),))
    entry = as_bibtex(answer, lambda _: paper)

    assert "author = {Jörg Müller and A. B}" in entry
    assert "year = {2024}" in entry
    assert "doi = {10.1/a_b}" in entry
    assert "url = {https://a.org/x_y%20z}" in entry
    assert entry.count("{") == entry.count("}")
    latex = Document("p1", PAPER.title, TEXT, {"author": 'M\\"uller, J. and Smith, {A}nn'})
    assert "author = {Müller, J. and Smith, Ann}" in as_bibtex(_answer(), lambda _: latex)


def test_markdown_of_a_hostile_quote_holds_no_link() -> None:
    """Brackets of a paper's own are escaped; a marker is not."""
    bad = _answer(citations=(_citation(quote="[a](javascript:x)"),))

    assert "[a](javascript" not in as_markdown(bad)


def test_progress_shows_place_or_step() -> None:
    """A turn in line says how many are before it; one in the making names its step."""
    turn = Turn("t", "q")

    assert "2 questions are before yours" in render_progress(turn, "", "", ahead=2)
    assert 'rag-step-now">Reading' in render_progress(turn, "reading", "")
    assert "&lt;b&gt;" in render_progress(turn, "writing", "<b>")


def test_a_turn_survives_the_browser() -> None:
    """Record and back gives the same turn, but for the words of the passages."""
    turn = Turn("t", "How much?", "stopped", ("p1",), _answer())
    again = read_turn(turn.to_record())

    assert again.answer is not None
    assert again.answer.citations == _answer().citations
    assert again.answer.sentences == _answer().sentences
    assert [passage.text for passage in again.answer.passages] == ["", ""]
    assert (again.id, again.status, again.within) == (turn.id, turn.status, turn.within)


@pytest.mark.parametrize("record", [{"answer": {"text": 5}}, {"answer": {}}, {"status": "odd"}, {}])
def test_a_garbled_record_is_a_failed_turn(record: dict[str, object]) -> None:
    """What a browser kept badly is shown as not answered, with no answer made up."""
    turn = read_turn({"id": "t", "question": "q", **record})

    assert (turn.status, turn.answer) == ("failed", None)
    assert "Ask again" in render_turn(turn, _lookup)


@pytest.mark.parametrize("records", [None, 5, "abc", [None, 3, "x"]])
def test_no_records_are_no_turns(records: object) -> None:
    """Anything but a list of records gives nothing."""
    assert read_turns(records) == []


def test_history_leaves_out_what_an_abstention_says() -> None:
    """The nearest papers of an abstention are no subject of the next question."""
    abstained = _answer(abstained=True, text="I cannot answer. Nearest papers: X.")
    turns = [
        Turn("a", "First?", "answered", (), _answer()),
        Turn("b", "Second?", "answered", (), abstained),
        Turn("c", "?"),
    ]

    assert history_of(turns) == [("First?", _answer().text), ("Second?", "")]


def test_dates_sort_as_dates() -> None:
    """Forms that sources use come in the order of time."""
    dates = ["2023-01-05", "2023", "Aug 13, 2024", "Aug 3, 2024", "unknown"]

    assert sorted(dates, key=date_key) == ["unknown", "2023", "2023-01-05", "Aug 3, 2024", "Aug 13, 2024"]
