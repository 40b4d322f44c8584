"""The line from question to checked answer: the only place that knows the order of the steps."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from rag.abstention import confidence, is_answerable, reason_for
from rag.answers import Clock, make_abstention, make_answer
from rag.composition import compose, quote
from rag.config import Settings, read_settings
from rag.conversation import Standalone
from rag.embedder import Embedder, open_embedder
from rag.gathering import EvidenceGatherer
from rag.index import Index, check_embedder
from rag.llm import LLM, Message, open_llm, wrap_llama_index
from rag.onnx_bert import shipped_model_dir
from rag.prompt import build_prompt
from rag.reading import OnnxReader
from rag.reranker import CrossEncoderReranker
from rag.retriever import check_question, to_passages
from rag.searching import History, PaperSearch
from rag.types import Answer, Document, Done, Draft, Event, Evidence, Passage, Step, Working

SEED = 0
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
        reranker = CrossEncoderReranker(self.settings.reranker) if self.settings.reranker else None
        self._reader = OnnxReader(shipped_model_dir(), self.settings.cache_dir, threads=self.settings.thread_count)
        self._search = PaperSearch(index, embedder, reranker)
        self._gatherer = EvidenceGatherer(index, embedder, self._reader)

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
        return to_passages(self._search.find(self._search.understand(question, history), top_k, within)[0])

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
        asked = self._search.understand(question, history)
        hits, to_read = self._search.find(asked, options.passages, options.within)
        clock.lap("search")
        yield Step("reading")
        evidence, signals = self._gatherer.gather(asked, hits[:to_read], options.words)
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

    def _llm_name(self, options: Options) -> str:
        return self.llm.name if self.llm is not None and options.draft else "none"


def _prompt(llm: LLM, asked: Standalone, evidence: Sequence[Evidence]) -> list[Message]:
    turns = build_prompt(
        asked.searched,
        [quote(item).text for item in evidence[:_DRAFT_EVIDENCE]],
        size=llm.size,
        budget=min(_PROMPT_BUDGET[llm.size], llm.context_tokens - _MAX_DRAFT_TOKENS[llm.size]),
        count_tokens=llm.count_tokens,
    )
    return [Message(role, content) for role, content in turns]
