"""FIELDS: one row for each field of a paper. Everything else is derived from it: the
query language, sorting, the index, table columns, import and export, help, completion.

To add a field: one row here, one line in `facts.Facts` and `model.Paper`, and the source
that knows it. `field_names` derives the look-ups that other modules need.
"""

from enum import Enum
from typing import NamedTuple

from papertrack.core.text import pairs


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
    fields; `weight` is the field's part in the rank. `longest` is in characters. A date
    is a `time` where it is stored with its time in UTC.
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
    time: bool = False

    @property
    def is_list(self) -> bool:
        """Whether the value is a list of texts."""
        return self.many or self.kind is Kind.LABEL

    @property
    def is_whole(self) -> bool:
        """Whether a part of the value would be another value, so that it is never truncated."""
        return self.kind in (Kind.URL, Kind.EXACT, Kind.ID)


_WEIGHTS = {"title": 8.0, "authors": 3.0, "tags": 5.0, "note": 5.0, "comment": 0.5}
_HEADINGS = {
    "author_count": "Authors",
    "organization": "Organisation",
    "upvotes": "▲",
    "github": "Code",
    "doi": "DOI",
    "url": "URL",
    "pdf": "PDF",
    "booktitle": "Book title",
}
"""The headings that are not the field's name."""
_TABLE = """\
id           id        id     own       arXiv id, DOI, URL or short hash, in any form
key          -         plain  own       the id with its kind: arxiv:…, doi:…, url:…, title:…
title        title     text   bare      words of the title
abstract     abstract  text   bare,long words of the abstract
summary      -         plain  long      a one-sentence summary that a source made
authors      author    text   many,bare words of the authors' names
author_count -         number -         number of authors
organization org       text   -         words of the organisation
published    published date   -         day of the first version
listed       listed    date   -         day it was first listed (Daily Papers)
updated      updated   date   -         day of the newest version
added        added     date   own,time  day it was added to this library
version      version   number -         number of the newest version
sources      source    label  own       where it was found: hf, arxiv, a feed, import
categories   cat       label  -         arXiv category: cs.CL
keywords     keyword   text   many      words of the keywords
upvotes      upvotes   number -         upvotes on Hugging Face
comments     comments  number -         comments on Hugging Face
github       -         url    -         URL of the code
stars        stars     number -         stars of the code on GitHub
project      -         url    -         URL of the project page
doi          doi       exact  -         the DOI
venue        venue     text   -         words of the journal or conference
url          -         url    -         URL of the paper's page
pdf          -         url    -         URL of the PDF
tags         tag       label  own,bare  a tag of yours; nlp finds nlp/parsing too
status       status    exact  own       unread, read, later or hidden
starred      -         flag   own       whether you starred it
note         note      text   own,bare  words of your note
score        score     number own       how well it matches the words of the query
comment      comment   text   bare      words of the authors' comment
type         type      exact  -         article, conference-paper, book, preprint, thesis, …
cite_key     cite_key  exact  -         key of its BibTeX entry
editors      editor    text   many      words of the editors' names
booktitle    -         plain  -         title of the book or proceedings
publisher    -         plain  -         the publisher, or a report's institution
school       -         plain  -         the school of a thesis
volume       -         plain  -         volume of the journal or series
number       -         plain  -         issue of the journal, number of a report
pages        -         plain  -         the pages, 12-34
withdrawn    -         flag   -         whether it was withdrawn
entry        -         plain  many,long its entry in a bibliography, a field an item: NAME = VALUE
citations    citations number -         how many works cite it
influential  -         number -         citations that build on it, as Semantic Scholar judges
references   -         number -         how many works it cites
venue_year   -         number -         year of its publication in the journal or conference
"""
"""Name, query name, kind, marks, help. Marks are `many` and `bare`, as in `Field`, `own` for
what is not a fact, `long` for texts of up to 100,000 characters, `time` as in `Field`.
"""


def _field(row: str) -> Field:
    name, query_name, kind, marks, help = row.split(maxsplit=4)
    return Field(
        name,
        query_name.strip("-"),
        Kind(kind),
        help,
        heading=_HEADINGS.get(name) or name.replace("_", " ").capitalize(),
        fact="own" not in marks,
        many="many" in marks,
        bare="bare" in marks,
        weight=_WEIGHTS.get(name, 1.0),
        longest=100_000 if "long" in marks else 2_000,
        time="time" in marks,
    )


FIELDS = tuple(map(_field, _TABLE.splitlines()))

IS = dict(
    pairs("""
    unread     not marked yet
    read       marked as read
    later      saved for later
    hidden     hidden from every view
    starred    starred
    withdrawn  withdrawn from arXiv
    new        added by the last fetch
    updated    has a newer version than when it was marked read
""")
)
"""What `is:` can ask for. `index.clauses` has the meaning of each, checked on import."""


class Presence(NamedTuple):
    """`has:NAME`: papers whose `field` has a value."""

    field: str
    help: str


_HAS = """
    code      github    a link to code
    pdf       pdf       a PDF
    note      note      a note of yours
    project   project   a project page
    doi       doi       a DOI
    abstract  abstract  an abstract
    tag       tags      a tag of yours
    venue     venue     a journal or conference
    citations citations a number of citations
"""
_ROWS = (row.split(maxsplit=2) for row in _HAS.strip().splitlines())
HAS = {name: Presence(field, help) for name, field, help in _ROWS}
"""What `has:` can ask for."""
