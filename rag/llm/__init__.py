"""Language models behind one Protocol: in this process, on a server, or LlamaIndex's."""

from rag.llm.base import LLM, Message
from rag.llm.catalog import CATALOG, CatalogModel, ModelStatus, list_models, pull_model
from rag.llm.llama_index_llm import wrap_llama_index
from rag.llm.opening import open_llm

__all__ = [
    "CATALOG",
    "LLM",
    "CatalogModel",
    "Message",
    "ModelStatus",
    "list_models",
    "open_llm",
    "pull_model",
    "wrap_llama_index",
]
