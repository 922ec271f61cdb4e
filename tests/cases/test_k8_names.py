"""K8: each author is one name, given names first; `et al.` is none."""

from __future__ import annotations

from typing import Any

import pytest

from papertrack.sources.bibliography import bibtex
from tests.cases.bibliographies import bib, csl_item, ris_record

NAMES = {
    "Roe, Ann and Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Ann Roe and Bo Lee": ("Ann Roe", "Bo Lee"),
    "Roe, Ann\n    and Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Roe, Ann AND Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Roe,Ann and Lee,Bo": ("Ann Roe", "Bo Lee"),
    "Roe, Ann; Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Ann Roe; Bo Lee; Cy Dahl": ("Ann Roe", "Bo Lee", "Cy Dahl"),
    "Ann Roe, Bo Lee, Cy Dahl": ("Ann Roe", "Bo Lee", "Cy Dahl"),
    "Ann Roe, Bo Lee, and Cy Dahl": ("Ann Roe", "Bo Lee", "Cy Dahl"),
    "Ann Roe, Bo Lee and Cy Dahl": ("Ann Roe", "Bo Lee", "Cy Dahl"),
    "A. Roe, B. Lee": ("A. Roe", "B. Lee"),
    "Roe, A., Lee, B.": ("A. Roe", "B. Lee"),
    "Roe, A. B., Lee, C., Dahl, D.": ("A. B. Roe", "C. Lee", "D. Dahl"),
    "Roe, Ann, and Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Ann Roe & Bo Lee": ("Ann Roe", "Bo Lee"),
    r"Roe, Ann {\&} Lee, Bo": ("Ann Roe", "Bo Lee"),
    "Johnson & Johnson": ("Johnson & Johnson",),
    "Roe, Ann and": ("Ann Roe",),
    "{The Owl Team} and Roe, Ann": ("The Owl Team", "Ann Roe"),
    "{Tea, Cups and Lids Ltd.}": ("Tea, Cups and Lids Ltd.",),
    "van der Roe, Ann": ("Ann van der Roe",),
    "Ludwig van Roe": ("Ludwig van Roe",),
    "de la Roe Díaz, Ana María": ("Ana María de la Roe Díaz",),
    "García Roe, Ana María and Lee, Bo": ("Ana María García Roe", "Bo Lee"),
    "Roe, Jr., Ann": ("Ann Roe Jr.",),
    "Roe, Ann, Jr.": ("Ann Roe Jr.",),
    "Roe, III, Ann and Lee, Bo": ("Ann Roe III", "Bo Lee"),
    "Ann Roe, Jr.": ("Ann Roe Jr.",),
    "Roe, Ann Jr.": ("Ann Roe Jr.",),
    "family=Roe, given=Ann, prefix=van": ("Ann van Roe",),
    "M&uuml;ller, Ann": ("Ann Müller",),
    "李, 明 and 王, 芳": ("明 李", "芳 王"),
    "Anderson, Andy and Sandy Brand": ("Andy Anderson", "Sandy Brand"),
}
OTHERS = [
    "Roe, Ann and others",
    "Roe, Ann and et al.",
    "Roe, Ann and {et al.}",
    r"Roe, Ann and \emph{et al.}",
    "Ann Roe et al.",
    "Ann Roe et al",
    "Roe, Ann, et al.",
    "Roe, Ann; et al.",
    "Ann Roe and others.",
    "Roe, Ann and others and others",
]


@pytest.mark.parametrize("written", NAMES)
def test_bibtex(written: str) -> None:
    facts = bib(f"author = {{{written}}}")
    assert (facts.authors, facts.author_count) == (NAMES[written], None)


@pytest.mark.parametrize("written", OTHERS)
def test_others_are_no_author(written: str) -> None:
    facts = bib(f"author = {{{written}}}")
    assert facts.authors == ("Ann Roe",)
    assert (facts.author_count or 0) > 1


def test_what_is_unclear_is_kept_and_reported() -> None:
    body = b"@misc{k1, title={T}, author={Roe, Ann, Bo}}"
    listing = bibtex.parse(body, name="a.bib")
    assert listing.facts[0].authors == ("Roe, Ann, Bo",)
    assert listing.problems == (
        "a.bib, line 1: @misc{k1: the names in Roe, Ann, Bo are unclear;"
        " separate them by 'and'",
    )


@pytest.mark.parametrize(
    ("fields", "authors"),
    [
        ("editor = {Roe, Ann and Lee, Bo}", ("Ann Roe", "Bo Lee")),
        ("author = {Roe, Ann}, editor = {Lee, Bo}", ("Ann Roe",)),
        ("author = {}, editor = {Lee, Bo}", ("Bo Lee",)),
    ],
)
def test_editors_where_there_is_no_author(
    fields: str, authors: tuple[str, ...]
) -> None:
    assert bib(fields, kind="proceedings").authors == authors


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        (["A1  - Roe, Ann", "AU  - Lee, Bo"], ("Ann Roe", "Bo Lee")),
        (["AU  - Lee, Bo", "A1  - Roe, Ann"], ("Bo Lee", "Ann Roe")),
        (["AU  - Roe, Ann, Jr."], ("Ann Roe Jr.",)),
        (["AU  - Roe, Ann; Lee, Bo"], ("Ann Roe", "Bo Lee")),
        (["AU  - Roe, Ann", "AU  - et al."], ("Ann Roe",)),
        (["AU  - Institute of Tea and Water"], ("Institute of Tea and Water",)),
        (["AU  - Ann Roe"], ("Ann Roe",)),
        (["ED  - Roe, Ann"], ("Ann Roe",)),
        (["A2  - Roe, Ann"], ("Ann Roe",)),
    ],
)
def test_ris(lines: list[str], authors: tuple[str, ...]) -> None:
    assert ris_record(*lines).authors == authors


@pytest.mark.parametrize(
    ("people", "authors"),
    [
        (
            [{"family": "Roe", "given": "Ann"}, {"literal": "Owl Team"}],
            ("Ann Roe", "Owl Team"),
        ),
        ([{"Family": "Roe", "Given": "Ann"}], ("Ann Roe",)),
        ([{"family": "Roe", "given": "Ann", "suffix": "Jr."}], ("Ann Roe Jr.",)),
        (
            [{"family": "Roe", "non-dropping-particle": "van", "given": "A."}],
            ("A. van Roe",),
        ),
        ([{"literal": "Tea, Cups and Lids"}], ("Tea, Cups and Lids",)),
        ([{"family": "Roe", "given": "Ann"}, {"literal": "et al."}], ("Ann Roe",)),
        ([{"family": "Roe", "given": "Ann"}, {"family": "others"}], ("Ann Roe",)),
        (["Ann Roe", {"name": "Bo Lee"}], ("Ann Roe", "Bo Lee")),
        ("Ann Roe", ("Ann Roe",)),
    ],
)
def test_csl(people: Any, authors: tuple[str, ...]) -> None:
    assert csl_item(author=people).authors == authors
    assert csl_item(editor=people).authors == authors
