"""A Clause as SQL: the only meaning of every filter (the tests compare it with a naive
one).

A comparison with a missing value is false, never NULL: `NOT (date >= x)` would silently
drop undated papers. Text from a query becomes a parameter, never SQL; full-text terms
are quoted, since `GPT-4` and `C++` are syntax errors of FTS5.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from papertrack.core.errors import NotFound
from papertrack.core.field_names import FULL_TEXT
from papertrack.core.fields import HAS, IS, Field, Kind
from papertrack.core.identity import HASH_LENGTH, keys_named
from papertrack.core.model import STATUSES
from papertrack.core.text import clean
from papertrack.index.schema import COLUMNS
from papertrack.query.language import (
    NEW,
    Among,
    And,
    Clause,
    Days,
    Everything,
    Flag,
    How,
    Not,
    Number,
    Or,
    Text,
    View,
    words,
)
from papertrack.query.normalize import phrases

BARE = "{" + " ".join(field.name for field in FULL_TEXT if field.bare) + "}"
"""The columns, in FTS5's syntax, that words without a field are searched in."""

NOT_HIDDEN = "p.rid NOT IN (SELECT rid FROM hidden)"
AMONG = "p.rid IN (SELECT value FROM json_each(?))"
"""A condition whose parameter is a list of row ids, as JSON."""

_IS = {
    **{status: f"p.status = '{status}'" for status in STATUSES},
    "starred": "p.starred",
    "withdrawn": "p.withdrawn",
    "updated": "coalesce(p.status = 'read' AND p.updated > substr(p.marked, 1, 10), 0)",
}


def _has(field: str) -> str:
    return f"p.{field} IS NOT NULL" if field in COLUMNS else f"p.has_{field}"


# An entry of `is:` without a condition fails here, on import. Which papers are new is
# known to the settings: `query.views` states it by when they were added.
_FLAGS = {
    "is": {name: _IS[name] for name in IS if name != NEW.name},
    "has": {name: _has(presence.field) for name, presence in HAS.items()},
}

Sql = tuple[str, list[object]]
"""A condition on `paper p`, and its parameters."""


class Where(NamedTuple):
    """A condition on `paper p` (and on `fts`, where `match` is not None), with its
    parameters.

    `match` is the full-text part that every match must meet, in FTS5's syntax.
    """

    match: str | None
    condition: str
    parameters: tuple[object, ...]


def where(clause: Clause) -> Where:
    """The clause as SQL, its full-text part apart so that it can drive the search."""
    parts = conjuncts(clause)
    matches = []
    negated = []
    others = []
    for part in parts:
        match = _match(part)
        excluded = None
        if isinstance(part, Not):
            excluded = _match(part.clause)
        if match:
            matches.append(match)
        elif excluded:
            negated.append(excluded)
        else:
            others.append(part)
    if not matches:  # FTS5's NOT needs a positive term before it
        condition, parameters = _join(parts, " AND ", "1")
        return Where(None, condition, tuple(parameters))
    match = " AND ".join(matches)
    if negated:
        match = f"({match}) NOT ({' OR '.join(negated)})"
    condition, parameters = _join(others, " AND ", "1")
    return Where(match, condition, tuple(parameters))


def has_calls(condition: Where) -> bool:
    """Whether a condition calls `sql_functions`."""
    return "holds(" in condition.condition or "matches(" in condition.condition


def conjuncts(clause: Clause) -> tuple[Clause, ...]:
    """The clauses that a match must all meet."""
    return clause.clauses if isinstance(clause, And) else (clause,)


def title_match(clause: Clause) -> str | None:
    """All words that a match may contain, in the title, in FTS5's syntax; None without
    such words.
    """
    quoted: list[str] = []
    for term in words(clause):
        if term.field is None or term.field.name == "title":
            spellings = _quoted(term)
            if spellings:
                quoted.append(spellings)
    if not quoted:
        return None
    return f"{{title}} : ({' AND '.join(quoted)})"


def fields_of(term: Text) -> dict[str, str]:
    """Field -> the term in it, in FTS5's syntax, for each field that it may be in."""
    quoted = _quoted(term)
    if quoted is None or full_text_match(term) is None:
        return {}
    fields = [field for field in FULL_TEXT if field.bare]
    if term.field is not None:
        fields = [term.field]
    return {field.name: f"{{{field.name}}} : {quoted}" for field in fields}


def any_match(clause: Clause) -> str | None:
    """Any of the words that a match may contain, in FTS5's syntax: what a clause
    without a `match` is ranked by.
    """
    matches = filter(None, map(_match, words(clause)))
    return " OR ".join(matches) or None


def fold_label(value: str) -> str:
    """How a tag, category or source name is compared: without case and invisible
    characters.
    """
    return clean(value).casefold()


