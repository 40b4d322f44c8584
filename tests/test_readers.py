import csv
import gzip
import io
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.readers import SUFFIXES, Record, read_sources
from rag.types import Rejected

_ABSTRACT = "We show that reading a record gives back the very words that were written into it, sign for sign, always."
_PAGE = f"new\n\nDaily Papers\n\nAug 13\n\nOne Title\n\n{_ABSTRACT}\n\nAug 12\n\nOther Title\n\n{_ABSTRACT}\n"
# Everything a UTF-8 file can hold but what means something to the file itself.
_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_titles = st.text(_characters, min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)
_texts = st.text(_characters, min_size=1, max_size=200).map(str.strip).filter(bool)
_papers = st.lists(st.tuples(_titles, _texts), min_size=1, max_size=4)
# A file written for one example is overwritten by the next.
_fast = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def _read(path: Path) -> list[Record]:
    items = list(read_sources([path]))
    assert all(isinstance(item, Record) for item in items), items
    return [item for item in items if isinstance(item, Record)]


def _rejected(path: Path) -> list[str]:
    return [f"{item.source}: {item.reason}" for item in read_sources([path]) if isinstance(item, Rejected)]


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_seed_pages_hold_95_and_71_entries(seeds: Path) -> None:
    """Navigation and dates are left out, titles and abstracts paired: counted by hand on the pages."""
    counts = [len(_read(path)) for path in sorted(seeds.glob("*.txt"))]

    assert counts == [95, 71]


def test_a_seed_entry_keeps_its_words_and_its_place(seeds: Path) -> None:
    """The first entry of the first page, with the date above it, LaTeX remnants and all."""
    path = min(seeds.glob("*.txt"))
    first = _read(path)[0]

    assert first.title == "MobileTL: On-device Transfer Learning with Inverted Residual Blocks"
    assert first.text.startswith("Transfer learning on edge is challenging")
    assert first.text in path.read_text()
    assert first.source == {"file": str(path), "record": 1, "date": "Aug 13"}


def test_a_page_gives_each_entry_the_date_above_it(tmp_path: Path) -> None:
    """Dates divide a page into days."""
    records = _read(_file(tmp_path, "page.txt", _PAGE))

    assert [(record.title, record.source["date"]) for record in records] == [
        ("One Title", "Aug 13"),
        ("Other Title", "Aug 12"),
    ]


@_fast
@given(_papers)
def test_what_is_written_as_json_lines_comes_back(tmp_path: Path, papers: list[tuple[str, str]]) -> None:
    """Any title and abstract survive JSON lines, escapes or none."""
    for ascii_only in (True, False):
        lines = [json.dumps({"title": t, "abstract": a}, ensure_ascii=ascii_only) for t, a in papers]
        path = _file(tmp_path, "papers.jsonl", "\n".join(lines))

        assert papers == [(record.title, record.text) for record in _read(path)]


@_fast
@given(_papers, st.sampled_from([("papers.csv", ","), ("papers.tsv", "\t")]))
def test_what_is_written_as_a_table_comes_back(
    tmp_path: Path, papers: list[tuple[str, str]], kind: tuple[str, str]
) -> None:
    """Any title and abstract, line breaks and quotes included, survive CSV and TSV."""
    name, delimiter = kind
    table = io.StringIO()
    csv.writer(table, delimiter=delimiter).writerows([("Title", "Abstract"), *papers])
    path = _file(tmp_path, name, table.getvalue())

    assert papers == [(record.title, record.text) for record in _read(path)]


@_fast
@given(_papers)
def test_what_is_written_as_a_json_array_comes_back(tmp_path: Path, papers: list[tuple[str, str]]) -> None:
    """Any title and abstract survive a JSON array."""
    path = _file(tmp_path, "papers.json", json.dumps([{"title": t, "summary": a} for t, a in papers]))

    assert papers == [(record.title, record.text) for record in _read(path)]


@_fast
@given(st.binary(max_size=300), st.sampled_from([suffix + gz for suffix in SUFFIXES for gz in ("", ".gz")]))
def test_no_file_breaks_a_reader(tmp_path: Path, content: bytes, suffix: str) -> None:
    """Any bytes under any known name give records or one line each on what is wrong."""
    path = _file(tmp_path, f"file{suffix}", content)

    for item in read_sources([path]):
        assert isinstance(item, Record) or "\n" not in f"{item.source}: {item.reason}"


def test_a_corpus_in_the_layout_of_beir_is_read(tmp_path: Path) -> None:
    """`_id`, `title` and `text`; a paper known by title alone is kept."""
    rows = [{"_id": "d1", "title": "T", "text": "Words."}, {"_id": "d2", "title": "U", "text": "", "metadata": {}}]
    records = _read(_file(tmp_path, "corpus.jsonl", "\n".join(map(json.dumps, rows))))

    assert [(record.source["id"], record.title, record.text) for record in records] == [
        ("d1", "T", "Words."),
        ("d2", "U", ""),
    ]


