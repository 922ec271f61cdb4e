"""K5: a DOI is found in every field and form that real files have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.bibliographies import bib, csl_item, ris_record

DOI = "10.1000/kettle.7"

BIBTEX = {
    "field": "doi={10.1000/kettle.7}",
    "in capitals": "DOI={10.1000/KETTLE.7}",
    "with its name": "doi={doi:10.1000/kettle.7}",
    "as URL": "doi={https://doi.org/10.1000/kettle.7}",
    "of the old resolver": "doi={http://dx.doi.org/10.1000/kettle.7}",
    "escaped": r"doi={10.1000\/kettle.7}",
    "URL": "url={https://doi.org/10.1000/kettle.7}",
    "URL of a publisher": "url={https://dl.acm.org/doi/abs/10.1000/kettle.7}",
    "BibDesk": "bdsk-url-1={https://doi.org/10.1000/kettle.7}",
    "eprint": "eprint={10.1000/kettle.7}, eprinttype={doi}",
    "note": "note={DOI: 10.1000/kettle.7}",
    "howpublished": r"howpublished={\url{https://doi.org/10.1000/kettle.7}}",
}
RIS = {
    "DO": ["DO  - 10.1000/kettle.7"],
    "DO as URL": ["DO  - https://doi.org/10.1000/kettle.7"],
    "DI": ["DI  - 10.1000/kettle.7"],
    "M3": ["M3  - doi: 10.1000/kettle.7"],
    "bare M3": ["M3  - 10.1000/kettle.7"],
    "L3": ["L3  - http://dx.doi.org/10.1000/kettle.7"],
    "N1": ["N1  - doi: 10.1000/kettle.7"],
    "N1 of several lines": ["N1  - Cited by 7", "N1  - DOI: 10.1000/kettle.7"],
    "UR": ["UR  - https://doi.org/10.1000/kettle.7"],
    "UR of a publisher": ["UR  - https://link.springer.com/article/10.1000/kettle.7"],
    "ID": ["ID  - 10.1000/kettle.7"],
}
CSL: dict[str, dict[str, Any]] = {
    "DOI": {"DOI": "10.1000/kettle.7"},
    "doi": {"doi": "10.1000/kettle.7"},
    "Doi": {"Doi": "https://doi.org/10.1000/Kettle.7"},
    "URL": {"URL": "https://www.tandfonline.com/doi/full/10.1000/kettle.7"},
    "url": {"url": "https://doi.org/10.1000/kettle.7"},
    "note": {"note": "DOI: 10.1000/kettle.7"},
    "id": {"id": "https://doi.org/10.1000/kettle.7"},
    "list": {"DOI": ["10.1000/kettle.7"]},
}
NONE = {
    "M3 is a type": ["M3  - Journal Article"],
    "a paper that a note cites": ["N1  - Comment on doi:10.1000/kettle.7"],
    "a correction": ["N1  - Erratum to https://doi.org/10.1000/kettle.7"],
    "other page": ["UR  - https://blog.example/on/10.1000/kettle.7"],
}


@pytest.mark.parametrize("name", BIBTEX)
def test_bibtex(name: str) -> None:
    facts = bib(BIBTEX[name])
    assert (facts.ids, facts.doi) == ((f"doi:{DOI}",), DOI)


@pytest.mark.parametrize("name", RIS)
def test_ris(name: str) -> None:
    facts = ris_record(*RIS[name])
    assert (facts.ids, facts.doi) == ((f"doi:{DOI}",), DOI)


@pytest.mark.parametrize("name", CSL)
def test_csl(name: str) -> None:
    fields: dict[str, Any] = {**CSL[name]}
    facts = csl_item(**fields)
    assert (facts.ids, facts.doi) == ((f"doi:{DOI}",), DOI)


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_doi_of_this_paper(name: str) -> None:
    assert ris_record(*NONE[name]).doi is None


def test_an_arxiv_id_and_a_doi_are_both_kept() -> None:
    facts = bib("doi={10.1000/kettle.7}, eprint={2207.04321}")
    assert facts.ids == ("arxiv:2207.04321", f"doi:{DOI}")
