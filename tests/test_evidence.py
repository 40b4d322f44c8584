import pytest
from fakes import HashEmbedder

from rag.chunks import chunk_document, embedded_text
from rag.evidence import Candidate, EvidenceFinder, Found, asks_several, choose
from rag.evidence.neighbours import with_neighbours
from rag.evidence.papers import listed_papers, named_papers
from rag.index.tokens import tokens_of
from rag.reading import Reading
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


def _find(
    finder: EvidenceFinder, question: str, candidates: list[Candidate], context: str = "", read: int | None = None
) -> Found:
    """Find with readings that speak for no sentence, or for that one alone of each paper."""
    readings = [
        Reading(0.0, [30.0 * (number == read) for number in range(len(sentence_spans(item.document.text)))])
        for item in candidates
    ]
    return finder.find(question, context, candidates, readings)


def _chosen(finder: EvidenceFinder, question: str) -> list[Evidence]:
    return choose(question, _find(finder, question, _BOTH).rankings, _BOTH)


def test_every_sentence_is_found_once_in_the_papers_own_words(finder: EvidenceFinder) -> None:
    """For each clause of a question; offsets lead back to the raw text, LaTeX remnants and all."""
    rankings = _find(finder, "How much memory does MobileTL cut, and how fast is FastNet?", _BOTH).rankings
    texts = {"memory": _MEMORY.text, "speed": _SPEED.text}

    assert rankings
    for ranking in rankings:
        places = {(item.document_id, item.start, item.end) for item in ranking}
        assert len(places) == len(ranking) == sum(len(sentence_spans(text)) for text in texts.values())
        assert all(texts[item.document_id][item.start : item.end] == item.text for item in ranking)


def test_evidence_comes_best_first(finder: EvidenceFinder) -> None:
    """Scores fall in every ranking."""
    for ranking in _find(finder, "How much memory does it cut?", _BOTH, context="MobileTL").rankings:
        scores = [item.score for item in ranking]
        assert scores == sorted(scores, reverse=True)


def test_the_sentence_that_shares_the_words_and_has_the_number_is_first(finder: EvidenceFinder) -> None:
    """A question how much memory is answered by the sentence with memory and a per cent."""
    assert "46" in _find(finder, "How much memory does MobileTL cut?", _BOTH).rankings[0][0].text


def test_a_sentence_that_was_read_as_the_answer_is_first(finder: EvidenceFinder) -> None:
    """Though another one shares more words with the question."""
    ranked = _find(finder, "How much memory does MobileTL cut?", _BOTH[:1], read=3).rankings[0]

    assert ranked[0].text == "Blocks are tuned."


def test_a_clause_is_answered_by_what_was_read_for_it(finder: EvidenceFinder) -> None:
    """Of the papers that were read so; of the others what was read for the whole counts."""
    question = "How small are phones, and how are blocks tuned?"
    sentences = len(sentence_spans(_MEMORY.text))
    whole = [Reading(0.0, [0.0] * len(sentence_spans(item.document.text))) for item in _BOTH]
    parts = [[Reading(0.0, [60.0 * (number == best) for number in range(sentences)])] for best in (2, 1)]

    rankings = finder.find(question, "", _BOTH, whole, parts).rankings

    assert ["It runs" in rankings[0][0].text, "46" in rankings[1][0].text] == [True, True]


def test_a_question_is_answered_as_far_as_its_worst_clause(finder: EvidenceFinder) -> None:
    """One half that is told does not answer for the other."""
    question = "How small are phones, and how are blocks tuned?"
    sentences = len(sentence_spans(_MEMORY.text))
    whole = [Reading(5.0, [5.0] * sentences)]
    told, untold = Reading(4.0, [6.0] * sentences), Reading(-3.0, [-7.0] * sentences)

    both = finder.find(question, "", _BOTH[:1], whole, [[told], [told]])
    half = finder.find(question, "", _BOTH[:1], whole, [[told], [untold]])

    assert (both.answers, half.answers) == (4.0, -3.0)
    assert half.sentence_answers < both.sentence_answers == pytest.approx(5.7)


