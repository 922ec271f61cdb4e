"""Papers through an export and an import, and what of them comes back.

The README has a table of what each format carries. Every format loses `added`, `sources`
and `score`, which are the library's and the query's; an item of a list in a table that
contains `; ` becomes two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.model import Mark, Paper
from papertrack.exports import publication
from papertrack.exports.registry import export
from papertrack.exports.rows import COLUMNS
from papertrack.joining.records import record_of
from papertrack.joining.settle import settle
from papertrack.sources.formats import read_file

ALL = tuple(name for name in PAPER_NAMES if name not in ("added", "sources", "score"))
_BIBTEX = ("id", "key", "title", "authors", "author_count", "abstract", "doi", "url")


def carried(
    paper: Paper, format: str, fields: Sequence[str] | None = None
) -> Mapping[str, Any]:
    """The values of a paper that come back from a format, with `fields` in a table."""
    if format == "bibtex":
        values = {name: getattr(paper, name) for name in _BIBTEX}
        published = publication.date(paper)[:7] or None
        categories = paper.categories[:1]
        return {**values, "published": published, "categories": categories}
    if format in ("ris", "csl"):
        values = {name: getattr(paper, name) for name in _BIBTEX}
        return {**values, "published": publication.date(paper) or None}
    names = ALL
    if format in ("csv", "tsv"):
        names = tuple(fields or COLUMNS)
    values = {name: getattr(paper, name) for name in names}
    if format == "tsv" and paper.note and "note" in values:
        values["note"] = " ".join(paper.note.split())
    return values


def round_trip(
    papers: Sequence[Paper], format: str, fields: Sequence[str] | None = None
) -> list[Paper]:
    """The papers that an import finds in their export, with the marks in it."""
    body = export(papers, format, fields=fields).encode()
    listing = read_file(body, name=f"papers.{format}")
    assert not listing.problems, listing.problems[:3]
    found = []
    for place, facts in enumerate(listing.facts):
        record = record_of(facts, source=listing.source, now="2026-01-01T00:00:00Z")
        found.append(settle(record, listing.marks.get(place, Mark())))
    return found
