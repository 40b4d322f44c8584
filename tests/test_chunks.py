import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.chunks import chunk_document, embedded_text
from rag.text import sentence_spans
from rag.types import Chunk, Document

_FIVE = "A one. B two. C three. D four. E five."


def _document(text: str) -> Document:
    return Document("d", "Title", text)


def test_windows_overlap_by_one_sentence() -> None:
    """Five sentences make the whole, then sentences 1 to 3 and 3 to 5."""
    chunks = list(chunk_document(_document(_FIVE), sentences=3, stride=2))

    assert [(chunk.kind, _FIVE[chunk.start : chunk.end]) for chunk in chunks] == [
        ("document", _FIVE),
        ("window", "A one. B two. C three."),
        ("window", "C three. D four. E five."),
    ]


def test_a_short_document_is_one_chunk() -> None:
    """A window that would repeat the whole is left out."""
    assert [chunk.kind for chunk in chunk_document(_document("A one. B two. C three."), sentences=3, stride=2)] == [
        "document"
    ]


def test_a_document_without_text_is_one_empty_chunk() -> None:
    """A paper known by title alone can still be embedded and found."""
    chunks = list(chunk_document(_document("")))

    assert chunks == [Chunk("d", 0, 0, "document")]
    assert embedded_text(_document(""), chunks[0]) == "Title."


@given(st.lists(st.sampled_from(["A b.", "C d e.", "F"]), max_size=12).map(" ".join), st.integers(1, 4), st.data())
def test_windows_cover_every_sentence_in_order(text: str, sentences: int, data: st.DataObject) -> None:
    """Windows start later and later, end at sentence ends, and every sentence is whole in one of them."""
    stride = data.draw(st.integers(1, sentences))
    whole, *windows = chunk_document(_document(text), sentences=sentences, stride=stride)
    spans = sentence_spans(text)

    assert (whole.start, whole.end) == (0, len(text))
    assert [window.start for window in windows] == sorted({window.start for window in windows})
    if len(spans) > sentences:
        assert all(any(w.start <= start and end <= w.end for w in windows) for start, end in spans)


@pytest.mark.parametrize("stride", [0, 4])
def test_a_stride_that_leaves_sentences_out_is_refused(stride: int) -> None:
    """A programming mistake, so no RagError."""
    with pytest.raises(ValueError, match=f"stride must be from 1 to 3, got {stride}"):
        list(chunk_document(_document(_FIVE), sentences=3, stride=stride))


def test_the_title_is_embedded_with_every_chunk() -> None:
    """A window alone may not say what it is about."""
    window = list(chunk_document(_document(_FIVE), sentences=3, stride=2))[1]

    assert embedded_text(_document(_FIVE), window) == "Title. A one. B two. C three."
