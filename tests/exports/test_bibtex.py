"""BibTeX, checked by pybtex, which is strict where bibtexparser is not."""

from __future__ import annotations

import re
import unicodedata

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, parse_string
from pylatexenc.latex2text import LatexNodes2Text

from papertrack.core import formulas
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT
from papertrack.core.text import clean
from papertrack.exports.cited import cited
from papertrack.exports.registry import export

# All of Unicode, and more often what LaTeX and BibTeX mind.
letters = st.characters(codec="utf-8") | st.sampled_from(
    "{}\\$%#&_^~\"'`@<>|-,=[]()!? aéűł½β≤“–🔥大"
)
texts = st.text(letters, max_size=40).map(clean)
drawn_papers = st.builds(
    lambda number, **more: Paper(
        id=f"2511.{number:05}", key=f"arxiv:2511.{number:05}", **more
    ),
    number=st.integers(0, 99999),
    title=texts.filter(bool),
    authors=st.lists(texts.filter(bool), max_size=3).map(tuple),
    author_count=st.none() | st.integers(0, 9),
    abstract=st.none() | texts,
    published=st.sampled_from(
        [None, "2025", "2025-11", "2025-11-07", "soon", "2025-99-99"]
    ),
    doi=st.none() | texts,
    venue=st.none() | texts,
    url=st.none() | texts.map(lambda path: f"https://e.org/{path}"),
    categories=st.lists(texts, max_size=2).map(tuple),
    tags=st.lists(texts, max_size=2).map(tuple),
    note=st.none() | st.text(letters | st.just("\n"), max_size=40),
)


def parse(text: str) -> BibliographyData:
    return parse_string(text, "bibtex")


def decoded(latex: str) -> str:
    """What LaTeX prints, with the formulas as they are."""
    pieces = formulas.parts(latex)
    printed = [
        piece if place % 2 else LatexNodes2Text().latex_to_text(piece)
        for place, piece in enumerate(pieces)
    ]
    return unicodedata.normalize("NFC", "".join(printed))


def paper(
    key: str, title: str, *authors: str, published: str | None = "2025-11-07"
) -> Paper:
    return Paper(
        id=key.partition(":")[2],
        key=key,
        title=title,
        authors=authors,
        published=published,
    )


def only(one: Paper) -> dict[str, str]:
    """The fields of the one entry, as pybtex reads them."""
    (entry,) = parse(export([one], "bibtex")).entries.values()
    return dict(entry.fields)


def test_hostile_titles_round_trip(hostile: str) -> None:
    fields = only(paper("arxiv:2511.00001", hostile))
    assert decoded(fields["title"]) == unicodedata.normalize("NFC", hostile)


def cite_keys(papers: list[Paper]) -> list[str]:
    return [key for _, key in cited(papers, SILENT)]


@given(st.lists(drawn_papers, max_size=4, unique_by=lambda one: one.key))
def test_any_paper_is_an_entry_with_its_title(drawn: list[Paper]) -> None:
    text = export(drawn, "bibtex")
    entries = parse(text).entries
    assert bibtexparser.parse_string(text).failed_blocks == []
    assert list(entries) == cite_keys(drawn)
    assert [decoded(entry.fields["title"]) for entry in entries.values()] == [
        one.title for one in drawn
    ]
    for entry, one in zip(entries.values(), drawn, strict=True):
        named = len(entry.persons.get("author", ()))
        assert named == len(one.authors) + (
            0 < len(one.authors) < (one.author_count or 0)
        )
        assert re.fullmatch(r"[a-z0-9-]+", entry.key)


@given(texts.filter(bool))
def test_titles_are_balanced_and_contain_no_commands(title: str) -> None:
    text = only(paper("arxiv:2511.00001", title))["title"]
    assert text.count("{") == text.count("}")
    without_formulas = re.sub(r"(?<!\\)\$[^$]+\$", "", text)
    assert not re.search(r"(?<!\\)[$%#&_~]", without_formulas)


