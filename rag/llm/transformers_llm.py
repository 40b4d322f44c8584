"""Models computed by transformers, on a CUDA GPU where there is one and on the CPU otherwise."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.llm.base import Message, Size, first_line, prompt_too_long, size_of
from rag.llm.gguf_file import fingerprint, read_header
from rag.llm.threads import Emit, iterate

UNKNOWN_CONTEXT_TOKENS = 4096


class TransformersLLM:
    """A transformers model in memory, one stream at a time, others waiting. Satisfies `LLM`."""

    def __init__(self, source: str, *, name: str, threads: int | None = None) -> None:
        """Load the model.

        Args:
            source: A hub name, a folder, or a GGUF file, whose weights are unpacked.
            name: What the user called it.
            threads: Those that compute on a CPU, for all of torch; None to leave them as they are.

        Raises:
            ModelError: There is no such model, or it is no chat model that transformers knows.
        """
        self.name = name
        self._lock = threading.Lock()
        self._tokenizer, self._model = _load(source, threads)
        config = self._model.config
        self.context_tokens = int(getattr(config, "max_position_embeddings", None) or UNKNOWN_CONTEXT_TOKENS)
        self.size: Size = size_of(int(self._model.num_parameters()))
        self.fingerprint = _fingerprint(source, getattr(config, "_commit_hash", None))

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        seed: int = 0,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """See `LLM.stream`; the seed has no part in it, and pieces are whole words."""
        model, tokenizer = self._model, self._tokenizer
        if model is None:
            raise ModelError(f"{self.name} is closed: open it again")

        def compute(emit: Emit) -> None:
            prompt = self._prompt(tokenizer, messages)
            with self._lock:
                if not emit(""):
                    self._generate(model, tokenizer, prompt.to(model.device), max_tokens, emit)

        return iterate(compute, stop)

    def count_tokens(self, text: str) -> int:
        """See `LLM.count_tokens`; exact."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def close(self) -> None:
        """See `LLM.close`."""
        self._model = None

    def _prompt(self, tokenizer: Any, messages: Sequence[Message]) -> Any:
        begun = messages[-1].role == "assistant"
        try:
            prompt = tokenizer.apply_chat_template(
                [message._asdict() for message in messages],
                add_generation_prompt=not begun,
                continue_final_message=begun,
                return_tensors="pt",
                return_dict=True,
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{self.name} is no chat model: {first_line(error)}") from error
        tokens = int(prompt["input_ids"].shape[1])
        if tokens >= self.context_tokens:
            raise prompt_too_long(self.name, tokens, self.context_tokens)
        return prompt

    def _generate(self, model: Any, tokenizer: Any, prompt: Any, max_tokens: int, emit: Emit) -> None:
        import torch
        from transformers import StoppingCriteriaList

        room = self.context_tokens - int(prompt["input_ids"].shape[1])
        try:
            with torch.inference_mode():
                model.generate(
                    **prompt,
                    max_new_tokens=min(max_tokens, room),
                    do_sample=False,
                    temperature=None,
                    top_p=None,
                    top_k=None,
                    streamer=_streamer(tokenizer, emit),
                    # asked after every token
                    stopping_criteria=StoppingCriteriaList([lambda *_, **__: emit("")]),
                )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self.name} failed: {first_line(error)}") from error


def _streamer(tokenizer: Any, emit: Emit) -> Any:
    from transformers import TextStreamer

    class Streamer(TextStreamer):
        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            emit(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)


def _load(source: str, threads: int | None) -> tuple[Any, Any]:
    import torch

    cuda = torch.cuda.is_available()
    if threads is not None and not cuda:
        torch.set_num_threads(threads)
    read = _read_gguf if source.endswith(".gguf") else _read_folder
    try:
        tokenizer, model = read(source, torch.bfloat16 if cuda else torch.float32)
    except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
        raise ModelError(f"transformers cannot load {source}: {first_line(error)}") from error
    return tokenizer, model.to("cuda" if cuda else "cpu").eval()


def _read_folder(source: str, dtype: Any) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoTokenizer.from_pretrained(source), AutoModelForCausalLM.from_pretrained(source, dtype=dtype)


def _read_gguf(source: str, dtype: Any) -> tuple[Any, Any]:
    # by hand, because from_pretrained(gguf_file=...) refuses to without accelerate, which it does not use here
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    path = read_header(Path(source)).path
    config = AutoConfig.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    weights = load_gguf_checkpoint(path, return_tensors=True, model_to_load=model, torch_dtype=dtype)["tensors"]
    missing = model.load_state_dict(weights, strict=False).missing_keys
    model.tie_weights()
    # with tied weights the file has the embedding only
    if any(key != "lm_head.weight" for key in missing):
        raise ValueError(f"{path.name} lacks weights, {missing[0]} first")
    return AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name), model


def _fingerprint(source: str, commit: str | None) -> str:
    if commit:
        return f"{source}@{commit}"
    path = Path(source)
    if path.is_file():
        return f"{fingerprint(path)}+transformers"
    weights = sorted([*path.glob("*.safetensors"), *path.glob("*.bin")])
    return hashlib.sha256("".join(fingerprint(file) for file in weights).encode()).hexdigest()
