"""Formats, detected from the content, then the suffix; gzip decompressed within bounds."""

import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised
from papertrack.core.model import Paper
from papertrack.exports.registry import export
from papertrack.sources import streams
from papertrack.sources.formats import FORMATS, detect_format
from papertrack.sources.streams import decompress, read_pieces, split_lines

CASES = Path(__file__).parent
SHARED = Path(__file__).parents[3] / "shared" / "data"
PAPER = Paper(
    id="2511.00001", key="arxiv:2511.00001", title="Owls", authors=("Ann Ek",)
)
HF = {
    "paper": {"id": "2511.00001", "title": "Owls"},
    "title": "Owls",
    "publishedAt": "2025-11-03T00:00:00.000Z",
}


def recognise(body: bytes, *, name: str) -> str:
    return detect_format(body, name=name).name


@pytest.mark.parametrize(
    ("body", "name", "format"),
    [
        ("% a comment\n\n@article{a, title={b}}", "", "bibtex"),
        ("@STRING (a = {b})\n", "notes.txt", "bibtex"),
        ("\ufeffProvider: x\n\nTY  - JOUR\nER  - ", "x.txt", "ris"),
        ('[{"id": "a", "type": "book", "title": "b", "issued": {}}]', "a.json", "csl"),
        ('{"items": [{"type": "book"}]}', "", "csl"),
        (
            '{"id":"0704.0001","authors_parsed":[["Ek","A",""]],"title":"t"}\n{"id":"x"}\n',
            "x.json",
            "arxiv-snapshot",
        ),
        ('{"id":"1","pdf_url":"u","published_at":"d"}\n', "", "arxiv-snapshot"),
        ('<?xml version="1.0"?>\n<!-- a --><opml version="2.0"/>', "a.xml", "opml"),
        (json.dumps([HF]), "", "hf-json"),
        (json.dumps({"dailyPapers": []}), "", "hf-json"),
        ("[]", "2025-11-07.json", "hf-json"),
        ("[]", "a.csl.json", "csl"),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "items": []}',
            "",
            "json-feed",
        ),
        ("<!DOCTYPE html>\n<html lang=en>", "", "html"),
        (
            '<?xml version="1.0"?><!DOCTYPE html PUBLIC "a" "b"><html xmlns="c">',
            "a.xml",
            "html",
        ),
        ("<html><head><title>@article{a,</title>", "refs.bib", "html"),
        ("\n<rss version='2.0'>", "", "feed"),
        (
            "<?xml version='1.0'?><rdf:RDF xmlns='http://purl.org/rss/1.0/'>",
            "",
            "feed",
        ),
        ("<feed xmlns='x'>", "", "feed"),
        ("<OAI-PMH xmlns='x'>", "", "feed"),
        ("<?xml version='1.0'?><other/>", "", "other-xml"),
        ("<EOS> tokens, and what they mean", "", "text"),
        ("[1] Ann Ek, arXiv:2511.00001", "", "text"),
        ("{not json}", "", "text"),
        ("", "", "text"),
        ("", "empty.bib", "bibtex"),
        ("garbled", "refs.ris", "ris"),
        ("@handle said so (and {more})", "a.txt", "text"),
        ("2511.00001", "ids.txt", "text"),
    ],
)
def test_formats(body: str, name: str, format: str) -> None:
    assert recognise(body.encode(), name=name) == format


@pytest.mark.parametrize(
    "fields", [None, ["id"], ["title", "url"], ["key", "title", "authors", "tags"]]
)
def test_own_exports(fields: list[str] | None) -> None:
    for name in ("", "a.txt", "a.json"):
        assert (
            recognise(export([PAPER, PAPER], "json", fields=fields).encode(), name=name)
            == "json"
        )
        assert (
            recognise(
                export([PAPER, PAPER], "jsonl", fields=fields).encode(), name=name
            )
            == "jsonl"
        )
        assert (
            recognise(export([PAPER], "jsonl", fields=fields).encode(), name=name)
            == "jsonl"
        )
    assert recognise(export([PAPER], "bibtex").encode(), name="") == "bibtex"


