"""Joining the facts of sources: idempotent, independent of order, without loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.core.model import Paper, Record
from papertrack.joining.facts import combine
from papertrack.joining.records import Merge, merge, record_of
from papertrack.joining.settle import settle
from papertrack.library.library import Library

NOW = "2025-11-24T12:00:00Z"
SOURCES = ("arxiv", "hf", "bibliography", "text")

Make = Callable[..., Facts]


def take(
    records: dict[str, Record], facts: Iterable[Facts], source: str
) -> tuple[int, int]:
    """Merge into `records` in place, as a library does with its files; (new, updated)."""
    merged = merge(records, {source: facts}, now=NOW)
    for old in set().union(*merged.origins.values()):
        del records[old]
    records.update(merged.records)
    return merged.new, merged.updated


def settled(records: dict[str, Record]) -> dict[str, Paper]:
    return {key: settle(record) for key, record in records.items()}


# ------------------------------------------------------------------ taking twice

ids = st.sampled_from(
    [
        "arxiv:2511.00001",
        "arxiv:2511.00002",
        "doi:10.1234/a",
        "doi:10.1234/b",
        "url:https://e.org/a",
    ]
)
words = st.none() | st.sampled_from(["zoku", "mibra"])
numbers = st.none() | st.integers(0, 3)
days = st.none() | st.sampled_from(["2024-05-01", "2024-06-01", "2025-05-01"])
anything = st.builds(
    Facts,
    title=st.sampled_from(["Zoku mibra", "zoku: MIBRA", "Takel", "Dorun felap"]),
    ids=st.lists(ids, max_size=2, unique=True).map(tuple),
    abstract=words,
    authors=st.lists(
        st.sampled_from(["A. Zoku", "B. Mibra"]), max_size=2, unique=True
    ).map(tuple),
    author_count=numbers,
    published=days,
    listed=days,
    version=numbers,
    upvotes=numbers,
)


def _listings(draw: st.DrawFn) -> list[tuple[str, list[Facts]]]:
    """Sources and their listings. A paper with an id has one title throughout, which
    others may have too; a source with a day of listing has one for every paper.
    """
    titles = draw(
        st.lists(
            st.sampled_from(["Zoku mibra", "zoku: MIBRA", "Takel"]),
            min_size=3,
            max_size=3,
        )
    )
    papers = {
        "arxiv:2511.00001": 0,
        "doi:10.1234/a": 0,
        "arxiv:2511.00002": 1,
        "doi:10.1234/b": 1,
    }
    papers["url:https://e.org/a"] = 2
    listings = []
    for _ in range(draw(st.integers(1, 3))):
        day = draw(
            st.none() | st.sampled_from(["2024-05-01", "2024-06-01", "2025-05-01"])
        )
        listing = []
        for said in draw(st.lists(anything, max_size=4)):
            ids = tuple(key for key in said.ids if papers[key] == papers[said.ids[0]])
            title = titles[papers[ids[0]]] if ids else said.title
            listing.append(
                replace(said, ids=ids, title=title, listed=day and (said.listed or day))
            )
        listings.append((draw(st.sampled_from(SOURCES)), listing))
    return listings


@settings(max_examples=120)
@given(st.composite(_listings)())
def test_merging_a_listing_again_changes_nothing(
    listings: list[tuple[str, list[Facts]]],
) -> None:
    records: dict[str, Record] = {}
    for source, facts in listings:
        take(records, facts, source)
    source, facts = listings[-1]
    before = dict(records)
    assert take(records, facts, source) == (0, 0)
    assert records == before


@settings(max_examples=120)
@given(st.lists(anything, max_size=4))
def test_no_two_records_have_the_same_key(facts: list[Facts]) -> None:
    records: dict[str, Record] = {}
    take(records, facts, "hf")
    keys = [key for record in records.values() for key in record.keys]
    assert len(keys) == len(set(keys))
    stated = Counter(
        key
        for record in records.values()
        for said in record.said.values()
        for key in said.get("ids", ())
    )
    assert {key for key, papers in stated.items() if papers == 1} <= set(keys)
    assert all(
        record.key in record.keys and key == record.key
        for key, record in records.items()
    )


def test_a_paper_twice_in_a_listing_with_two_titles_is_one_record(
    facts: Make,
) -> None:
    """A title that a paper has only between two joins must not join it the second time."""
    listing = [
        facts("2511.00001", title="Zoku"),
        facts("2511.00001", title="Takel"),
        facts(title="Zoku"),
    ]
    records: dict[str, Record] = {}
    take(records, listing, "hf")
    before = dict(records)
    assert take(records, listing, "hf") == (0, 0)
    assert records == before


def test_a_title_does_not_merge_two_identified_papers(facts: Make) -> None:
    """A title, then papers with an id each that have it too: the title is the first of
    them, however often they are added.
    """
    records: dict[str, Record] = {}
    take(records, [facts(), facts("10.1234/b"), facts("2511.00001")], "hf")
    keys = set(records)
    assert len(keys) == 2
    take(records, [facts()], "hf")
    assert set(records) == keys


def test_a_title_without_a_year_does_not_merge_two_years(facts: Make) -> None:
    records: dict[str, Record] = {}
    yearly = [facts(published="2024-01-01"), facts(published="2025-01-01")]
    take(records, yearly, "hf")
    take(records, [facts()], "text")
    assert len(records) == 2


# ------------------------------------------------------------------ the order of sources


def _world(draw: st.DrawFn) -> dict[str, list[Facts]]:
    """The facts of each source about the same few papers: by id, DOI or both, or by
    title alone.
    """
    world: dict[str, list[Facts]] = {}
    for source in SOURCES:
        listing = []
        for number in range(3):
            if not draw(st.booleans()):
                continue
            forms = [
                ("arxiv:2511.0000{}",),
                ("arxiv:2511.0000{}", "doi:10.1234/{}"),
                (),
            ]
            chosen = draw(st.sampled_from(forms))
            fields = {
                "abstract": words,
                "upvotes": numbers,
                "listed": days,
                "version": numbers,
            }
            shared: dict[str, Any] = {
                name: draw(strategy) for name, strategy in fields.items()
            }
            listing.append(
                Facts(
                    title=f"Zoku {'mibra ' * number}",
                    ids=tuple(form.format(number) for form in chosen),
                    published=draw(st.sampled_from([None, "2024-05-01"])),
                    **shared,
                )
            )
        world[source] = listing
    return world


@settings(max_examples=60)
@given(st.composite(_world)())
def test_the_order_of_sources_changes_nothing(world: dict[str, list[Facts]]) -> None:
    outcomes = []
    for order in permutations(SOURCES):
        records: dict[str, Record] = {}
        for source in order:
            take(records, world[source], source)
        outcomes.append(
            (settled(records), {key: record.keys for key, record in records.items()})
        )
    assert all(outcome == outcomes[0] for outcome in outcomes)


# ------------------------------------------------------------------ which are one paper


@pytest.mark.parametrize("turned", [False, True], ids=["one way", "the other"])
@pytest.mark.parametrize(
    ("one", "other", "papers"),
    [
        ({"ids": ("arxiv:2511.1",)}, {"ids": ("arxiv:2511.1",), "title": "Renamed"}, 1),
        (
            {"ids": ("arxiv:2511.1", "doi:10.1/a")},
            {"ids": ("doi:10.1/a",), "title": "Renamed"},
            1,
        ),
        ({"ids": ("arxiv:2511.1",)}, {"ids": ("arxiv:2511.2",)}, 2),
        ({"ids": ("arxiv:2511.1",)}, {"ids": ("doi:10.1/a",)}, 2),
        ({"ids": ("arxiv:2511.1",)}, {}, 1),
        ({"ids": ("arxiv:2511.1",)}, {"title": "ZOKU — Míbra!"}, 1),
        ({"ids": ("arxiv:2511.1",)}, {"title": "Zoku mibra takel"}, 2),
        ({"ids": ("url:https://e.org/a",)}, {}, 1),
        ({}, {}, 1),
        ({"published": "2024-05-01"}, {}, 1),
        ({"published": "2024-05-01"}, {"published": "2024-12-31"}, 1),
        ({"published": "2024-05-01"}, {"published": "2025-05-01"}, 2),
        (
            {"ids": ("arxiv:2511.1",), "published": "2024-05-01"},
            {"published": "2025-05-01"},
            2,
        ),
        (
            {"ids": ("arxiv:2511.1",), "published": "2024-05-01"},
            {"published": "2024-06-01"},
            1,
        ),
        (
            {"ids": ("arxiv:2511.1",), "published": "2024-05-01"},
            {"ids": ("arxiv:2511.1",), "published": "2025"},
            1,
        ),
        ({"title": "…"}, {"title": "…", "ids": ("arxiv:2511.1",)}, 2),
    ],
)
@pytest.mark.parametrize("together", [False, True], ids=["two sources", "one listing"])
def test_records_with_a_common_key_are_one_paper(
    one: dict[str, Any],
    other: dict[str, Any],
    papers: int,
    turned: bool,
    together: bool,
) -> None:
    pair = [
        Facts(**{"title": "Zoku mibra", **said})
        for said in ((other, one) if turned else (one, other))
    ]
    records: dict[str, Record] = {}
    if together:
        take(records, pair, "hf")
    else:
        for said, source in zip(pair, ("hf", "text"), strict=True):
            take(records, [said], source)
    assert len(records) == papers


@pytest.mark.parametrize("title_first", [True, False])
def test_a_paper_that_gets_an_id_keeps_its_key_and_its_mark(
    library: Library, facts: Make, title_first: bool
) -> None:
    named, known = facts(abstract="Takel."), facts("2511.00001", upvotes=3)
    first, second = (
        ((named, "text"), (known, "hf"))
        if title_first
        else ((known, "hf"), (named, "text"))
    )
    library.adding.add({first[1]: [first[0]]})
    (key,) = (paper.key for paper in library.index.search(_everything()).papers)
    library.marking.mark(
        [key], lambda mark: mark._replace(tags=("mine",), note="Read it."), what=str
    )
    taken = library.adding.add({second[1]: [second[0]]}).counts
    assert (taken.new, taken.updated) == (0, 1)

    (paper,) = library.index.search(_everything()).papers
    assert (paper.key, paper.abstract, paper.upvotes) == (
        "arxiv:2511.00001",
        "Takel.",
        3,
    )
    assert (paper.tags, paper.note) == (("mine",), "Read it.")
    assert library.resolve(key) == library.resolve("2511.00001") == ["arxiv:2511.00001"]
    title = record_of(named, source="text", now=NOW).key
    assert library.resolve(title.removeprefix("title:")) == ["arxiv:2511.00001"]


def _everything() -> Any:
    from papertrack.query.language import Everything

    return Everything()


def test_three_records_become_one_by_a_fourth(facts: Make) -> None:
    records: dict[str, Record] = {}
    take(records, [facts("2511.00001", title="A")], "hf")
    take(records, [facts("10.1234/a", title="B")], "bibliography")
    take(records, [facts("https://e.org/a", title="C")], "feed")
    bridge = facts("2511.00001", "10.1234/a", "https://e.org/a", title="D")
    merged = merge(records, {"arxiv": [bridge]}, now=NOW)
    assert (merged.new, merged.updated) == (0, 1)
    (record,) = merged.records.values()
    assert record.keys == ("arxiv:2511.00001", "doi:10.1234/a", "url:https://e.org/a")
    assert merged.origins[record.key] == {*record.keys}
    assert set(record.said) == {"hf", "bibliography", "feed", "arxiv"}


def test_a_paper_twice_in_one_listing_counts_once(facts: Make) -> None:
    listing = [facts("2511.00001"), facts("2511.00001", upvotes=2)]
    merged: Merge[str] = merge({}, {"hf": listing}, now=NOW)
    assert (merged.new, merged.updated, merged.known) == (1, 0, 0)
    assert merged.records["arxiv:2511.00001"].said["hf"]["upvotes"] == 2


def test_only_what_changed_is_written(facts: Make) -> None:
    records: dict[str, Record] = {}
    take(records, [facts("2511.00001"), facts("2511.00002", title="Takel")], "hf")
    again = [
        facts("2511.00001"),
        facts("2511.00002", title="Takel", upvotes=1),
        facts("2511.00003", title="Dorun"),
    ]
    merged = merge(records, {"hf": again}, now="2026-01-01T00:00:00Z")
    assert (merged.new, merged.updated, merged.known) == (1, 1, 1)
    assert set(merged.records) == {"arxiv:2511.00002", "arxiv:2511.00003"}
    assert merged.records["arxiv:2511.00002"].added == NOW


# -------------------------------------------------------------- one source's word, twice


@pytest.mark.parametrize(
    ("old", "new", "combined"),
    [
        ({"title": "A"}, {"title": "B"}, {"title": "B"}),
        ({"upvotes": 9}, {"upvotes": 2}, {"upvotes": 2}),
        ({"github": "x"}, {"title": "B"}, {"github": "x", "title": "B"}),
        # a newer version wins, in any order
        (
            {"version": 2, "title": "A"},
            {"version": 1, "title": "B"},
            {"version": 2, "title": "A"},
        ),
        (
            {"version": 1, "title": "A"},
            {"version": 2, "title": "B"},
            {"version": 2, "title": "B"},
        ),
        ({"version": 1, "title": "A"}, {"title": "B"}, {"version": 1, "title": "A"}),
        (
            {"version": 2, "title": "A"},
            {"version": 1, "pdf": "p"},
            {"version": 2, "title": "A", "pdf": "p"},
        ),
        # listed twice: the later listing speaks, the first day stays
        (
            {"listed": "2025-11-01", "upvotes": 1},
            {"listed": "2025-11-05", "upvotes": 2},
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 2},
        ),
        (
            {"listed": "2025-11-05", "upvotes": 2},
            {"listed": "2025-11-01", "upvotes": 1},
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 2},
        ),
        (
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 2},
            {"listed": "2025-11-03", "upvotes": 1},
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 2},
        ),
        (
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 2},
            {"listed": "2025-11-05", "upvotes": 3},
            {"listed": "2025-11-01", "relisted": "2025-11-05", "upvotes": 3},
        ),
        (
            {"listed": "2025-11-01", "upvotes": 1},
            {"upvotes": 2},
            {"listed": "2025-11-01", "upvotes": 2},
        ),
        ({"listed": "2025-11-01"}, {"listed": "2025-11-01"}, {"listed": "2025-11-01"}),
        # ids add up; a count of authors goes with its authors
        ({"ids": ["b"]}, {"ids": ["a"]}, {"ids": ["a", "b"]}),
        (
            {"authors": ["A"], "author_count": 9},
            {"authors": ["A", "B"]},
            {"authors": ["A", "B"]},
        ),
        (
            {"authors": ["A"]},
            {"author_count": 9},
            {"authors": ["A"], "author_count": 9},
        ),
    ],
)
def test_combine(
    old: dict[str, Any], new: dict[str, Any], combined: dict[str, Any]
) -> None:
    before = (dict(old), dict(new))
    assert combine(old, new) == combined
    assert (old, new) == before
    assert combine(combined, combined) == combined
    assert combine(combined, new) == combined
