"""A Clause as SQL: the one meaning of every filter (the tests keep a naive one to compare with).

Whatever a term compares with a missing value is false, never NULL: `NOT (date >= x)` would silently
drop undated papers. What a reader typed goes into parameters only; full-text terms are quoted, since
`GPT-4` and `C++` are syntax errors of FTS5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from papertrack.core.errors import NotFound
from papertrack.core.fields import BY_ASK, FULL_TEXT, Field, Kind
from papertrack.core.identity import HASH_LENGTH, normalise
from papertrack.core.text import clean
from papertrack.query.language import (
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
NOT_HIDDEN = "p.rid NOT IN (SELECT rid FROM hidden)"
NEWEST = "(SELECT value FROM meta WHERE name = 'newest')"

_IS = {
    "new": f"p.added = {NEWEST}",
    "starred": "p.starred",
    "updated": "coalesce(p.status = 'read' AND p.updated > substr(p.marked, 1, 10), 0)",
}
_HAS = {
    "code": "p.github IS NOT NULL",
    "pdf": "p.pdf IS NOT NULL",
    "note": "p.has_note",
    "project": "p.project IS NOT NULL",
    "doi": "p.doi IS NOT NULL",
    "abstract": "p.has_abstract",
}


class Where(NamedTuple):
    """A condition on `paper p` (and on `fts`, where `match` is not None), with its parameters.

    `match` is the full-text part that every match must meet, in FTS5's syntax.
    """

    match: str | None
    condition: str
    parameters: tuple[object, ...]


def where(clause: Clause) -> Where:
    """The clause, its full-text conjuncts set apart so that they can drive the search."""
    parts = clause.clauses if isinstance(clause, And) else (clause,)
    matches = [match for part in parts if (match := _match(part))]
    rest = [part for part in parts if not _match(part)]
    if matches:
        # Negated words need a positive one before them: FTS5's NOT is binary.
        negated = [
            part for part in rest if isinstance(part, Not) and _match(part.clause)
        ]
        rest = [part for part in rest if not any(part is other for other in negated)]
        match = " AND ".join(matches)
        if negated:
            match = f"({match}) NOT ({' OR '.join(str(_match(part.clause)) for part in negated)})"
    sql, parameters = _all([_sql(part) for part in rest])
    return Where(match if matches else None, sql, tuple(parameters))


def title_match(clause: Clause) -> str | None:
    """FTS5: all the words that a match may contain, in the title; None without bare words."""
    bare = (
        term
        for term in words(clause)
        if term.field is None or term.field.name == "title"
    )
    terms = [quoted for term in bare if (quoted := _quoted(term))]
    return "{title} : (" + " AND ".join(terms) + ")" if terms else None


def any_match(clause: Clause) -> str | None:
    """FTS5: any of the words that a match may contain; what a clause without a `match` is ranked by."""
    terms = [match for term in words(clause) if (match := _match(term))]
    return " OR ".join(terms) or None


# ------------------------------------------------------------------ full text

_ENDINGS = (
    "e",
    "on",
    "ion",
    "ing",
    "ng",
    "ed",
    "es",
    "er",
    "ve",
    "ive",
    "al",
    "y",
    "ly",
    "ty",
    "ity",
    "ation",
)


def _quoted(term: Text) -> str | None:
    """The term in FTS5's syntax: the ways in which it is spelled; None where it has no word in it."""
    if term.how not in (How.WORD, How.PHRASE, How.PREFIX):
        return None
    ways = [f'"{words}"' for words in phrases(term.text)]
    if term.how is How.PREFIX:
        # The index holds stems: `optimizat*` is longer than that of optimization, so its likely words are asked too.
        words = [
            way[:-1] for way in ways if way[-6:-1].isascii() and way[-6:-1].isalpha()
        ]
        ways = [f"{way} *" for way in ways] + [
            f'{word}{ending}"' for word in words for ending in _ENDINGS
        ]
    return f"({' OR '.join(ways)})" if len(ways) > 1 else next(iter(ways), None)


def _match(clause: Clause) -> str | None:
    """The clause in FTS5's syntax, where all of it is full text."""
    if isinstance(clause, Text):
        field = clause.field
        if field is not None and field.kind is not Kind.TEXT:
            return None
        quoted = _quoted(clause)
        return (
            f"({{{field.name}}} : {quoted})"
            if quoted and field
            else quoted and f"({BARE} : {quoted})"
        )
    if isinstance(clause, And | Or):
        parts = [match for part in clause.clauses if (match := _match(part))]
        joint = " AND " if isinstance(clause, And) else " OR "
        return f"({joint.join(parts)})" if len(parts) == len(clause.clauses) else None
    return None


# ------------------------------------------------------------------ everything else


_Sql = tuple[str, list[object]]


def _all(parts: list[_Sql], joint: str = " AND ", none: str = "1") -> _Sql:
    sql = joint.join(part for part, _ in parts) or none
    return (f"({sql})" if len(parts) > 1 else sql), [
        value for _, values in parts for value in values
    ]


