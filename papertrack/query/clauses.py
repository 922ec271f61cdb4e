"""A query as values: terms, and `not`, `and` and `or` of them."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.field_names import QUERY_NAMES
from papertrack.core.fields import Field

if TYPE_CHECKING:
    from typing import TypeAlias

    Negated: TypeAlias = "Clause"
else:
    # Python would compile a string as it makes the class: 5 % of the start of `list`.
    Negated = object


class How(Enum):
    """How the text of a term is compared."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"
    EXACT = "exact"
    REGEX = "regex"


class Everything(NamedTuple):
    """The empty query."""

    text: str = ""


class Text(NamedTuple):
    """A word, phrase or prefix; in the bare fields, or in the one `field` named."""

    text: str
    how: How
    field: Field | None = None


class Number(NamedTuple):
    """`low <= field <= high`; None where an end is open."""

    field: Field
    low: float | None
    high: float | None


class Days(NamedTuple):
    """`first <= field < last`, ISO days, or times in UTC; None where an end is open."""

    field: Field
    first: str | None
    last: str | None


class Flag(NamedTuple):
    """`is:name` or `has:name`."""

    prefix: str
    name: str


class Among(NamedTuple):
    """Papers by their row ids: what `index` puts in the place of a term that is
    answered beforehand.
    """

    rids: tuple[int, ...]


class View(NamedTuple):
    """`@name`: the query saved under that name."""

    name: str


class Not(NamedTuple):
    """What the clause does not match."""

    clause: Negated


class And(NamedTuple):
    """What all of the clauses match."""

    clauses: tuple["Clause", ...]


class Or(NamedTuple):
    """What any of the clauses matches."""

    clauses: tuple["Clause", ...]


Term = Everything | Text | Number | Days | Flag | Among | View
Clause = Term | Not | And | Or

NEW = Flag("is", "new")
"""Papers that the last fetch added, which is not known here: `views.expand` replaces it."""

_HIDDEN = Flag("is", "hidden")
ANY_STATUS: Clause = Or((_HIDDEN, Not(_HIDDEN)))
"""What every paper matches, hidden ones too."""


def joined(kind: type[And | Or], clauses: Sequence[Clause]) -> Clause:
    """The clauses in one; a single clause as it is."""
    if len(clauses) == 1:
        return clauses[0]
    return kind(tuple(clauses))


def words(clause: Clause) -> Iterator[Text]:
    """The text terms that a match may contain: those that are under no `not`."""
    if isinstance(clause, Text):
        yield clause
    elif isinstance(clause, And | Or):
        for part in clause.clauses:
            yield from words(part)


def terms(clause: Clause) -> Iterator[Term]:
    """The terms of a clause: all that is not `and`, `or` or `not`."""
    if isinstance(clause, Not):
        yield from terms(clause.clause)
    elif isinstance(clause, And | Or):
        for part in clause.clauses:
            yield from terms(part)
    else:
        yield clause


def on_days(first: str | None, last: str | None) -> Clause:
    """Papers listed in these days or, if never listed, published in them."""
    listed, published = QUERY_NAMES["listed"], QUERY_NAMES["published"]
    unlisted = Not(Days(listed, None, None))
    published_then = And((unlisted, Days(published, first, last)))
    return Or((Days(listed, first, last), published_then))


def mentions_hidden(clause: Clause) -> bool:
    """Whether the query names hidden papers, which are left out otherwise."""
    return any(map(_is_hidden, terms(clause)))


def is_score(term: Clause) -> bool:
    """Whether a term is `score:`, which is about the words beside it."""
    return isinstance(term, Number) and term.field.name == "score"


def _is_hidden(term: Term) -> bool:
    """Whether a term is `is:hidden` or `status:hidden`."""
    match term:
        case Flag(_, name):
            return name == "hidden"
        case Text(text, _, field):
            is_status = field is QUERY_NAMES["status"]
            return is_status and text.lower() == "hidden"
    return False