def test_a_paper_that_was_read_as_answering_goes_before(finder: EvidenceFinder) -> None:
    """Its sentences count by it."""
    readings = [
        Reading(answers, [0.0] * len(sentence_spans(text.text))) for answers, text in ((-9, _MEMORY), (9, _SPEED))
    ]

    assert finder.find("Which one?", "", _BOTH, readings).rankings[0][0].document_id == "speed"


def test_what_is_it_is_answered_by_the_sentence_that_presents_it(finder: EvidenceFinder) -> None:
    """Not by the one that names it most often, with most numbers."""
    text = "SlowNet and SlowNet are 2x and 3x as fast. We present SlowNet, a network. Its parts are small."
    candidates = [_candidate(Document("slow", "SlowNet", text), 1.0)]

    ranked = _find(finder, "What is SlowNet?", candidates).rankings[0]

    assert ranked[0].text == "We present SlowNet, a network."


def test_a_link_is_no_answer_unless_asked_for(finder: EvidenceFinder) -> None:
    """A sentence that says where the code is shares words with many a question."""
    text = "On phones models run slowly. Models for phones are at https://models.example."
    candidates = [_candidate(Document("phones", "Phones", text), 1.0)]

    def first(question: str) -> str:
        return _find(finder, question, candidates).rankings[0][0].text

    assert "https" not in first("How do models run on phones?")
    assert "https" in first("Where are models for phones?")


def test_a_paper_without_text_gives_no_evidence(finder: EvidenceFinder) -> None:
    """A paper known by title alone can be found, but not quoted."""
    candidates = [_candidate(_EMPTY, 1.0)]
    rankings = _find(finder, "How much memory?", candidates).rankings

    assert not any(rankings)
    assert choose("How much memory?", rankings, candidates) == []


def test_the_same_question_finds_the_same_again(finder: EvidenceFinder) -> None:
    """Remembered sentences give what analysed ones gave."""
    assert _find(finder, "How fast?", _BOTH) == _find(finder, "How fast?", _BOTH)


def test_a_comparison_takes_a_sentence_of_each_paper_named(finder: EvidenceFinder) -> None:
    """Both papers speak before either speaks twice."""
    assert {item.document_id for item in _chosen(finder, "Compare MobileTL and FastNet.")[:2]} == {"memory", "speed"}


def test_a_comparison_takes_more_of_a_paper_where_it_is_unsure() -> None:
    """One sentence where one is far ahead, up to four where all are alike."""
    rankings = [_ranking(("memory", 9.0), ("memory", 1.0), *[("speed", 3.0)] * 5)]

    chosen = [item.document_id for item in choose("Compare MobileTL and FastNet.", rankings, _BOTH)]

    assert (chosen.count("memory"), chosen.count("speed")) == (1, 4)


def test_chosen_evidence_is_some_of_what_was_found_each_once(finder: EvidenceFinder) -> None:
    """An answer is made of few sentences, the best one first."""
    question = "How much memory does MobileTL cut?"
    places = {(item.document_id, item.start) for item in _find(finder, question, _BOTH).rankings[0]}

    chosen = [(item.document_id, item.start) for item in _chosen(finder, question)]

    assert chosen[0] == ("memory", _MEMORY.text.index("MobileTL cuts"))
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= places


def _ranking(*scores: tuple[str, float]) -> list[Evidence]:
    evidence = [
        Evidence(paper, paper, f"Sentence {number} of {paper} has {'many ' * 15}words.", number, number + 1, score)
        for number, (paper, score) in enumerate(scores)
    ]
    return sorted(evidence, key=lambda item: -item.score)


def _papers(question: str, *scores: tuple[str, float]) -> list[str]:
    return [item.document_id for item in choose(question, [_ranking(*scores)], _BOTH)]


