"""The inputs of ../shared/cases that a parser alone decides: what each file gives.

A folder with `expected.json` states it itself, where dates had no precision of their own
yet; for those with a text, the facts expected stand here.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.facts import Facts, Listing
from papertrack.sources.formats import read_file

CASES = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"{CASES} is not there")

_ARXIV = {"ids": ["arxiv:2106.01234"]}
FACTS: dict[str, list[dict[str, Any]]] = {
    "K10-bib-structure--ads-journal": [{"venue": "The Astrophysical Journal"}],
    "K10-bib-structure--crossref": [
        {"title": "Child", "published": "2020", "venue": "Proc. KC 2020"},
        {"title": "Proc. of the Kettle Conference"},
    ],
    "K10-bib-structure--double-comma": [{"title": "One", "authors": ["A Roe"]}],
    "K10-bib-structure--missing-comma": [{"title": "One", "authors": ["A Roe"]}],
    "K10-bib-structure--no-key": [{"title": "Tee"}, {"title": "Other"}],
    "K10-bib-structure--primaryclass": [{"categories": ["cs.CL"]}],
    "K11-year-lost--bib": [{"published": "2020-05-12"}],
    "K11-year-lost--csl": [{"published": "2021"}, {"published": "2021-05"}],
    "K11-year-lost--csl-crossref": [
        {"published": "2021-05"},
        {"published": "2021-05-12"},
    ],
    "K12-feed-identity--cp-1251": [{"title": "Чайник"}],
    "K2-invented-date--rss-slashes": [{"published": "2024-03-10"}] * 4,
    "K3-year-is-january--bib-year-only": [{"published": "2020"}],
    "K4-arxiv-id-lost--bib-eprint-url": [_ARXIV],
    "K4-arxiv-id-lost--bib-eprint-with-class": [_ARXIV],
    "K4-arxiv-id-lost--bib-journal-with-year": [_ARXIV],
    "K4-arxiv-id-lost--bib-note-last": [_ARXIV],
    "K4-arxiv-id-lost--bib-note-with-citation-key": [_ARXIV],
    "K4-arxiv-id-lost--bib-note-with-comment": [_ARXIV],
    "K4-arxiv-id-lost--bib-pages": [_ARXIV],
    "K4-arxiv-id-lost--bib-scirate": [_ARXIV],
    "K4-arxiv-id-lost--bib-volume-bare": [_ARXIV],
    "K4-arxiv-id-lost--csl-extra": [_ARXIV],
    "K4-arxiv-id-lost--ris-n1": [_ARXIV],
    "K5-doi-lost--csl-lower-case": [{"doi": "10.1000/abc", "url": "https://ex.org/1"}],
    "K5-doi-lost--ris-acm-url": [{"doi": "10.1145/3.4"}],
    "K5-doi-lost--ris-m3": [{"ids": ["doi:10.1000/abc"], "doi": "10.1000/abc"}],
    "K6-latex-typography--CONTROL-formula-in-a-group": [{"title": "$z_{34}$ is hot"}],
    "K6-latex-typography--adjacent-formulas": [
        {"title": r"Production of $\Sigma$$^{10}$ and $y_{12}$"}
    ],
    "K6-latex-typography--tilde": [
        {"title": "Kettles and Pots: “Warm” Water – A Study", "venue": "J. Kettles"}
    ],
    "K7-html-in-bib-ris--bib": [
        {"title": "Food & Tea: E. coli in H2O", "venue": "Food & Tea"}
    ],
    "K7-html-in-bib-ris--ris": [
        {"title": "Food & E. coli – x", "abstract": "We show < 5"}
    ],
    "K8-names-garbled--bib-commas": [{"authors": ["Ann Roe", "Bo Lee", "Cy Doe"]}],
    "K8-names-garbled--bib-semicolons": [{"authors": ["Ann Roe", "Bo Lee"]}],
    "K8-names-garbled--et-al": [{"authors": ["Ann Roe"], "author_count": 2}],
    "K8-names-garbled--others-lost": [{"authors": ["Ann Roe"], "author_count": 2}],
}
STATED = sorted(path.parent.name for path in CASES.glob("data--*/expected.json"))
# What is stated as the first day of a year of which no more is known.
PRECISION = {"2020-01-01": "2020", "0499-01-01": "0499"}


def read(folder: str) -> Listing:
    (path,) = (
        path for path in (CASES / folder).iterdir() if path.stem in ("in", "input")
    )
    return read_file(path.read_bytes(), name=path.name)


def expect(facts: tuple[Facts, ...], expected: list[dict[str, Any]]) -> None:
    assert len(facts) == len(expected)
    for one, wanted in zip(facts, expected, strict=True):
        stated = one.as_json()
        assert {name: stated.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("folder", FACTS)
def test_what_a_text_expects(folder: str) -> None:
    expect(read(folder).facts, FACTS[folder])


@pytest.mark.parametrize("folder", STATED)
def test_what_a_folder_states(folder: str) -> None:
    expected = json.loads((CASES / folder / "expected.json").read_text("utf-8"))[
        "expected"
    ]
    began = time.process_time()
    listing = read(folder)
    if "cpu_seconds_below" in expected:
        assert time.process_time() - began < expected["cpu_seconds_below"]
    if isinstance(expected.get("facts"), int):
        assert len(listing.facts) == expected["facts"]
        return
    if "problems" in expected:
        assert len(listing.problems) == expected["problems"]
    wanted = expected["facts"]
    for facts in wanted:
        if facts.get("published") in PRECISION:
            facts["published"] = PRECISION[facts["published"]]
    expect(listing.facts, wanted)
