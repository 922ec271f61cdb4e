"""Two libraries as one: the same from either side, the same twice, and nothing lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.model import STATUSES, Mark, Record
from papertrack.joining import libraries
from papertrack.joining.records import aliases

TITLES = ("Zoku mibra", "Takel", "Dorun felap")
KEYS = (
    "arxiv:2511.00001",
    "arxiv:2511.00002",
    "doi:10.1234/x",
    "url:https://e.org/a",
    "title:0123456789",
)

said = st.fixed_dictionaries(
    {"title": st.sampled_from(TITLES)},
    optional={
        "upvotes": st.integers(0, 3),
        "votes": st.sampled_from(
            [
                "2025-11-07T08:00:00Z 1",
                "2025-11-07T09:00:00Z 2, 2025-11-09T08:00:00Z 3",
                "2025-11-08T08:00:00Z 2",
            ]
        ),
        "version": st.integers(1, 2),
        "listed": st.sampled_from(["2025-11-07", "2025-11-08"]),
        "published": st.sampled_from(["2024-01-01", "2025-01-01"]),
        "authors": st.lists(st.sampled_from(["A", "B"]), min_size=1, max_size=2),
    },
)


def _record(keys: set[str], added: str, said: dict[str, Any]) -> Record:
    ids = [key for key in sorted(keys) if not key.startswith("title:")]
    stated = {
        source: {**facts, "ids": ids} if ids else facts
        for source, facts in said.items()
    }
    ordered = sorted(keys, key=KEYS.index)
    return Record(ordered[0], tuple(ordered), added, stated)


record = st.builds(
    _record,
    st.sets(st.sampled_from(KEYS), min_size=1, max_size=2).filter(
        lambda keys: not {*KEYS[:2]} <= keys  # two arXiv ids are never one paper
    ),
    st.sampled_from(["2025-11-01T00:00:00Z", "2025-11-02T00:00:00Z"]),
    st.dictionaries(st.sampled_from(["hf", "arxiv"]), said, min_size=1),
)
records = st.lists(record, max_size=4)


def whole(mine: list[Record], theirs: list[Record]) -> list[Record]:
    """All records after taking theirs."""
    merged = libraries.papers({one.key: one for one in mine}, theirs)
    gone = set().union(*merged.origins.values())
    kept = {one.key: one for one in mine if one.key not in gone}
    return sorted({**kept, **merged.records}.values(), key=lambda one: one.key)


def settled(made: list[Record]) -> list[Record]:
    """Records as a library stores them: joined already."""
    return whole([], made)


@settings(max_examples=30)
@given(records, records)
def test_papers_join_the_same_from_either_side_without_loss(
    one: list[Record], other: list[Record]
) -> None:
    mine, theirs = settled(one), settled(other)
    joined = whole(mine, theirs)
    assert joined == whole(theirs, mine)
    if (
        len(mine) == len(theirs) == 1
        and not mine[0].key.startswith("title:")
        and not theirs[0].key.startswith("title:")
    ):
        # Of three, two may join first by what the third says; and a title alone by a
        # year that joining has settled.
        assert whole(joined, theirs) == joined
        assert whole(joined, mine) == joined
        assert whole(joined, theirs) == joined
    by_key = {key: record for record in joined for key in record.keys}
    for record in (*mine, *theirs):
        assert {*record.keys} <= by_key.keys()
    assert len({alias for record in joined for alias in record.keys}) == sum(
        len(record.keys) for record in joined
    )


@settings(max_examples=30)
@given(records)
def test_a_library_joined_with_itself_is_unchanged(one: list[Record]) -> None:
    mine = settled(one)
    merged = libraries.papers({one.key: one for one in mine}, mine)
    assert (merged.records, merged.new, merged.updated) == ({}, 0, 0)


def test_a_title_alone_joins_the_paper_that_has_an_id() -> None:
    known = Record(
        "arxiv:2511.00001",
        ("arxiv:2511.00001",),
        "2025-11-01",
        {"hf": {"title": "Zoku mibra"}},
    )
    bare = Record(
        "title:f2861e0c49",
        ("title:f2861e0c49",),
        "2025-10-01",
        {"text": {"title": "Zoku Mibra"}},
    )
    assert aliases(known) & aliases(bare)
    (joined,) = whole([known], [bare])
    assert joined.keys == ("arxiv:2511.00001", "title:f2861e0c49")
    assert (joined.added, sorted(joined.said)) == ("2025-10-01", ["hf", "text"])
    merged = libraries.papers({bare.key: bare}, [known])
    assert merged.origins == {"arxiv:2511.00001": {"title:f2861e0c49"}}
    assert (merged.new, merged.updated) == (0, 1)


# ------------------------------------------------------------------ marks

notes = st.one_of(
    st.none(),
    st.lists(st.sampled_from(["a", "b", "c d"]), min_size=1, max_size=2).map(
        "\n\n".join
    ),
)
mark = st.builds(
    Mark,
    st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
    st.sampled_from(STATUSES),
    st.booleans(),
    notes,
    st.sampled_from([None, "2025-11-01T00:00:00Z", "2025-11-02T00:00:00Z"]),
)
marks = st.dictionaries(st.sampled_from(KEYS), mark, max_size=3).map(
    lambda said: {key: {**one.as_json(key), "mine": 1} for key, one in said.items()}
)


@settings(max_examples=30)
@given(marks, marks)
def test_marks_join_the_same_from_either_side_without_loss(
    mine: Any, theirs: Any
) -> None:
    joined = {**mine, **libraries.marks(mine, theirs)}
    assert joined == {**theirs, **libraries.marks(theirs, mine)}
    assert libraries.marks(joined, theirs) == libraries.marks(joined, mine) == {}
    for key, one in (*mine.items(), *theirs.items()):
        assert {*one.get("tags", ())} <= {*joined[key].get("tags", ())}
        assert not one.get("starred") or joined[key]["starred"]
        assert {*(one.get("note") or "").split("\n\n")} <= {
            *(joined[key].get("note") or "").split("\n\n"),
            "",
        }
        assert (one.get("marked") or "") <= (joined[key].get("marked") or "")
        assert joined[key]["mine"] == 1


def test_the_status_set_last_wins() -> None:
    read = Mark(status="read", marked="2025-11-02T00:00:00Z", tags=("x", "a"))
    later = Mark(status="later", marked="2025-11-03T00:00:00Z", tags=("b",), note="n")
    for one, other in ((read, later), (later, read)):
        joined = libraries.marks({"k": one.as_json("k")}, {"k": other.as_json("k")})
        assert joined["k"] == later._replace(tags=("a", "b", "x")).as_json("k")


# ------------------------------------------------------------------ settings


def test_two_views_with_the_same_name_are_both_saved() -> None:
    old = {"views": {"v": {"key": "v", "query": "old", "at": "2025-11-01"}}}
    new = {
        "views": {
            "v": {"key": "v", "query": "new", "at": "2025-11-02"},
            "w": {"key": "w", "query": "w", "at": "1"},
        }
    }
    wanted = {
        "v": {"key": "v", "query": "new", "at": "2025-11-02"},
        "v-2": {"key": "v-2", "query": "old", "at": "2025-11-01"},
        "w": {"key": "w", "query": "w", "at": "1"},
    }
    for mine, theirs in ((old, new), (new, old)):
        changed = {
            key: said for (_, key), said in libraries.settings(mine, theirs).items()
        }
        joined = {"views": {**mine["views"], **changed}}
        assert joined["views"] == wanted
        assert (
            libraries.settings(joined, theirs) == libraries.settings(joined, mine) == {}
        )


def test_a_source_is_read_to_the_earlier_of_both_days() -> None:
    one = {
        "key": "hf",
        "day": "2025-11-20",
        "read": "2025-11-20T10:00:00Z",
        "missed": ["2025-11-02/2025-11-03"],
    }
    other = {
        "key": "hf",
        "day": "2025-11-24",
        "read": "2025-11-24T10:00:00Z",
        "missed": ["2025-11-10/2025-11-11"],
    }
    wanted = {**one, "missed": ["2025-11-02/2025-11-03", "2025-11-10/2025-11-11"]}
    assert libraries.settings({"sources": {"hf": one}}, {"sources": {"hf": other}}) == {
        ("sources", "hf"): wanted
    }
    assert libraries.settings({"sources": {"hf": other}}, {"sources": {"hf": one}}) == {
        ("sources", "hf"): wanted
    }


def test_feeds_of_both_are_followed_and_logs_are_preserved() -> None:
    one = {
        "feeds": {"a": {"key": "a", "name": "x", "at": "2"}},
        "undo": {"1": {"key": "1"}},
    }
    other = {
        "feeds": {
            "a": {"key": "a", "name": "y", "at": "1"},
            "b": {"key": "b", "name": "b"},
        },
        "history": {},
    }
    changed = libraries.settings(one, other)
    assert changed == {
        ("feeds", "a"): other["feeds"]["a"],
        ("feeds", "b"): other["feeds"]["b"],
    }
    assert libraries.settings(other, one) == {}