def test_a_sure_choice_gives_one_sentence_and_an_unsure_one_several() -> None:
    """Scores are logits: a sentence ten points ahead answers, four alike may each."""
    assert _papers("How fast?", ("speed", 10.0), ("speed", 1.0), ("speed", 0.5)) == ["speed"]
    assert _papers("How fast?", *[("speed", 1.0)] * 8) == ["speed"] * 6


def test_asked_for_fewer_words_an_unsure_answer_is_shorter() -> None:
    """Asked for more, near sentences follow a sure one."""
    unsure = [_ranking(*[("speed", 1.0)] * 8)]
    near = [_ranking(("speed", 9.0), ("speed", 7.5), ("speed", 7.4), ("speed", 7.3))]

    def count(rankings: list[list[Evidence]], words: int) -> int:
        return len(choose("How fast?", rankings, _BOTH, words=words))

    assert count(unsure, 2) < count(unsure, 50)
    assert count(near, 2) == 1
    assert count(near, 120) == 4


def test_where_two_papers_may_answer_both_do_and_a_third_does_not() -> None:
    """However near the third comes."""
    scores = ("speed", 1.0), ("memory", 0.9), ("third", 0.8), ("speed", 0.7), ("memory", 0.6)

    assert _papers("How fast?", *scores) == ["speed", "memory", "speed", "memory"]


def test_a_close_second_sentence_of_the_same_paper_comes_along() -> None:
    """Half of the questions ask for two things; one of another paper would be another answer."""
    assert _papers("How fast?", ("speed", 9.0), ("speed", 7.3), ("speed", 4.0)) == ["speed", "speed"]
    assert _papers("How fast?", ("speed", 9.0), ("memory", 6.4), ("speed", 5.0)) == ["speed"]


def test_each_clause_has_its_best_sentence_in_the_answer() -> None:
    """However sure the choice for the other clause is."""
    first = _ranking(("speed", 12.0), ("speed", 2.0), ("speed", 1.0))
    second = _ranking(("speed", 3.0), ("speed", 2.0), ("speed", 6.0))

    chosen = choose("How fast, and on which device?", [first, second], _BOTH)

    assert [item.start for item in chosen] == [0, 2]


def test_an_unsure_clause_gets_more_than_one_sentence() -> None:
    """However sure the choice for the other clause is: the chance is each clause's own."""
    sure = _ranking(("speed", 12.0), ("speed", 2.0), ("speed", 1.0), ("speed", 0.0))
    unsure = _ranking(("speed", -3.0), ("speed", 0.0), ("speed", 3.1), ("speed", 3.0))

    chosen = choose("How fast, and on which device?", [sure, unsure], _BOTH)

    assert [item.start for item in chosen] == [0, 2, 3]


def test_a_list_tells_what_each_paper_presents() -> None:
    """Not its sentence nearest to the question; where a figure is asked for, the one with the figure."""
    papers = [
        Document("one", "A study", "Fast chips are needed. We present OneChip, a chip. OneChip is 5x faster."),
        Document("two", "Another", "Fast chips are rare. We propose TwoChip for speed. Its gain is 5x."),
    ]
    candidates = [_candidate(paper, 1.0) for paper in papers]
    ranking = [
        Evidence(paper.id, paper.title, paper.text[start:end], start, end, score)
        for paper in papers
        for (start, end), score in zip(sentence_spans(paper.text), (4.0, 3.0, 3.5), strict=True)
    ]

    told = choose("Which papers build fast chips?", [ranking], candidates)
    figures = choose("Which papers report a gain of 5x?", [ranking], candidates)

    assert [("OneChip" in item.text or "TwoChip" in item.text) for item in told] == [True, True]
    assert [item.score for item in figures] == [4.0, 4.0]


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("Which small networks are fast on phones?", 1),
        ("Which small models are fast on phones?", 2),
        ("Which of the papers speak of phones?", 2),
        ("Which tool works on phones?", 1),
        ("Which models were used on phones?", 1),
        ("Which of the eight models was best on phones?", 1),
        ("Please name all papers on phones.", 2),
        ("papers dealing with phones", 2),
        ("What do the papers say of phones?", 1),
        ("What work is there on phones?", 2),
        ("Who has looked at phones?", 2),
        ("Any studies of phones?", 2),
    ],
)
def test_only_a_question_for_several_papers_gets_a_list(question: str, papers: int) -> None:
    """By its grammar: a plural that is asked for, not a verb or another noun's companion."""
    ranking = _ranking(("memory", 12.0), ("speed", 1.0))

    assert len(choose(question, [ranking], _BOTH)) == papers


