"""Models behind an OpenAI-compatible address, through LlamaIndex."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import ModelError
from rag.llm.base import Message, Size, first_line
from rag.llm.llama_index_llm import estimate_tokens, pass_pieces
from rag.llm.prefill import Emit
from rag.llm.threads import iterate

if TYPE_CHECKING:
    import httpx

UNKNOWN_CONTEXT_TOKENS = 4096
CONNECT_TIMEOUT_S = 10.0
# a large model on a slow machine may think this long over a prompt before its first word
REPLY_TIMEOUT_S = 300.0
# what vLLM, LM Studio and OpenRouter call the context window in their list of models
CONTEXT_KEYS = ("max_model_len", "max_context_length", "context_length", "context_window")


class OpenAILikeServer:
    """A model on a server. Satisfies `LLM`."""

    size: Size = "full"

    def __init__(self, address: str, *, api_key: str | None = None) -> None:
        """Ask the server which models it has; the first one serves when the address names none.

        Args:
            address: "http://host:port/v1", with "#model" behind it to choose.
            api_key: For a server that asks for one.

        Raises:
            ModelError: The server cannot be reached, refuses the key, or has no model.
        """
        self.name = address
        self._url, _, wanted = address.partition("#")
        self._url = self._url.rstrip("/")
        self._key = api_key or "none"
        entry = self._choose(wanted)
        self._model = str(entry["id"])
        self.fingerprint = f"{self._model}@{self._url}"
        self.context_tokens = _context_tokens(entry)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """See `LLM.stream`; to stop is to hang up, upon which servers stop computing."""

        def compute(emit: Emit) -> None:
            import httpx
            import openai
            from llama_index.llms.openai_like import OpenAILike

            try:
                # a client for each stream: to close it is the one sure way to hang up
                with _http_client(self._url) as http:
                    llm = OpenAILike(
                        model=self._model,
                        api_base=self._url,
                        api_key=self._key,
                        is_chat_model=True,
                        context_window=self.context_tokens,
                        temperature=0.0,
                        max_retries=0,
                        http_client=http,
                    )
                    pass_pieces(llm, messages, emit, max_tokens=max_tokens, seed=seed)
            except (openai.OpenAIError, httpx.HTTPError) as error:
                raise self._failure(error) from error
            except (RuntimeError, ValueError, AttributeError, TypeError, IndexError) as error:
                raise ModelError(f"{self._url} sent what is no chat reply: is it OpenAI-compatible?") from error

        return iterate(compute, stop)

    def count_tokens(self, text: str) -> int:
        """See `LLM.count_tokens`; from above, as `estimate_tokens` is."""
        return estimate_tokens(text)

    def close(self) -> None:
        """See `LLM.close`; nothing is held between streams."""

    def _choose(self, wanted: str) -> dict[str, Any]:
        import httpx
        import openai

        try:
            with _http_client(self._url) as http:
                client = openai.OpenAI(base_url=self._url, api_key=self._key, max_retries=0, http_client=http)
                entries = [model.model_dump() for model in client.models.list()]
        except openai.NotFoundError as error:
            # some servers speak chat only
            if wanted:
                return {"id": wanted}
            raise ModelError(f"{self._url} lists no models: add #model-name, and /v1 if it is missing") from error
        except (openai.OpenAIError, httpx.HTTPError) as error:
            raise self._failure(error) from error
        except (ValueError, AttributeError, TypeError) as error:
            raise ModelError(f"{self._url} does not answer as OpenAI does: the address often ends in /v1") from error
        if wanted:
            return next((entry for entry in entries if entry.get("id") == wanted), {"id": wanted})
        if not entries or not entries[0].get("id"):
            raise ModelError(f"{self._url} has no model loaded: load one there, or add #model-name")
        return entries[0]

    def _failure(self, error: Exception) -> ModelError:
        import openai

        if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
            return ModelError(f"{self._url} refuses the key: set RAG_API_KEY to one it accepts")
        if isinstance(error, openai.NotFoundError):
            return ModelError(f"{self._url} does not know the model {self._model}: see {self._url}/models")
        if isinstance(error, openai.APITimeoutError):
            return ModelError(f"{self._url} does not answer in time: is it overloaded?")
        if isinstance(error, openai.APIStatusError):
            return ModelError(f"{self._url} answers {error.status_code}: {first_line(error)}")
        if isinstance(error, openai.APIConnectionError):
            return ModelError(f"{self._url} cannot be reached: is the server running there?")
        return ModelError(f"{self._url} broke off its reply ({first_line(error)}): ask again")


def _http_client(url: str) -> httpx.Client:
    import httpx

    timeout = httpx.Timeout(REPLY_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    # a proxy set in the environment is for other machines than this one
    return httpx.Client(timeout=timeout, trust_env=not _is_loopback(urlsplit(url).hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _context_tokens(entry: dict[str, Any]) -> int:
    meta = entry.get("meta")
    # llama.cpp's server
    known = [meta.get("n_ctx"), meta.get("n_ctx_train")] if isinstance(meta, dict) else []
    known += [entry.get(key) for key in CONTEXT_KEYS]
    return next((tokens for tokens in known if isinstance(tokens, int) and tokens > 0), UNKNOWN_CONTEXT_TOKENS)
