from hypothesis import given
from hypothesis import strategies as st

from rag.composition import Composition, by_paper, compose
from rag.types import Evidence

_TEXT = (
    "Our method reduces memory usage by 46\\% on MobileNetV2. "
    "It fine-tunes a few top blocks near the output. "
    "Training takes 12 hours on a single GPU."
)
_QUESTION = "How much memory does the method of MobileTL save?"


def _evidence(sentence: str, document_id: str = "d", title: str = "MobileTL") -> Evidence:
    start = _TEXT.index(sentence)
    return Evidence(document_id, title, sentence, start, start + len(sentence))


_MEMORY = _evidence("Our method reduces memory usage by 46\\% on MobileNetV2.")
_BLOCKS = _evidence("It fine-tunes a few top blocks near the output.")
_HOURS = _evidence("Training takes 12 hours on a single GPU.")
_ALL = [_MEMORY, _BLOCKS, _HOURS]


def _compose(draft: str, evidence: list[Evidence] = _ALL) -> Composition:
    return compose(draft, evidence, question=_QUESTION)


def test_a_supported_draft_sentence_is_kept_with_its_citation() -> None:
    """The model's words stand, the paper's words support them."""
    answer = _compose("The method reduces memory usage by 46% on MobileNetV2.", [_MEMORY])

    assert answer.text == "The method reduces memory usage by 46% on MobileNetV2 [1]."
    assert answer.origin == "draft"
    assert [(citation.marker, citation.quote) for citation in answer.citations] == [(1, _MEMORY.text)]


def test_a_wrong_number_gives_way_to_the_quote() -> None:
    """A draft that says 64% where the paper says 46% never reaches the reader."""
    answer = _compose("The method reduces memory usage by 64% on MobileNetV2.", [_MEMORY])

    assert "64" not in answer.text
    assert "46%" in answer.text
    assert answer.origin in ("quotes", "repaired")


def test_an_answer_is_repaired_only_where_a_repaired_sentence_is_shown() -> None:
    """A mended sentence that is not taken leaves the draft as it was."""
    kept = "The method reduces memory usage by 46% on MobileNetV2."
    mended = "Training takes 21 hours on a single GPU."

    assert _compose(mended, [_HOURS]).origin == "repaired"
    assert _compose(f"{kept} {mended}", [_MEMORY, _HOURS]).origin == "repaired"
    assert _compose(f"{kept} It reduces memory usage by 64% on MobileNetV2.", [_MEMORY]).origin == "draft"


def test_an_unsupported_sentence_is_dropped_and_the_supported_one_kept() -> None:
    """Each sentence of a draft is judged alone."""
    answer = _compose("It was trained by dolphins. The method reduces memory usage by 46% on MobileNetV2.", [_MEMORY])

    assert "dolphins" not in answer.text
    assert len(answer.sentences) == 1


def test_a_draft_that_says_the_question_again_gives_way_to_the_quote() -> None:
    """Words of the question are no answer to it, though the paper has them too."""
    question = "Which scheduling principle does D2 use for the experts?"
    text = "Our scheduling principle for the experts is hottest-expert-bit-first (HEBF)."
    evidence = [Evidence("d", "D2", text, 0, len(text))]

    answer = compose("D2 uses a scheduling principle for the experts.", evidence, question=question)

    assert "HEBF" in answer.text
    assert answer.origin == "quotes"


def test_a_figure_made_of_two_sentences_gives_way_to_the_quotes() -> None:
    """85% of one thing and 84% of another are not 85% of the other."""
    first = "This heuristic reduces on average 85% of the data accesses compared with other works."
    second = "Further, it reduces on average 84% of the non-compulsory data accesses for simple networks."
    evidence = [Evidence("d", "D", text, start, start + len(text)) for start, text in ((0, first), (200, second))]
    draft = "This heuristic reduces on average 85% of the non-compulsory data accesses compared with other works."

    answer = compose(draft, evidence, question="What does the heuristic reduce?")

    assert "85% of the non-compulsory" not in answer.text


def test_a_number_said_twice_gives_way_to_the_quote() -> None:
    """A sentence that explains a figure by itself tells nothing."""
    answer = _compose("The 46% that our method reduces memory usage by on MobileNetV2 is 46%.", [_MEMORY])

    assert answer.text.count("46%") == 1
    assert answer.origin == "quotes"


def test_a_preamble_is_no_part_of_an_answer() -> None:
    """What introduces the answer goes, what follows stays."""
    answer = _compose("The answer is: The method reduces memory usage by 46% on MobileNetV2.", [_MEMORY])

    assert answer.text == "The method reduces memory usage by 46% on MobileNetV2 [1]."


