"""Every recorded response in ../shared/data against recorded.tsv: the entries of a file,
and how many of them are read.

Entries are counted by patterns of this module, not by the parsers. `message` is part of
the message about entries that are not read, or about an empty file; `-` means that
there is none. `refused` is Unrecognised.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.sources.feeds import source as feed
from papertrack.sources.formats import read_file

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"{DATA} is missing: no recordings to compare with"
)

LISTINGS = ("arxiv", "bibliography", "feeds", "hf-daily", "hf-html")
"""The folders of ../shared/data whose files a fetch or an import reads."""
OTHERS = ("README.md", "made-papers.json")


class Row(NamedTuple):
    """A line of the table; `file` may be a pattern, its figures are then those of all
    its files.
    """

    file: str
    mark: str
    entries: int
    read_count: int | None
    message: str


def table() -> list[Row]:
    with (
        Path(__file__)
        .with_name("recorded.tsv")
        .open(encoding="utf-8", newline="") as lines
    ):
        _, *rows = csv.reader(lines, delimiter="\t")
    return [
        Row(
            file,
            mark,
            int(entries),
            None if read_count == "refused" else int(read_count),
            message.removeprefix("-"),
        )
        for file, mark, entries, read_count, message in rows
    ]


def pattern(text: str) -> Callable[[bytes], int]:
    return lambda body: len(re.findall(text.encode(), body, re.M))


COUNTS: dict[str, Callable[[bytes], int]] = {
    "line": lambda body: len(body.splitlines()),
    "object": lambda body: len(json.loads(body)),
    "JSON item": lambda body: len(json.loads(body)["items"]),
    "entry": pattern(r"<entry[\s>]"),
    "item": pattern(r"<item[\s>]"),
    "whole item": pattern(r"</item>"),
    "record": pattern(r"<record[\s>]"),
    "dt": pattern(r"<dt>"),
    "abstract page": pattern(r'name="citation_arxiv_id"'),
    "card": pattern(r"<article"),
    "abstract": pattern(r"^.{300,}$"),
    "BibTeX": pattern(r"^@(?!comment|string|preamble)\w+\{"),
    "RIS": pattern(r"^TY  - "),
}


def opened(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


def read(path: Path) -> Listing:
    """A feed as it comes over HTTP; all others as the user's file, gzip included."""
    if path.parent.name == "feeds":
        return feed.parse(
            opened(path),
            {"content-type": "text/xml"},
            url=f"https://feeds.example/{path.name}",
        )
    return read_file(path.read_bytes(), name=path.name)


@pytest.mark.parametrize("row", table(), ids=lambda row: row.file)
def test_every_entry_of_a_file_is_read_or_reported(row: Row) -> None:
    paths = sorted(DATA.glob(row.file))
    assert paths
    assert sum(COUNTS[row.mark](opened(path)) for path in paths) == row.entries
    if row.read_count is None:
        with pytest.raises(Unrecognised, match=re.escape(row.message)):
            read(paths[0])
        return
    listings = list(map(read, paths))
    facts = [one for listing in listings for one in listing.facts]
    messages = [
        line for listing in listings for line in (*listing.problems, *listing.notes)
    ]
    assert len(facts) == row.read_count
    assert all(one.title for one in facts)
    assert (
        len([line for listing in listings for line in listing.problems])
        >= row.entries - row.read_count
    )
    assert any(row.message in line for line in messages) == bool(row.message), messages
    assert bool(messages) == bool(row.message), messages


def test_every_file_has_its_row_and_every_row_its_file() -> None:
    named = [path for row in table() for path in DATA.glob(row.file)]
    assert len(named) == len(set(named))
    listings = (*(DATA / folder for folder in LISTINGS), DATA)
    recorded = {
        path for folder in listings for path in folder.glob("*") if path.is_file()
    }
    assert set(named) == recorded - {DATA / name for name in OTHERS}