def test_an_enumeration_is_told_to_its_end(finder: EvidenceFinder) -> None:
    """A sentence that says "First, …" brings those that go on with it, and no more."""
    text = "Chips matter. The chip has two ideas: First, it shares units. Second, it skips zeros. It is sold in shops."
    candidates = [_candidate(Document("chip", "The chip", text), 1.0)]

    chosen = choose("Which two ideas has it?", [_told(text, best=1)], candidates)

    assert [item.text for item in chosen] == [
        "The chip has two ideas: First, it shares units.",
        "Second, it skips zeros.",
    ]


@pytest.mark.parametrize(
    ("best", "told"),
    [
        ((1,), ["We present Gate.", "It halves the energy."]),
        ((2,), ["It halves the energy.", "This lets a cell last a year."]),
        # What leans stands behind what it leans on, however important each is.
        ((1, 3, 0), ["We present Gate.", "It halves the energy.", "This paper is short."]),
        ((4, 3), ["Both gates and cells are sold.", "This paper is short."]),
    ],
)
def test_a_sentence_that_leans_on_the_one_before_comes_with_it(best: tuple[int, ...], told: list[str]) -> None:
    """Once, and not where "this" is the paper itself or the words follow that "both" sums up."""
    text = (
        "We present Gate. It halves the energy. This lets a cell last a year. This paper is short. "
        "Both gates and cells are sold."
    )
    ranked = _told(text, best=0)
    sentences = sorted(ranked, key=lambda item: item.start)

    chosen = with_neighbours([sentences[number] for number in best], ranked)

    assert [item.text for item in chosen] == told


def test_an_answer_says_what_its_it_is(finder: EvidenceFinder) -> None:
    """However far ahead the sentence is that begins with it."""
    text = "Chips matter. We present Gate. It halves the energy. It is sold in shops."
    candidates = [_candidate(Document("chip", "The chip", text), 1.0)]

    chosen = choose("What does it do to the energy?", [_told(text, best=2)], candidates)

    assert [item.text for item in chosen] == ["We present Gate.", "It halves the energy."]


def _told(text: str, *, best: int) -> list[Evidence]:
    """Return the sentences of a text with one far ahead."""
    spans = list(enumerate(sentence_spans(text)))
    told = [
        Evidence("chip", "The chip", text[start:end], start, end, 20.0 if number == best else 1.0)
        for number, (start, end) in spans
    ]
    return sorted(told, key=lambda item: -item.score)


def test_names_joined_by_and_are_two_papers(finder: EvidenceFinder) -> None:
    """Even where one of the papers mentions the other."""
    rival = _candidate(Document("rival", "SlowNet", "We present SlowNet. FastNet is 2x faster than SlowNet."), 1.0)
    candidates = [rival, *_BOTH]
    question = "By what factor are SlowNet and FastNet faster?"

    chosen = choose(question, _find(finder, question, candidates).rankings, candidates)

    assert {item.document_id for item in chosen} == {"rival", "speed"}


def test_a_paper_that_half_a_question_is_about_is_told_too(finder: EvidenceFinder) -> None:
    """Where one of the two is named and the other described; a question about one paper stays with it."""
    question = "How much memory does MobileTL cut on V2, and how many times faster than its rival is the other one?"
    second = finder.second_paper(question, _BOTH)
    rankings = _find(finder, question, _BOTH).rankings

    assert second == "speed"
    assert {item.document_id for item in choose(question, rankings, _BOTH, second=second)} == {"memory", "speed"}
    assert finder.second_paper("How much memory does MobileTL cut on V2, and on which phone?", _BOTH) is None


