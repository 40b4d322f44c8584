"""Answers over HTTP: the same pipeline, the same JSON as the command line."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rag.errors import IndexFolderError, ModelError, QuestionError, RagError
from rag.pipeline import Options, Pipeline
from rag.types import Done, Draft, Step

_STATUS = {QuestionError: 422, IndexFolderError: 404, ModelError: 503}


class Asked(BaseModel):
    """The body of a question.

    `history` holds earlier turns, oldest first, each a question and its answer's text; `within`
    the ids of the papers to look in, or nothing for all.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    history: list[tuple[str, str]] = Field(default_factory=list)
    within: list[str] | None = None
    passages: int | None = Field(default=None, ge=1, le=100)
    words: int | None = Field(default=None, ge=1, le=1000)
    draft: bool = True

    def options(self, usual: Options) -> Options:
        """Return what of the body says how to answer, the rest as usual."""
        return Options(
            passages=self.passages or usual.passages,
            words=self.words or usual.words,
            within=tuple(self.within) if self.within is not None else None,
            draft=self.draft,
        )


def create_app(pipeline: Pipeline) -> Any:
    """Return the ASGI application.

    POST /answer and /stream (server-sent events) take a question, GET /search?question=…&k=10 lists
    passages, GET /documents/{id} gives a paper, GET /health says what is served. An error is
    {"error": one line} with status 404, 422 or 503.
    """
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse, StreamingResponse

    app = FastAPI(title="rag", docs_url=None, redoc_url=None)

    async def report(_request: Request, error: Exception) -> JSONResponse:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
        return JSONResponse({"error": str(error)}, status_code=status)

    async def report_body(_request: Request, error: Exception) -> JSONResponse:
        problems = error.errors() if isinstance(error, RequestValidationError) else []
        first = problems[0] if problems else {"loc": ("body",), "msg": "cannot be read"}
        place = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return JSONResponse({"error": f"{place}: {first['msg']}"}, status_code=422)

    app.add_exception_handler(RagError, report)
    app.add_exception_handler(RequestValidationError, report_body)

    def answer(asked: Asked) -> dict[str, Any]:
        return pipeline.answer(asked.question, asked.history, asked.options(pipeline.options)).to_dict()

    def stream(asked: Asked) -> StreamingResponse:
        return StreamingResponse(_events(pipeline, asked), media_type="text/event-stream")

    def search(question: str, k: int = 10) -> list[dict[str, Any]]:
        return [asdict(passage) for passage in pipeline.search(question, k)]

    def document(document_id: str) -> dict[str, Any]:
        return asdict(pipeline.document(document_id))

    def health() -> dict[str, Any]:
        manifest = pipeline.index.manifest
        llm = pipeline.llm.name if pipeline.llm else "none"
        return {"status": "ok", "documents": manifest.documents, "embedder": manifest.embedder, "llm": llm}

    app.post("/answer")(answer)
    app.post("/stream", response_model=None)(stream)
    app.get("/search")(search)
    app.get("/documents/{document_id}")(document)
    app.get("/health")(health)
    return app


def _events(pipeline: Pipeline, asked: Asked) -> Iterator[str]:
    try:
        for event in pipeline.stream(asked.question, asked.history, asked.options(pipeline.options)):
            match event:
                case Step(name):
                    yield _event("step", name)
                case Draft(text):
                    yield _event("draft", text)
                case Done(answer):
                    yield _event("answer", answer.to_dict())
    except RagError as error:
        yield _event("error", str(error))


def _event(name: str, value: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n"


def serve(pipeline: Pipeline, *, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        RagError: The address cannot be listened on.
    """
    import uvicorn

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise RagError(f"cannot listen on {host}:{port} ({error}): choose another --port") from error
    sys.stderr.write(f"Answering on http://{host}:{port}/answer (Ctrl-C stops)\n")
    uvicorn.run(create_app(pipeline), host=host, port=port, log_level="warning")
