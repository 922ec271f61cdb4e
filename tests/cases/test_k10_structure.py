"""K10: an entry with a mistake is read or reported; the others are never lost with it."""

from __future__ import annotations

import pytest

from papertrack.core.facts import Listing
from papertrack.sources.bibliography import bibtex, ris
from tests.cases.bibliographies import bib
from tests.helpers.growth import grows_linearly


def read(text: str) -> Listing:
    return bibtex.parse(text.encode(), name="a.bib")


REPAIRED = {
    "missing comma": "@article{k1,\n title={Lids}\n author={Roe, Ann},\n year=2020\n}",
    "missing comma after a number": "@article{k1, year=2020\n title={Lids}, author={Roe, Ann}}",
    "missing comma after the key": "@article{k1\n title={Lids}, author={Roe, Ann}, year=2020}",
    "double comma": "@article{k1, title={Lids},, author={Roe, Ann}, year=2020,,}",
    "no key": "@article{title={Lids}, author={Roe, Ann}, year=2020}",
    "no key on a line": "@article{\n title={Lids},\n author={Roe, Ann},\n year={2020}\n}",
    "empty key": "@article{, title={Lids}, author={Roe, Ann}, year=2020}",
    "key with spaces": "@article{Roe et al 2020, title={Lids}, author={Roe, Ann}, year=2020}",
    "quotes": '@article{k1, title="Lids", author="Roe, Ann", year="2020"}',
    "parentheses": "@article(k1, title={Lids}, author={Roe, Ann}, year=2020)",
    "capitals": "@ARTICLE{K1, TITLE={Lids}, AUTHOR={Roe, Ann}, YEAR=2020}",
    "joined": '@article{k1, title="L" # {id} # "s", author={Roe, Ann}, year=2020}',
    "macro": "@string{li = {Lid}}\n@article{k1, title=li # {s}, author={Roe, Ann}, year=2020}",
    "macro in parentheses": '@string(l="Lids")\n@article{k1,title=l,author={Roe, Ann},year=2020}',
    "comments": '% x\n@comment{a {b} c}\n@preamble{"x"}\n@article{k1,\n % @y{\n title={Lids}, '
    "author={Roe, Ann}, year=2020}",
    "a commented entry": "@comment{\n@article{k0, title={Old}}\n}\n@article{k1, title={Lids}, "
    "author={Roe, Ann}, year=2020}",
    "escaped brace": r"@article{k1, title={Lids}, note={\{x}, author={Roe, Ann}, year=2020}",
    "a path": "@article{k1, title={Lids}, file={C:\\a\\}, author={Roe, Ann}, year=2020}",
    "no quotes": "@article{k1, title=Lids, author={Roe, Ann}, year=2020}",
    "an address in front": "me@tea.example\n@article{k1,title={Lids},author={Roe, Ann},year=2020}",
    "an entry in a value": "@article{k1, abstract={a\n@misc{b}\n}, title={Lids}, "
    "author={Roe, Ann}, year=2020}",
    "semicolons": "@article{k1, title={Lids}; author={Roe, Ann}; year={2020};}",
    "indented": "   @ article {k1, title = {Lids}, author = {Roe, Ann}, year = 2020}",
}


@pytest.mark.parametrize("name", REPAIRED)
def test_a_repaired_entry(name: str) -> None:
    listing = read(f"{REPAIRED[name]}\n@misc{{k2, title={{Other}}}}\n")
    assert listing.problems == ()
    first, other = listing.facts
    assert (first.title, first.authors, first.published) == (
        "Lids",
        ("Ann Roe",),
        "2020",
    )
    assert other.title == "Other"


REPORTED = {
    "no end": (
        "@article{k1, title={Lids}, year=2020\n",
        "@article{k1 has no closing brace",
    ),
    "a brace too many": (
        "@article{k1, title={Lids}}, year=2020}\n",
        "@article{k1 has a closing brace too many",
    ),
    "an open value": (
        "@article{k1,\n  title={Lids,\n  year=2020\n}\n",
        "@article{k1: a brace or a quote is not closed;"
        " each field is read up to the line of the next one",
    ),
    "an open quote": (
        '@article{k1,\n  title="Lids,\n  year=2020\n}\n',
        "@article{k1: a brace or a quote is not closed;"
        " each field is read up to the line of the next one",
    ),
}


@pytest.mark.parametrize("name", REPORTED)
def test_a_reported_entry(name: str) -> None:
    body, problem = REPORTED[name]
    listing = read(f"@misc{{k0, title={{First}}}}\n{body}@misc{{k2, title={{Last}}}}\n")
    assert listing.problems == (f"a.bib, line 2: {problem}",)
    first, middle, last = listing.facts
    assert (first.title, last.title) == ("First", "Last")
    assert (middle.title, middle.published) == ("Lids", "2020")