@pytest.mark.parametrize(
    ("authors", "written"),
    [
        (["Ana Tóng", "Bo Li"], r"Ana T{\'o}ng and Bo Li"),
        (["Tong, Ana"], "Tong, Ana"),
        (["Barnes and Noble", "Others"], "{Barnes and Noble} and {Others}"),
        (["Gemma Team"], "{Gemma Team}"),
        (["A, B, C, D", "Ends,"], "{A, B, C, D} and {Ends,}"),
        (["{Eve"], r"{\ensuremath{\lbrace}}Eve"),
        (["Anders Andersson"], "Anders Andersson"),
    ],
)
def test_authors(authors: list[str], written: str) -> None:
    text = export([paper("arxiv:2511.00001", "T", *authors)], "bibtex")
    assert f"  author = {{{written}}},\n" in text
    (entry,) = parse(text).entries.values()
    assert len(entry.persons["author"]) == len(authors)


def test_more_authors_than_named() -> None:
    some = Paper(id="1", key="url:1", title="T", authors=("Ana Tong",), author_count=3)
    assert "author = {Ana Tong and others}" in export([some], "bibtex")
    assert "author" not in export(
        [Paper(id="1", key="url:1", title="T", author_count=3)], "bibtex"
    )


def test_dates() -> None:
    assert (
        only(paper("url:1", "T", published="2025-11-07")).items()
        >= {"year": "2025", "month": "November"}.items()
    )
    assert only(paper("url:1", "T", published="2025")).keys() & {"year", "month"} == {
        "year"
    }
    assert not only(paper("url:1", "T", published=None)).keys() & {"year", "month"}


def test_a_note_cannot_start_an_entry() -> None:
    text = export(
        [Paper(id="1", key="url:1", title="T", note="a\n@misc{x,\n@{\n}")], "bibtex"
    )
    assert len(bibtexparser.parse_string(text).blocks) == len(parse(text).entries) == 1


def test_line_breaks_of_a_note_are_preserved() -> None:
    noted = Paper(id="1", key="url:1", title="T", note="50 % of\n\\input{x}\n\nend")
    assert (
        "  annote = {50 \\% of\n{\\textbackslash}input{\\ensuremath{\\lbrace}}x"
        in export([noted], "bibtex")
    )
    assert decoded(only(noted)["annote"]).split() == [
        "50",
        "%",
        "of",
        "\\input{x}",
        "end",
    ]


@pytest.mark.parametrize(
    ("title", "authors", "key"),
    [
        ("Thinking with Kites", ["Ana Tong"], "tong2025thinking"),
        ("The Art of the Kite", ["Tong, Ana"], "tong2025art"),
        ("GPT-4: a Report", ["Łukasz Ø. Señor-Ünal Jr."], "senorunal2025gpt"),
        ("Kites", ["Laurens van der Maaten"], "maaten2025kites"),
        ("Kites", ["van der Maaten, Laurens"], "maaten2025kites"),
        ("Kites", ["Gemma Team"], "gemma2025kites"),
        ("Kites", ["The LIGO Collaboration"], "ligo2025kites"),
        ("大規模 Models", ["山田"], "2025models"),
        ("$\\beta$-VAE", [], "2025beta"),
        ("大規模", ["山田"], "paper-00001"),
        ("The", [], "paper-00001"),
    ],
)
def test_cite_keys(title: str, authors: list[str], key: str) -> None:
    assert cite_keys([paper("arxiv:2511.00001", title, *authors)]) == [key]


def test_a_cite_key_without_a_year() -> None:
    assert cite_keys(
        [paper("url:https://e.org", "Kites", "Ana Tong", published=None)]
    ) == ["tongkites"]


def test_equal_cite_keys_do_not_depend_on_the_order() -> None:
    clashing = [
        paper("arxiv:2511.04570", "Thinking", "Ana Tong"),
        paper("arxiv:2501.04570", "Thinking fast", "Bo Tong"),
        paper("arxiv:2511.00002", "Thinking slow", "Ana Tong"),
        paper("url:https://e.org", "Thinking", "Ana Tong"),
    ]
    keys = cite_keys(clashing)
    assert keys[2] == "tong2025thinking-00002"
    assert len(set(keys)) == 4
    assert cite_keys(clashing[::-1]) == keys[::-1]
    assert (
        cite_keys([*clashing, paper("arxiv:2511.00003", "Kites", "Ana Tong")])[:4]
        == keys
    )


def test_a_paper_twice_is_one_entry(papers: list[Paper]) -> None:
    assert export([*papers, papers[0]], "bibtex") == export(papers, "bibtex")


def test_pylatexenc_is_silent(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    export([paper("url:1", clean("".join(map(chr, range(0x20, 0x2400)))))], "bibtex")
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