def label_tree(name: str) -> Sql:
    """A condition on `label`: this label, or one below it (`nlp`, `nlp/parsing`)."""
    folded = fold_label(name)
    # "0" is the character after "/".
    return (
        "(folded = ? OR folded >= ? AND folded < ?)",
        [folded, f"{folded}/", f"{folded}0"],
    )


def starts_with(column: str, text: str) -> Sql:
    """A condition that an index on the column can answer, unlike LIKE."""
    return f"({column} >= ? AND {column} < ?)", [text, text + "\U0010ffff"]


# ------------------------------------------------------------------ full text

_STEM = 5
"""Prefixes from this length on may be longer than the stems that the index stores."""

_ENDINGS = (
    *("e", "on", "ion", "ing", "ng", "ed", "es", "er"),
    *("ve", "ive", "al", "y", "ly", "ty", "ity", "ation"),
)


def _quoted(term: Text) -> str | None:
    """The term in FTS5's syntax, in all its spellings; None where it contains
    no word.
    """
    if term.how not in (How.WORD, How.PHRASE, How.PREFIX):
        return None
    spellings = phrases(term.text)
    quoted = [f'"{spelling}"' for spelling in spellings]
    if term.how is How.PREFIX:
        quoted = [f"{spelling} *" for spelling in quoted]
        quoted += _completed(spellings)
    if not quoted:
        return None
    if len(quoted) == 1:
        return quoted[0]
    return f"({' OR '.join(quoted)})"


def _completed(spellings: Iterable[str]) -> list[str]:
    """Likely words for prefixes: `optimizat*` is longer than the stem of optimization,
    and would not find it.
    """
    completed: list[str] = []
    for spelling in spellings:
        stem = spelling[-_STEM:]
        if len(stem) == _STEM and stem.isascii() and stem.isalpha():
            completed += [f'"{spelling}{ending}"' for ending in _ENDINGS]
    return completed


def _match(clause: Clause) -> str | None:
    """The clause in FTS5's syntax, where all of it is full text."""
    if isinstance(clause, Text):
        return full_text_match(clause)
    if not isinstance(clause, And | Or):
        return None
    joint = " AND " if isinstance(clause, And) else " OR "
    matches: list[str] = []
    for part in clause.clauses:
        match = _match(part)
        if match is None:
            return None
        matches.append(match)
    return f"({joint.join(matches)})"


def full_text_match(term: Text) -> str | None:
    """A term in FTS5's syntax; None where full text can't answer it alone."""
    quoted = _quoted(term)
    if quoted is None:
        return None
    if term.field is None:
        return f"({BARE} : {quoted})"
    if term.field.kind is Kind.TEXT:
        return f"({{{term.field.name}}} : {quoted})"
    return None


# ------------------------------------------------------------------ everything else


def _join(
    clauses: Iterable[Clause],
    joint: str,
    empty: str,
) -> Sql:
    """The conditions of several clauses as one; `empty` where there is none."""
    parts = [_sql(clause) for clause in clauses]
    sql = joint.join(part for part, _ in parts) or empty
    parameters = [value for _, values in parts for value in values]
    return f"({sql})" if len(parts) > 1 else sql, parameters


def _sql(clause: Clause) -> Sql:
    match = _match(clause)
    if match:
        return "p.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?)", [match]
    match clause:
        case Everything():
            return "1", []
        case And(clauses):
            return _join(clauses, " AND ", "1")
        case Or(clauses):
            return _join(clauses, " OR ", "0")
        case Not(negated):
            sql, parameters = _sql(negated)
            return f"NOT ({sql})", parameters
        case Number(field, low, high):
            return _between(field, low, "<=", high)
        case Days(field, first, last):
            return _within(field, first, last)
        case Flag(ask, name):
            return _FLAGS[ask][name], []
        case Among(rids):
            return AMONG, [str(list(rids))]
        case View(name):
            raise NotFound(f"no view is called {name}")
        case Text():
            return _text(clause)


def _between(
    field: Field,
    low: object,
    below: str,
    high: object,
) -> Sql:
    column = f"p.{field.name}"
    tests = [f"{column} IS NOT NULL"]
    parameters: list[object] = []
    if low is not None:
        tests.append(f"{column} >= ?")
        parameters.append(low)
    if high is not None:
        tests.append(f"{column} {below} ?")
        parameters.append(high)
    return f"({' AND '.join(tests)})", parameters


def _within(field: Field, first: str | None, last: str | None) -> Sql:
    """Whether a date lies within days as a whole; `last` is excluded.

    The year 2025 lies within 2024-07..2026-03, but not within ..2025-03.
    """
    start = None if first is None else _widest(first)
    end = None if last is None else _widest(last)
    sql, parameters = _between(field, start, "<", end)
    containing = [] if end is None else [end[:length] for length in (4, 7)]
    for date in containing:
        if date != end:
            sql = f"({sql} AND p.{field.name} != ?)"
            parameters.append(date)
    return sql, parameters


