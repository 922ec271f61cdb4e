"""Citations in any form, entries of BibTeX and names of files find their paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from papertrack.core.errors import QueryError
from papertrack.core.facts import Facts
from papertrack.core.identity import normalise
from papertrack.library.library import Library
from papertrack.library.searching import Wanted, find_papers

TODAY = dt.date(2025, 11, 24)
PAPERS = {
    "2511.00001": "Kettles: a {Survey} of Self-Whistling",
    "2511.00002": "Otters, and Otters Again",
    "2511.00003": "Generation of Lanterns",
    "10.1145/3386569.3392457": "Mosses and Stones",
    "2511.00005": "Hidden Glaciers",
}
KETTLES, OTTERS, LANTERNS, MOSSES, HIDDEN = PAPERS
OTHER_TITLE = "A Later Title of the Same Work"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("pasted")
    library = Library(folder / "library", folder / "cache", now="2025-11-24T12:00:00Z")
    facts = []
    for id, title in PAPERS.items():
        key = normalise(id)
        assert key
        facts.append(Facts(title=title, ids=(key,), abstract=f"{title}, at length."))
    library.adding.add({"hf": facts})
    library.marking.mark(
        [f"arxiv:{HIDDEN}"], lambda mark: mark._replace(status="hidden"), what=str
    )
    yield library
    library.close()


def found(library: Library, text: str) -> list[str]:
    papers = find_papers(library, Wanted(text, TODAY, 30)).papers
    return [paper.id.removeprefix("doi:") for paper in papers]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (f"{OTHER_TITLE} arXiv:2511.00002 [cs.LG]", OTTERS),
        (f"{OTHER_TITLE}, arXiv: 2511.00002v3, 2025.", OTTERS),
        (f"Roe, A. & Ek, B. ({OTHER_TITLE}). arXiv preprint arXiv:2511.00002.", OTTERS),
        ("see https://arxiv.org/pdf/2511.00002v2.pdf for more", OTTERS),
        ("(https://arxiv.org/abs/2511.00002)\nis new", OTTERS),
        ("nice one: arxiv.org/abs/2511.00002", OTTERS),
        ("[a link](https://huggingface.co/papers/2511.00002), read it", OTTERS),
        (f"{OTHER_TITLE}. doi:10.48550/arXiv.2511.00002", OTTERS),
        (f"{OTHER_TITLE}. https://doi.org/10.1145/3386569.3392457.", MOSSES),
        (f"{OTHER_TITLE}. DOI: 10.1145/3386569.3392457", MOSSES),
        (f'R. Ek, "{OTHER_TITLE}," SIGGRAPH, 10.1145/3386569.3392457, pp. 1-9', MOSSES),
        (
            "@article{roe25,\n title={{Kettles}: a {Survey} of Self-Whistling},\n}",
            KETTLES,
        ),
        ('@misc{x, author="A", title = "Otters, and Otters Again", year=2025}', OTTERS),
        ("@inproceedings(y,\n  title = {Generation of\n    Lanterns}\n)", LANTERNS),
        (
            "@article{z,\n title={X},\n eprint={2511.1},\n url={https://arxiv.org/abs/"
            "2511.00003}\n}",
            LANTERNS,
        ),
        ("Otters,_and_Otters_Again.pdf", OTTERS),
        ("kettles_a_survey_of_self_whistling", KETTLES),
        ("Gene-\nration of Lan-\n  terns", LANTERNS),
        ("Kettles: a Survey of Self-\nWhistling", KETTLES),
    ],
)
def test_what_is_pasted_finds_its_paper(text: str, id: str, library: Library) -> None:
    assert found(library, text)[0] == id


@pytest.mark.parametrize(
    "text",
    [
        "Otters: arXiv:2511.99999",
        "otters in https://example.com/otters/2511.99999",
        "Otters, and Otters Again. 10.9999/unknown",
        "@article{a, title={Otters, and Otters Again}, doi={10.9999/unknown}}",
        "otters arXiv:9999.99999v1:",
    ],
)
def test_unknown_ids_are_words(text: str, library: Library) -> None:
    assert found(library, text)[0] == OTTERS


def test_several_are_all_found(library: Library) -> None:
    text = "compare arXiv:2511.00003, arXiv:2511.00001 and doi:10.1145/3386569.3392457"
    assert found(library, text)[:3] == [LANTERNS, KETTLES, MOSSES]


def test_hidden_papers_stay_hidden(library: Library) -> None:
    assert HIDDEN not in found(library, "read arXiv:2511.00005 again")


@pytest.mark.parametrize("text", ["auhtor:li", "author:li or )", "is:unraed kettle"])
def test_mistakes_in_queries_stay_mistakes(text: str, library: Library) -> None:
    with pytest.raises(QueryError):
        found(library, text)


def test_a_query_that_finds_something_is_a_query(library: Library) -> None:
    assert found(library, "title:otters arxiv.org/abs/2511.00003") in ([], [LANTERNS])
    assert found(library, "id:2511.00002") == [OTTERS]
