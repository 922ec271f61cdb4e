"""FIELDS: one row a field of a paper. It drives the query language, sorting, the index's columns,
table and CSV columns, help and completion.

To add a field: one row here, one line in `model.Facts` and `model.Paper`, and the source that knows it.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """How a field is stored in the index and what a query may ask of it."""

    TEXT = "text"  # full-text column: words, phrases, prefixes
    LABEL = "label"  # a list of short names, matched whole: tag, cat, source
    EXACT = "exact"  # one short value, matched whole
    NUMBER = "number"  # ranges
    DATE = "date"  # ranges of days
    ID = "id"  # any form of id
    FLAG = "flag"  # true or false: asked through is:
    PLAIN = "plain"  # shown and exported, not asked for


class Field(NamedTuple):
    """A field: its name in `model.Paper` and `--json`, its name in queries, its kind, its help.

    `bare` fields are where words without a field look; `weight` is their part in bm25.
    """

    name: str
    ask: str
    kind: Kind
    help: str
    heading: str
    bare: bool = False
    weight: float = 1.0


_T, _L, _E, _N, _D, _P = (
    Kind.TEXT,
    Kind.LABEL,
    Kind.EXACT,
    Kind.NUMBER,
    Kind.DATE,
    Kind.PLAIN,
)

FIELDS = (
    Field("id", "id", Kind.ID, "arXiv id, DOI, URL or short hash, in any form", "Id"),
    Field("key", "", _P, "the id with its kind: arxiv:…, doi:…, url:…, title:…", "Key"),
    Field("title", "title", _T, "words of the title", "Title", bare=True, weight=8.0),
    Field("abstract", "abstract", _T, "words of the abstract", "Abstract", bare=True),
    Field("summary", "", _P, "a one-sentence summary that a source made", "Summary"),
    Field(
        "authors",
        "author",
        _T,
        "words of the authors' names",
        "Authors",
        bare=True,
        weight=3.0,
    ),
    Field("author_count", "", _P, "how many authors", "Authors"),
    Field("organization", "org", _T, "words of the organisation", "Organisation"),
    Field("published", "published", _D, "day of the first version", "Published"),
    Field("listed", "listed", _D, "day it was first listed (Daily Papers)", "Listed"),
    Field("updated", "updated", _D, "day of the newest version", "Updated"),
    Field("added", "added", _D, "day it came into this library", "Added"),
    Field("version", "version", _N, "number of the newest version", "Version"),
    Field(
        "sources", "source", _L, "who told of it: hf, arxiv, a feed, import", "Sources"
    ),
    Field("categories", "cat", _L, "arXiv category: cs.CL", "Categories"),
    Field("keywords", "keyword", _T, "words of the keywords", "Keywords"),
    Field("upvotes", "upvotes", _N, "upvotes on Hugging Face", "▲"),
    Field("comments", "comments", _N, "comments on Hugging Face", "Comments"),
    Field("github", "", _P, "URL of the code", "Code"),
    Field("stars", "stars", _N, "stars of the code on GitHub", "Stars"),
    Field("project", "", _P, "URL of the project page", "Project"),
    Field("doi", "doi", _E, "the DOI", "DOI"),
    Field("venue", "venue", _T, "words of the journal or conference", "Venue"),
    Field("url", "", _P, "where to read of it", "URL"),
    Field("pdf", "", _P, "where its PDF is", "PDF"),
    Field(
        "tags",
        "tag",
        _L,
        "a tag of yours; nlp finds nlp/parsing too",
        "Tags",
        bare=True,
        weight=5.0,
    ),
    Field("status", "status", _E, "unread, read, later or hidden", "Status"),
    Field("starred", "", Kind.FLAG, "whether you starred it", "Starred"),
    Field("note", "note", _T, "words of your note", "Note", bare=True, weight=5.0),
    Field("score", "score", _N, "how well it matches the words beside it", "Score"),
)

BY_NAME = {field.name: field for field in FIELDS}
BY_ASK = {field.ask: field for field in FIELDS if field.ask}
ASKED = {**{field.name: field for field in BY_ASK.values()}, **BY_ASK}
"""The fields by all names that a query may use: its own and those of `--json`."""
FULL_TEXT = tuple(field for field in FIELDS if field.kind is Kind.TEXT or field.bare)
IS = {
    "unread": "not marked yet",
    "read": "marked as read",
    "later": "kept for later",
    "hidden": "hidden from every view",
    "starred": "starred",
    "new": "came with the last fetch that brought something new",
    "updated": "has a newer version than when it was marked read",
}
HAS = {
    "code": "a link to code",
    "pdf": "a PDF",
    "note": "a note of yours",
    "project": "a project page",
    "doi": "a DOI",
    "abstract": "an abstract",
}
