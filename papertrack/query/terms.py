"""A term of a query, such as a word or `field:value`, to a clause."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import NoReturn

from papertrack.core import dates
from papertrack.core.errors import QueryError
from papertrack.core.field_names import BY_QUERY_NAME, CONDITIONS, DATE, QUERY_NAMES
from papertrack.core.fields import Field, Kind
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.local_time import utc_interval
from papertrack.core.model import STATUSES
from papertrack.query.clauses import (
    And,
    Clause,
    Days,
    Flag,
    How,
    Not,
    Number,
    Or,
    Text,
    View,
    joined,
    on_days,
)
from papertrack.query.normalize import phrases
from papertrack.query.tokens import INSIDE, Source, Token, alternatives

_PATTERNED = (Kind.TEXT, Kind.LABEL, Kind.EXACT)
"""The kinds of fields that regular expressions are for."""

_COMPARISON = pattern(r"([a-z_]+)(?:[<>]=?|=)(?=[\w.-])")
_TOO_LARGE = 1e15

PROSE = 4
"""In a line of so many words, `Title: ` with nothing after the colon is a word."""


def clause_of(token: Token, source: Source, today: dt.date) -> Clause:
    """The clause that a term states. Raises QueryError."""
    text = token.text
    if text.startswith("@") and len(text) > 1:
        return View(text[1:])
    name, colon, value = text.partition(":")
    name = name.lower()
    key = _key(text, name)
    if key:
        by_id = Text(key, How.EXACT, QUERY_NAMES["id"])
        phrase = Text(text, How.PHRASE)
        return Or((by_id, phrase))
    _check_comparison(token, source)
    if not colon or not re.fullmatch(r"[a-z_]+", name):
        return _bare(token, source)
    start = token.position + len(name) + 1
    if not value and len(source.text.split()) >= PROSE:
        return _bare(token, source)
    if name in CONDITIONS:
        return _flags(name, value, start, source)
    if name not in QUERY_NAMES:
        _check_name(name, value, token.position, source)
        return _bare(token, source)
    _check_value(name, value, start, source)
    field = QUERY_NAMES[name]
    clauses = []
    if value == "*" and field.query_name in CONDITIONS["has"]:
        return Flag("has", field.query_name)
    for part, at in alternatives(value, start):
        clause = _value(field, part, at, source, today)
        if name == DATE and isinstance(clause, Days):
            clause = on_days(clause.first, clause.last)
        clauses.append(clause)
    return joined(Or, clauses)


def _check_name(name: str, value: str, position: int, source: Source) -> None:
    """Fail for the name of a field that is misspelt, or is the name elsewhere; other
    words before a colon are words.
    """
    from papertrack.query import typed  # for such words only

    instead = typed.term(name, value)
    if instead is None:
        return
    message = f"unknown field {name}"
    term = f"{name}:{value}"
    raise QueryError(message, source.text, position, term=term, instead=instead)


def _key(text: str, name: str) -> str | None:
    """The key of the paper whose id `text` is; `name` is what is before its colon."""
    if '"' in name or name in QUERY_NAMES:
        return None
    # Every id has a digit or a colon; most words have neither.
    may_be_id = ":" in text or any(map(str.isdigit, text))
    return normalise(text) if may_be_id else None


def _check_value(name: str, value: str, start: int, source: Source) -> None:
    """Fail if a field has no value."""
    if value.strip('"'):
        return
    fault = "needs a value"
    if source.text.startswith("(", start):
        fault = f"takes no parentheses; for either of two write {name}:one,two"
    source.fail(f"{name}: {fault}", start)


def _check_comparison(token: Token, source: Source) -> None:
    """Explain ranges for `upvotes>5`, which would be a word that no paper contains."""
    # Compiling the pattern takes 100 times as long, and few words have such a sign.
    if not any(map(token.text.__contains__, "<>=")):
        return
    match = _COMPARISON.match(token.text.lower())
    if not match:
        return
    field = QUERY_NAMES.get(match[1])
    if field and field.kind in (Kind.NUMBER, Kind.DATE):
        name = field.query_name
        message = f"{name} needs a range: {name}:a.., {name}:..b or {name}:a..b"
        source.fail(message, token.position + match.end(1))


def _bare(token: Token, source: Source) -> Clause:
    """Text without a field: a word, a prefix, or phrases and words in one, as in `a"b c"`."""
    clauses: list[Clause] = []
    parts = [token.text]
    if '"' in token.text:
        parts = re.findall(rf'"{INSIDE}*"\*?|{INSIDE}+', token.text)
    for part in parts:
        if part.strip('"').strip():
            clauses.append(_text(part))
    if not clauses:
        source.fail("an empty phrase finds nothing; leave it out", token.position)
    return joined(And, with_words(clauses))


def with_words(clauses: list[Clause]) -> list[Clause]:
    """The clauses without dashes and other signs, if anything else is among them."""
    if len(clauses) == 1:
        return clauses
    kept = [clause for clause in clauses if not _is_sign(clause)]
    return kept or clauses


def _is_sign(clause: Clause) -> bool:
    """Whether a bare term has no word, such as a dash."""
    match clause:
        case Not(negated):
            return _is_sign(negated)
        case Text(text, How.WORD, None):
            return not phrases(text)
    return False


def _flags(prefix: str, value: str, start: int, source: Source) -> Clause:
    """`is:name` or `has:name`, with one or several alternatives."""
    known = CONDITIONS[prefix]
    flags = []
    for part, at in alternatives(value, start):
        name = part.strip('"').lower()
        if not name:
            source.fail(f"{prefix}: needs a name; known: {', '.join(known)}", at)
        if name not in known:
            _fail_for(f"unknown {prefix}:{name}", prefix, part, known, at, source)
        flags.append(Flag(prefix, name))
    return joined(Or, flags)


def _fail_for(
    message: str,
    prefix: str,
    value: str,
    known: Iterable[str],
    position: int,
    source: Source,
) -> NoReturn:
    """Raise the error for a name that does not exist, with the term that is meant."""
    from papertrack.query import typed  # for mistakes only

    instead = typed.term(prefix, value)
    if instead is None:
        source.fail(f"{message}; known: {', '.join(known)}", position)
    term = f"{prefix}:{value}"
    raise QueryError(message, source.text, position, term=term, instead=instead)


# ------------------------------------------------------------------ values


def _value(field: Field, part: str, at: int, source: Source, today: dt.date) -> Clause:
    """One alternative of a value, as its field's kind reads it."""
    if len(part) > 1 and part[0] == part[-1] == "/":
        return _regex(field, part, at, source)
    if field.kind is Kind.NUMBER:
        return _number(field, part, at, source)
    if field.kind is Kind.DATE:
        return _days(field, part, at, source, today)
    text = part.removeprefix("=")
    if not text.strip('"*'):
        source.fail(f"{field.query_name}: needs a value", at)
    if field.query_name == "status":
        name = text.strip('"').lower()
        if name not in STATUSES:
            _fail_for(f"unknown status {name}", "status", text, STATUSES, at, source)
    if part.startswith("="):
        return Text(text.strip('"'), How.EXACT, field)
    term = _text(text, field)
    if field.kind is Kind.TEXT or term.how is How.PREFIX:
        return term
    value = term.text.replace('\\"', '"')
    return Text(value, How.WORD, field)


