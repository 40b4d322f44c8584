import pytest
from fakes import HashEmbedder

from rag.chunks import chunk_document, embedded_text
from rag.evidence import Candidate, EvidenceFinder, choose
from rag.index.tokens import tokens_of
from rag.text import sentence_spans
from rag.types import Document, Evidence

_MEMORY = Document(
    "memory",
    "MobileTL: learning on phones",
    "Phones are small. MobileTL cuts memory by 46\\% on V2. It runs on any phone.  Blocks are tuned.",
)
_SPEED = Document("speed", "FastNet", "Speed matters. FastNet is 7.9times faster than its rival. We release it.")
_EMPTY = Document("empty", "Known by title", "")
_EMBEDDER = HashEmbedder(dimension=4096)


def _candidate(document: Document, score: float) -> Candidate:
    chunks = list(chunk_document(document))
    embeddings = list(_EMBEDDER.embed([embedded_text(document, chunk) for chunk in chunks]))
    return Candidate(document, score, tokens_of(document, sentence_spans(document.text), chunks, embeddings))


_BOTH = [_candidate(_MEMORY, 1.0), _candidate(_SPEED, 0.9)]


@pytest.fixture
def finder() -> EvidenceFinder:
    return EvidenceFinder(_EMBEDDER, lambda _: 1.0)


def _chosen(finder: EvidenceFinder, question: str) -> list[Evidence]:
    return choose(question, finder.find(question, "", _BOTH).rankings, _BOTH).evidence


def test_every_sentence_is_found_once_in_the_papers_own_words(finder: EvidenceFinder) -> None:
    """For each clause of a question; offsets lead back to the raw text, LaTeX remnants and all."""
    rankings = finder.find("How much memory does MobileTL cut, and how fast is FastNet?", "", _BOTH).rankings
    texts = {"memory": _MEMORY.text, "speed": _SPEED.text}

    assert rankings
    for ranking in rankings:
        places = {(item.document_id, item.start, item.end) for item in ranking}
        assert len(places) == len(ranking) == sum(len(sentence_spans(text)) for text in texts.values())
        assert all(texts[item.document_id][item.start : item.end] == item.text for item in ranking)


def test_evidence_comes_best_first(finder: EvidenceFinder) -> None:
    """Scores fall in every ranking."""
    for ranking in finder.find("How much memory does it cut?", "MobileTL", _BOTH).rankings:
        scores = [item.score for item in ranking]
        assert scores == sorted(scores, reverse=True)


def test_the_sentence_that_shares_the_words_and_has_the_number_is_first(finder: EvidenceFinder) -> None:
    """A question how much memory is answered by the sentence with memory and a per cent."""
    assert "46" in finder.find("How much memory does MobileTL cut?", "", _BOTH).rankings[0][0].text


def test_a_paper_without_text_gives_no_evidence(finder: EvidenceFinder) -> None:
    """A paper known by title alone can be found, but not quoted."""
    candidates = [_candidate(_EMPTY, 1.0)]
    rankings = finder.find("How much memory?", "", candidates).rankings

    assert not any(rankings)
    assert choose("How much memory?", rankings, candidates).evidence == []


def test_the_same_question_finds_the_same_again(finder: EvidenceFinder) -> None:
    """Remembered sentences give what analysed ones gave."""
    assert finder.find("How fast?", "", _BOTH) == finder.find("How fast?", "", _BOTH)


def test_the_best_sentence_says_how_well_it_matches(finder: EvidenceFinder) -> None:
    """A question in a paper's own words matches wholly, one in others does not."""
    assert finder.find("MobileTL cuts memory", "", _BOTH).token_match > 0.99
    assert finder.find("banana bread", "", _BOTH).token_match < 0.5


def test_a_comparison_takes_a_sentence_of_each_paper_named(finder: EvidenceFinder) -> None:
    """Both papers speak before either speaks twice."""
    assert {item.document_id for item in _chosen(finder, "Compare MobileTL and FastNet.")[:2]} == {"memory", "speed"}


def test_chosen_evidence_is_some_of_what_was_found_each_once(finder: EvidenceFinder) -> None:
    """An answer is made of few sentences, the best one first."""
    question = "How much memory does MobileTL cut?"
    places = {(item.document_id, item.start) for item in finder.find(question, "", _BOTH).rankings[0]}

    chosen = [(item.document_id, item.start) for item in _chosen(finder, question)]

    assert chosen[0] == ("memory", _MEMORY.text.index("MobileTL cuts"))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= places
