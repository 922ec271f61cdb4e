"""papertrack's own exports and arXiv's snapshot: whole listings, round trips, streams
in flat memory.
"""

import contextlib
import datetime as dt
import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.field_names import FACT_NAMES
from papertrack.core.model import STATUSES, Mark, Paper
from papertrack.core.tags import is_tag
from papertrack.core.text import clean, clean_lines
from papertrack.exports.registry import export
from papertrack.sources import streams
from papertrack.sources.bibliography import (
    arxiv_snapshot,
    json_objects,
    papertrack_json,
)

CASES = Path(__file__).parent
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "arxiv-27k.jsonl.gz"


def as_json(listing: Listing) -> dict[str, Any]:
    return {
        "facts": [facts.as_json() for facts in listing.facts],
        "problems": list(listing.problems),
        "notes": list(listing.notes),
    }


def expected(name: str) -> Any:
    return json.loads((CASES / f"{name}.expected.json").read_text("utf-8"))


def test_an_export_gives_the_whole_listing() -> None:
    listing = papertrack_json.parse(
        (CASES / "own.jsonl").read_bytes(), name="own.jsonl"
    )
    assert listing.source == "import"
    assert as_json(listing) == expected("own.jsonl")


def test_a_stream_of_an_export_gives_the_same() -> None:
    body = (CASES / "own.jsonl").read_bytes()
    (listing,) = papertrack_json.parse_lines(
        body.splitlines(keepends=True), name="own.jsonl"
    )
    assert as_json(listing) == expected("own.jsonl")


def test_the_marks_of_an_export_are_at_the_place_of_their_paper() -> None:
    unmarked = {"id": "2511.00001", "title": "Owls", "status": "unread"}
    marks = {"tags": ["birds"], "status": "read", "starred": True, "note": "a\nb"}
    marked = {"id": "2511.00002", "title": "Moles", **marks}
    listing = papertrack_json.parse(
        json.dumps([unmarked, marked, {"title": 5}]).encode(), name="o"
    )
    assert listing.marks == {1: Mark(("birds",), "read", True, "a\nb")}
    assert listing.unreadable == 1


def test_a_snapshot_in_an_array_is_read_too() -> None:
    lines = (CASES / "snapshot.jsonl").read_bytes().splitlines()[:2]
    body = b"[" + b",".join(lines) + b"]"
    assert (
        arxiv_snapshot.parse(body, name="s.json").facts
        == arxiv_snapshot.parse(b"\n".join(lines), name="s").facts
    )


def test_a_snapshot_gives_the_whole_listing() -> None:
    (listing,) = arxiv_snapshot.parse_lines(
        (CASES / "snapshot.jsonl").read_bytes().split(b"\n"), name="snapshot.jsonl"
    )
    assert listing.source == "arxiv-snapshot"
    assert as_json(listing) == expected("snapshot.jsonl")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
words = texts.map(clean).filter(bool)
days = st.dates(max_value=dt.date(2999, 12, 31)).map(dt.date.isoformat)
papers = st.fixed_dictionaries(
    {"title": words},
    optional={
        **dict.fromkeys(("abstract", "summary", "organization", "venue"), words),
        **dict.fromkeys(("published", "listed", "updated"), days),
        **dict.fromkeys(
            ("author_count", "version", "upvotes", "comments", "stars"),
            st.integers(0, 10**9),
        ),
        **dict.fromkeys(
            ("authors", "categories", "keywords"),
            st.lists(words, max_size=4).map(tuple),
        ),
        "tags": st.lists(words.filter(is_tag), max_size=4, unique=True).map(tuple),
        "status": st.sampled_from(STATUSES),
        "note": texts.map(clean_lines).map("\n".join),
        "starred": st.booleans(),
    },
).map(lambda facts: Paper("2511.00001", "arxiv:2511.00001", **cast(Any, facts)))


@given(papers, st.sampled_from(["json", "jsonl"]))
@settings(deadline=None)
def test_an_export_is_imported_unchanged(paper: Paper, format: str) -> None:
    listing = papertrack_json.parse(export([paper, paper], format).encode(), name="own")
    assert not listing.problems
    for facts in listing.facts:
        assert facts.ids == (paper.key,)
        assert {name: getattr(facts, name) for name in FACT_NAMES if name != "ids"} == {
            name: getattr(paper, name) for name in FACT_NAMES if name != "ids"
        }
        mark = Mark(paper.tags, paper.status, paper.starred, paper.note or None)
        assert listing.marks.get(0, Mark()) == mark


def test_selected_fields_identify_the_paper() -> None:
    paper = Paper(
        id="2511.00001",
        key="arxiv:2511.00001",
        title="Owls",
        url="https://arxiv.org/abs/2511.00001",
    )
    for fields in (["id"], ["key", "title"], ["title", "url"], ["url"]):
        for format in ("json", "jsonl"):
            (facts,) = papertrack_json.parse(
                export([paper], format, fields=fields).encode(), name="own"
            ).facts
            assert facts.ids == ("arxiv:2511.00001",)


