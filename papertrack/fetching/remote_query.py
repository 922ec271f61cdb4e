"""A query in the language of a service's own search.

What a service has no words for raises QueryError at its place: a search that ignored it
would find something else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from papertrack.core.errors import QueryError
from papertrack.core.text import clean
from papertrack.query.language import (
    And,
    Clause,
    Days,
    Everything,
    Flag,
    How,
    Not,
    Number,
    Or,
    Placed,
    Text,
    View,
    on_days,
)
from papertrack.sources.arxiv.category_names import spelled

FIELDS = {
    "title": "ti",
    "abstract": "abs",
    "author": "au",
    "comment": "co",
    "venue": "jr",
    "cat": "cat",
}
"""Our fields that arXiv searches -> its prefixes, which are in its API's user manual."""

DAYS = {"published": "submittedDate", "updated": "lastUpdatedDate"}
"""Our days -> arXiv's."""

FIRST_DAY = dt.date(1991, 1, 1)
"""No paper at arXiv is older."""

OPERATORS = ("AND", "OR", "NOT", "ANDNOT", "TO")

ARXIV = (
    'words, "phrases", prefixes*, title:, abstract:, author:, comment:, venue:, cat:,'
    " published: and updated:"
)


class _Translation:
    """The translation of one query for one service."""

    service: str
    known: str

    def __init__(self, query: Placed) -> None:
        self.query = query

    def mistake(self, reason: str, at: int) -> QueryError:
        """The error for the part at this place."""
        return QueryError(reason, self.query.text, at)

    def unsupported(self, clause: Clause, at: int) -> QueryError:
        """The error for a part that the service has no words for."""
        named = _name(clause)
        if named == "id:":
            reason = f"{self.service}'s search has no ids; papertrack add ID adds one"
        else:
            reason = f"{self.service}'s search has no {named}; it has {self.known}"
        return self.mistake(reason, at)


def _name(clause: Clause) -> str:
    """What a part of a query is called in messages."""
    match clause:
        case Text(_, How.REGEX, _):
            return "regular expressions"
        case Text(_, How.EXACT, field) if field and field.query_name != "id":
            return f"{field.query_name}:="
        case Text(_, How.PREFIX, None):
            return "prefixes*"
        case Text(_, _, field) if field:
            return f"{field.query_name}:"
        case Number(field) | Days(field):
            return f"{field.query_name}:"
        case Flag(prefix):
            return f"{prefix}:"
        case View():
            return "saved queries"
        case Or(parts):
            return "date:" if isinstance(parts[0], Days) else "or"
        case Not():
            return "not"
    return "such parts"


# ------------------------------------------------------------------ arXiv


def for_arxiv(query: Placed, today: dt.date) -> str:
    """The query in the language of arXiv's API. Raises QueryError."""
    return _ForArxiv(query, today).clause(query.clause, 0)


class _ForArxiv(_Translation):
    service = "arXiv"
    known = ARXIV

    def __init__(self, query: Placed, today: dt.date) -> None:
        super().__init__(query)
        self.today = today

    def clause(self, clause: Clause, at: int) -> str:
        """A part of the query; `at` is where what contains it is."""
        at = self.query.place(clause, at)
        match clause:
            case Everything() | And(()) | Or(()):
                raise self.mistake("a search at arXiv needs words", at)
            case And(parts):
                return self.all_of(parts, at)
            case Or(parts):
                return self.any_of(clause, at)
            case Not(Not(inner)):
                return self.clause(inner, at)
            case Not():
                raise self.mistake(
                    "arXiv's search can only exclude from what else is searched for;"
                    " add words before it",
                    at,
                )
            case Text():
                return self.text(clause, at)
            case Days():
                return self.days(clause, at)
        raise self.unsupported(clause, at)

    def all_of(self, clauses: tuple[Clause, ...], at: int) -> str:
        """Parts that all must match: those to exclude come last."""
        wanted = [part for part in clauses if not isinstance(part, Not)]
        excluded = [part for part in clauses if isinstance(part, Not)]
        if not wanted:
            return self.clause(excluded[0], at)
        text = " AND ".join(self.inner(part, at) for part in wanted)
        for part in excluded:
            place = self.query.place(part, at)
            text += f" ANDNOT {self.inner(part.clause, place)}"
        return text

    def any_of(self, clause: Or, at: int) -> str:
        """Parts of which one must match; `date:` is the day of publication."""
        first = clause.clauses[0]
        if isinstance(first, Days) and clause == on_days(first.first, first.last):
            return self.range("submittedDate", first)
        for part in clause.clauses:
            if isinstance(part, Text) and _name(part) == "id:":
                raise self.unsupported(part, at)
        return " OR ".join(self.inner(part, at) for part in clause.clauses)

    def inner(self, clause: Clause, at: int) -> str:
        """A part among others."""
        text = self.clause(clause, at)
        is_composed = isinstance(clause, And | Or) and " " in text
        return f"({text})" if is_composed else text

    def text(self, text: Text, at: int) -> str:
        """A word, phrase or prefix, in all that arXiv searches or in one field."""
        prefix = "all" if text.field is None else FIELDS.get(text.field.query_name)
        is_category = prefix == "cat"
        is_exact = text.how is How.EXACT and not is_category
        if prefix is None or is_exact or text.how is How.REGEX:
            raise self.unsupported(text, at)
        words = " ".join(clean(text.text).replace('"', " ").replace("\\", " ").split())
        if not words.strip("*"):
            raise self.mistake("nothing to search for is left of this", at)
        if is_category:
            words = spelled(words) or words
        if text.how is How.PREFIX:
            if not words.isalnum():
                raise self.mistake(
                    "arXiv's search takes a prefix* of letters and digits", at
                )
            return f"{prefix}:{words}*"
        is_plain = words.replace(".", "").replace("-", "").isalnum() and is_category
        if (words.isalnum() and words.upper() not in OPERATORS) or is_plain:
            return f"{prefix}:{words}"
        return f'{prefix}:"{words}"'

    def days(self, days: Days, at: int) -> str:
        """A range of days."""
        name = DAYS.get(days.field.query_name)
        if name is None:
            raise self.unsupported(days, at)
        return self.range(name, days)

    def range(self, name: str, days: Days) -> str:
        """A range of days of arXiv's field; the last day of ours is not one of them."""
        first = dt.date.fromisoformat(days.first) if days.first else FIRST_DAY
        last = self.today
        if days.last:
            last = dt.date.fromisoformat(days.last) - dt.timedelta(days=1)
        return f"{name}:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"


# ------------------------------------------------------------------ Hugging Face


def for_hugging_face(query: Placed) -> str:
    """The words of a query, which are all that Hugging Face searches. Raises QueryError."""
    words = " ".join(_ForHuggingFace(query).words(query.clause, 0))
    if not words:
        raise QueryError("a search at Hugging Face needs words", query.text, 0)
    return words


class _ForHuggingFace(_Translation):
    service = "Hugging Face"
    known = 'only words and "phrases"'

    def words(self, clause: Clause, at: int) -> Iterator[str]:
        """The words of a part; `at` is where what contains it is."""
        at = self.query.place(clause, at)
        match clause:
            case Everything():
                return
            case And(parts):
                for part in parts:
                    yield from self.words(part, at)
            case Or((Text(), *_) as parts):
                for part in parts:
                    list(self.words(part, at))
                raise self.unsupported(clause, at)
            case Text(text, How.WORD | How.PHRASE, None):
                yield " ".join(clean(text).split())
            case _:
                raise self.unsupported(clause, at)
