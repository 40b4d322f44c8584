import json
import math
import shutil
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest
from conftest import WritePapers
from fakes import HashEmbedder

from rag.chunks import chunk_document
from rag.embedder import Embedding
from rag.errors import IndexFolderError, SourceError
from rag.index import Index, build_folder, check_embedder, max_similarity, read_manifest, update_folder
from rag.index.lexical import K1, B
from rag.index.manifest import Manifest, verify_files
from rag.text import search_terms

_PAPERS = [
    ("Small Vision", "We train small vision models. They run on a phone. Accuracy falls by 2%. Memory falls too."),
    ("Fast Speech", "Speech models answer in real time. Our decoder is fast."),
    (
        "Quantized Language",
        "Language models in 4 bits. We lose nothing. It needs 3 GB. It runs on a laptop. It is open.",
    ),
    ("Title Only Survey", "A survey of models."),
]


@pytest.fixture
def folder(tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder) -> Path:
    path = tmp_path / "index"
    build_folder([write_papers(*_PAPERS)], path, hash_embedder)
    return path


def _documents(folder: Path) -> list[str]:
    return [document.title for document in Index(folder).store.all_documents()]


def _state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _data(folder: Path) -> Path:
    return next(folder.glob("data-*"))


def test_a_report_counts_what_the_folder_holds(tmp_path: Path, write_papers: WritePapers) -> None:
    """Documents, merged duplicates and chunks, as in the manifest."""
    source = write_papers(*_PAPERS, _PAPERS[0])

    report = build_folder([source], tmp_path / "index", HashEmbedder())

    manifest = read_manifest(tmp_path / "index")
    assert (report.documents, report.duplicates, report.added, report.removed) == (4, 1, 4, 0)
    assert (manifest.documents, manifest.duplicates, manifest.chunks) == (4, 1, report.chunks)
    assert manifest.dimension == 64


def test_the_seed_pages_give_140_documents(seed_index: Path) -> None:
    """95 and 71 entries, 26 of them the same papers."""
    index = Index(seed_index)
    documents = list(index.store.all_documents())
    merged = [document for document in documents if len(document.metadata["sources"]) > 1]

    assert index.document_count == len(documents) == 140
    assert sum(len(document.metadata["sources"]) for document in documents) == 95 + 71
    assert all(source["date"] for document in merged for source in document.metadata["sources"])
    assert {Path(s["file"]).name for document in merged for s in document.metadata["sources"]} == {
        path.name for path in Path("seeds").glob("*.txt")
    }


def test_an_index_has_the_documents_chunks_and_offsets_it_was_given(folder: Path) -> None:
    """Chunks are stored as offsets: whole documents first, then the windows by document."""
    index = Index(folder)
    documents = list(index.store.all_documents())
    chunks = [list(chunk_document(document)) for document in documents]
    wholes = [(number, own[0].start, own[0].end) for number, own in enumerate(chunks)]
    windows = [(number, chunk.start, chunk.end) for number, own in enumerate(chunks) for chunk in own[1:]]

    assert [(document.title, document.text) for document in documents] == _PAPERS
    assert [tuple(row) for row in index.chunks.tolist()] == wholes + windows
    for number, own in enumerate(chunks):
        spans = [index.window_span(number, window) for window in range(len(own) - 1)]
        assert spans == [(chunk.start, chunk.end) for chunk in own[1:]]
        assert len(index.dense.window_vectors(number)) == len(own) - 1


def test_cosines_equal_a_search_of_faiss(seed_index: Path) -> None:
    """The cosines, and the order, are what FAISS gives for the file of vectors."""
    index = Index(seed_index)
    vectors = index.dense.vectors(np.arange(index.document_count))
    question = vectors[:5].mean(axis=0)
    question /= np.linalg.norm(question)

    cosines = index.dense.cosines(question)

    scores, positions = faiss.read_index(str(_data(seed_index) / "documents.faiss")).search(question[np.newaxis], 30)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(np.sort(cosines)[::-1][:30], scores[0], atol=1e-6)
    assert np.allclose(cosines[positions[0]], scores[0], atol=1e-6)