def test_a_paper_is_named_by_its_title_too() -> None:
    """Letter for letter, however it is set."""
    study = _candidate(Document("study", "Small steps, big leaps: a study", "We walk."), 1.0)

    assert named_papers("What is told in 'Small Steps, Big Leaps'?", [study, *_BOTH]) == ["study"]


def test_two_papers_that_are_described_are_both_told(finder: EvidenceFinder) -> None:
    """What is asked of each is asked of both, though neither is named; a question about one thing gets one."""
    question = "How does the work on phones and the one on speed each help?"
    rankings = _find(finder, question, _BOTH).rankings

    assert {item.document_id for item in choose(question, rankings, _BOTH)} == {"memory", "speed"}
    assert asks_several(question, _BOTH)
    assert not asks_several("How does the work on phones help?", _BOTH)


def test_the_name_of_a_paper_does_not_choose_among_its_sentences(finder: EvidenceFinder) -> None:
    """Else the sentence with the name wins, whatever is asked."""
    asked = finder.asked("Which phone does MobileTL run on?", ["MobileTL"])

    assert "mobiletl" not in asked.terms
    assert len(asked.tokens) < len(finder.asked("Which phone does MobileTL run on?", []).tokens)
    assert len(finder.asked("MobileTL MobileTL MobileTL", ["MobileTL"]).tokens)


def test_what_a_paper_lacks_shows_in_the_pieces_that_match_least(finder: EvidenceFinder) -> None:
    """A word that stands nowhere in it matches nothing."""
    known = _find(finder, "Phones are small", _BOTH)
    unknown = _find(finder, "Zebras eat violins", _BOTH)

    assert unknown.least_match < known.least_match <= 1.001


def test_what_several_papers_call_their_own_names_none_of_them(finder: EvidenceFinder) -> None:
    """An abbreviation of a whole field is no paper's name."""
    search = Document("search", "SlowNet", "We propose SlowNet, a NAS method.  It searches.")
    survey = Document("survey", "A survey", "We present NAS in short.  It is long.")
    both = [_candidate(_MEMORY, 1.0), _candidate(search, 0.9), _candidate(survey, 0.8)]

    assert named_papers("Does MobileTL beat plain NAS here?", both) == ["memory"]


def test_sentences_of_an_enumeration_chosen_backwards_stand_in_order() -> None:
    """And so do those that each lean on the one before."""
    listed = "First, it shares units. Second, it skips zeros."
    leaning = "We present Gate. It is small. This is new."

    for text, chosen in ((listed, (1, 0)), (leaning, (2, 1))):
        sentences = sorted(_told(text, best=0), key=lambda item: item.start)

        assert with_neighbours([sentences[number] for number in chosen], sentences) == sentences


@pytest.mark.parametrize(
    ("question", "wanted"),
    [("Which papers use LLMs?", {"small", "llm"}), ("Which papers use ViT?", {"vit"})],
)
def test_a_list_is_of_papers_that_have_the_name_as_a_word(question: str, wanted: set[str]) -> None:
    """Not of those with "activity"; where none has it, of all."""
    texts = {
        "vit": "We run a ViT.",
        "activity": "Its activity is low.",
        "small": "LLM-based agents play.",
        "llm": "We prune LLMs.",
    }
    candidates = [_candidate(Document(name, name, text), 1.0) for name, text in texts.items()]

    assert {item.document.id for item in listed_papers(question, candidates)} == wanted


def test_what_lowers_the_threshold_is_what_is_answered_of_two() -> None:
    """A question that speaks of a first and a second stage of one named paper is about one paper."""
    question = "How many blocks does MobileTL tune in the first stage and how many in the second?"

    assert not asks_several(question, _BOTH)
    assert asks_several("What do FastNet and MobileTL cut?", _BOTH)
    assert asks_several("How much does FastNet speed up, and what is cut?", _BOTH[::-1], second="memory")