def test_a_damaged_first_line_costs_only_itself() -> None:
    listing = papertrack_json.parse(
        b'{"title": "cut\n{"title": "b"}\n{"title": "c"}\n', name="own.jsonl"
    )
    assert [facts.title for facts in listing.facts] == ["b", "c"]
    assert listing.problems == (
        "own.jsonl, line 1: the JSON can't be read: unterminated string, column 11",
    )


def test_a_broken_array_gives_the_objects_before() -> None:
    listing = papertrack_json.parse(
        b'[\n{"title": "a"},\n{"title": "b"}\n{"title": "c"}]', name="own.json"
    )
    assert [facts.title for facts in listing.facts] == ["a", "b"]
    assert listing.problems == (
        "own.json, line 4: the JSON breaks off here; the rest can't be read",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"hello\n" * 3,
        b'{"a": 1}\n',
        b"[" * 100_000,
        b"9" * 5000,
    ],
)
def test_other_files_are_refused_by_name(body: bytes) -> None:
    for read in (
        papertrack_json.parse,
        whole(papertrack_json.parse_lines),
        whole(arxiv_snapshot.parse_lines),
    ):
        if body or read is papertrack_json.parse:
            with pytest.raises(Unrecognised, match=r"^notes\.json"):
                read(body, name="notes.json")


def whole(read: Callable[..., Iterator[Listing]]) -> Callable[..., Listing]:
    def first(body: bytes, *, name: str) -> Listing:
        return next(read(body.splitlines(keepends=True), name=name))

    return first


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | texts
    | st.just("v1")
    | st.just("0704.0001"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["created", "version", "x"]), inner)
    ),
    max_leaves=6,
)
names = (
    "id",
    "title",
    "authors",
    "authors_parsed",
    "versions",
    "categories",
    "update_date",
    "doi",
    "published",
    "tags",
)


@given(
    st.lists(st.dictionaries(st.sampled_from(names), values, max_size=8), max_size=4),
    st.binary(max_size=60),
)
@settings(max_examples=100, deadline=None)
def test_any_json_gives_a_listing_or_a_refusal(
    items: list[dict[str, Any]], junk: bytes
) -> None:
    body = b"\n".join([*(json.dumps(item).encode() for item in items), junk])
    for read in (
        papertrack_json.parse,
        whole(papertrack_json.parse_lines),
        whole(arxiv_snapshot.parse_lines),
    ):
        with contextlib.suppress(Unrecognised):
            assert read(body + b"\n", name="any").facts


def test_batches_of_lines_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_objects, "BATCH", 1000)
    made = [b'{"id": "2511.%05d", "title": "T"}\n' % number for number in range(2500)]
    made[1499] = b"{\n"
    all_at_once = list(arxiv_snapshot.parse_lines(made, name="s"))
    assert [len(listing.facts) for listing in all_at_once] == [1000, 999, 500]
    assert all_at_once[1].problems == (
        "s, line 1500: the JSON can't be read: expecting property name enclosed in "
        "double quotes, column 2",
    )
    assert (
        list(arxiv_snapshot.parse_lines(made[1000:], name="s", first_line=1001))
        == all_at_once[1:]
    )


def test_a_later_batch_of_damaged_lines_is_reported_not_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_objects, "BATCH", 1000)
    made = [
        b'{"id": "2511.%05d", "title": "T"}\n' % number for number in range(1000)
    ] + [b"{\n"] * 3
    first, second = arxiv_snapshot.parse_lines(made, name="s")
    assert (len(first.facts), len(second.facts), len(second.problems)) == (1000, 0, 3)


def test_memory_stays_flat() -> None:
    line = (
        json.dumps(
            {"id": "2511.00001", "title": "T", "abstract": "a b " * 400}
        ).encode()
        + b"\n"
    )
    tracemalloc.start()
    try:
        count = sum(
            len(listing.facts)
            for listing in arxiv_snapshot.parse_lines(
                (line for _ in range(20_000)), name="s"
            )
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 20_000_000


@pytest.mark.skipif(
    not RECORDED.exists(), reason="the recorded collection is not beside this checkout"
)
def test_the_recorded_collection_is_read_completely() -> None:
    with RECORDED.open("rb") as stream:
        lines = streams.split_lines(
            streams.read_pieces(stream, name=RECORDED.name), name=RECORDED.name
        )
        read = list(arxiv_snapshot.parse_lines(lines, name=RECORDED.name))
    facts = [said for listing in read for said in listing.facts]
    assert (
        len(facts)
        == len({said.ids for said in facts})
        == len(gzip.decompress(RECORDED.read_bytes()).splitlines())
    )
    assert not [problem for listing in read for problem in listing.problems]
    assert all(said.authors and said.published and said.abstract for said in facts)
