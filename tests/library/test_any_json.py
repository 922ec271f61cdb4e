"""Any JSON in the library's files is read, skipped or refused in one line; never a
traceback.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Facts
from papertrack.core.model import Reading
from papertrack.library import conflicts
from papertrack.library import join as uniting
from papertrack.library.adding import Fetched
from papertrack.library.doctor.doctor import Doctor
from papertrack.library.proposals import KINDS, Terms
from papertrack.library.settings import Followed
from papertrack.query.language import Everything
from papertrack.storage import reading
from tests.helpers.libraries import Library

NOW = "2025-11-24T12:00:00Z"
KEY = "arxiv:2511.00001"

leaf = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(
        [
            KEY,
            "1",
            "2025-11-07",
            "hf",
            "read",
            NOW,
            "is:read",
            "tag x",
            "2025-11-07/2025-11-08",
        ]
    ),
)
NAMES = (
    "key",
    "keys",
    "said",
    "added",
    "hf",
    "title",
    "ids",
    "upvotes",
    "tags",
    "status",
    "starred",
    "note",
    "marked",
    "query",
    "at",
    "name",
    "if",
    "do",
    "place",
    "what",
    "changes",
    "before",
    "table",
    "undoes",
    "file",
    "archive",
    "papers",
    "day",
    "read",
    "tried",
    "missed",
    "onward",
    "error",
    "since",
    "targets",
    "version",
)
names = st.sampled_from(NAMES) | st.text(max_size=3)
any_json = st.recursive(
    leaf,
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(names, below, max_size=5)
    ),
    max_leaves=12,
)
TABLES = (
    "papers",
    "marks",
    "format",
    "undo",
    "views",
    "rules",
    "ruled",
    "feeds",
    "sources",
    "history",
)
document = st.dictionaries(st.sampled_from(NAMES), any_json, max_size=6) | st.builds(
    lambda said: {"key": KEY, **said},
    st.dictionaries(st.sampled_from(NAMES), leaf, max_size=4),
)
table = st.dictionaries(
    st.sampled_from(["1", "2", "x", "007"]), document | leaf, max_size=2
)
tables = st.dictionaries(st.sampled_from(TABLES), table, max_size=3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a paper and a mark, the same for all examples except the file that
    an example writes.
    """
    folder = tmp_path_factory.mktemp("any")
    library = Library(folder / "library", folder / "cache", now=NOW)
    library.adding.add({"hf": [Facts(title="Zoku", ids=(KEY,), listed="2025-11-07")]})
    library.marking.mark([KEY], lambda mark: mark._replace(tags=("a",)), what=str)
    library.index.close()
    return folder


REPORT = {
    **dict.fromkeys(("new", "updated", "known"), 0),
    **dict.fromkeys(("problems", "errors"), ()),
    "target": "hf",
}


def steps(library: Library, other: Path) -> list[Callable[[], object]]:
    """The readers and writers of a library, each separately."""
    desk = library.settings
    return [
        lambda: library.index.search(Everything()),
        lambda: [library.index.tags(), library.index.count(), library.log()],
        lambda: [
            desk.views(),
            desk.rules(),
            desk.rules_applied(),
            desk.followed(),
            desk.following(["hf"]),
            desk.failing(["hf"]),
            desk.fetched(),
            desk.readings(),
        ],
        lambda: library.clause("@v is:unread", dt.date(2025, 11, 24)),
        lambda: library.marking.mark(
            [KEY], lambda mark: mark._replace(starred=not mark.starred), what=str
        ),
        lambda: library.adding.add(
            {"hf": [Facts(title="Zoku", ids=(KEY,), listed="2025-11-08", upvotes=3)]}
        ),
        lambda: desk.follow([Followed("hf", "hf")]),
        lambda: [library.marking.undo(), library.marking.redo()],
        lambda: library.adding.add(
            {}, state=lambda counts: Fetched(Reading("hf"), REPORT)
        ),
        lambda: uniting.join(library, other, terms=TERMS),
        lambda: Doctor(library.folder, library.cache, now=NOW, scripts={}).examine(),
    ]


TERMS = Terms(frozenset(KINDS), lambda target: None, by="other")


@pytest.mark.parametrize("name", ["marks.json", "desk.json", "papers/2025-11.json"])
@settings(max_examples=15)
@given(data=tables | any_json)
@example(data={"views": {"1": {}}})
@example(
    data={
        "undo": {"1": {"key": "1", "what": 5, "changes": [{"key": KEY, "before": [1]}]}}
    }
)
@example(
    data={
        "sources": {"1": {"key": "hf", "missed": [5], "day": 7}},
        "history": {"1": {"key": "x"}},
    }
)
def test_any_json_is_read_or_refused(place: Path, name: str, data: Any) -> None:
    body = json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
    good = {path: path.read_bytes() for path in (place / "library").rglob("*.json")}
    target = place / "library" / name
    library = Library(place / "library", place / "cache", now=NOW)
    try:
        for number in range(len(steps(library, place / "library"))):
            target.write_bytes(body)
            library = Library(place / "library", place / "cache", now=NOW)
            refused = ""
            try:
                steps(library, place / "library")[number]()
            except PapertrackError as error:
                refused = str(error)
            finally:
                if "index" in library.__dict__:
                    library.index.close()
            assert "\n" not in refused
            assert str(target) not in refused or target.read_bytes() == body, (
                "a file that is refused is not written"
            )
    finally:
        for path in (place / "library").rglob("*.json"):
            if path not in good:
                path.unlink()
        for path, was in good.items():
            path.write_bytes(was)


lines = st.sampled_from(
    [
        "<<<<<<< a",
        "=======",
        ">>>>>>> b",
        "||||||| c",
        '{"marks":{',
        '"1":{"key":"arxiv:2511.00001"},',
        '"2":{"key":5}',
        "}}",
        "},",
        '"format":{',
        '"1":{"version":1}',
        "x",
        '"1":{',
        "",
        '"views":{',
        '"1":{"key":"v","query":"x"}',
    ]
)


@settings(max_examples=30)
@given(
    st.lists(lines, max_size=12),
    st.sampled_from(["marks.json", "desk.json", "papers/2025-11.json"]),
)
def test_any_merge_conflict_of_git_is_joined_or_refused(
    lines: list[str], name: str
) -> None:
    body = "\n".join(lines).encode()
    try:
        made = conflicts.joined(Path(name), name, conflicts.sides(Path(name), body))
    except PapertrackError:
        return
    assert reading.parse_tables(Path(name), json.dumps(made).encode()) == made