def test_a_record_of_the_arxiv_dump_is_read(tmp_path: Path) -> None:
    """Its line breaks in titles go, those in abstracts stay; date, authors and categories are kept."""
    row = {
        "id": "0704.0001",
        "authors": "C. Balázs, E. L. Berger",
        "title": "Calculation of prompt\n  diphoton production",
        "categories": "hep-ph",
        "journal-ref": None,
        "abstract": "  A fully differential calculation\nis presented.\n",
        "update_date": "2008-11-26",
    }
    record = _read(_file(tmp_path, "arxiv.jsonl", json.dumps(row)))[0]

    assert record.title == "Calculation of prompt diphoton production"
    assert record.text == "A fully differential calculation\nis presented."
    assert record.source["id"] == "0704.0001"
    assert record.source["date"] == "2008-11-26"
    assert record.metadata == {"authors": "C. Balázs, E. L. Berger", "categories": "hep-ph"}


def test_a_bibtex_entry_with_an_abstract_is_read(tmp_path: Path) -> None:
    """Braces that guard capitals go from the title; year, authors and doi are kept."""
    entry = (
        "@article{key1, title = {The {BERT} Paper}, abstract = {Some\n words.},"
        " year = 2019, doi = {10.1/x}, author = {A}}"
    )
    record = _read(_file(tmp_path, "refs.bib", entry))[0]

    assert (record.title, record.text) == ("The BERT Paper", "Some words.")
    assert record.source["id"] == "key1"
    assert record.source["date"] == "2019"
    assert record.metadata == {"author": "A", "year": "2019", "doi": "10.1/x"}


def test_a_bibtex_key_may_come_twice(tmp_path: Path) -> None:
    """Merged bibliographies repeat keys; the papers are two all the same."""
    entries = "@book{k, title={T}, abstract={A.}}\n@book{k, title={U}, abstract={B.}}"

    assert [record.title for record in _read(_file(tmp_path, "refs.bib", entries))] == ["T", "U"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "\nThe Title\n\nThe words.\nMore words.\n"),
        ("a.md", "# The Title\n\n## Abstract\nThe words.\nMore words."),
        ("a.md", "The Title\r\nAbstract: The words.\r\nMore words."),
    ],
)
def test_a_text_file_is_a_title_and_an_abstract(tmp_path: Path, name: str, content: str) -> None:
    """One paper per file: first line or heading, then the rest without the word "Abstract"."""
    records = _read(_file(tmp_path, name, content))

    assert [(record.title, record.text) for record in records] == [("The Title", "The words.\nMore words.")]


def test_a_packed_file_is_read_like_the_plain_one(tmp_path: Path) -> None:
    """`.gz` behind any known suffix."""
    content = json.dumps({"title": "T", "abstract": "Words."}).encode()

    assert _read(_file(tmp_path, "p.jsonl.gz", gzip.compress(content)))[0].text == "Words."


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """Spreadsheet programs write one."""
    assert _read(_file(tmp_path, "p.csv", "\ufefftitle,abstract\nT,Words.\n"))[0].title == "T"


def test_column_names_are_read_in_any_case(tmp_path: Path) -> None:
    """Case and outer white space of a column name mean nothing."""
    assert _read(_file(tmp_path, "p.csv", "Title, ABSTRACT \nT,Words.\n"))[0].text == "Words."


def test_a_single_json_object_is_one_record(tmp_path: Path) -> None:
    """A file may hold one paper without an array around it."""
    assert _read(_file(tmp_path, "p.json", '{"title": "T", "abstract": "Words."}'))[0].source["record"] == 1