def _text(part: str, field: Field | None = None) -> Text:
    """A word, a phrase in quotation marks, or a prefix."""
    if part.startswith('"'):
        how = How.PREFIX if part.endswith('"*') else How.PHRASE
        phrase = part.removesuffix("*").strip('"')
        return Text(phrase, how, field)
    if part.endswith("*") and part.strip("*"):
        return Text(part.rstrip("*"), How.PREFIX, field)
    return Text(part, How.WORD, field)


def _regex(field: Field, value: str, start: int, source: Source) -> Clause:
    """`/regex/`, which is compiled to report its mistakes."""
    if field.kind not in _PATTERNED:
        fields = BY_QUERY_NAME.items()
        known = [name for name, one in fields if one.kind in _PATTERNED]
        message = f"takes no regular expression; those are for {', '.join(known)}"
        source.fail(f"{field.query_name}: {message}", start)
    written = value[1:-1]
    if not written:
        source.fail("an empty regular expression; leave it out", start)
    import regex  # 10 ms, for the queries that have one

    try:
        regex.compile(written)
    except RecursionError:
        source.fail("the regular expression is nested too deep", start)
    except regex.error as error:
        reason = str(error).partition(" at position")[0]
        offset = getattr(error, "pos", None) or 0
        message = f"the regular expression is wrong: {reason}"
        source.fail(message, start + 1 + offset)
    return Text(written, How.REGEX, field)


def _days(field: Field, part: str, at: int, source: Source, today: dt.date) -> Clause:
    """A day, a month, a year or a range of them."""
    days = part.lstrip("=").strip('"')
    try:
        first, last = dates.interval(days, today)
    except ValueError as error:
        source.fail(str(error), at)
    if field.time:
        first, last = utc_interval((first, last))
    return Days(field, first, last)


def _number(field: Field, part: str, at: int, source: Source) -> Clause:
    """A number or a range of them."""
    stated = part.removeprefix("=").strip('"')
    low, dots, high = stated.partition("..")
    if not dots:
        high = low
    try:
        ends = [float(end) for end in (low, high) if end]
    except ValueError:
        ends = []
    if not ends:
        expected = "a number or a range such as 10.. or 5..20"
        source.fail(f"{field.query_name} takes {expected}", at)
    if not all(abs(end) < _TOO_LARGE for end in ends):
        source.fail("a number out of range", at)
    if ends[0] > ends[-1]:
        source.fail(f"the range {part} ends before it begins", at)
    return Number(
        field,
        low=ends[0] if low else None,
        high=ends[-1] if high else None,
    )
