"""The line from question to checked answer: the only place that knows the order of the steps."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from rag.abstention import (
    Signals,
    confidence,
    is_answerable,
    reason_for,
)
from rag.answers import Clock, make_abstention, make_answer
from rag.composition import compose, quote
from rag.config import Settings, read_settings
from rag.conversation import Standalone, stand_alone
from rag.embedder import Embedder, open_embedder
from rag.evidence import Candidate, EvidenceFinder, asks_several, choose, clauses_of
from rag.index import Index, check_embedder
from rag.listing import asks_list
from rag.llm import LLM, Message, open_llm, wrap_llama_index
from rag.naming import own_names
from rag.onnx_bert import shipped_model_dir
from rag.prompt import build_prompt
from rag.reading import OnnxReader, Paper
from rag.reranker import CrossEncoderReranker
from rag.retriever import Hit, Retriever, check_question, to_passages
from rag.signals import OWNERS_AMONG, measure
from rag.text import names_in, readable, squeeze
from rag.types import Answer, Document, Done, Draft, Event, Evidence, Passage, Step, Working

History = Sequence[Sequence[str]]
SEED = 0
# Documents whose sentences are weighed, and what part of the best one's score each needs; further ones hardly ever
# hold the answer.
_READ_DOCUMENTS = 8
_READ_SHARE = 0.6
_READ_BY_CLAUSE = 2
_DRAFT_EVIDENCE = 3
_MAX_DRAFT_TOKENS = {"tiny": 96, "full": 256}
_PROMPT_BUDGET = {"tiny": 400, "full": 2000}


@dataclass(frozen=True, slots=True)
class Options:
    """How one question is to be answered.

    Attributes:
        passages: Papers to retrieve.
        words: About how long a sure answer may get; an unsure one gets longer, and sentences stay whole.
        within: Ids of the papers to look in; None for all.
        draft: Let the language model write; without it the answer is quotes.
    """

    passages: int = 8
    words: int = 50
    within: Collection[str] | None = None
    draft: bool = True


class Pipeline:
    """An index with the models that answer from it. Thread-safe; a context manager.

    with rag.Pipeline.load("indexes/default") as pipeline:
        print(pipeline.answer("How much memory does MobileTL save?").text)
    """

    def __init__(self, index: Index, embedder: Embedder, llm: LLM | None, *, settings: Settings | None = None) -> None:
        """Take the parts.

        Raises:
            IndexFolderError: The index was built with another embedder.
        """
        check_embedder(index.manifest, embedder, index.folder)
        self.index = index
        self.llm = llm
        self.settings = settings or read_settings()
        self._embedder = embedder
        reranker = CrossEncoderReranker(self.settings.reranker) if self.settings.reranker else None
        self._retriever = Retriever(index, embedder, reranker)
        self._finder = EvidenceFinder(embedder, index.rarity)
        self._reader = OnnxReader(shipped_model_dir(), self.settings.cache_dir, threads=self.settings.thread_count)

    @classmethod
    def load(
        cls, index: str | Path | None = None, *, llm: str | Any | None = None, embedder: str | None = None
    ) -> Pipeline:
        """Open an index and load the models, once for all questions.

        Args:
            index: The index folder; RAG_INDEX or indexes/default when None.
            llm: A name as for the command line, a LlamaIndex `LLM` object, or None for RAG_LLM.
            embedder: A name, or None for RAG_EMBEDDER.

        Raises:
            RagError: The index or a model cannot be opened; the message says what to do.
        """
        name = llm if isinstance(llm, str) else None
        settings = read_settings(index=str(index) if index else None, llm=name, embedder=embedder)
        opened = Index(settings.index)
        model = open_embedder(settings.embedder, cache_dir=settings.cache_dir, threads=settings.thread_count)
        check_embedder(opened.manifest, model, opened.folder)
        if llm is None or isinstance(llm, str):
            language_model = open_llm(
                settings.llm,
                cache_dir=settings.cache_dir,
                threads=settings.thread_count,
                api_key=settings.api_key or None,
            )
        else:
            language_model = wrap_llama_index(llm)
        pipeline = cls(opened, model, language_model, settings=settings)
        pipeline._reader.prepare()
        return pipeline

    def search(
        self, question: str, top_k: int = 10, *, within: Collection[str] | None = None, history: History = ()
    ) -> list[Passage]:
        """Return the best passages, one per document, best first.

        Args:
            question: What to look for.
            top_k: How many passages at most.
            within: Ids of the documents to look among; None for all.
            history: Earlier turns, that a follow-up question leans on.

        Raises:
            QuestionError: The question is blank or overlong, top_k is below 1, or an id is unknown.
        """
        check_question(question)
        asked = self._understood(question, history)
        return to_passages(self._found(asked, top_k, within)[0])

    def documents(self) -> Iterator[Document]:
        """Yield every document of the index, in its order."""
        return self.index.store.all_documents()

    @property
    def options(self) -> Options:
        """How a question is answered that comes without options."""
        return Options(passages=self.settings.passages, words=self.settings.words)

    @property
    def fingerprint(self) -> dict[str, str | int]:
        """What results depend on: corpus, index format and models."""
        manifest = self.index.manifest
        return {
            "format": manifest.format,
            "documents": manifest.documents,
            "corpus_hash": manifest.corpus_hash,
            "embedder": manifest.embedder_fingerprint,
            "reader": self._reader.fingerprint,
            "llm": self.llm.fingerprint if self.llm else "none",
        }

    def document(self, document_id: str) -> Document:
        """Return a document by id.

        Raises:
            IndexFolderError: The index has no such document.
        """
        return self.index.document(document_id)

    def answer(self, question: str, history: History = (), options: Options | None = None) -> Answer:
        """Return the checked answer to a question.

        Args:
            question: What is asked.
            history: Earlier turns, oldest first, each a question and its answer's text.
            options: How to answer; the settings' when None.

        Raises:
            QuestionError: The question or the history makes no sense.
            ModelError: The language model fails.
        """
        for event in self.stream(question, history, options):
            if isinstance(event, Done):
                return event.answer
        raise RuntimeError("a stream ends with an answer")

    def stream(
        self,
        question: str,
        history: History = (),
        options: Options | None = None,
        *,
        stop: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Yield the steps, the draft as it is written, and at the end the same answer as `answer()`.

        Once `stop` is set the language model stops, and the answer is made of what there is.

        Raises:
            QuestionError: The question or the history makes no sense.
            ModelError: The language model fails.
        """
        check_question(question)
        options = options or self.options
        clock = Clock()
        yield Step("searching")
        asked = self._understood(question, history)
        hits, to_read = self._found(asked, options.passages, options.within)
        clock.lap("search")
        yield Step("reading")
        evidence, signals = self._read(asked, hits[:to_read], options.words)
        clock.lap("evidence")
        sure = confidence(signals)
        if not evidence or not is_answerable(
            sure,
            listed=bool(signals.topic_match),
            several=bool(signals.several),
            chosen=options.within is not None or bool(asked.told),
        ):
            abstention = make_abstention(asked, hits, reason_for(signals), sure, clock, self._llm_name(options))
            yield Done(abstention, Working(tuple(evidence)))
            return
        draft, prompt = "", list[Message]()
        if self.llm is not None and options.draft:
            yield Step("writing")
            prompt = _prompt(self.llm, asked, evidence)
            for piece in self.llm.stream(prompt, max_tokens=_MAX_DRAFT_TOKENS[self.llm.size], seed=SEED, stop=stop):
                if not draft:
                    clock.first_token()
                draft += piece
                yield Draft(piece)
            clock.lap("generation")
        yield Step("checking")
        composition = compose(draft, evidence, question=asked.searched)
        clock.lap("grounding")
        answer = make_answer(asked, hits, composition, sure, clock, self._llm_name(options))
        yield Done(answer, Working(tuple(evidence), tuple(prompt), draft))

    def close(self) -> None:
        """Free the language model. Twice is fine."""
        if self.llm is not None:
            self.llm.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _understood(self, question: str, history: History) -> Standalone:
        """Return the question with its spelling mended by the corpus, and what it leans on."""
        asked = stand_alone(question, history)
        return replace(asked, mended=self.index.spelling.mend(asked.question, self._embedder.knows_word))

    def _found(self, asked: Standalone, top_k: int, within: Collection[str] | None) -> tuple[list[Hit], int]:
        """Return the papers found, and how many of them to read: of a follow-up, those that were spoken of."""
        hits = self._retriever.search(_clipped(asked.searched), top_k, within=within)
        if not asked.told or asks_list(asked.mended):
            return hits, _READ_DOCUMENTS
        spoken = self._retriever.search(_clipped(asked.told), OWNERS_AMONG, within=within)
        names = {squeeze(name) for name in names_in(f"{asked.told} {asked.mended}")}
        named = [
            hit
            for hit in [*spoken[1:], *hits[:OWNERS_AMONG]]
            if names & set(map(squeeze, own_names(hit.document.title, hit.document.text)))
        ]
        ids = {hit.document.id for hit in [spoken[0], *named]}
        first = self._retriever.search(_clipped(asked.searched), len(ids), within=ids)
        order = [*first, *(hit for hit in hits if hit.document.id not in ids)][: max(top_k, 1)]
        scores = sorted((hit.score for hit in order), reverse=True)
        return [replace(hit, score=score) for hit, score in zip(order, scores, strict=True)], len(first)

    def _llm_name(self, options: Options) -> str:
        return self.llm.name if self.llm is not None and options.draft else "none"

    def _read(self, asked: Standalone, hits: Sequence[Hit], words: int) -> tuple[list[Evidence], Signals]:
        candidates = [
            Candidate(hit.document, hit.score, self.index.tokens[hit.position])
            for number, hit in enumerate(hits[:_READ_DOCUMENTS])
            if number == 0 or hit.score >= _READ_SHARE * hits[0].score
        ]
        papers = [Paper(readable(item.document.title), self._finder.sentences(item).texts) for item in candidates]
        readings = self._reader.read(asked.searched, papers)
        clauses = clauses_of(asked.mended)
        # A clause is read as a follow-up of the whole, by the papers that are likeliest to be meant.
        parts = (
            [self._reader.read(f"{clause} ({asked.searched})", papers[:_READ_BY_CLAUSE]) for clause in clauses]
            if len(clauses) > 1
            else []
        )
        found = self._finder.find(asked.mended, asked.context, candidates, readings, parts)
        second = None if asked.context else self._finder.second_paper(asked.mended, candidates)
        chosen = choose(asked.mended, found.rankings, candidates, context=asked.context, words=words, second=second)
        signals = measure(asked, hits, chosen, found, knows_word=self._embedder.knows_word, knows_name=self.index.knows)
        listed = asks_list(asked.mended)
        return chosen, replace(
            signals,
            several=float(asks_several(asked.mended, candidates)),
            topic_match=self._finder.topic_match(asked.mended, candidates[:OWNERS_AMONG]) if listed else 0.0,
        )


def _prompt(llm: LLM, asked: Standalone, evidence: Sequence[Evidence]) -> list[Message]:
    turns = build_prompt(
        asked.searched,
        [quote(item).text for item in evidence[:_DRAFT_EVIDENCE]],
        size=llm.size,
        budget=min(_PROMPT_BUDGET[llm.size], llm.context_tokens - _MAX_DRAFT_TOKENS[llm.size]),
        count_tokens=llm.count_tokens,
    )
    return [Message(role, content) for role, content in turns]


def _clipped(question: str) -> str:
    return question[:4000]