def test_a_draft_that_leaves_the_asked_number_out_gives_way_to_the_quote() -> None:
    """That it reduces memory is true, and no answer to the question how much."""
    assert "46%" in _compose("The method reduces memory usage.", [_MEMORY]).text


def test_without_a_draft_the_evidence_is_quoted() -> None:
    """Quotes are readable and cite the raw words, character for character."""
    answer = _compose("", [_MEMORY])

    assert answer.origin == "quotes"
    assert "\\%" not in answer.text
    assert answer.citations[0].quote == "Our method reduces memory usage by 46\\% on MobileNetV2."
    assert answer.citations[0].score == 1.0


def test_what_the_draft_leaves_out_is_quoted_behind_it() -> None:
    """The second sentence of evidence follows the draft's first."""
    answer = _compose("The method reduces memory usage by 46% on MobileNetV2.", [_MEMORY, _BLOCKS])

    assert [sentence.markers for sentence in answer.sentences] == [(1,), (2,)]
    assert "top blocks" in answer.sentences[1].text


def test_one_sentence_of_evidence_has_one_marker() -> None:
    """Evidence that comes twice is cited once."""
    answer = _compose("", [_MEMORY, _MEMORY])

    assert len(answer.citations) == 1


def test_markers_stand_before_the_full_stop() -> None:
    """Text ends "… [1]." and a question mark stays one."""
    question = Evidence("d", "It", "Is it fast?", 0, 11)

    assert _compose("", [question]).text == "Is it fast [1]?"


def test_no_evidence_gives_no_sentence() -> None:
    """Then there is nothing a draft could rest on."""
    assert _compose("The method is fast.", []) == Composition((), (), "quotes", _QUESTION)


_sentences = st.sampled_from(
    [
        "The method reduces memory usage by 46% on MobileNetV2.",
        "Memory falls by 99%.",
        "Training takes 12 hours.",
        "It fine-tunes a few top blocks near the output.",
        "[7] See [1].",
        "Bananas.",
    ]
)


@given(
    st.one_of(st.lists(_sentences, max_size=5).map(" ".join), st.text(max_size=80)),
    st.lists(st.sampled_from(_ALL), min_size=1, max_size=3),
)
def test_every_sentence_has_a_marker_and_every_marker_a_citation(draft: str, evidence: list[Evidence]) -> None:
    """Whatever the model writes: markers count from 1 in reading order, and each quote is the paper's words."""
    answer = _compose(draft, evidence)
    used = [marker for sentence in answer.sentences for marker in sentence.markers]

    assert answer.sentences
    assert all(sentence.markers for sentence in answer.sentences)
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert list(dict.fromkeys(used)) == sorted(set(used)) == [citation.marker for citation in answer.citations]
    assert all(_TEXT[citation.start : citation.end] == citation.quote for citation in answer.citations)
    assert all(0 <= citation.score <= 1 for citation in answer.citations)
    assert {citation.quote for citation in answer.citations} <= {item.text for item in evidence}
    assert "99%" not in answer.text
    assert "Bananas" not in answer.text


def test_sentences_of_several_papers_stand_after_what_each_is_called() -> None:
    """Those of one paper together, as one paragraph of their own."""
    other = _evidence("Training takes 12 hours on a single GPU.", "e", "LongRun: Training for Hours.")
    answer = _compose("", [_MEMORY, other, _BLOCKS])

    first, second = answer.text.split("\n\n")
    assert first.startswith("MobileTL – The authors' method reduces")
    assert first.endswith("[2].")
    assert second == "LongRun – Training takes 12 hours on a single GPU [3]."
    assert [title for title, _ in by_paper(answer.sentences, answer.citations, "")] == ["MobileTL", "LongRun"]


def test_a_single_paper_is_called_by_name_where_the_asker_does_not_know_it() -> None:
    """Not where question or answer have the name, nor by a title that is no name."""
    unknown = compose("", [_MEMORY], question="How can memory be saved?").text
    known = compose("", [_MEMORY], question="How much memory does MobileTL save?").text
    titled = _evidence("Training takes 12 hours on a single GPU.", "e", "A study of how long it takes to train")

    assert unknown.startswith("MobileTL – The authors' method reduces")
    assert known.startswith("The authors' method reduces")
    assert compose("", [titled], question="How long does it take?").text.startswith("Training takes 12 hours")
