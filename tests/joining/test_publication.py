"""Where a paper was published, from several services: one publication, in any order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.core.model import Paper, Record
from papertrack.joining import venues
from papertrack.joining.facts import READ, combine, join_facts
from papertrack.joining.records import join, merge, record_of
from papertrack.joining.settle import settle

NOW = "2026-11-30T12:00:00Z"
KEY = "arxiv:2310.00001"
ARXIV = {"title": "Kites", "published": "2023-10-02"}
S2, OPENALEX, CROSSREF, DBLP = "semanticscholar", "openalex", "crossref", "dblp"
ICLR = "International Conference on Learning Representations"

Said = dict[str, dict[str, Any]]


def settled(said: Said) -> Paper:
    """The paper of these facts, the same whatever the order of the sources."""
    papers = set()
    for order in permutations(said):
        ordered = {source: said[source] for source in order}
        papers.add(settle(Record(KEY, (KEY,), NOW, ordered)))
    (paper,) = papers
    return paper


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        # The DOI and the year of a preprint are not those of the venue.
        (
            {"arxiv": ARXIV, S2: {"venue": ICLR}},
            {"venue": ICLR, "venue_year": None, "doi": None, "published": "2023-10-02"},
        ),
        # The authors' comment names the same venue, with its year.
        (
            {"arxiv": {**ARXIV, "comment": "ICLR 2024 (oral)"}, S2: {"venue": ICLR}},
            {"venue": ICLR, "venue_year": 2024},
        ),
        # It names another one.
        (
            {
                "arxiv": {**ARXIV, "comment": "Accepted at ICML 2024"},
                S2: {"venue": ICLR},
            },
            {"venue": ICLR, "venue_year": None},
        ),
        (
            {"arxiv": {**ARXIV, "comment": "Accepted at ICML 2024"}},
            {"venue": "ICML 2024", "venue_year": 2024, "type": "conference-paper"},
        ),
        (
            {
                "arxiv": {**ARXIV, "comment": "Accepted at ICML 2024"},
                S2: {"type": "preprint"},
            },
            {"venue": "ICML 2024", "venue_year": 2024, "type": "conference-paper"},
        ),
        # Of a workshop paper and a journal article only one is shown, as a whole.
        (
            {
                CROSSREF: {
                    "venue": "Tea Letters",
                    "doi": "10.5555/1",
                    "type": "article",
                },
                OPENALEX: {
                    "venue": "Workshop on Kettles",
                    "doi": "10.5555/2",
                    "pages": "1-4",
                    "venue_year": 2023,
                    "type": "conference-paper",
                },
            },
            {
                "venue": "Tea Letters",
                "doi": "10.5555/1",
                "pages": None,
                "venue_year": None,
                "type": "article",
            },
        ),
        # What is about the same publication is put together.
        (
            {
                CROSSREF: {"venue": "Tea Letters", "doi": "10.5555/1"},
                OPENALEX: {
                    "venue": "Tea Lett.",
                    "doi": "10.5555/1",
                    "pages": "1-4",
                    "venue_year": 2024,
                },
                S2: {"venue": "tea letters", "volume": "7"},
            },
            {"pages": "1-4", "venue_year": 2024, "volume": "7"},
        ),
        # A service that knows the preprint only says nothing against the article.
        (
            {S2: {"type": "preprint"}, OPENALEX: {"venue": ICLR, "type": "article"}},
            {"venue": ICLR, "type": "article"},
        ),
        (
            {CROSSREF: {"type": "preprint"}, S2: {"venue": ICLR}},
            {"venue": ICLR, "type": None},
        ),
        ({S2: {"type": "preprint"}}, {"venue": None, "type": "preprint"}),
        # A file of the reader's own states the year of publication.
        (
            {"bibliography": {"venue": "Tea Letters", "published": "2024-05"}},
            {"venue_year": 2024},
        ),
        (
            {"arxiv": ARXIV, "bibliography": {"venue": "Tea", "published": "2024"}},
            {"venue_year": 2024, "published": "2023-10-02"},
        ),
        # arXiv's journal reference is in words of its own.
        (
            {
                "arxiv": {**ARXIV, "venue": "Phys. Rev. D 76 (2024) 013009"},
                CROSSREF: {"venue": "Physical Review D", "volume": "76"},
            },
            {"venue_year": 2024, "volume": "76"},
        ),
    ],
)
def test_one_publication_is_shown(said: Said, shown: dict[str, Any]) -> None:
    paper = settled(said)
    assert {name: getattr(paper, name) for name in shown} == shown


def test_counts_are_those_of_the_service_that_counts_most_completely() -> None:
    said: Said = {
        CROSSREF: {"citations": 3, "references": 12},
        OPENALEX: {"citations": 9},
        S2: {"citations": 0, "influential": 0},
        "import": {"citations": 99},
    }
    paper = settled(said)
    assert (paper.citations, paper.influential, paper.references) == (0, 0, 12)
    del said[S2]
    assert settled(said).citations == 9
    del said[OPENALEX]
    assert settled(said).citations == 3
    del said[CROSSREF]
    assert settled(said).citations == 99


def test_a_service_that_does_not_know_the_paper_is_no_source_of_it() -> None:
    said: Said = {"arxiv": ARXIV, S2: {READ: NOW, "ids": [KEY]}, DBLP: {READ: NOW}}
    assert settled(said).sources == ("arxiv",)
    said[DBLP]["venue"] = "Tea"
    assert settled(said).sources == ("arxiv", "dblp")


def test_a_later_response_replaces_an_earlier_one() -> None:
    old = {READ: "2026-10-01T00:00:00Z", "venue": "Tea", "citations": 9, "ids": [KEY]}
    new = {READ: "2026-11-30T00:00:00Z", "citations": 8, "ids": [KEY]}
    assert combine(old, new) == combine(new, old) == new
    assert join_facts([old, new]) == join_facts([new, old]) == new


SAME = [
    ("ICLR 2025", ICLR),
    ("NeurIPS 2023", "Advances in Neural Information Processing Systems"),
    ("Neural Information Processing Systems", "NIPS'17"),
    ("ACL 2024", "Annual Meeting of the Association for Computational Linguistics"),
    (
        "CVPR 2024",
        "2024 IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)",
    ),
    ("Nat. Mach. Intell.", "Nature Machine Intelligence"),
    ("Phys. Rev. D 76 (2007) 013009", "Physical Review D"),
    ("TMLR", "Transactions on Machine Learning Research"),
    (
        "Proceedings of the 41st International Conference on Machine Learning",
        "International Conference on Machine Learning",
    ),
]
OTHERS = [
    ("Nature", "Nature Machine Intelligence"),
    ("ICML", "ICLR"),
    ("ICML 2024", ICLR),
    ("Phys. Rev. Lett.", "Physical Review D"),
    ("Workshop on Kettles", "Tea Letters"),
    ("2024", "2024"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_of_one_venue(one: str, other: str) -> None:
    assert venues.is_same(one, other)
    assert venues.is_same(other, one)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_names_of_different_venues(one: str, other: str) -> None:
    assert not venues.is_same(one, other)
    assert not venues.is_same(other, one)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ICLR 2025", 2025),
        ("NIPS'17", 2017),
        ("Phys. Rev. D 76 (2007) 013009", 2007),
        ("ICLR", None),
        ("Vol. 3, pp. 12", None),
        ("Studies 1995-2001", None),
        ("10.2000/5", None),
    ],
)
def test_the_year_in_a_name(name: str, year: int | None) -> None:
    assert venues.year_in(name) == year


# ------------------------------------------------------------------ any order

some = st.sampled_from
FACTS = st.builds(
    Facts,
    title=st.just(""),
    ids=some([(KEY,), (KEY, "doi:10.5555/1"), (KEY, "doi:10.5555/2")]),
    venue=some([None, "Tea Letters", "Tea Lett.", ICLR]),
    venue_year=some([None, 2023, 2024]),
    type=some([None, "preprint", "article", "conference-paper"]),
    doi=some([None, "10.5555/1", "10.5555/2"]),
    citations=some([None, 0, 7, 12]),
)
TIMES = some(["2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", NOW])
ANSWERS = st.lists(
    st.tuples(some([S2, OPENALEX, CROSSREF, DBLP]), FACTS, TIMES),
    max_size=6,
    unique_by=lambda result: (result[0], result[2]),
)


def stored(results: list[tuple[str, Facts, str]]) -> Record:
    """The record after these responses, one after the other."""
    arxiv = Facts(title="Kites", ids=(KEY,), published="2023-10-02")
    record = record_of(arxiv, source="arxiv", now=NOW)
    for source, facts, now in results:
        merged = merge(
            {0: record}, {source: [facts]}, now=now, is_read_now=True
        ).records
        record = join([*merged.values()]) if merged else record
    return record


@given(ANSWERS, st.randoms(use_true_random=False))
def test_the_order_of_services_does_not_matter(
    results: list[tuple[str, Facts, str]], random: Any
) -> None:
    shuffled = list(results)
    random.shuffle(shuffled)
    record = stored(results)
    assert stored(shuffled) == record
    assert stored([*results, *shuffled]) == record
    assert settle(stored(shuffled)) == settle(record)
