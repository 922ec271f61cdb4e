"""FIELDS: one row for each field of a paper. Everything else is derived from it: the
query language, sorting, the index, table columns, import and export, help, completion.

To add a field: one row here, one line in `facts.Facts` and `model.Paper`, and the source
that knows it. `field_names` derives the look-ups that other modules need.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """How a field is stored, and what a query can compare it with."""

    TEXT = "text"  # full text: words, phrases, prefixes
    LABEL = "label"  # a list of short names, compared whole: tag, cat, source
    EXACT = "exact"  # one short value, compared whole
    NUMBER = "number"  # a whole number, compared by ranges
    DATE = "date"  # an ISO day, compared by ranges
    URL = "url"  # an address; shown and exported only
    ID = "id"  # any form of id
    FLAG = "flag"  # true or false, queried with is:
    PLAIN = "plain"  # text that is shown and exported only


class Field(NamedTuple):
    """A field of a paper.

    `name` is its name in `Paper` and in JSON, `query_name` in queries ("" where it can't
    be queried), `heading` in tables. A field is a `fact` where sources state it. `many`
    marks a text that is a list. Words without a field name are searched in the `bare`
    fields; `weight` is the field's part in the rank. `longest` is in characters.
    """

    name: str
    query_name: str
    kind: Kind
    help: str
    heading: str
    fact: bool = True
    many: bool = False
    bare: bool = False
    weight: float = 1.0
    longest: int = 2_000

    @property
    def is_list(self) -> bool:
        """Whether the value is a list of texts."""
        return self.many or self.kind is Kind.LABEL

    @property
    def is_whole(self) -> bool:
        """Whether a part of the value would be another value, so that it is never truncated."""
        return self.kind in (Kind.URL, Kind.EXACT, Kind.ID)


TEXT, LABEL, EXACT = Kind.TEXT, Kind.LABEL, Kind.EXACT
NUMBER, DATE, URL, PLAIN = Kind.NUMBER, Kind.DATE, Kind.URL, Kind.PLAIN

FIELDS = (
    Field(
        "id",
        "id",
        Kind.ID,
        "arXiv id, DOI, URL or short hash, in any form",
        "Id",
        fact=False,
    ),
    Field(
        "key",
        "",
        PLAIN,
        "the id with its kind: arxiv:…, doi:…, url:…, title:…",
        "Key",
        fact=False,
    ),
    Field("title", "title", TEXT, "words of the title", "Title", bare=True, weight=8.0),
    Field(
        "abstract",
        "abstract",
        TEXT,
        "words of the abstract",
        "Abstract",
        bare=True,
        longest=100_000,
    ),
    Field(
        "summary",
        "",
        PLAIN,
        "a one-sentence summary that a source made",
        "Summary",
        longest=100_000,
    ),
    Field(
        "authors",
        "author",
        TEXT,
        "words of the authors' names",
        "Authors",
        many=True,
        bare=True,
        weight=3.0,
    ),
    Field("author_count", "", NUMBER, "number of authors", "Authors"),
    Field("organization", "org", TEXT, "words of the organisation", "Organisation"),
    Field("published", "published", DATE, "day of the first version", "Published"),
    Field("listed", "listed", DATE, "day it was first listed (Daily Papers)", "Listed"),
    Field("updated", "updated", DATE, "day of the newest version", "Updated"),
    Field(
        "added", "added", DATE, "day it was added to this library", "Added", fact=False
    ),
    Field("version", "version", NUMBER, "number of the newest version", "Version"),
    Field(
        "sources",
        "source",
        LABEL,
        "where it was found: hf, arxiv, a feed, import",
        "Sources",
        fact=False,
    ),
    Field("categories", "cat", LABEL, "arXiv category: cs.CL", "Categories"),
    Field("keywords", "keyword", TEXT, "words of the keywords", "Keywords", many=True),
    Field("upvotes", "upvotes", NUMBER, "upvotes on Hugging Face", "▲"),
    Field("comments", "comments", NUMBER, "comments on Hugging Face", "Comments"),
    Field("github", "", URL, "URL of the code", "Code"),
    Field("stars", "stars", NUMBER, "stars of the code on GitHub", "Stars"),
    Field("project", "", URL, "URL of the project page", "Project"),
    Field("doi", "doi", EXACT, "the DOI", "DOI"),
    Field("venue", "venue", TEXT, "words of the journal or conference", "Venue"),
    Field("url", "", URL, "URL of the paper's page", "URL"),
    Field("pdf", "", URL, "URL of the PDF", "PDF"),
    Field(
        "tags",
        "tag",
        LABEL,
        "a tag of yours; nlp finds nlp/parsing too",
        "Tags",
        fact=False,
        bare=True,
        weight=5.0,
    ),
    Field(
        "status", "status", EXACT, "unread, read, later or hidden", "Status", fact=False
    ),
    Field("starred", "", Kind.FLAG, "whether you starred it", "Starred", fact=False),
    Field(
        "note",
        "note",
        TEXT,
        "words of your note",
        "Note",
        fact=False,
        bare=True,
        weight=5.0,
    ),
    Field(
        "score",
        "score",
        NUMBER,
        "how well it matches the words of the query",
        "Score",
        fact=False,
    ),
    Field("comment", "comment", TEXT, "words of the authors' comment", "Comment"),
    Field(
        "type",
        "type",
        EXACT,
        "article, conference-paper, book, preprint, thesis, …",
        "Type",
    ),
    Field("cite_key", "cite_key", EXACT, "key of its BibTeX entry", "Cite key"),
    Field(
        "editors", "editor", TEXT, "words of the editors' names", "Editors", many=True
    ),
    Field("booktitle", "", PLAIN, "title of the book or proceedings", "Book title"),
    Field(
        "publisher", "", PLAIN, "the publisher, or a report's institution", "Publisher"
    ),
    Field("school", "", PLAIN, "the school of a thesis", "School"),
    Field("volume", "", PLAIN, "volume of the journal or series", "Volume"),
    Field("number", "", PLAIN, "issue of the journal, number of a report", "Number"),
    Field("pages", "", PLAIN, "the pages, 12-34", "Pages"),
    Field("withdrawn", "", Kind.FLAG, "whether it was withdrawn", "Withdrawn"),
    Field(
        "entry",
        "",
        PLAIN,
        "its entry in a bibliography, a field an item: NAME = VALUE",
        "Entry",
        many=True,
        longest=100_000,
    ),
)

IS = {
    "unread": "not marked yet",
    "read": "marked as read",
    "later": "saved for later",
    "hidden": "hidden from every view",
    "starred": "starred",
    "withdrawn": "withdrawn from arXiv",
    "new": "added by the last fetch that found something new",
    "updated": "has a newer version than when it was marked read",
}
"""What `is:` can ask for. `index.clauses` has the meaning of each, checked on import."""


class Presence(NamedTuple):
    """`has:NAME`: papers whose `field` has a value."""

    field: str
    help: str


HAS = {
    "code": Presence("github", "a link to code"),
    "pdf": Presence("pdf", "a PDF"),
    "note": Presence("note", "a note of yours"),
    "project": Presence("project", "a project page"),
    "doi": Presence("doi", "a DOI"),
    "abstract": Presence("abstract", "an abstract"),
}
"""What `has:` can ask for."""
