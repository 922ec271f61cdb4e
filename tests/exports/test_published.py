"""A preprint that was published: the formats of bibliographies have the published form."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from pybtex.database import Entry, parse_string

from papertrack.core.model import Paper, Record
from papertrack.exports.registry import export
from papertrack.joining.facts import READ
from papertrack.joining.settle import settle
from papertrack.sources.formats import read_file

NOW = "2026-11-30T12:00:00Z"
KEY = "arxiv:2310.00001"
ARXIV = {
    "title": "Kettles",
    "ids": [KEY],
    "authors": ["Ann Roe"],
    "published": "2023-10-02",
    "categories": ["cs.CL"],
}
ICLR = "International Conference on Learning Representations"
CONFERENCE = {"venue": ICLR, "type": "conference-paper", "venue_year": 2024}
JOURNAL = {
    "venue": "Tea Letters",
    "type": "article",
    "venue_year": 2025,
    "doi": "10.5555/tea.1",
    "volume": "7",
    "number": "2",
    "pages": "1-9",
    "publisher": "Tea Press",
}


def paper(service: dict[str, Any] | None = None, **more: Any) -> Paper:
    said = {"arxiv": ARXIV, **more}
    if service is not None:
        said["crossref"] = {READ: NOW, "ids": [KEY], **service}
    return settle(Record(KEY, (KEY,), NOW, said))


def bibtex(one: Paper) -> Entry:
    (entry,) = parse_string(export([one], "bibtex"), "bibtex").entries.values()
    return entry


def test_a_preprint() -> None:
    entry = bibtex(paper())
    assert (entry.type, entry.fields["year"], entry.fields["month"]) == (
        "misc",
        "2023",
        "October",
    )
    assert entry.fields["eprint"] == "2310.00001"
    assert "doi" not in entry.fields


@pytest.mark.parametrize(
    ("service", "kind", "fields"),
    [
        (CONFERENCE, "inproceedings", {"booktitle": ICLR, "year": "2024"}),
        (
            JOURNAL,
            "article",
            {
                "journal": "Tea Letters",
                "year": "2025",
                "doi": "10.5555/tea.1",
                "volume": "7",
                "number": "2",
                "pages": "1--9",
                "publisher": "Tea Press",
            },
        ),
        ({**CONFERENCE, "venue_year": None}, "inproceedings", {"booktitle": ICLR}),
        ({"venue": "ICLR 2024"}, "article", {"journal": "ICLR 2024", "year": "2024"}),
        (
            {"venue": "Workshop on Tea"},
            "inproceedings",
            {"booktitle": "Workshop on Tea"},
        ),
    ],
)
def test_bibtex(service: dict[str, Any], kind: str, fields: dict[str, str]) -> None:
    entry = bibtex(paper(service))
    assert entry.type == kind
    found = dict(entry.fields)
    for name in ("title", "url", "eprint", "archiveprefix", "primaryclass"):
        assert found.pop(name)
    assert found == fields


def test_the_authors_comment_is_enough() -> None:
    comment = {**ARXIV, "comment": "Accepted at ICLR 2024 (oral)"}
    entry = bibtex(paper(arxiv=comment))
    fields = entry.fields
    assert (entry.type, fields["booktitle"], fields["year"], fields["eprint"]) == (
        "inproceedings",
        "ICLR 2024",
        "2024",
        "2310.00001",
    )


def test_the_month_of_a_preprint_of_the_same_year_stays() -> None:
    entry = bibtex(paper({**JOURNAL, "venue_year": 2023}))
    assert (entry.fields["year"], entry.fields["month"]) == ("2023", "October")


def test_ris_csl_and_hayagriva() -> None:
    published = paper(JOURNAL)
    lines = export([published], "ris").splitlines()
    for line in ("TY  - JOUR", "T2  - Tea Letters", "PY  - 2025", "DA  - 2025///"):
        assert line in lines
    assert "AN  - arXiv:2310.00001" in lines
    (item,) = json.loads(export([published], "csl"))
    assert item["type"] == "article-journal"
    assert item["issued"] == {"date-parts": [[2025]]}
    assert (item["container-title"], item["DOI"]) == ("Tea Letters", "10.5555/tea.1")
    (entry,) = yaml.safe_load(export([published], "hayagriva")).values()
    assert entry["date"] == "2025"
    assert entry["parent"]["title"] == "Tea Letters"
    assert entry["serial-number"] == {"doi": "10.5555/tea.1", "arxiv": "2310.00001"}


@pytest.mark.parametrize("format", ["ris", "csl", "hayagriva"])
def test_no_year_is_invented(format: str) -> None:
    text = export([paper({**CONFERENCE, "venue_year": None})], format)
    assert "2023" not in text.replace("2310.00001", "").replace("roe2023", "")


# ------------------------------------------------------------------ the reader's entries

ENTRIES = [
    "@misc{mine, title={{Kettles}}, author={Roe, Ann}, year={2023},"
    " eprint={2310.00001}, archiveprefix={arXiv}, annotation={good}}",
    "@article{mine, title={Kettles}, author={Roe, Ann}, year={2023},"
    " journal={arXiv preprint arXiv:2310.00001}, annotation={good}}",
    "@article{mine, title={Kettles}, author={Roe, Ann}, year={2023}, journal={CoRR},"
    " volume={abs/2310.00001}, eprint={2310.00001}, annotation={good}}",
    "@unpublished{mine, title={Kettles}, author={Roe, Ann}, year={2023},"
    " note={v2}, eprint={2310.00001}, annotation={good}}",
    "@misc{mine, title={Kettles}, author={Roe, Ann}, year={2023},"
    " howpublished={arXiv:2310.00001}, doi={10.48550/arXiv.2310.00001},"
    " annotation={good}}",
]


def imported(entry: str, **more: Any) -> Paper:
    (facts,) = read_file(entry.encode(), name="x.bib").facts
    said = {"bibliography": facts.as_json(), **more}
    return settle(Record(KEY, (KEY,), NOW, said))


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_entry_of_a_preprint_becomes_one_of_the_publication(entry: str) -> None:
    before = bibtex(imported(entry))
    assert before.fields["year"] == "2023"
    stated = {READ: NOW, "ids": [KEY], **JOURNAL}
    text = export([imported(entry, crossref=stated)], "bibtex")
    after = parse_string(text, "bibtex").entries["mine"]
    assert (after.type, after.fields["journal"]) == ("article", "Tea Letters")
    assert (after.fields["year"], after.fields["doi"]) == ("2025", "10.5555/tea.1")
    assert (after.fields["eprint"], after.fields["annotation"]) == (
        "2310.00001",
        "good",
    )


@pytest.mark.parametrize(
    "entry",
    [
        "@inproceedings{mine, title={Kettles}, booktitle={Proc. of Tea}, year={2024},"
        " eprint={2310.00001}}",
        "@article{mine, title={Kettles}, journal={Tea Reviews}, year={2024},"
        " eprint={2310.00001}}",
        "@book{mine, title={Kettles}, publisher={Tea Press}, year={2024},"
        " eprint={2310.00001}}",
    ],
)
def test_the_entry_of_a_publication_stays_as_it_is(entry: str) -> None:
    stated = {READ: NOW, "ids": [KEY], **JOURNAL}
    kept = bibtex(imported(entry, crossref=stated))
    assert (kept.type, kept.fields["year"]) == (bibtex(imported(entry)).type, "2024")
    assert "Tea Letters" not in kept.fields.values()
