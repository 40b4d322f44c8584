import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers import Record, read_sources
from rag.text import fold, names_in, readable, search_terms, sentence_spans, squeeze, stem

_PIECES = st.one_of(
    st.text(st.sampled_from("\\{}^$_%.,!? \n\tabcABC019~'\"`()[]&#"), max_size=20),
    st.text(max_size=20),
    st.sampled_from(
        [r"\frac", r"\sqrt{x}", r"\begin", r"\item", r"\today", r"\'e", r"\mathbb", "7.9times", " sim ", "e.g. "]
    ),
)
any_text = st.lists(_PIECES, max_size=8).map("".join)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (r"saves 20\% of memory", "saves 20% of memory"),
        ("M^{3}ViT", "M3ViT"),
        ("runs 7.9times faster", "runs 7.9x faster"),
        ("1.2times sim 3.5times faster", "1.2x-3.5x faster"),
        (r"between 20\% and \$5", "between 20% and $5"),
        (r"\textbf{bold} and \emph{slanted}", "bold and slanted"),
        (r"\alpha-beta pruning", "α-beta pruning"),
        (r"Erd\H{o}s and R\'enyi", "Erdős and Rényi"),
        ("about 10^{26} operations", "about 10^26 operations"),
        (r"\frac{1}{2} of \dfrac{n}{\sqrt{2}}", "1/2 of n/sqrt2"),
        (r"10\frac{1}{2} or \frac34", "10 1/2 or 3/4"),
        ("plain words stay", "plain words stay"),
        ("three times in all", "three times in all"),
    ],
)
def test_latex_remnants_become_what_a_person_would_type(raw: str, read: str) -> None:
    """Macros, braces, powers and the word "times" after a number are shown as people write them."""
    assert read == readable(raw)


@pytest.mark.parametrize(
    "raw", [r"\frac", r"\sqrt{x}", r"\begin{itemize} \item one", r"\mathbb", r"\today", r"\nosuchmacro"]
)
def test_a_macro_that_stands_for_no_sign_leaves_its_name(raw: str) -> None:
    """A macro that takes arguments, or that nobody knows, is neither an error nor the date of today."""
    assert "\\" not in readable(raw)
    assert raw.strip("\\").partition("{")[0] in readable(raw)


@given(any_text)
def test_any_text_can_be_read_folded_and_searched(text: str) -> None:
    """No text, however broken its LaTeX, makes an error."""
    assert fold(text) == fold(text).casefold()
    assert all(character.isalnum() for character in squeeze(text))
    assert all(term == term.casefold() for term in search_terms(text))
    assert len(set(names_in(text))) == len(names_in(text))


def test_folding_ignores_case_white_space_and_latex() -> None:
    """Two spellings of one text fold to one."""
    assert fold("The  M^{3}ViT\n model") == fold("the m3vit MODEL")


def test_squeezing_leaves_letters_and_digits() -> None:
    """Names are compared without spaces, hyphens and braces."""
    assert squeeze("M^{3} ViT") == squeeze("m3-vit") == "m3vit"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One thing. Another thing.", ["One thing.", "Another thing."]),
        ("It saves 1.5 GB, e.g. on V2. We test it.", ["It saves 1.5 GB, e.g. on V2.", "We test it."]),
        ("Smith et al. Show it. Yes.", ["Smith et al. Show it.", "Yes."]),
        ("Faster by a factor of 8. Next.", ["Faster by a factor of 8.", "Next."]),
        ("It works! Does it? Yes.", ["It works!", "Does it?", "Yes."]),
        ("We call it that. vLLM is fast.", ["We call it that.", "vLLM is fast."]),
        ("A paragraph without end\n\nanother one", ["A paragraph without end", "another one"]),
        ('He says "it works." Then stops.', ['He says "it works."', "Then stops."]),
        ("as in fig. 3 of J. Doe. Done.", ["as in fig. 3 of J. Doe.", "Done."]),
        ("  outer space.  ", ["outer space."]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    """Abbreviations, decimals and initials end no sentence; names in lower case may open one."""
    assert sentences == [text[start:end] for start, end in sentence_spans(text)]


@given(any_text)
def test_sentence_spans_partition_a_text(text: str) -> None:
    """Spans come in order, do not overlap, have no outer white space and leave none but white space out."""
    end = 0
    for span in sentence_spans(text):
        assert end <= span.start < span.end
        assert text[end : span.start].strip() == ""
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end = span.end
    assert text[end:].strip() == ""


def test_sentences_of_the_seed_abstracts_are_neither_crumbs_nor_walls(seeds: Path) -> None:
    """Over the real abstracts, nearly every sentence has from 4 to 80 words."""
    texts = [record.text for record in read_sources([seeds]) if isinstance(record, Record)]
    lengths = [len(text[start:end].split()) for text in texts for start, end in sentence_spans(text)]

    assert sum(4 <= length <= 80 for length in lengths) >= 0.97 * len(lengths)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("M^{3}ViT", "M3ViT"),
        ("M^{3}ViT", "m3vit"),
        ("on-device", "on device"),
        ("on-device", "ondevice"),
        ("MobileNetV3", "mobilenetv3"),
        ("7.9times faster", "7.9x faster"),
        (r"46\% less", "46% less"),
        ("1,024 tokens", "1024 tokens"),
        ("quantization", "Quantizations"),
        ("e\ufb03cient", "efficient"),
    ],
)
def test_what_people_type_finds_what_papers_write(written: str, typed: str) -> None:
    """Every spelling of a term shares an index term with every other."""
    assert set(search_terms(written)) & set(search_terms(typed))


def test_stop_words_are_no_terms() -> None:
    """A question of stop words alone has nothing to look up."""
    assert search_terms("what is it that they have been doing") == []


@pytest.mark.parametrize(("one", "many"), [("LLM", "LLMs"), ("GPU", "GPUs"), ("FPGA", "FPGAs"), ("SSD", "ssds")])
def test_an_abbreviation_and_its_plural_are_one_term(one: str, many: str) -> None:
    """Papers write either, and so do those who ask."""
    assert search_terms(one) == search_terms(many)


def test_stems_join_the_forms_of_a_word() -> None:
    """English inflections have one stem."""
    assert stem("quantized") == stem("quantizing") == stem("quantizes")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Does MobileTL on V3 beat the Tiny Engine of 46%?", ["MobileTL", "V3", "Tiny", "Engine"]),
        ("What is quantization?", []),
        ("Compare LLM.int8 with GPT-4 and GPT-4.", ["LLM.int8", "GPT-4"]),
        ("Is M^{3}ViT fast? Yes it is.", ["M3ViT"]),
    ],
)
def test_names_are_words_with_capitals_or_digits(text: str, names: list[str]) -> None:
    """A capital that merely opens a sentence makes no name; each name comes once, in order."""
    assert names == names_in(text)


def test_readable_text_is_safe_to_show_as_json() -> None:
    """What people see survives the way through JSON."""
    text = readable(r"M^{3}ViT saves 20\% below -150{\deg}C")

    assert json.loads(json.dumps(text)) == text
