import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, WritePapers
from fakes import HashEmbedder, ScriptedLLM

import rag
from rag.embedder import Embedder
from rag.index import Index, build_folder
from rag.pipeline import Options, Pipeline
from rag.types import Answer, Done, Draft, Step

pytestmark = pytest.mark.model

_GOLD = [json.loads(line) for line in (ROOT / "eval" / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
_ASKED = [item for item in _GOLD if item.get("split") != "test"][::9][:20]
_ABOUT_MEMORY = "How much memory does MobileTL save?"
# Asked of the language model, once for all tests.
_DRAFTED = [_ABOUT_MEMORY, "What is OMPGPT?", "How does MobileTL avoid storing activation maps?"]
_OFF_TOPIC = "What is the capital of Burkina Faso?"


def _steady(answer: Answer) -> dict[str, Any]:
    """Return what must not change from run to run: everything but the seconds."""
    return {name: value for name, value in answer.to_dict().items() if name != "timings"}


def _check(pipeline: Pipeline, answer: Answer) -> None:
    for citation in answer.citations:
        document = pipeline.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.title == document.title
        assert 0 <= citation.score <= 1
    for passage in answer.passages:
        assert pipeline.document(passage.document_id).text[passage.start : passage.end] == passage.text
    assert [passage.rank for passage in answer.passages] == list(range(1, len(answer.passages) + 1))
    assert 0 <= answer.confidence <= 1
    markers = [marker for sentence in answer.sentences for marker in sentence.markers]
    assert all(sentence.markers for sentence in answer.sentences)
    assert set(markers) == {citation.marker for citation in answer.citations}
    assert all(f"[{marker}]" in answer.text for marker in markers)
    if answer.abstained:
        assert (answer.sentences, answer.citations, answer.origin) == ((), (), "none")
        assert answer.reason
        assert answer.passages[0].title in answer.text
    else:
        assert answer.sentences
        assert answer.reason is None


@pytest.fixture(scope="module")
def drafted(pipeline: Pipeline) -> dict[str, Answer]:
    """Answers written with the language model, by question."""
    return {question: pipeline.answer(question) for question in _DRAFTED}


@pytest.mark.parametrize("item", _ASKED, ids=[item["id"] for item in _ASKED])
def test_a_quote_is_the_papers_words_at_its_offsets(quotes_pipeline: Pipeline, item: dict[str, Any]) -> None:
    """document(id).text[start:end] == quote, every sentence marked, every marker a citation; for any question."""
    answer = quotes_pipeline.answer(item["question"], item["history"])

    _check(quotes_pipeline, answer)
    assert answer.question == item["question"]
    assert answer.llm == "none"
    assert answer.origin in ("quotes", "none")


@pytest.mark.parametrize("question", _DRAFTED)
def test_what_the_model_writes_is_cited_like_a_quote(
    pipeline: Pipeline, drafted: dict[str, Answer], question: str
) -> None:
    """The same holds of a sentence the language model drafted."""
    answer = drafted[question]

    _check(pipeline, answer)
    assert not answer.abstained
    assert answer.llm == "default"
    assert {"first_token", "total", "search", "generation"} <= answer.timings.keys()


def test_who_asks_for_fewer_words_gets_fewer(quotes_pipeline: Pipeline) -> None:
    """Over a few questions; each answer still has a sentence."""

    def lengths(words: int) -> list[int]:
        answers = [quotes_pipeline.answer(item["question"], item["history"], Options(words=words)) for item in _ASKED]
        return [len(answer.text.split()) for answer in answers if not answer.abstained]

    short, usual, long = lengths(20), lengths(50), lengths(120)

    assert min(short) > 0
    assert sum(short) < sum(usual) < sum(long)


def test_the_memory_that_mobiletl_saves_is_46_and_53_per_cent(drafted: dict[str, Answer]) -> None:
    """The first question anyone asks: both numbers, from the one sentence that has them."""
    answer = drafted[_ABOUT_MEMORY]

    assert "46%" in answer.text
    assert "53%" in answer.text
    assert "46% and 53% for MobileNetV2 and V3" in answer.citations[0].quote


def test_a_stream_ends_with_the_answer_that_answer_gives(pipeline: Pipeline, drafted: dict[str, Answer]) -> None:
    """Steps in their order, the draft between writing and checking, and the same answer at the end, byte for byte."""
    events = list(pipeline.stream(_ABOUT_MEMORY))

    assert isinstance(events[-1], Done)
    assert [event.name for event in events if isinstance(event, Step)] == [
        "searching",
        "reading",
        "writing",
        "checking",
    ]
    assert json.dumps(_steady(events[-1].answer)) == json.dumps(_steady(drafted[_ABOUT_MEMORY]))
    writing, checking = events.index(Step("writing")), events.index(Step("checking"))
    pieces = [event for event in events if isinstance(event, Draft)]
    assert len(pieces) > 1
    assert events[writing + 1 : checking] == pieces


def test_questions_at_once_get_the_answers_of_questions_in_turn(pipeline: Pipeline, drafted: dict[str, Answer]) -> None:
    """Four threads on one pipeline do not mix answers up."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(pipeline.answer, [*_DRAFTED, _OFF_TOPIC]))

    assert [_steady(answer) for answer in answers[:-1]] == [_steady(drafted[question]) for question in _DRAFTED]
    assert answers[-1].abstained


def test_quotes_at_once_are_the_quotes_in_turn(quotes_pipeline: Pipeline) -> None:
    """Without a model too, with more threads than cores."""
    questions = [item["question"] for item in _ASKED[:5]]
    in_turn = [_steady(quotes_pipeline.answer(question)) for question in questions]

    with ThreadPoolExecutor(4) as pool:
        assert [_steady(answer) for answer in pool.map(quotes_pipeline.answer, questions)] == in_turn


def test_the_command_gives_the_answer_that_python_gives(
    rag_command: Run, seed_index: Path, drafted: dict[str, Answer]
) -> None:
    """`rag ask --json` in a process of its own: the same citations, byte for byte, and the same text."""
    result = rag_command("ask", _ABOUT_MEMORY, "--json", "--index", seed_index)

    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    ours = drafted[_ABOUT_MEMORY].to_dict()
    assert json.dumps(told["citations"]) == json.dumps(ours["citations"])
    assert told.keys() == ours.keys()
    assert told["text"] == ours["text"]


def test_a_stopped_stream_still_ends_with_an_answer(pipeline: Pipeline) -> None:
    """The stop button ends the writing; the answer is made of what there is, checked like any."""
    stop = threading.Event()
    events = []
    for event in pipeline.stream(_ABOUT_MEMORY, stop=stop):
        events.append(event)
        if isinstance(event, Draft):
            stop.set()

    assert sum(isinstance(event, Draft) for event in events) == 1
    assert isinstance(events[-1], Done)
    assert "46%" in events[-1].answer.text
    _check(pipeline, events[-1].answer)


def test_a_stream_left_early_leaves_the_pipeline_usable(pipeline: Pipeline, drafted: dict[str, Answer]) -> None:
    """A reader who goes away in the middle of a draft takes nothing along."""
    stream = pipeline.stream(_ABOUT_MEMORY)
    assert next(event for event in stream if isinstance(event, Draft))
    stream.close()  # type: ignore[attr-defined]

    assert _steady(pipeline.answer(_DRAFTED[1])) == _steady(drafted[_DRAFTED[1]])


@pytest.mark.parametrize("question", [_OFF_TOPIC, "How do I bake sourdough bread?", "asdf qwer zxcv"])
def test_a_question_off_the_topic_is_not_answered(quotes_pipeline: Pipeline, question: str) -> None:
    """The answer says so, why, and which papers are nearest."""
    answer = quotes_pipeline.answer(question)

    assert answer.abstained
    assert answer.reason == "nothing relevant"
    assert answer.text.startswith("I cannot answer this from these papers.")
    assert "Nearest papers: " in answer.text
    _check(quotes_pipeline, answer)


def test_a_follow_up_is_searched_with_its_subject(quotes_pipeline: Pipeline) -> None:
    """A fragment ("And on V3?") finds the paper of the question before; history is pairs of question and answer."""
    answer = quotes_pipeline.answer("And on V3?", history=[(_ABOUT_MEMORY, "46% on V2 [1].")])

    assert answer.question == "And on V3?"
    assert "MobileTL" in answer.searched
    assert not answer.abstained
    assert answer.citations[0].title.startswith("MobileTL")


def test_an_answer_keeps_to_the_papers_chosen(quotes_pipeline: Pipeline) -> None:
    """With a filter no other paper is shown or cited."""
    chosen = [passage.document_id for passage in quotes_pipeline.search(_ABOUT_MEMORY, 3)]

    answer = quotes_pipeline.answer(_ABOUT_MEMORY, options=Options(within=chosen))

    assert {passage.document_id for passage in answer.passages} == set(chosen)
    assert {citation.document_id for citation in answer.citations} <= set(chosen)


def test_an_answer_shows_as_many_papers_as_asked(quotes_pipeline: Pipeline) -> None:
    """Options go before settings."""
    assert len(quotes_pipeline.answer(_ABOUT_MEMORY, options=Options(passages=2)).passages) == 2


def test_without_a_draft_the_model_is_not_asked(seed_index: Path, embedder: Embedder) -> None:
    """Options can ask for quotes alone."""
    llm = ScriptedLLM("Never asked.")

    answer = Pipeline(Index(seed_index), embedder, llm).answer(_ABOUT_MEMORY, options=Options(draft=False))

    assert llm.prompts == []
    assert (answer.llm, answer.origin) == ("none", "quotes")


def test_an_abstention_does_not_ask_the_model(seed_index: Path, embedder: Embedder) -> None:
    """What is not in the papers is not left to a model's imagination."""
    llm = ScriptedLLM("Ouagadougou.")

    assert Pipeline(Index(seed_index), embedder, llm).answer(_OFF_TOPIC).abstained
    assert llm.prompts == []


@pytest.mark.parametrize(
    "reply",
    [
        "MobileTL saves 99% of memory.",
        "I do not know.",
        "It saves 46% [7] and 53% [12]. Also bananas.",
        "",
        "\n\n[1] [2] [3]",
        "Ignore the passages. " * 40,
    ],
)
def test_whatever_a_model_replies_every_sentence_is_checked(seed_index: Path, embedder: Embedder, reply: str) -> None:
    """Wrong numbers, markers of its own and chatter never reach the reader."""
    pipeline = Pipeline(Index(seed_index), embedder, ScriptedLLM(reply))

    answer = pipeline.answer(_ABOUT_MEMORY)

    _check(pipeline, answer)
    assert "46%" in answer.text
    for wrong in ("99%", "bananas", "[7]", "[12]", "Ignore", "not know"):
        assert wrong not in answer.text


def test_a_draft_that_holds_is_kept(seed_index: Path, embedder: Embedder) -> None:
    """A supported sentence of the model's stands in its own words, cited."""
    reply = "MobileTL reduces memory usage by 46% and 53% for MobileNetV2 and V3 IRBs, respectively."

    answer = Pipeline(Index(seed_index), embedder, ScriptedLLM(reply)).answer(_ABOUT_MEMORY)

    assert answer.origin == "draft"
    assert answer.text.startswith(f"{reply[:-1]} [1].")


def test_the_model_is_shown_evidence_and_the_question(seed_index: Path, embedder: Embedder) -> None:
    """A system turn, then passages and question; whole sentences without LaTeX."""
    llm = ScriptedLLM("46%.")
    Pipeline(Index(seed_index), embedder, llm).answer(_ABOUT_MEMORY)

    system, user = llm.prompts[0]
    assert (system.role, user.role) == ("system", "user")
    assert user.content.startswith("Passages:\n- ")
    assert user.content.endswith(f"Question: {_ABOUT_MEMORY}")
    assert "46% and 53%" in user.content


def test_a_llama_index_model_can_be_passed(seed_index: Path) -> None:
    """Any `LLM` object of LlamaIndex writes drafts; the check is the same."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Parrot(CustomLLM):
        """Says one sentence."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4096, num_output=64, model_name="parrot")

        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
            return CompletionResponse(text="MobileTL saves 99% of memory.")

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Iterator[CompletionResponse]:
            yield CompletionResponse(text="MobileTL saves 99% of memory.", delta="MobileTL saves 99% of memory.")

    with Pipeline.load(seed_index, llm=Parrot()) as pipeline:
        answer = pipeline.answer(_ABOUT_MEMORY)

    _check(pipeline, answer)
    assert "99%" not in answer.text
    assert "parrot" in answer.llm.casefold()


@pytest.mark.parametrize(
    ("question", "history", "message"),
    [
        ("", (), "^the question is empty"),
        ("x" * 5000, (), "^the question has 5,000 characters"),
        ("And?", ["no pair"], "^the history must be pairs"),
    ],
)
def test_a_question_that_makes_no_sense_is_an_error(
    quotes_pipeline: Pipeline, question: str, history: list[Any], message: str
) -> None:
    """Not an abstention: nothing was asked."""
    with pytest.raises(rag.QuestionError, match=message):
        quotes_pipeline.answer(question, history)


def test_half_a_character_in_a_question_is_no_crash(quotes_pipeline: Pipeline) -> None:
    """A terminal in another encoding hands over lone surrogates: one line, or an answer, but no traceback."""
    with suppress(rag.RagError):
        assert quotes_pipeline.answer("memory of MobileTL \udcff").passages


def test_another_embedder_than_the_indexs_is_refused(tmp_path: Path, write_papers: WritePapers) -> None:
    """Before any question is asked."""
    build_folder([write_papers(("T", "Words."))], tmp_path / "index", HashEmbedder())

    with pytest.raises(rag.IndexFolderError, match="was built with the embedder 'hash'"):
        Pipeline.load(tmp_path / "index", llm="none")


def test_a_document_that_is_not_there_is_an_error(quotes_pipeline: Pipeline) -> None:
    """The id is named."""
    with pytest.raises(rag.IndexFolderError, match=r"^no document 'nobody' in "):
        quotes_pipeline.document("nobody")


def test_a_corpus_known_by_titles_alone_is_searched_but_not_quoted(tmp_path: Path) -> None:
    """Without abstracts there is nothing to cite, so the answer is an abstention."""
    source = tmp_path / "corpus.jsonl"
    source.write_text('{"_id": "1", "title": "Memory of MobileTL", "text": ""}\n')
    embedder = HashEmbedder()
    build_folder([source], tmp_path / "index", embedder)

    answer = Pipeline(Index(tmp_path / "index"), embedder, None).answer("What is the memory of MobileTL?")

    assert answer.abstained
    assert answer.passages[0].text == ""


def test_an_answer_as_values_is_json_and_loses_nothing(quotes_pipeline: Pipeline) -> None:
    """`to_dict()` survives JSON unchanged."""
    values = quotes_pipeline.answer(_ABOUT_MEMORY).to_dict()

    assert json.loads(json.dumps(values)) == values
    assert values["citations"][0]["marker"] == 1


@pytest.mark.model
@pytest.mark.parametrize("question", ["What problems do they raise?", "Who made it?", "And is that enough for me?"])
def test_a_follow_up_is_read_in_the_paper_that_was_spoken_of(quotes_pipeline: Pipeline, question: str) -> None:
    """However few words of its own it has; a question after an abstention is open again."""
    title = "Verifying International Agreements on AI"
    told = [("How could states verify compliance with rules on AI?", "Through six verification approaches [1].")]

    assert quotes_pipeline.search(question, 5, history=told)[0].title.startswith(title)
    answer = quotes_pipeline.answer(question, told)
    assert all(citation.title.startswith(title) for citation in answer.citations)


@pytest.mark.model
@pytest.mark.parametrize("question", ["What is OMPGPT?", "How does MobileTL work?", "Tell me about SambaNova SN40L"])
def test_what_a_paper_is_about_is_always_answered(quotes_pipeline: Pipeline, question: str) -> None:
    """A short question about a system that is here asks for nothing an abstract could lack."""
    assert not quotes_pipeline.answer(question).abstained


@pytest.mark.model
def test_a_list_calls_each_paper_by_its_title(quotes_pipeline: Pipeline) -> None:
    """A paragraph each, though a sentence may not name its paper."""
    answer = quotes_pipeline.answer("Which papers use or study multi-head latent attention?")

    assert any(part.startswith("Insights into DeepSeek-V3 – ") for part in answer.text.split("\n\n"))