@pytest.mark.parametrize(
    "broken",
    [
        "@article{k1, title={Lids",
        "@article{k1, author={Roe, Ann}, year=2020}",
        "@article{k1}",
        "@article{}",
        '@article{k1, title="Lids}',
    ],
)
def test_a_broken_entry_costs_only_itself(broken: str) -> None:
    listing = read(
        f"@misc{{k0, title={{First}}}}\n{broken}\n@misc{{k2, title={{Last}}}}\n"
    )
    assert [facts.title for facts in listing.facts] == ["First", "Last"]
    assert listing.unreadable == len(listing.problems) == 1
    assert listing.problems[0].startswith("a.bib, line 2: ")


BOOK = "@proceedings{p, title={Proc. of Tea}, booktitle={Tea 20}, year=2020, doi={10.1000/p}}\n"


@pytest.mark.parametrize(
    ("text", "venue", "published"),
    [
        ("@inproceedings{c, title={Cup}, crossref={p}}\n" + BOOK, "Tea 20", "2020"),
        (BOOK + "@inproceedings{c, title={Cup}, crossref={p}}", "Tea 20", "2020"),
        (
            "@inproceedings{c, title={Cup}, crossref={p}, booktitle={Own}, year=1999}\n"
            + BOOK,
            "Own",
            "1999",
        ),
        (
            "@incollection{c, title={Cup}, crossref={b}}\n@book{b, title={Tea}, date={2020-03}}",
            "Tea",
            "2020-03",
        ),
        (
            "@article{c, title={Cup}, crossref={b}}\n@periodical{b, title={Tea}, year=2020}",
            "Tea",
            "2020",
        ),
        (
            "@xdata{x, journaltitle={Tea}, year=2020}\n@article{c, title={Cup}, xdata={x}}",
            "Tea",
            "2020",
        ),
        (
            "@xdata{x, year=2020}\n@xdata{y, xdata={x}, journaltitle={Tea}}\n"
            "@article{c, title={Cup}, xdata={z, y}}",
            "Tea",
            "2020",
        ),
        (
            "@incollection{c, title={Cup}, crossref={B}}\n@book{b, title={Tea}, year=2020}",
            "Tea",
            "2020",
        ),
        ("@inproceedings{c, title={Cup}, crossref={c}, year=2020}", None, "2020"),
        ("@inproceedings{c, title={Cup}, crossref={none}, year=2020}", None, "2020"),
    ],
)
def test_inherited_fields(text: str, venue: str | None, published: str) -> None:
    listing = read(text)
    assert listing.problems == ()
    (child,) = (facts for facts in listing.facts if facts.title == "Cup")
    assert (child.venue, child.published, child.doi) == (venue, published, None)


@pytest.mark.parametrize(
    ("written", "venue"),
    [
        (r"{\apj}", "The Astrophysical Journal"),
        (r"{\mnras}", "Monthly Notices of the Royal Astronomical Society"),
        (r"{{\aap}}", "Astronomy & Astrophysics"),
        (r"{\prd }", "Physical Review D"),
        ("apj", "The Astrophysical Journal"),
        (r"{\tea}", r"\tea"),
        ("{Nat}", "Nat"),
    ],
)
def test_journals_of_ads(written: str, venue: str) -> None:
    assert bib(f"journal = {written}").venue == venue


@pytest.mark.parametrize(
    ("written", "keywords"),
    [
        ("tea, warm\n   water, cups", ("tea", "warm water", "cups")),
        ("tea; warm, hot; cups", ("tea", "warm, hot", "cups")),
        (r"tea, caf{\'e}, R\&D", ("tea", "café", "R&D")),
        ("tea,, tea", ("tea",)),
    ],
)
def test_keywords(written: str, keywords: tuple[str, ...]) -> None:
    assert bib(f"keywords = {{{written}}}").keywords == keywords


def test_a_record_of_ris_without_an_end_costs_nothing() -> None:
    body = b"TY  - JOUR\nTI  - Lids\nTY  - JOUR\nTI  - Cups\nAB  - a\n b\n\nER  - \n"
    listing = ris.parse(body, name="a.ris")
    assert [facts.title for facts in listing.facts] == ["Lids", "Cups"]
    assert listing.problems == ("a.ris, line 1: this record has no 'ER  -'",)


@pytest.mark.parametrize(
    "unit",
    [
        "@a{",
        "@a{b,c={",
        "\n@a{b,c={x\n",
        "c={c={",
        "@comment{\n",
        "a = ",
        "{",
        '"a ',
        "\\{",
        "}, a={",
        "\n a={",
        "a and ",
        "a, ",
        " et al. ",
        "arXiv: ",
    ],
)
def test_time_is_proportional_to_the_length(unit: str) -> None:
    def parse(size: int) -> None:
        body = f"@misc{{k0, title={{Lids}}}}\n@a{{k, author={{{unit * size}}}, note={{{unit}"
        bibtex.parse(body.encode(), name="a")

    assert grows_linearly(parse, 10_000)