def _sql(clause: Clause) -> _Sql:
    if match := _match(clause):
        return "p.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?)", [match]
    if isinstance(clause, And):
        return _all([_sql(part) for part in clause.clauses])
    if isinstance(clause, Or):
        return _all([_sql(part) for part in clause.clauses], " OR ", "0")
    if isinstance(clause, Not):
        sql, parameters = _sql(clause.clause)
        return f"NOT ({sql})", parameters
    if isinstance(clause, Number):
        return _between(
            f"p.{clause.field.name}", (">=", clause.low), ("<=", clause.high)
        )
    if isinstance(clause, Days):
        return _between(
            f"p.{clause.field.name}", (">=", clause.first), ("<", clause.last)
        )
    if isinstance(clause, Flag):
        return _flag(clause), []
    if isinstance(clause, Among):
        return "p.rid IN (SELECT value FROM json_each(?))", [str(list(clause.rids))]
    if isinstance(clause, View):
        raise NotFound(f"no view is called {clause.name}")
    return ("1", []) if isinstance(clause, Everything) else _text(clause)


def _between(column: str, *ends: tuple[str, object]) -> _Sql:
    tests = [(f"{column} {sign} ?", value) for sign, value in ends if value is not None]
    sql = " AND ".join([f"{column} IS NOT NULL", *(test for test, _ in tests)])
    return f"({sql})", [value for _, value in tests]


def _flag(flag: Flag) -> str:
    if flag.ask == "has":
        return _HAS[flag.name]
    return _IS.get(flag.name) or f"p.status = '{flag.name}'"


def _text(term: Text) -> _Sql:
    """A term that full text can't answer alone."""
    field = term.field
    if field is None:
        return "0", []  # bare punctuation: no word to find
    if term.how is How.REGEX:
        return _regex(field, term.text)
    return _BY_KIND[field.kind](term)


def _regex(field: Field, pattern: str) -> _Sql:
    """A regular expression; each different label is looked at once, and a body unpacked only where it must be."""
    if field.kind is Kind.LABEL:
        labels = "SELECT folded FROM label WHERE field = ? GROUP BY folded HAVING matches(min(value), ?)"
        sql = (
            f"p.rid IN (SELECT rid FROM label WHERE field = ? AND folded IN ({labels}))"
        )
        return sql, [field.name, field.name, pattern]
    if field.kind is Kind.EXACT or field.name == "title":
        return f"matches(p.{field.name}, ?)", [pattern]
    return "holds((SELECT body FROM doc WHERE doc.rid = p.rid), ?, 'regex', ?)", [
        field.name,
        pattern,
    ]


def _id(term: Text) -> _Sql:
    key = normalise(term.text)
    if term.how is How.PREFIX or key is None:
        text = term.text.lower()
        kinds = [
            f"{kind}:{text}"
            for kind in ("arxiv", "doi", "title")
            if kind != "title" or len(text) <= HASH_LENGTH
        ]
        tests = " OR ".join("(alias >= ? AND alias < ?)" for _ in kinds)
        ends = [end for start in kinds for end in (start, start + "\U0010ffff")]
        return f"p.rid IN (SELECT rid FROM alias WHERE {tests})", list(ends)
    return "p.rid IN (SELECT rid FROM alias WHERE alias = ?)", [key]


def _label(term: Text) -> _Sql:
    """A label, whole; `nlp` is `nlp/parsing` too unless asked for exactly."""
    value, name = fold_label(term.text), term.field.name if term.field else ""
    found = "p.rid IN (SELECT rid FROM label WHERE field = ? AND "
    if term.how is How.PREFIX:
        return f"{found}folded >= ? AND folded < ?)", [
            name,
            value,
            value + "\U0010ffff",
        ]
    if term.how is How.EXACT:
        return f"{found}folded = ?)", [name, value]
    return f"{found}(folded = ? OR folded >= ? AND folded < ?))", [
        name,
        value,
        f"{value}/",
        f"{value}0",
    ]


def fold_label(value: str) -> str:
    """How a tag, category or source name is compared: without case, or what no terminal would show."""
    return clean(value).casefold()


def _exact(term: Text) -> _Sql:
    column, value = f"p.{term.field.name if term.field else ''}", term.text.casefold()
    if term.how is How.PREFIX:
        return f"coalesce({column} >= ? AND {column} < ?, 0)", [
            value,
            value + "\U0010ffff",
        ]
    return f"coalesce({column} = ?, 0)", [value]


def _whole(term: Text) -> _Sql:
    """`field:=value`: the whole value, folded. Full text narrows down, a comparison decides."""
    name = term.field.name if term.field else ""
    sql, parameters = (
        "holds((SELECT body FROM doc WHERE doc.rid = p.rid), ?, 'exact', ?)",
        [name, term.text],
    )
    narrowed = (
        _match(Text(term.text, How.PHRASE, BY_ASK[term.field.ask]))
        if term.field
        else None
    )
    if narrowed:
        return f"(p.rid IN (SELECT rowid FROM fts WHERE fts MATCH ?) AND {sql})", [
            narrowed,
            *parameters,
        ]
    return (sql, list(parameters)) if term.how is How.EXACT else ("0", [])


_BY_KIND: dict[Kind, Callable[[Text], _Sql]] = {
    Kind.ID: _id,
    Kind.LABEL: _label,
    Kind.EXACT: _exact,
    Kind.TEXT: _whole,
}
