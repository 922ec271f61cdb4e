"""Hostile bodies: each parser refuses them, or returns the clean part and reports what
it truncated, within bounds of time and memory.

`python -m tests.soak.bounds` runs all of them at 10 MB.
"""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
from dataclasses import replace

import pytest

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, truncated
from papertrack.core.text import clean, fold
from papertrack.fetching import files as importing
from papertrack.fetching.run import Report
from papertrack.library.library import Library
from papertrack.sources import formats
from papertrack.sources import limits as guard
from tests.helpers.growth import grows_linearly
from tests.helpers.hostile_bodies import BODIES, api, bib, laughs, opml, row, rss
from tests.helpers.parsers import outcome

SMALL = 1_000
READINGS = [
    (kind, parser)
    for kind, (parsers, _) in BODIES.items()
    for parser in parsers.split()
]


@pytest.mark.parametrize(("kind", "parser"), READINGS)
def test_every_body_is_a_listing_or_an_error(kind: str, parser: str) -> None:
    # bibtexparser is slow, and is the parser both times.
    size = SMALL if (kind, parser) != ("bibtex", "file") else SMALL // 10
    for name, make in BODIES[kind][1].items():
        assert outcome(parser, make(size)), name


# Before they were bounded, these took time in the square of their size, or many
# times their memory.
HARD = [
    ("api", "depth", "api"),
    ("hf page", "<div>", "hf-page"),
    ("hf page", "<b>", "hf-page"),
    ("arxiv list", "open tags", "arxiv-page"),
    ("hf page", "attributes", "hf-page"),
    ("feed", "attributes", "feed"),
    ("feed", "open tags", "feed"),
    ("feed", "categories", "feed"),
    ("json", "closed [", "hf-json"),
    ("json", "accents", "hf-json"),
    ("bibtex", "in one line", "bibtex"),
    ("text", "accents", "plain"),
    ("bibtex", "authors: commands", "bibtex"),
    ("announced", "authors of parentheses", "announced"),
]


@pytest.mark.parametrize(("kind", "name", "parser"), HARD)
def test_time_is_proportional_to_the_size(kind: str, name: str, parser: str) -> None:
    make = BODIES[kind][1][name]
    size = 20_000 if kind == "bibtex" else 60_000
    assert grows_linearly(lambda size: outcome(parser, make(size)), size)


@pytest.mark.parametrize("name", ["references", "depth", "open tags", "lone &"])
def test_memory_is_a_small_multiple_of_the_body(name: str) -> None:
    body = BODIES["api"][1][name if name in BODIES["api"][1] else f"title of {name}"](
        3_000_000
    )
    tracemalloc.start()
    try:
        outcome("api", body)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [api, rss, opml])
@pytest.mark.parametrize("parser", ["file", "feed", "api", "announced"])
def test_entity_declarations_are_refused(make, parser: str) -> None:
    outside = (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    )
    for body in (
        laughs(make, 4)(0),
        make(b"<title>&x;</title>").replace(b'<?xml version="1.0"?>', outside, 1),
    ):
        result = outcome(parser, body)
        assert result.startswith("refused: ")
        assert "root:" not in result


@pytest.mark.parametrize(
    "charset",
    ["hex", "rot13", "idna", "punycode", "unicode_escape", "base64", "x" * 40],
)
def test_an_unknown_charset_is_read_as_utf_8(charset: str) -> None:
    headers = {"content-type": f"text/html; charset={charset}"}
    assert (
        guard.decode("naïve – \N{SNOWMAN}".encode() + b"\xff", headers)
        == "naïve – \N{SNOWMAN}\ufffd"
    )