def test_a_folder_is_read_in_the_order_of_its_file_names(tmp_path: Path) -> None:
    """Sub-folders too; hidden files, read-me files and other kinds are passed over."""
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a.txt", "sub/c.md", ".hidden.txt", "README.md", "picture.png"):
        _file(tmp_path, name, f"{Path(name).stem}\nWords.")

    titles = [item.title for item in read_sources([tmp_path]) if isinstance(item, Record)]

    assert titles == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.jsonl", '{"title": "T", "abstract": "A."}\n{"title": ', "line 2: not JSON: Expecting value at column 11"),
        ("p.jsonl", '\n\n{"title": "T"}', "line 3: no field named abstract or text or summary or description"),
        ("p.jsonl", '{"abstract": "A."}', "line 1: no field named title or paper_title or name"),
        ("p.jsonl", '{"title": " ", "abstract": "A."}', 'line 1: "title" is empty'),
        ("p.jsonl", '{"title": "T", "abstract": null}', 'line 1: "abstract" is empty'),
        ("p.jsonl", '{"title": 5, "abstract": "A."}', 'line 1: "title" is int, not text'),
        ("p.jsonl", '["T", "A."]', "line 1: expected an object with title and abstract, found list"),
        ("p.jsonl", '{"title": "T", "abstract": "\\ud800"}', 'line 1: "abstract" holds half of a character'),
        (
            "p.jsonl",
            '{"title": 1' + "0" * 5000 + "}",
            "line 1: not JSON that can be read: nested too deep, or a number too",
        ),
        ("p.jsonl", "[" * 100_000, "line 1: not JSON that can be read: nested too deep"),
        ("p.jsonl", "", ": the file is empty"),
        ("p.json", "[]", ": the file holds no record"),
        ("p.json", '{"title"', ": not JSON: Expecting ':' delimiter"),
        ("p.json", '"words"', ": expected an array of objects with title and abstract"),
        (
            "p.json",
            '[{"title": "T", "abstract": "A."}, 7]',
            "record 2: expected an object with title and abstract, found int",
        ),
        (
            "p.csv",
            "title,year\nT,2020\n",
            "line 1: no column named abstract or text or summary or description among title",
        ),
        ("p.csv", "abstract;title\n", "line 1: no column named title or paper_title or name among abstract;title"),
        ("p.csv", "title,abstract\nT,A.,x,y\n", "line 2: 2 more cells than the header has columns"),
        ("p.csv", "title,abstract\nT\n", 'line 2: "abstract" is empty'),
        ("p.csv", 'title,abstract\nT,"A.\n', "unexpected end of data"),
        ("p.csv", "title,abstract\n", ": the file holds no record"),
        ("p.bib", "@article{key1, title = {T}, year = 2020}", 'entry key1: "abstract" is empty'),
        ("p.bib", "@article{key1, title = {T}, abstract = {A.", "line 1: not a BibTeX entry: check braces and commas"),
        ("p.bib", "@book{k, title={T}, title={U}, abstract={A.}}", "line 1: not a BibTeX entry: title stands twice"),
        ("p.bib", "no entry at all", ": the file holds no record"),
        ("p.txt", "Only a title\n", ': "abstract" is empty'),
        ("p.txt", b"Title\n\nna\xefve", "line 3: not UTF-8 text: save the file as UTF-8 and try again"),
        ("p.txt", b"Title\x00\nWords.", ": holds NUL bytes, so it is no text file"),
        ("p.txt", "T\n" + "x" * 100_001, ': "abstract" has 100,001 characters, more than 100,000: index abstracts'),
        ("p.jsonl.gz", b"no gzip at all", ": damaged gzip file"),
        ("p.jsonl.gz", gzip.compress(b"{}" * 50)[:-9], ": damaged gzip file"),
        ("p.txt", _PAGE[: _PAGE.rindex(_ABSTRACT)], "line 13: no abstract follows the title 'Other Title'"),
        ("p.txt", _PAGE.replace("Aug 12\n\nOther Title\n\n", ""), "line 11: no abstract follows"),
        (
            "p.txt",
            _PAGE.replace("Other Title\n\n", "").replace("One", _ABSTRACT * 4 + "One"),
            "line 7: expected a title, found",
        ),
        (
            "p.txt",
            _PAGE.replace(_ABSTRACT, "Too short.", 1),
            "line 9: expected the abstract of 'One Title', found 'Too short.'",
        ),
        ("p.txt", "Daily Papers\n\nAug 13\n", ": the page has no entries"),
    ],
)
def test_a_malformed_record_is_named_with_what_is_wrong(tmp_path: Path, name: str, content: str, message: str) -> None:
    """File, line or record, and the reason, in one line; the other records of the file still come."""
    path = _file(tmp_path, name, content)

    lines = _rejected(path)

    assert len(lines) == 1
    assert lines[0].startswith(str(path))
    assert message in lines[0]
    assert "\n" not in lines[0]


def test_a_damaged_stream_inside_a_gzip_file_is_named(tmp_path: Path) -> None:
    """A flipped byte in the packed data is reported like a missing end."""
    packed = bytearray(gzip.compress(b"some words " * 50))
    packed[10] = 0xFF
    with pytest.raises(zlib.error):
        gzip.decompress(packed)

    assert _rejected(_file(tmp_path, "p.txt.gz", bytes(packed)))[0].endswith("damaged gzip file")


def test_good_records_beside_a_bad_one_still_come(tmp_path: Path) -> None:
    """A reader reports the second line and goes on with the third."""
    good = '{"title": "T", "abstract": "A."}'
    items = list(read_sources([_file(tmp_path, "p.jsonl", f"{good}\nnonsense\n{good}\n")]))

    assert [type(item) for item in items] == [Record, Rejected, Record]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.jsonl", "absent.jsonl: no such file or folder"),
        ("kind.pdf", "kind.pdf: unknown kind .pdf: use .jsonl, .ndjson, .json, .csv, .tsv, .bib, .txt, .md"),
        ("suffixless", "suffixless: unknown kind without suffix: use"),
        ("empty", "empty: no file that can be read in this folder"),
    ],
)
def test_a_source_that_is_none_is_an_error(tmp_path: Path, name: str, message: str) -> None:
    """A wrong path is not a bad record: it is never skipped."""
    for kind in ("kind.pdf", "suffixless"):
        _file(tmp_path, kind, "words")
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError, match=message):
        list(read_sources([tmp_path / name]))