def test_window_cosines_are_told_by_document(seed_index: Path) -> None:
    """Each document's windows in their order, and none where there are none."""
    index = Index(seed_index)
    positions = np.array([3, 0, 139, 7])
    question = index.dense.vectors(np.array([5]))[0]

    cosines = index.dense.window_cosines(question, positions)

    for own, position in zip(cosines, positions, strict=True):
        assert np.allclose(own, index.dense.window_vectors(int(position)) @ question, atol=1e-5)


def test_matches_of_many_documents_are_those_of_each(seed_index: Path) -> None:
    """Late interaction with several documents at once changes none."""
    tokens = Index(seed_index).tokens
    question = tokens[2].vectors[:9]

    evenly = np.ones(9, dtype=np.float32)
    third = np.eye(9, dtype=np.float32)[2]
    numbers = [4, 2, 30]

    together = tokens.max_similarities(question, evenly, numbers)
    of_third = tokens.max_similarities(question, third, numbers)

    assert np.allclose(together, [max_similarity(question, tokens[at].vectors) for at in numbers], atol=1e-5)
    assert np.allclose(of_third, [max_similarity(question[2:3], tokens[at].vectors) for at in numbers], atol=1e-5)
    assert not tokens.max_similarities(question[:0], evenly[:0], numbers).any()


def test_lexical_scores_equal_the_formula(folder: Path) -> None:
    """BM25 by hand: idf · tf / (tf + k1 · (1 - b + b · length / mean length)), Lucene's idf."""
    bags = [Counter(search_terms(f"{title}\n{text}")) for title, text in _PAPERS]
    lengths = [sum(bag.values()) for bag in bags]
    mean = sum(lengths) / len(lengths)
    asked = search_terms("fast language models for vision")

    def by_hand(bag: Counter[str], length: int) -> float:
        total = 0.0
        for term in asked:
            frequency = sum(term in other for other in bags)
            idf = math.log(1 + (len(bags) - frequency + 0.5) / (frequency + 0.5))
            total += idf * bag[term] / (bag[term] + K1 * (1 - B + B * length / mean))
        return total

    scores = Index(folder).lexical.scores(dict.fromkeys(asked, 1.0))

    assert np.allclose(scores, [by_hand(bag, length) for bag, length in zip(bags, lengths, strict=True)], atol=1e-5)


def test_scores_of_some_documents_are_those_among_all(seed_index: Path) -> None:
    """Whichever documents are asked for, in whatever order, and for terms that few have."""
    lexical = Index(seed_index).lexical
    weights = {"memori": 1.0, "quantiz": 0.5, "mobiletl": 2.0, "zzz": 1.0, "model": 0.1}
    positions = np.array([139, 3, 0, 77, 12])

    assert lexical.scores(weights).any()
    assert np.array_equal(lexical.scores_of(positions, weights), lexical.scores(weights)[positions])
    assert np.array_equal(lexical.scores_of(np.arange(140), weights), lexical.scores(weights))


def test_an_index_tells_the_terms_of_a_document(seed_index: Path) -> None:
    """As its title and abstract are analysed, so that a question can take terms from it."""
    index = Index(seed_index)
    for position, document in enumerate(index.store.all_documents()):
        assert index.lexical.term_counts(position) == Counter(search_terms(f"{document.title}\n{document.text}"))


def test_a_term_counts_by_its_weight_and_an_unknown_one_not_at_all(folder: Path) -> None:
    """Scores are linear in the weights."""
    lexical = Index(folder).lexical
    term = search_terms("language")[0]

    assert np.allclose(lexical.scores({term: 2.0, "zzz": 5.0}), 2 * lexical.scores({term: 1.0}))
    assert lexical.document_frequency(term) == 1
    assert lexical.document_frequency("zzz") == 0
    assert term in lexical
    assert "zzz" not in lexical


def test_a_rare_term_is_rarer_than_a_common_one(folder: Path) -> None:
    """Rarity falls with the documents a term stands in, and stays above 0."""
    index = Index(folder)

    assert index.rarity("zzz") > index.rarity(search_terms("language")[0]) > index.rarity(search_terms("models")[0]) > 0


