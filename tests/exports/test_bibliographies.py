"""RIS, CSL-JSON and Hayagriva, read back by rispy, PyYAML and papertrack's own import;
names in parts.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import rispy
import yaml

from papertrack.core.model import Paper
from papertrack.exports import names
from papertrack.exports.names import Name
from papertrack.exports.registry import export
from tests.helpers.round_trips import carried, round_trip

JOURNAL = Paper(
    id="10.1234/kettle",
    key="doi:10.1234/kettle",
    title="Kettles & Their Songs",
    authors=("Ada Quill", "Bo van der Berg", "Kettle Collaboration"),
    published="2024-03-05",
    doi="10.1234/kettle",
    url="https://doi.org/10.1234/kettle",
    venue="Journal of Kettles",
    volume="7",
    number="2",
    pages="101-119",
    type="article",
    cite_key="quill2024",
    abstract="They sing.",
)
PREPRINT = Paper(
    id="2511.00001",
    key="arxiv:2511.00001",
    title="Whistling",
    authors=("Ada Quill",),
    author_count=1,
    published="2025-11",
    url="https://arxiv.org/abs/2511.00001",
    type="preprint",
    cite_key="quill2025whistling",
)
TALK = JOURNAL._replace(
    id="10.1234/talk",
    key="doi:10.1234/talk",
    doi="10.1234/talk",
    url="https://doi.org/10.1234/talk",
    type="conference-paper",
    booktitle="Proceedings of the Tea Conference",
    editors=("Cy Lee",),
    published="2023",
    cite_key="quill2023",
)


@pytest.mark.parametrize("format", ["ris", "csl"])
@pytest.mark.parametrize("paper", [JOURNAL, PREPRINT, TALK])
def test_an_export_is_imported_with_its_facts(format: str, paper: Paper) -> None:
    (found,) = round_trip([paper], format)
    expected: dict[str, Any] = {
        **carried(paper, format),
        "type": paper.type,
        "cite_key": paper.cite_key,
        "venue": paper.booktitle or paper.venue,
        "volume": paper.volume,
        "pages": paper.pages,
        "editors": paper.editors,
        "author_count": len(paper.authors),
    }
    assert {name: getattr(found, name) for name in expected} == expected


def test_ris_is_read_by_others() -> None:
    first, second, third = rispy.loads(export([JOURNAL, PREPRINT, TALK], "ris"))
    assert first["type_of_reference"] == "JOUR"
    assert first["authors"] == [
        "Quill, Ada",
        "van der Berg, Bo",
        "Kettle Collaboration",
    ]
    assert (first["start_page"], first["end_page"]) == ("101", "119")
    assert (second["type_of_reference"], second["accession_number"]) == (
        "GEN",
        "arXiv:2511.00001",
    )
    assert second["date"] == "2025/11//"
    assert third["secondary_title"] == "Proceedings of the Tea Conference"


def test_ris_has_no_tag_that_zotero_takes_for_the_doi() -> None:
    assert "M3  - " not in export([JOURNAL, PREPRINT, TALK], "ris")


@pytest.mark.parametrize(
    "title",
    [
        "ER  - ",
        "a\nER  - \nTY  - JOUR",
        "a\r\nTI  - b",
        "TY  - JOUR",
        "  -  ",
        "x" * 9_000,
    ],
)
def test_a_title_is_no_record(title: str) -> None:
    records = rispy.loads(export([JOURNAL._replace(title=title)], "ris"))
    assert [record["title"].split() for record in records] == [title.split()]


@pytest.mark.parametrize(
    "title",
    [
        "2024",
        "null",
        "---",
        "a: b # c",
        "[x] {y}",
        "- item",
        '"q" \\ it\'s',
        "!!python/x",
        "1e3",
    ],
)
def test_a_title_in_yaml_is_text(title: str) -> None:
    (entry,) = yaml.safe_load(
        export([JOURNAL._replace(title=title)], "hayagriva")
    ).values()
    assert re.sub(r"\\([\\{}$])", r"\1", entry["title"]) == title
    assert entry["date"] == "2024-03-05"
    assert entry["parent"]["title"] == "Journal of Kettles"


@pytest.mark.parametrize(
    ("pages", "shown"),
    [("101-119", "101-119"), ("101–119", "101-119"), ("7", "7"), ("e12", None)],
)
def test_pages_in_hayagriva_are_numbers(pages: str, shown: str | None) -> None:
    paper = JOURNAL._replace(pages=pages)
    (entry,) = yaml.safe_load(export([paper], "hayagriva")).values()
    assert entry.get("page-range") == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada Quill", Name("Quill", "Ada")),
        ("Quill, Ada", Name("Quill", "Ada")),
        ("A. B. Quill", Name("Quill", "A. B.")),
        ("Bo van der Berg", Name("Berg", "Bo", "van der")),
        ("van der Berg, Bo", Name("Berg", "Bo", "van der")),
        ("Quill, Jr., Ada", Name("Quill", "Ada", "", "Jr.")),
        ("Ada Quill Jr.", Name("Quill", "Ada", "", "Jr.")),
        ("Ada Quill III", Name("Quill", "Ada", "", "III")),
        ("Quill", Name("Quill")),
        ("大規模", Name("大規模")),
        ("The Kettle Collaboration", Name("The Kettle Collaboration")),
        ("Barnes and Noble", Name("Barnes and Noble")),
        ("{Quill", Name("{Quill")),
        (",", Name(",")),
        ("", Name("")),
    ],
)
def test_names_in_parts(text: str, name: Name) -> None:
    assert names.parts(text) == name


@pytest.mark.parametrize(
    ("published", "parts"),
    [("2025-11-07", [2025, 11, 7]), ("2025-11", [2025, 11]), ("2025", [2025])],
)
def test_a_date_keeps_its_precision(published: str, parts: list[int]) -> None:
    paper = JOURNAL._replace(published=published)
    (item,) = json.loads(export([paper], "csl"))
    assert item["issued"] == {"date-parts": [parts]}


def test_a_paper_without_a_date_has_none() -> None:
    paper = JOURNAL._replace(published=None, added="2025-11-07T00:00:00Z")
    assert "issued" not in json.loads(export([paper], "csl"))[0]
    assert "PY  - " not in export([paper], "ris")
