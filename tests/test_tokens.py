from pathlib import Path

import numpy as np
import pytest
from fakes import HashEmbedder

from rag.chunks import chunk_document, embedded_text
from rag.index.tokens import TITLE, TokenIndex, TokenWriter, max_similarity, to_codes, tokens_of
from rag.text import sentence_spans
from rag.types import Document

_TEXT = "Phones are small. MobileTL cuts memory. Nothing else helps. It runs well. Blocks stay frozen."
_DOCUMENT = Document("a", "Learning on phones", _TEXT)


def _tokens(document: Document, embedder: HashEmbedder):  # type: ignore[no-untyped-def]
    chunks = list(chunk_document(document))
    embeddings = list(embedder.embed([embedded_text(document, chunk) for chunk in chunks]))
    return tokens_of(document, sentence_spans(document.text), chunks, embeddings)


def test_every_word_that_tells_is_kept_once_with_its_sentence() -> None:
    """Windows overlap, yet each sentence's words come from one of them; stop words and full stops are left out."""
    tokens = _tokens(_DOCUMENT, HashEmbedder())

    counts = {number: int((tokens.sentences == number).sum()) for number in [*range(5), TITLE]}
    # "Phones small", "MobileTL cuts memory", "Nothing else helps", "runs well", "Blocks stay frozen", "Learning phones"
    assert counts == {0: 2, 1: 3, 2: 3, 3: 2, 4: 3, TITLE: 2}


def test_tokens_survive_being_kept(tmp_path: Path) -> None:
    """Eight bits a number change a cosine by less than a hundredth."""
    documents = [_tokens(_DOCUMENT, HashEmbedder()), _tokens(Document("b", "Known by title", ""), HashEmbedder())]
    with TokenWriter(tmp_path, 64) as writer:
        for tokens in documents:
            writer.append(to_codes(tokens))

    for position, before in enumerate(documents):
        after = TokenIndex(tmp_path)[position]
        assert np.array_equal(after.sentences, before.sentences)
        assert (after.vectors * before.vectors).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_the_match_is_the_mean_of_the_best_cosines() -> None:
    """By hand: the first piece finds itself (1), the second at best 0.6 of the way (0.6): mean 0.8."""
    question = np.array([[1, 0], [0, 1]], dtype=np.float32)
    document = np.array([[1, 0], [0.8, 0.6]], dtype=np.float32)

    assert max_similarity(question, document) == pytest.approx(0.8)


def test_nothing_matches_nothing() -> None:
    """A question without pieces, or a paper without, scores 0."""
    pieces = np.ones((1, 2), dtype=np.float32)

    assert max_similarity(pieces[:0], pieces) == max_similarity(pieces, pieces[:0]) == 0.0