def test_an_object_longer_than_the_head() -> None:
    assert (
        recognise(json.dumps([{**HF, "summary": "x" * 300_000}]).encode(), name="")
        == "hf-json"
    )
    assert recognise(("[" * 300_000).encode(), name="") == "hf-json"


@pytest.mark.parametrize(
    "path", sorted((CASES / "copied_page").glob("*.txt")), ids=lambda path: path.stem
)
def test_copied_text_is_text(path: Path) -> None:
    assert recognise(path.read_bytes(), name="") == "text"


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="the recorded files are not beside this checkout"
)
def test_recorded_files() -> None:
    kinds = {
        "hf-daily": {"hf-json"},
        "hf-html": {"html"},
        "arxiv": {"html", "feed"},
        "feeds": {"feed", "json-feed", "html"},
        "bibliography": {"bibtex", "ris", "csl"},
    }
    for folder, allowed in kinds.items():
        for path in sorted((SHARED / folder).iterdir()):
            body = decompress(path.read_bytes(), name=path.name)
            assert recognise(body, name="") in allowed, path
            assert recognise(body, name=path.name) == recognise(body, name=""), path
    assert (
        recognise((SHARED / "listing-2025-11-07.txt").read_bytes(), name="") == "text"
    )


@given(
    st.binary(max_size=200), st.sampled_from(["", "a.bib", "a.json", "a.jsonl.gz", "-"])
)
def test_any_bytes_have_a_format(body: bytes, name: str) -> None:
    assert detect_format(body, name=name) in FORMATS


@pytest.mark.parametrize(
    "piece", ["<!--", "@a", "@ ", "<a ", "TY", '{"a":', " ", "<!doctype ", "["]
)
def test_files_made_to_take_long_have_a_format(piece: str) -> None:
    recognise((piece * (1_000_000 // len(piece))).encode(), name="")


def test_gzip_is_decompressed() -> None:
    assert decompress(b"plain", name="a") == b"plain"
    assert (
        decompress(
            gzip.compress(b"one\n") + gzip.compress(b"two") + b"\0" * 9, name="a"
        )
        == b"one\ntwo"
    )
    assert decompress(gzip.compress(b""), name="a") == b""


def test_damaged_gzip_is_refused_by_name() -> None:
    whole = gzip.compress(bytes(range(256)) * 4000)
    for body in (
        whole[:-4],
        whole[: len(whole) // 2],
        whole[:12],
        whole + b"junk",
        b"\x1f\x8b\x08 no gzip at all",
    ):
        with pytest.raises(Unrecognised, match=r"^a\.gz: "):
            decompress(body, name="a.gz")


def test_a_file_over_the_limit_is_refused_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "MAX_FILE", 10 * 1024**2)
    bomb = gzip.compress(b"\0" * 200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Unrecognised, match="more than 10 MB"):
            decompress(bomb, name="a.gz")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40_000_000


@given(st.binary(max_size=400), st.booleans())
def test_lines_are_those_of_the_text(body: bytes, compressed: bool) -> None:
    if body.startswith(b"\x1f\x8b\x08"):
        return
    stream = io.BytesIO(gzip.compress(body) if compressed else body)
    assert list(
        split_lines(read_pieces(stream, name="a"), name="a")
    ) == body.removesuffix(b"\n").split(b"\n") * bool(body)


def test_a_line_that_does_not_end_is_refused() -> None:
    stream = io.BytesIO(b"\0" * 40_000_000)
    with pytest.raises(Unrecognised, match="a line of more than 16 MB"):
        list(split_lines(read_pieces(stream, name="a"), name="a"))


def test_an_incomplete_stream_has_the_lines_before_its_end() -> None:
    whole = gzip.compress(
        b"".join(b"%d %d\n" % (n, n * n * 7919) for n in range(300_000))
    )
    read: list[bytes] = []
    with pytest.raises(Unrecognised, match="cut off"):
        read.extend(
            split_lines(
                read_pieces(io.BytesIO(whole[: len(whole) * 9 // 10]), name="a"),
                name="a",
            )
        )
    assert len(read) > 200_000
