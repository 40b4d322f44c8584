"""Our retriever and engine as LlamaIndex's, so that a LlamaIndex application takes them in one line.

retriever = rag.llama_index.as_retriever(pipeline)
engine = rag.llama_index.as_query_engine(pipeline)
"""

from __future__ import annotations

from typing import Any

from rag.pipeline import Pipeline
from rag.types import Answer, Citation, Passage


def as_retriever(pipeline: Pipeline, top_k: int = 10) -> Any:
    """Return a LlamaIndex `BaseRetriever` over a pipeline: one node per paper, the best passage its text."""
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle

    class PipelineRetriever(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            return [_node_of_passage(passage) for passage in pipeline.search(query_bundle.query_str, top_k)]

    return PipelineRetriever()


def as_query_engine(pipeline: Pipeline) -> Any:
    """Return a LlamaIndex `BaseQueryEngine`: the response is the checked answer, its nodes the cited quotes.

    The whole `Answer`, as JSON values, is in the response's `metadata["answer"]`.
    """
    from llama_index.core.base.response.schema import Response
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.query_engine import BaseQueryEngine
    from llama_index.core.schema import QueryBundle

    class PipelineQueryEngine(BaseQueryEngine):
        def _query(self, query_bundle: QueryBundle) -> Response:
            return self._response(pipeline.answer(query_bundle.query_str))

        async def _aquery(self, query_bundle: QueryBundle) -> Response:
            import asyncio

            return self._response(await asyncio.to_thread(pipeline.answer, query_bundle.query_str))

        def _get_prompt_modules(self) -> dict[str, Any]:
            return {}

        def _response(self, answer: Answer) -> Response:
            nodes = [_node_of_citation(citation) for citation in answer.citations]
            return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})

    return PipelineQueryEngine(callback_manager=CallbackManager([]))


def _node_of_passage(passage: Passage) -> Any:
    return _node(passage.text, passage, passage.score)


def _node_of_citation(citation: Citation) -> Any:
    return _node(citation.quote, citation, citation.score)


def _node(text: str, source: Passage | Citation, score: float) -> Any:
    from llama_index.core.schema import NodeWithScore, TextNode

    metadata = {"document_id": source.document_id, "title": source.title, "start": source.start, "end": source.end}
    return NodeWithScore(node=TextNode(text=text, metadata=metadata), score=score)
