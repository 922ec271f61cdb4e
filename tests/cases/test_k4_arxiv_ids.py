"""K4: an arXiv id is found wherever programs put it, and never that of another paper."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.bibliographies import bib, csl_item, ris_record

OWN = "arxiv:2207.04321"

BIBTEX = {
    "INSPIRE": 'eprint = "2207.04321", archivePrefix = "arXiv", primaryClass = "hep-th"',
    "arXiv's own export": "eprint={2207.04321}, archivePrefix={arXiv}, primaryClass={cs.CL}",
    "archive in lower case": "eprint={2207.04321v3}, archiveprefix={arxiv}",
    "no archive": "eprint={2207.04321}",
    "BibLaTeX": "eprint={2207.04321}, eprinttype={arXiv}, eprintclass={cs.LG}",
    "id with class": "eprint={2207.04321 [cs.CL]}, eprinttype={arxiv}",
    "id with name": "eprint={arXiv:2207.04321}, archiveprefix={arXiv}",
    "id as URL": "eprint={http://arxiv.org/abs/2207.04321v1}",
    "id as URL of the PDF": "eprint={https://arxiv.org/pdf/2207.04321.pdf}",
    "Mendeley": "arxivId={2207.04321}, archivePrefix={arXiv}, eprint={2207.04321}",
    "Google Scholar": "journal={arXiv preprint arXiv:2207.04321}",
    "Google Scholar, CoRR": "journal={CoRR, abs/2207.04321}",
    "Semantic Scholar": "journal={ArXiv}, volume={abs/2207.04321}",
    "DBLP": "journal={CoRR}, volume={abs/2207.04321}, url={https://example.org/x}",
    "DBLP's eprint": "eprinttype={arXiv}, eprint={2207.04321}, volume={abs/2207.04321}",
    "journal with year": "journal={arXiv:2207.04321 (2022)}",
    "journal with class": "journal={arXiv:2207.04321 [cs, stat]}",
    "journal, bare volume": "journal={arXiv e-prints}, volume={2207.04321}",
    "ADS, pages": "journal={arXiv e-prints}, pages={arXiv:2207.04321}",
    "ADS, eid": "journal={arXiv e-prints}, eid={arXiv:2207.04321}",
    "ADS's URL": "adsurl={https://ui.adsabs.harvard.edu/abs/2022arXiv220704321R}",
    "Zotero": "publisher={arXiv}, number={{arXiv}:2207.04321}",
    "bare number": "publisher={arXiv}, number={2207.04321}",
    "institution": "institution={arXiv}, number={2207.04321}, type={Preprint}",
    "institution with id": "institution={arXiv:2207.04321}",
    "booktitle": "booktitle={arXiv preprint arXiv:2207.04321}",
    "series": "series={arXiv 2207.04321}",
    "howpublished": "howpublished={arXiv preprint arXiv:2207.04321}",
    "howpublished URL": r"howpublished={\url{https://arxiv.org/abs/2207.04321}}",
    "URL": "url={https://arxiv.org/abs/2207.04321}",
    "URL of ar5iv": "url={https://ar5iv.labs.arxiv.org/html/2207.04321}",
    "URL of alphaXiv": "url={https://www.alphaxiv.org/abs/2207.04321v2}",
    "DOI": "doi={10.48550/arXiv.2207.04321}",
    "DOI in capitals": "doi={10.48550/ARXIV.2207.04321}",
    "note": "note={arXiv:2207.04321}",
    "note, at its end": "note={Accepted at the Tea Conference. 9 pages, arXiv:2207.04321v2}",
    "note, in brackets": "note={To appear in Tea [arXiv:2207.04321]}",
    "note, a sentence": "note={Preprint available at https://arxiv.org/abs/2207.04321.}",
    "note of Zotero": "note={arXiv:2207.04321 [cs]\nCitation Key: roe22}",
    "note with eprint": "note={tex.eprint: 2207.04321\ntex.archiveprefix: arXiv}",
    "note, full version": "note={Full version: arXiv:2207.04321}",
    "addendum": "addendum={arXiv: 2207.04321}",
}
OLD = {
    "whole": "eprint={hep-th/9901001}, archiveprefix={arXiv}",
    "archive as prefix": "eprint={9901001}, archiveprefix={hep-th}",
    "archive as class": "eprint={9901001}, archiveprefix={arXiv}, primaryclass={hep-th}",
    "with a version": "journal={arXiv preprint hep-th/9901001v2}",
    "note": "note={arXiv:hep-th/9901001}",
    "mirror": "url={http://xxx.lanl.gov/abs/hep-th/9901001}",
}
NONE = {
    "pages": "journal={Tea Letters}, pages={2207.04321}",
    "pages that are no id": "journal={arXiv}, pages={1234.5678}",
    "number of another series": "number={2207.04321}, institution={Tea Institute}",
    "eprint of another archive": "eprint={hal-02207043}, eprinttype={hal}",
    "extension": "note={extends arXiv:2207.04321}",
    "comment": "note={Comment on arXiv:2207.04321}",
    "comments on two": "note={Comment on arXiv:2207.04321, arXiv:2207.04322}",
    "reply": "note={Reply to arXiv:2207.04321}",
    "erratum": "note={Erratum to arXiv:2207.04321}",
    "see": "note={See also https://arxiv.org/abs/2207.04321}",
    "version of another": "note={Extended version of arXiv:2207.04321}",
    "predecessor": "note={Supersedes arXiv:2207.04321}",
    "work of others": "note={Extends the results of Roe (2022), arXiv:2207.04321}",
    "companion": "note={A companion to arXiv:2207.04321}",
    "overlap": "note={9 pages. arXiv admin note: text overlap with arXiv:2207.04321}",
    "of an author": "note={arXiv:2207.04321 by Roe et al.}",
    "howpublished": "howpublished={Review of arXiv:2207.04321}",
    "abstract": "abstract={We extend arXiv:2207.04321.}",
    "bioRxiv": "journal={bioRxiv 2022.07.04.321}",
}
RIS = {
    "JO": ["JO  - arXiv:2207.04321 [cs]"],
    "T2": ["T2  - arXiv preprint arXiv:2207.04321"],
    "N1": ["N1  - arXiv:2207.04321 [cs]", "      version: 2"],
    "N1 in HTML": ["N1  - <p>Comment: 9 pages, arXiv:2207.04321</p>"],
    "M1": ["M1  - arXiv:2207.04321"],
    "AN": ["AN  - arXiv:2207.04321"],
    "C1": ["C1  - arXiv: 2207.04321"],
    "volume": ["JO  - CoRR", "VL  - abs/2207.04321"],
    "bare number": ["PB  - arXiv", "M1  - 2207.04321"],
    "UR": ["UR  - https://arxiv.org/abs/2207.04321"],
    "DO": ["DO  - 10.48550/arXiv.2207.04321"],
    "L1": ["L1  - https://arxiv.org/pdf/2207.04321"],
}
CSL: dict[str, dict[str, Any]] = {
    "number": {"number": "arXiv:2207.04321"},
    "bare number": {"publisher": "arXiv", "number": "2207.04321"},
    "container-title": {"container-title": "arXiv:2207.04321 [cs]"},
    "archive": {"archive": "arXiv", "archive_location": "2207.04321"},
    "archive-location": {"archive": "arXiv", "archive-location": "arXiv:2207.04321"},
    "note": {"note": "arXiv:2207.04321 [cs]\nCitation Key: roe22"},
    "_eprint": {"note": "_eprint: 2207.04321"},
    "eprint": {"eprint": "2207.04321"},
    "URL": {"URL": "http://arxiv.org/abs/2207.04321"},
    "DOI": {"DOI": "10.48550/arXiv.2207.04321"},
    "id with name": {"id": "arXiv:2207.04321"},
    "id": {"id": "https://arxiv.org/abs/2207.04321"},
}


@pytest.mark.parametrize("name", BIBTEX)
def test_bibtex(name: str) -> None:
    assert bib(BIBTEX[name]).ids == (OWN,)


@pytest.mark.parametrize("name", OLD)
def test_an_id_of_before_2007(name: str) -> None:
    assert bib(OLD[name]).ids == ("arxiv:hep-th/9901001",)


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_id_of_this_paper(name: str) -> None:
    assert bib(NONE[name]).ids == ()


@pytest.mark.parametrize("name", RIS)
def test_ris(name: str) -> None:
    assert ris_record(*RIS[name]).ids == (OWN,)


@pytest.mark.parametrize("name", CSL)
def test_csl(name: str) -> None:
    fields: dict[str, Any] = {**CSL[name]}
    assert csl_item(**fields).ids == (OWN,)


@pytest.mark.parametrize(
    ("record", "ids"),
    [
        (ris_record("N1  - See arXiv:2207.04321"), ()),
        (ris_record("SP  - 2207.04321"), ()),
        (csl_item(note="Comment on arXiv:2207.04321"), ()),
        (csl_item(page="2207.04321"), ()),
    ],
)
def test_what_is_no_id_in_other_formats(record: Any, ids: tuple[str, ...]) -> None:
    assert record.ids == ids


def test_the_field_for_ids_is_believed_first() -> None:
    fields = "note={arXiv:2207.00001}, url={https://arxiv.org/abs/2207.00002}, eprint={2207.04321}"
    assert bib(fields).ids == (OWN,)


@pytest.mark.parametrize(
    ("fields", "venue"),
    [
        ("journal={arXiv preprint arXiv:2207.04321}", None),
        ("journal={CoRR}", None),
        ("journal={ArXiv e-prints}", None),
        ("journal={Computing Research Repository (CoRR)}", None),
        ("journal={Preprint at arXiv}", None),
        ("journal={arXiv}, booktitle={Proc. of Tea}", "Proc. of Tea"),
        ("journal={bioRxiv}", "bioRxiv"),
        ("journal={Corrosion Letters}", "Corrosion Letters"),
    ],
)
def test_arxiv_is_no_venue(fields: str, venue: str | None) -> None:
    assert bib(fields).venue == venue


@pytest.mark.parametrize(
    ("fields", "categories"),
    [
        ("eprint={2207.04321}, primaryclass={cs.CL}", ("cs.CL",)),
        ("eprint={2207.04321}, eprinttype={arxiv}, eprintclass={hep-th}", ("hep-th",)),
        ("eprint={2207.04321 [stat.ML]}", ("stat.ML",)),
        ("eprint={2207.04321}, primaryclass={cs.CL, cs.LG}", ("cs.CL", "cs.LG")),
        ("eprint={123}, eprinttype={jstor}, eprintclass={tea}", ()),
    ],
)
def test_classes_are_categories(fields: str, categories: tuple[str, ...]) -> None:
    assert bib(fields).categories == categories
