import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import document_id, merge_records
from rag.readers import Record

_WORDS = "one two three four five six seven eight nine ten"
_records = st.lists(
    st.builds(
        Record,
        st.sampled_from(["A title", "a  TITLE", "Another", "+", ""]),
        st.sampled_from(["Some words.", "some words", "Other things here", "…", "", f"{_WORDS}.", f"{_WORDS} eleven"]),
        st.fixed_dictionaries({"file": st.sampled_from(["a.jsonl", "b.jsonl"]), "record": st.integers(1, 9)}),
    ),
    max_size=12,
)


def _record(title: str, text: str, file: str = "a.txt", **metadata: str) -> Record:
    return Record(title, text, {"file": file, "record": 1}, dict(metadata))


def test_an_id_depends_on_letters_and_digits_alone() -> None:
    """White space, case, punctuation and LaTeX braces do not make another paper."""
    assert document_id("M^{3}ViT", "It is fast.") == document_id("m3vit", "it is\nfast")


def test_an_id_never_changes() -> None:
    """Ids are the same on any machine and in any version: they stand in people's notes."""
    assert document_id("A title", "An abstract.") == "d7f54dd284778181"


def test_another_word_is_another_id() -> None:
    """Papers of one title and other words have ids of their own."""
    assert document_id("A title", "An abstract.") != document_id("A title", "An abstract too.")


def test_one_paper_of_two_sources_remembers_both() -> None:
    """The first text is kept, and every place it was read from."""
    merged = merge_records([_record("T", "Same words.", "a.txt"), _record("T", "same  words", "b.txt")])

    assert len(merged) == 1
    assert merged[0].text == "Same words."
    assert [source["file"] for source in merged[0].metadata["sources"]] == ["a.txt", "b.txt"]


def test_two_versions_of_an_abstract_are_one_paper() -> None:
    """Under one title, texts that share 80% of their words are merged."""
    assert len(merge_records([_record("T", _WORDS), _record("T", f"{_WORDS} eleven")])) == 1


def test_two_papers_of_one_title_stay_two() -> None:
    """Under one title, texts of other words are other papers."""
    assert len(merge_records([_record("Editorial", _WORDS), _record("Editorial", "quite other words here")])) == 2


def test_a_text_replaces_none() -> None:
    """A paper known by title alone gets the text, and with it the id, that a later source has."""
    merged = merge_records([_record("T", ""), _record("T", "The words.")])

    assert [(document.id, document.text) for document in merged] == [(document_id("T", "The words."), "The words.")]


def test_what_each_source_knows_is_kept() -> None:
    """Fields of both sources are kept; on the same field the first one wins."""
    merged = merge_records([_record("T", "Words.", year="2024"), _record("T", "Words.", year="2025", doi="10/x")])

    assert {"year": "2024", "doi": "10/x"}.items() <= merged[0].metadata.items()


def test_known_documents_come_first_and_take_duplicates_in() -> None:
    """Adding a paper that is there adds its source, not another document."""
    known = merge_records([_record("T", "Words.", "a.txt")])

    merged = merge_records([_record("New", "Other things."), _record("T", "Words.", "b.txt")], known)

    assert [document.title for document in merged] == ["T", "New"]
    assert len(merged[0].metadata["sources"]) == 2


@pytest.mark.parametrize("title", ["+", "…", "😀"])
def test_papers_without_a_letter_do_not_share_an_id(title: str) -> None:
    """Signs alone give one id, so they are one paper rather than two of one id."""
    assert len(merge_records([_record(title, "…"), _record(title, "!")])) == 1


@given(_records)
def test_merged_documents_have_ids_of_their_own_and_lose_no_source(records: list[Record]) -> None:
    """No id comes twice, no source is forgotten, and merging again adds no document."""
    merged = merge_records(records)
    ids = [document.id for document in merged]
    places = [source for document in merged for source in document.metadata["sources"]]

    assert len(set(ids)) == len(ids)
    assert all(record.source in places for record in records)
    assert [document.id for document in merge_records(records, merged)] == ids
