from pathlib import Path

import pytest
from conftest import WritePapers
from fakes import HashEmbedder

from rag.embedder import Embedder
from rag.errors import QuestionError
from rag.index import Index, build_folder
from rag.retriever import MAX_QUESTION_CHARACTERS, Retriever, check_question, to_passages, token_weight

_QUESTIONS = [
    "How much memory does MobileTL save?",
    "int8 quantization of large language models",
    "hardware design with language models",
    "asdf qwer zxcv",
    "the of and",
    r"M^{3}ViT \frac{1}{2}",
    "日本語の質問",
    "?1",
    "Ｆｕｌｌｗｉｄｔｈ İstanbul ﬁve",
]


@pytest.fixture(scope="module")
def index(seed_index: Path) -> Index:
    return Index(seed_index)


@pytest.fixture(scope="module")
def retriever(index: Index, embedder: Embedder) -> Retriever:
    return Retriever(index, embedder)


@pytest.mark.model
@pytest.mark.parametrize("question", _QUESTIONS)
def test_passages_are_ranked_from_1_by_falling_scores_each_paper_once(
    index: Index, retriever: Retriever, question: str
) -> None:
    """Whatever is asked, there are top_k passages, and each is a stretch of its document."""
    passages = to_passages(retriever.search(question, 12))

    assert [passage.rank for passage in passages] == list(range(1, 13))
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)
    assert len({passage.document_id for passage in passages}) == 12
    for passage in passages:
        document = index.document(passage.document_id)
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.title == document.title


@pytest.mark.model
def test_the_first_ranks_do_not_hang_on_how_many_are_asked_for(retriever: Retriever) -> None:
    """The best five are the first five of the best forty."""
    five, forty = (retriever.search(_QUESTIONS[1], top_k) for top_k in (5, 40))

    assert [hit.document.id for hit in five] == [hit.document.id for hit in forty[:5]]


@pytest.mark.model
def test_asking_for_more_papers_than_there_are_gives_all(index: Index, retriever: Retriever) -> None:
    """A top_k beyond the corpus is no error."""
    assert len(retriever.search("models", 10_000)) == index.document_count


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("MobileTL", "MobileTL"),
        ("mobile TL memory", "MobileTL"),
        ("m3vit", "M^3ViT"),
        ("How can a phone learn new tasks without storing activations?", "MobileTL"),
    ],
)
def test_a_paper_is_found_by_its_name_and_by_its_meaning(retriever: Retriever, question: str, title: str) -> None:
    """In any spelling of the name, and in words the paper does not use."""
    best = [hit.document.title for hit in retriever.search(question, 3)]

    assert any(found.startswith(title) for found in best), best


@pytest.mark.model
@pytest.mark.parametrize("question", _QUESTIONS)
def test_a_search_within_papers_finds_them_and_no_other(index: Index, retriever: Retriever, question: str) -> None:
    """The filter keeps the papers chosen, all of them, however far from the question."""
    chosen = [document.id for document in index.store.all_documents()][5:12]

    assert {hit.document.id for hit in retriever.search(question, 100, within=chosen)} == set(chosen)
    assert len(retriever.search(question, 2, within=set(chosen))) == 2


def test_shared_words_decide_when_vectors_count_words(tmp_path: Path, write_papers: WritePapers) -> None:
    """By hand: one paper shares three words with the question, one shares one, one none."""
    embedder = HashEmbedder()
    papers = [("Apples", "Green apples grow."), ("Trains", "Fast trains carry green people."), ("Stones", "Grey rock.")]
    build_folder([write_papers(*papers)], tmp_path / "index", embedder)

    hits = Retriever(Index(tmp_path / "index"), embedder).search("green apples grow", 3)

    assert [hit.document.title for hit in hits] == ["Apples", "Trains", "Stones"]
    assert hits[2].lexical == 0
    assert 0 < hits[1].lexical < hits[0].lexical <= 1


def test_the_window_that_matched_is_shown(tmp_path: Path, write_papers: WritePapers) -> None:
    """Of a long abstract the passage is the stretch about the question."""
    embedder = HashEmbedder()
    text = "Alpha one. Beta two. Gamma three. Delta four. Zebra stripes matter. Zebra herds roam."
    build_folder([write_papers(("Title", text))], tmp_path / "index", embedder)

    hit = Retriever(Index(tmp_path / "index"), embedder).search("zebra stripes herds", 1)[0]

    assert "Zebra stripes" in text[hit.start : hit.end]
    assert "Alpha" not in text[hit.start : hit.end]


def test_equal_papers_keep_the_order_of_the_index(tmp_path: Path, write_papers: WritePapers) -> None:
    """Ties are not broken by chance."""
    embedder = HashEmbedder()
    papers = [("One", "zebra"), ("Two", "zebra zebra."), ("Three", "lion")]
    build_folder([write_papers(*papers)], tmp_path / "index", embedder)

    titles = [hit.document.title for hit in Retriever(Index(tmp_path / "index"), embedder).search("nothing shared", 3)]

    assert titles == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "^the question is empty: ask in words"),
        (" ?! \n", "^the question is empty: ask in words"),
        ("x" * (MAX_QUESTION_CHARACTERS + 1), "^the question has 4,001 characters: ask in 4,000 or fewer$"),
        (7, "^the question is int, not text$"),
    ],
)
def test_a_question_that_is_none_is_refused(question: str, message: str) -> None:
    """Blank, without a letter, overlong, or no text at all."""
    with pytest.raises(QuestionError, match=message):
        check_question(question)


def test_the_longest_question_is_searched(retriever: Retriever) -> None:
    """Up to the limit, inclusive."""
    assert retriever.search(("memory " * 1000)[:MAX_QUESTION_CHARACTERS], 1)


@pytest.mark.parametrize(
    ("top_k", "within", "message"),
    [
        (0, None, "^top_k must be 1 or more, got 0$"),
        (3, ["nobody"], "^no document 'nobody' in the index$"),
        (3, [], "^no document to search in$"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(
    retriever: Retriever, top_k: int, within: list[str] | None, message: str
) -> None:
    """What is wrong is named with its value."""
    with pytest.raises(QuestionError, match=message):
        retriever.search("memory", top_k, within=within)


@pytest.mark.model
def test_no_score_is_above_one(retriever: Retriever) -> None:
    """It is a mean of three parts of at most 1 each."""
    title = "MobileTL: On-device Transfer Learning with Inverted Residual Blocks"
    assert 0.5 < retriever.search(title, 1)[0].score <= 1.0


def test_late_interaction_counts_more_where_few_terms_are_known() -> None:
    """And falls to its least weight where BM25 is sure."""
    weights = [token_weight(matched) for matched in (0.0, 0.1, 0.2, 0.25, 0.9)]

    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 10 * weights[-1]
    assert weights[-1] == weights[-2]