def _widest(day: str) -> str:
    """The year or month that begins with a day, else the day; as text it comes first."""
    return re.sub(r"^([0-9]{4})(-[0-9]{2})??(-01){1,2}$", r"\1\2", day)


def _text(term: Text) -> Sql:
    """A term that full text can't answer alone."""
    if term.field is None:
        return "0", []  # punctuation only: there is no word to find
    if term.how is How.REGEX:
        return _regex(term.field, term.text)
    return _BY_KIND[term.field.kind](term, term.field)


def _holds(
    field: Field,
    how: str,
    text: str,
) -> Sql:
    """A comparison in Python with a field of the stored paper."""
    body = "(SELECT body FROM doc WHERE doc.rid = p.rid)"
    return f"holds({body}, ?, '{how}', ?)", [field.name, text]


def _regex(field: Field, pattern: str) -> Sql:
    """A regular expression; each different label is tested once, and a stored paper
    unpacked only if needed.
    """
    if field.kind is Kind.LABEL:
        labels = (
            "SELECT folded FROM label WHERE field = ? "
            "GROUP BY folded HAVING matches(min(value), ?)"
        )
        sql, parameters = _labelled(field, f"folded IN ({labels})")
        return sql, [*parameters, field.name, pattern]
    if field.kind is Kind.EXACT or field.name == "title":
        return _matches(f"p.{field.name}", pattern)
    return _holds(field, "regex", pattern)


def _matches(column: str, pattern: str) -> Sql:
    """A regular expression for a column; only texts are tested that contain what any
    match does, and those with letters other than ASCII, of which some are the capitals
    of ASCII's.
    """
    from papertrack.index.literals import literals  # 0.3 ms, for these queries only

    needed = literals(pattern)
    if not needed:
        return f"matches({column}, ?)", [pattern]
    tests = [f"{column} LIKE ?"] * len(needed)
    tests.append(f"length({column}) <> length(CAST({column} AS BLOB))")
    parameters: list[object] = [f"%{text}%" for text in needed]
    return f"(({' OR '.join(tests)}) AND matches({column}, ?))", [*parameters, pattern]


def _id(term: Text, field: Field) -> Sql:
    """An id in any form, or the beginning of one."""
    keys = keys_named(term.text)
    if keys and term.how is not How.PREFIX:
        marks = ", ".join("?" * len(keys))
        return f"p.rid IN (SELECT rid FROM alias WHERE alias IN ({marks}))", list(keys)
    text = term.text.lower()
    kinds = ["arxiv", "doi"]
    if len(text) <= HASH_LENGTH:
        kinds.append("title")
    tests = [starts_with("alias", f"{kind}:{text}") for kind in kinds]
    joined = " OR ".join(test for test, _ in tests)
    parameters = [value for _, values in tests for value in values]
    return f"p.rid IN (SELECT rid FROM alias WHERE {joined})", parameters


def _label(term: Text, field: Field) -> Sql:
    """A whole label; `nlp` is `nlp/parsing` too unless it is compared exactly."""
    folded = fold_label(term.text)
    if term.how is How.PREFIX:
        test, parameters = starts_with("folded", folded)
    elif term.how is How.EXACT:
        test, parameters = "folded = ?", [folded]
    else:
        test, parameters = label_tree(term.text)
    sql, named = _labelled(field, test)
    return sql, [*named, *parameters]


def _labelled(field: Field, test: str) -> Sql:
    sql = f"p.rid IN (SELECT rid FROM label WHERE field = ? AND {test})"
    return sql, [field.name]


def _exact(term: Text, field: Field) -> Sql:
    """A short value as a whole, or the beginning of it."""
    column, value = f"p.{field.name}", term.text.casefold()
    if term.how is How.PREFIX:
        test, parameters = starts_with(column, value)
        return f"coalesce({test}, 0)", parameters
    return f"coalesce({column} = ?, 0)", [value]


def _whole(term: Text, field: Field) -> Sql:
    """`field:=value`, the value as a whole: full text narrows down, a comparison
    decides.
    """
    if term.how is not How.EXACT:
        return "0", []  # punctuation only: there is no word to find
    sql, parameters = _holds(field, "exact", term.text)
    phrase = Text(term.text, How.PHRASE, field)
    match = _match(phrase)
    if match is None:
        return sql, parameters
    narrowed = "p.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?)"
    return f"({narrowed} AND {sql})", [match, *parameters]


_BY_KIND: dict[Kind, Callable[[Text, Field], Sql]] = {
    Kind.ID: _id,
    Kind.LABEL: _label,
    Kind.EXACT: _exact,
    Kind.TEXT: _whole,
}