@pytest.mark.parametrize(
    ("name", "known"), [("MobileTL", True), ("mobile TL", True), ("Mobile-TL", True), ("Zyxwv9000", False)]
)
def test_a_name_is_known_in_any_spelling(seed_index: Path, name: str, known: bool) -> None:
    """Whether some paper has a name does not hang on hyphens."""
    assert Index(seed_index).knows(name) is known


def test_a_document_is_found_by_its_id(folder: Path) -> None:
    """Ids lead back to the paper; an unknown one says so."""
    index = Index(folder)
    for document in index.store.all_documents():
        assert index.document(document.id) == document

    with pytest.raises(IndexFolderError, match=r"^no document 'nobody' in .*index$"):
        index.document("nobody")


def test_two_builds_of_the_same_sources_are_the_same(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Same files, same corpus hash, same digests of what matters."""
    source = write_papers(*_PAPERS)
    for name in ("one", "two"):
        build_folder([source], tmp_path / name, hash_embedder)
    one, two = (read_manifest(tmp_path / name) for name in ("one", "two"))

    assert one.corpus_hash == two.corpus_hash
    assert sorted(one.files.values()) == sorted(two.files.values())


def test_the_manifest_lists_every_file_with_its_digest(folder: Path) -> None:
    """Nothing lies in the folder that is not accounted for."""
    files = {name for name in _state(folder) if name != "manifest.json"}

    assert files == set(read_manifest(folder).files)


def test_no_file_of_an_index_needs_pickle(seed_index: Path) -> None:
    """Arrays load without it, and no file begins or ends like one."""
    for path in (path for path in seed_index.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not (content[:1] == b"\x80" and content[-1:] == b"."), path
        assert path.suffix not in (".pkl", ".pickle", ".pt", ".bin", ".joblib")
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def test_the_files_are_of_open_formats(folder: Path) -> None:
    """Documents open in SQLite and vectors in FAISS, without this package."""
    data = _data(folder)
    connection = sqlite3.connect(data / "documents.sqlite")
    titles = [row[0] for row in connection.execute("SELECT title FROM documents ORDER BY position")]
    connection.close()

    assert titles == [title for title, _ in _PAPERS]
    assert faiss.read_index(str(data / "documents.faiss")).ntotal == 4


def test_progress_counts_every_chunk_once(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """From 1 to the number of chunks."""
    seen: list[tuple[int, int]] = []

    report = build_folder(
        [write_papers(*_PAPERS)], tmp_path / "i", hash_embedder, progress=lambda done, total: seen.append((done, total))
    )

    assert seen == [(done, report.chunks) for done in range(1, report.chunks + 1)]


def test_an_update_embeds_only_what_is_new(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Added papers come behind the known ones; the vectors of those are taken over."""
    before = Index(folder).dense.vectors(np.arange(4))
    hash_embedder.embedded.clear()

    report = update_folder(folder, hash_embedder, add=[write_papers(_PAPERS[1], ("New", "New words."), name="b.jsonl")])

    index = Index(folder)
    assert hash_embedder.embedded == ["New. New words."]
    assert (report.documents, report.added, report.removed) == (5, 1, 0)
    assert _documents(folder)[-1] == "New"
    assert np.array_equal(index.dense.vectors(np.arange(4)), before)
    assert len(next(d for d in index.store.all_documents() if d.title == "Fast Speech").metadata["sources"]) == 2


def test_an_update_gives_what_a_build_of_all_would(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Adding and removing leave the very index that building the rest at once gives."""
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    build_folder([write_papers(*_PAPERS[1:], name="rest.jsonl")], whole, hash_embedder)
    build_folder([write_papers(*_PAPERS[:2], name="first.jsonl")], grown, hash_embedder)
    first = next(Index(grown).store.all_documents()).id

    update_folder(grown, hash_embedder, add=[tmp_path / "rest.jsonl"], remove=[first])

    one, two = Index(whole), Index(grown)
    assert one.manifest.corpus_hash == two.manifest.corpus_hash
    assert np.array_equal(one.chunks, two.chunks)
    assert np.array_equal(one.dense.vectors(np.arange(3)), two.dense.vectors(np.arange(3)))
    assert np.array_equal(one.lexical.scores({"model": 1.0}), two.lexical.scores({"model": 1.0}))
    assert [two.dense.window_vectors(n).tolist() for n in range(3)] == [
        one.dense.window_vectors(n).tolist() for n in range(3)
    ]


def test_a_paper_whose_punctuation_changed_is_embedded_anew(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Its id is the same, its sentences are not: old windows would have wrong offsets."""
    text = "One is here. Two is there. Three is near. Four is far. Five is gone."
    path = tmp_path / "index"
    build_folder([write_papers(("T", text))], path, hash_embedder)
    build_folder([write_papers(("T", text.replace(". ", ", ")))], path, hash_embedder)

    index = Index(path)
    assert len(index.chunks) == index.manifest.chunks == 1
    assert len(index.dense.window_vectors(0)) == 0


def test_another_chunking_is_not_taken_over(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Vectors of windows cut otherwise are made anew."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["chunking"]["window_sentences"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest))
    hash_embedder.embedded.clear()

    report = update_folder(folder, hash_embedder, add=[write_papers(("New", "Words."), name="b.jsonl")])

    assert len(hash_embedder.embedded) == report.chunks


def test_removed_documents_are_gone(folder: Path, hash_embedder: HashEmbedder) -> None:
    """From documents, vectors and terms alike."""
    removed = next(Index(folder).store.all_documents())

    report = update_folder(folder, hash_embedder, remove=[removed.id])

    index = Index(folder)
    assert (report.documents, report.removed) == (3, 1)
    assert removed.title not in _documents(folder)
    assert "phone" not in index.lexical
    with pytest.raises(IndexFolderError):
        index.document(removed.id)


def test_removing_what_is_not_there_changes_nothing(folder: Path, hash_embedder: HashEmbedder) -> None:
    """The id is named."""
    before = _state(folder)

    with pytest.raises(IndexFolderError, match=r"^no document 'nobody' in .*: nothing was changed$"):
        update_folder(folder, hash_embedder, remove=["nobody"])

    assert _state(folder) == before


def test_an_index_is_not_emptied(folder: Path, hash_embedder: HashEmbedder) -> None:
    """Removing every document is refused."""
    ids = [document.id for document in Index(folder).store.all_documents()]

    with pytest.raises(IndexFolderError, match="no document would be left: delete the folder instead"):
        update_folder(folder, hash_embedder, remove=ids)


def test_a_bad_record_changes_nothing(folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder) -> None:
    """Without skip_bad the whole run is refused, before anything is written."""
    before = _state(folder)
    bad = write_papers(("New", "Words."), ("Empty", ""), name="bad.jsonl")

    with pytest.raises(
        SourceError, match=r'bad.jsonl, line 2: "abstract" is empty; nothing was changed: .*--skip-bad$'
    ):
        update_folder(folder, hash_embedder, add=[bad])

    assert _state(folder) == before


def test_skipping_bad_records_indexes_the_rest_and_lists_them(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """With skip_bad the report names what was left out."""
    bad = write_papers(("", "No title."), ("Good", "Words."), ("Empty", ""), name="bad.jsonl")

    report = build_folder([bad], tmp_path / "index", hash_embedder, skip_bad=True)

    assert _documents(tmp_path / "index") == ["Good"]
    assert [item.reason for item in report.rejected] == ['"title" is empty', '"abstract" is empty']


def test_more_than_one_bad_record_is_counted(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """The message names the first and says how many follow."""
    bad = write_papers(("", "A."), ("", "B."), ("", "C."), name="bad.jsonl")

    with pytest.raises(SourceError, match=r'line 1: "title" is empty \(and 2 more\)'):
        build_folder([bad], tmp_path / "index", hash_embedder)
    with pytest.raises(SourceError, match=r'^no papers in the sources: .*line 1: "title" is empty$'):
        build_folder([bad], tmp_path / "index", hash_embedder, skip_bad=True)
    assert not (tmp_path / "index").exists()


class _Failing(HashEmbedder):
    """An embedding model that gives up at its third text."""

    def embed_question(self, question: str) -> Embedding:
        if len(self.embedded) > 2:
            raise RuntimeError("out of memory")
        return super().embed_question(question)


def test_a_build_that_fails_leaves_the_old_index(folder: Path, write_papers: WritePapers) -> None:
    """A reader never sees a half-built index, nor does the folder keep one."""
    before = _state(folder)
    papers = [(f"Paper {number}", f"Words {number}.") for number in range(9)]

    with pytest.raises(RuntimeError, match="out of memory"):
        build_folder([write_papers(*papers)], folder, _Failing())

    assert _state(folder) == before


def test_a_build_that_cannot_be_written_leaves_the_old_index(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the last file is one line, and what was written is cleared away."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = _state(folder)
    monkeypatch.setattr("rag.index.building.write_lexical", fail)

    with pytest.raises(IndexFolderError, match=r"cannot be written: No space left on device; the index is as it was$"):
        build_folder([write_papers(("New", "Words."))], folder, hash_embedder)

    assert _state(folder) == before


def test_a_first_build_that_fails_leaves_no_folder(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the next try is a first build again."""

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("rag.index.building.write_documents", fail)

    with pytest.raises(IndexFolderError, match="database or disk is full"):
        build_folder([write_papers(("New", "Words."))], tmp_path / "index", hash_embedder)

    assert not (tmp_path / "index").exists()


def test_a_path_that_is_a_file_is_one_line(tmp_path: Path, write_papers: WritePapers) -> None:
    """Neither a build nor a reader takes a file for an index."""
    path = tmp_path / "file"
    path.write_text("mine")

    with pytest.raises(IndexFolderError, match=r"cannot be written: "):
        build_folder([write_papers(("New", "Words."))], path, HashEmbedder())
    with pytest.raises(IndexFolderError, match=f"^no index at {path}: run: rag index seeds/ --index {path}$"):
        Index(path)
    assert path.read_text() == "mine"


def test_a_second_build_at_the_same_time_is_refused(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """One writer at a time; the one that came late is told, and may try again."""
    inside, done = threading.Event(), threading.Event()

    def wait(_done: int, _total: int) -> None:
        inside.set()
        done.wait(30)

    papers = write_papers(("New", "Words."), name="new.jsonl")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(build_folder, [papers], folder, hash_embedder, progress=wait)
        assert inside.wait(30)
        with pytest.raises(IndexFolderError, match=f"^another build is at work on {folder}: wait until it is done$"):
            build_folder([papers], folder, HashEmbedder())
        done.set()
        first.result()

    assert _documents(folder) == ["New"]
    build_folder([papers], folder, hash_embedder)


def test_an_open_index_survives_its_replacement(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Who has opened the old index goes on with it, in threads that start later too."""
    old = Index(folder)
    documents = list(old.store.all_documents())
    build_folder([write_papers(("New", "Words."), name="new.jsonl")], folder, hash_embedder)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(old.document, documents[0].id).result() == documents[0]
    assert len(old.dense.cosines(hash_embedder.embed_question("models").vector)) == 4
    assert old.lexical.scores({"model": 1.0}).any()
    assert len(old.dense.window_vectors(0)) > 0
    assert _documents(folder) == ["New"]


def test_an_index_swapped_while_it_is_opened_is_opened_anew(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files go between the reading of the manifest and theirs: the reader gets the new index."""
    papers = write_papers(("New", "Words."), name="new.jsonl")

    def swap_first(at: Path, manifest: Manifest) -> None:
        monkeypatch.undo()
        build_folder([papers], at, hash_embedder)
        verify_files(at, manifest)

    monkeypatch.setattr("rag.index.folder.verify_files", swap_first)

    assert _documents(folder) == ["New"]


def test_what_a_killed_build_left_is_cleared_away(
    folder: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """It lies beside the index, so the index is as it was, and the next build starts clean."""
    left = folder.parent / ".index.new"
    left.mkdir()
    (left / "tokens.npy").write_bytes(b"half")

    assert len(_documents(folder)) == 4
    build_folder([write_papers(("New", "Words."))], folder, hash_embedder)

    assert not left.exists()
    assert _documents(folder) == ["New"]


def test_documents_are_read_by_many_threads(folder: Path) -> None:
    """One index serves all threads at once."""
    index = Index(folder)
    documents = {document.id: document for document in index.store.all_documents()}

    with ThreadPoolExecutor(8) as pool:
        ids = list(documents) * 50
        assert list(pool.map(index.document, ids)) == [documents[document_id] for document_id in ids]


def _without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _half_a_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:200])


def _no_files_listed(folder: Path) -> None:
    values = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**values, "files": {}}))


def _format_of_the_future(folder: Path) -> None:
    values = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({"format": 99, "of": values}))


def _without_documents(folder: Path) -> None:
    (_data(folder) / "documents.sqlite").unlink()


def _altered_vectors(folder: Path) -> None:
    path = _data(folder) / "documents.faiss"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _cut_windows(folder: Path) -> None:
    path = _data(folder) / "windows.npy"
    path.write_bytes(path.read_bytes()[:-10])


def _without_data(folder: Path) -> None:
    shutil.rmtree(_data(folder))


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_without_manifest, r"index is no index \(it has no manifest.json\): "),
        (_half_a_manifest, r"manifest.json is damaged: "),
        (_no_files_listed, r"manifest.json is damaged: "),
        (_format_of_the_future, r"index has index format 99, this version reads 4: "),
        (_without_documents, r"documents.sqlite is missing: "),
        (_without_data, r" is missing: "),
        (_altered_vectors, r"documents.faiss was altered since the index was built: "),
        (_cut_windows, r"windows.npy was altered since the index was built: "),
    ],
)
def test_a_harmed_index_is_one_line_with_the_command_that_mends_it(folder: Path, harm: object, message: str) -> None:
    """What is wrong is named, the rest is left as it is."""
    harm(folder)  # type: ignore[operator]
    before = _state(folder)

    with pytest.raises(
        IndexFolderError, match=rf"{message}build it anew: rag index --replace SOURCE… --index {folder}$"
    ):
        Index(folder)

    assert _state(folder) == before


def test_a_harmed_index_can_be_built_anew(folder: Path, write_papers: WritePapers) -> None:
    """The command of the message does mend it."""
    _altered_vectors(folder)
    _half_a_manifest(folder)

    build_folder([write_papers(("New", "Words."), name="new.jsonl")], folder, HashEmbedder())

    assert _documents(folder) == ["New"]
    assert len(list(folder.glob("data-*"))) == 1


def test_an_absent_index_names_the_command_that_builds_it(tmp_path: Path) -> None:
    """First use without an index."""
    path = tmp_path / "none"

    with pytest.raises(IndexFolderError, match=f"^no index at {path}: run: rag index seeds/ --index {path}$"):
        Index(path)


def test_another_embedder_is_refused_with_both_named(folder: Path, write_papers: WritePapers) -> None:
    """Vectors of two models cannot be compared; nothing is changed."""
    other = HashEmbedder("other", 32)
    before = _state(folder)
    message = (
        rf"^{folder} was built with the embedder 'hash' \(64 dimensions\), not with 'other' \(32\):"
        rf" set RAG_EMBEDDER=hash, or build it anew: rag index --replace SOURCE… --index {folder}$"
    )

    with pytest.raises(IndexFolderError, match=message):
        check_embedder(read_manifest(folder), other, folder)
    with pytest.raises(IndexFolderError, match=message):
        update_folder(folder, other, add=[write_papers(("New", "Words."), name="new.jsonl")])
    assert _state(folder) == before


def test_a_build_with_another_embedder_takes_no_vector_over(
    folder: Path, write_papers: WritePapers, tmp_path: Path
) -> None:
    """The old vectors mean nothing to it."""
    other = HashEmbedder("other", 32)

    report = build_folder([write_papers(*_PAPERS)], folder, other)

    assert len(other.embedded) == report.chunks
    assert read_manifest(folder).embedder == "other"


def test_papers_without_a_word_can_be_indexed(
    tmp_path: Path, write_papers: WritePapers, hash_embedder: HashEmbedder
) -> None:
    """Stop words and signs alone give an index in which BM25 finds nothing."""
    build_folder([write_papers(("The", "And so on…"), ("+", "!"))], tmp_path / "index", hash_embedder)

    assert not Index(tmp_path / "index").lexical.scores({"model": 1.0}).any()