@pytest.mark.parametrize(
    ("body", "headers", "text"),
    [
        ("\ufeffé".encode(), {}, "é"),
        ("é".encode("utf-16"), {}, "é"),
        ("<é".encode("utf-16-le"), {}, "<é"),
        ("é".encode("utf-32"), {}, "é"),
        (
            "Привет".encode("koi8-r"),
            {"content-type": "text/html; charset=koi8-r"},
            "Привет",
        ),
        (
            b"<?xml version='1.0' encoding='iso-8859-1'?>\xe9",
            {},
            "<?xml version='1.0' encoding='iso-8859-1'?>é",
        ),
        (
            "日本".encode("iso2022_jp"),
            {"content-type": "text/html; charset=iso-2022-jp"},
            "日本",
        ),
        (b"caf\xe9", {}, "café"),
        ("Привет".encode() + b"\xff", {}, "Привет\ufffd"),
        ("é".encode(), {"content-type": "text/html; charset=iso-8859-1"}, "é"),
    ],
)
def test_the_charset(body: bytes, headers: dict[str, str], text: str) -> None:
    assert guard.decode(body, headers) == text


def test_too_long_fields_are_truncated_and_reported() -> None:
    address = f"https://a/{'b' * 3_000}"
    long = Facts(
        title="x" * 10_000_000,
        authors=("A",) * 30_000,
        keywords=("k" * 5_000,),
        url=address,
    )
    assert (len(long.title), long.title[-1], long.authors[-2:], long.url) == (
        2_000,
        "…",
        ("A", "…"),
        None,
    )
    assert len(long.authors) == 20_001
    assert truncated(long) == ("title", "authors", "keywords")
    assert (
        truncated(
            Facts(title="x" * 2_000, abstract="y" * 100_000, authors=("A",) * 20_000)
        )
        == ()
    )
    assert replace(long, venue="x").authors == long.authors


OPTIONS = importing.Options(today=dt.date(2025, 11, 24))


def test_a_truncated_title_is_reported_by_the_import(library: Library) -> None:
    report = Report("rows.json")
    body = row(
        title="T" * 3_000_000, authors=[{"name": f"A {n}"} for n in range(20_000)]
    )
    importing.import_file(library, io.BytesIO(body), report, OPTIONS)
    assert report.problems == ["2511.00001: too long, truncated: title"]
    paper = library.get("arxiv:2511.00001")
    assert (len(paper.title), len(paper.authors)) == (2_000, 20_000)
    again = Report("rows.json")
    importing.import_file(library, io.BytesIO(body), again, OPTIONS)
    assert again.counts == (0, 0, 1)


def test_any_number_of_latex_commands_is_read() -> None:
    body = bib("abstract", rb"\emph{a} \& \foo{b} ")(100_000)
    listing = formats.read_file(body, name="x.bib")
    assert listing.notes == ()
    assert (listing.facts[0].abstract or "").startswith(r"a & \foo{b} a & \foo{b} ")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b"NaN", "NaN is not a JSON number"),
        (b"9" * 5_000, "integer string conversion"),
        (b"-1", "upvotes is not a count"),
        (b"1e999", "upvotes is not a count"),
        (b"9" * 30, "upvotes is not a count"),
    ],
)
def test_invalid_numbers_are_reported(value: bytes, message: str) -> None:
    assert message in outcome("hf-json", row(upvotes="@").replace(b'"@"', value))


def test_of_duplicate_keys_the_last_counts() -> None:
    body = b'[{"paper":{"id":"2511.00001","title":"T","title":"U"}}]'
    assert [said.title for said in formats.read_file(body, name="-").facts] == ["U"]


@pytest.mark.parametrize("gap", [0, 499, 500, 501, 4_000])
def test_time_is_proportional_to_the_number_of_accents(gap: int) -> None:
    def cleaned(size: int) -> str:
        text = "é" * gap + "a" + "\u0301" * size + "\u0316" * size
        fold(text)
        return clean(text)

    assert cleaned(1000).startswith("é" * gap)
    assert grows_linearly(cleaned, 100_000)


def test_text_without_blanks_is_cleaned() -> None:
    assert clean("日本語" * 400) == "日本語" * 400
    assert clean("e\u0301" * 400) == "é" * 400


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(Unrecognised, match="made to fill the memory"):
        formats.read_file(BODIES["gzip"][1]["bomb"](1_200_000), name="x.gz")
