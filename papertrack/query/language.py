"""The query language: text to a Clause.

    query = or
    or    = and {"or" and}
    and   = not {["and"] not}
    not   = ["not" | "^" | "-"] term
    term  = word | "a phrase" | prefix* | field:value | field:=exact | field:/regex/ | field:a..b
          | is:name | has:name | @view | "(" query ")"
    value = one or several alternatives, comma-separated; each may be "quoted"

Nothing is evaluated here: `index` turns a Clause into SQL. A mistake raises
`QueryError` with the query and the offset of the fault, so that a caret can be set
under it.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple, NoReturn

from papertrack.core import dates
from papertrack.core.errors import QueryError
from papertrack.core.field_names import (
    BY_QUERY_NAME,
    CONDITIONS,
    QUERY_NAMES,
)
from papertrack.core.fields import Field, Kind
from papertrack.core.identity import normalise
from papertrack.core.local_time import utc_interval
from papertrack.core.model import STATUSES
from papertrack.core.wording import did_you_mean


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

    clause: "Clause"


class And(NamedTuple):
    """What all of the clauses match."""

    clauses: tuple["Clause", ...]


class Or(NamedTuple):
    """What any of the clauses matches."""

    clauses: tuple["Clause", ...]


Term = Everything | Text | Number | Days | Flag | Among | View
Clause = Term | Not | And | Or

_INSIDE = r"""(?:\\"|[^"])"""  # of quotation marks: \" is none
PATTERNED = (
    Kind.TEXT,
    Kind.LABEL,
    Kind.EXACT,
)
"""The kinds of fields that regular expressions are for."""

MAX_LENGTH = 4000
MAX_DEPTH = 10  # SQLite and FTS5 nest their own parentheses in ours, and stop at 100
MAX_TERMS = 200


class _Token(NamedTuple):
    kind: str  # "(", ")", "not", "and", "or", "term", "end"
    text: str
    position: int


def parse(text: str, today: dt.date) -> Clause:
    """The clause that `text` states; relative dates count from `today`. Raises QueryError."""
    return _Parser(text, today).parse()


def words(clause: Clause) -> Iterator[Text]:
    """The text terms that a match may contain: those that stand under no `not`."""
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


def mentions_hidden(clause: Clause) -> bool:
    """Whether the query names hidden papers, which are left out otherwise."""
    return any(map(_is_hidden, terms(clause)))


NEW = Flag("is", "new")
"""Papers that the last fetch added, which is not known here: `views.expand` replaces it."""

_HIDDEN = Flag("is", "hidden")
ANY_STATUS: Clause = Or((_HIDDEN, Not(_HIDDEN)))
"""What every paper matches, hidden ones too."""


def _is_hidden(term: Term) -> bool:
    """Whether a term is `is:hidden` or `status:hidden`."""
    match term:
        case Flag(_, name):
            return name == "hidden"
        case Text(text, _, field):
            is_status = field is QUERY_NAMES["status"]
            return is_status and text.lower() == "hidden"
    return False


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str, today: dt.date) -> None:
        # What the shell could not decode is replaced, which keeps the caret's place.
        self.text = text.encode("utf-8", "replace").decode("utf-8")
        self.today = today
        self.depth = 0
        if len(text) > MAX_LENGTH:
            self.fail(f"a query has at most {MAX_LENGTH} characters", MAX_LENGTH)
        self.tokens = list(self.scan())
        last = 0
        count = text.count(",")
        for token in self.tokens:
            if token.kind == "term":
                last = token.position
                count += 1
        if count > MAX_TERMS:
            self.fail(f"a query has at most {MAX_TERMS} terms", last)
        self.at = 0

    def fail(self, message: str, position: int) -> NoReturn:
        raise QueryError(message, self.text, position)

    def parse(self) -> Clause:
        if self.peek().kind == "end":
            return Everything()
        clause = self.any_of()
        token = self.peek()
        if token.kind != "end":
            self.fail("a closing parenthesis that none opened", token.position)
        return clause

    # ------------------------------------------------------------------ tokens

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def scan(self) -> Iterator[_Token]:
        text = self.text
        position = 0
        while position < len(text):
            char = text[position]
            end = position + 1
            if char in "()":
                yield _Token(char, char, position)
            elif char in "^-" and text[end : end + 1].strip():
                yield _Token("not", char, position)
            elif not char.isspace():
                end = self.term_end(position)
                term = text[position:end]
                kind = term.lower()
                if kind not in ("and", "or", "not"):
                    kind = "term"
                yield _Token(kind, term, position)
            position = end
        yield _Token("end", "", len(text))

    def term_end(self, start: int) -> int:
        """Where a term ends; quotes and /regex/ may contain spaces and parentheses."""
        text = self.text
        position = start
        while position < len(text):
            char = text[position]
            if text.startswith('\\"', position):
                position += 1  # as in Schr\"odinger: not a quotation mark
            elif char == '"':
                position = self.quote_end(position)
            elif char == "/" and text[:position].endswith((":", ",")):
                position = self.regex_end(position)
            elif char in "()" or char.isspace():
                break
            position += 1
        return position

    def quote_end(self, start: int) -> int:
        """Where the quotation mark at `start` is closed."""
        pattern = re.compile(rf'"{_INSIDE}*+"')
        closed = pattern.match(self.text, start)
        if not closed:
            self.fail("this quotation mark is never closed", start)
        return closed.end() - 1

    def regex_end(self, start: int) -> int:
        """Where the regular expression at `start` is closed; `start` if it is none."""
        pattern = re.compile(r"(?s)/(?:\\.|[^/\\])*+/")
        closed = pattern.match(self.text, start)
        if closed:
            return closed.end() - 1
        fields = tuple(f"{name}:" for name in QUERY_NAMES)
        if self.text[:start].endswith(fields):
            self.fail("this regular expression is never closed", start)
        return start

    # ------------------------------------------------------------------ rules

    def any_of(self) -> Clause:
        clauses = [self.all_of()]
        while self.peek().kind == "or":
            self.take()
            clauses.append(self.all_of())
        return _joined(Or, clauses)

    def all_of(self) -> Clause:
        clauses = [self.negated()]
        while self.peek().kind in ("and", "not", "term", "("):
            if self.peek().kind == "and":
                self.take()
            clauses.append(self.negated())
        return _joined(And, clauses)

    def negated(self) -> Clause:
        if self.peek().kind != "not":
            return self.term()
        token = self.take()
        self.deeper(token)
        clause = Not(self.negated())
        self.depth -= 1
        return clause

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested more than {MAX_DEPTH} deep", token.position)

    def term(self) -> Clause:
        token = self.take()
        if token.kind == "(":
            self.deeper(token)
            clause = self.any_of()
            if self.take().kind != ")":
                self.fail("this parenthesis is never closed", token.position)
            self.depth -= 1
            return clause
        if token.kind != "term":
            what = "the end" if token.kind == "end" else f"'{token.text}'"
            expected = "expected a word, field:value or a parenthesis"
            self.fail(f"{expected} before {what}", token.position)
        return self.single(token)

    def single(self, token: _Token) -> Clause:
        text = token.text
        if text.startswith("@") and len(text) > 1:
            return View(text[1:])
        name, colon, value = text.partition(":")
        name = name.lower()
        key = None
        # Every id has a digit or a colon; most words have neither.
        may_be_id = colon or any(map(str.isdigit, text))
        if may_be_id and '"' not in name and name not in QUERY_NAMES:
            key = normalise(text)
        if key:
            by_id = Text(key, How.EXACT, QUERY_NAMES["id"])
            phrase = Text(text, How.PHRASE)
            return Or((by_id, phrase))
        self.check_comparison(token)
        if colon and re.fullmatch(r"[a-z_]+", name):
            return self.field(name, value, token)
        return self.bare(text, token)

    def check_comparison(self, token: _Token) -> None:
        """Explain ranges for `upvotes>5`, which would be a word that no paper contains."""
        comparison = r"([a-z_]+)(?:[<>]=?|=)(?=[\w.-])"
        match = re.match(comparison, token.text.lower())
        if not match:
            return
        field = QUERY_NAMES.get(match[1])
        if field and field.kind in (Kind.NUMBER, Kind.DATE):
            name = field.query_name
            message = f"{name} needs a range: {name}:a.., {name}:..b or {name}:a..b"
            self.fail(message, token.position + match.end(1))

    def bare(self, text: str, token: _Token) -> Clause:
        """Text without a field: a word, a prefix, or phrases and words in one, as in `a"b c"`."""
        clauses = []
        for part in re.findall(rf'"{_INSIDE}*"\*?|{_INSIDE}+', text):
            if part.strip('"').strip():
                clauses.append(_text(part))
        if not clauses:
            self.fail("an empty phrase finds nothing; leave it out", token.position)
        return _joined(And, clauses)

    def field(
        self,
        name: str,
        value: str,
        token: _Token,
    ) -> Clause:
        """`name:value`, with one or several alternatives."""
        start = token.position + len(name) + 1
        if name in CONDITIONS:
            return self.flags(name, value, start)
        if name not in QUERY_NAMES:
            self.fail(f"unknown field {name}{_known_field(name)}", token.position)
        field = QUERY_NAMES[name]
        if not value.strip('"'):
            fault = "needs a value"
            if self.text.startswith("(", start):
                fault = f"takes no parentheses; for either of two write {name}:one,two"
            self.fail(f"{name}: {fault}", start)
        clauses = []
        for part, at in _alternatives(value, start):
            clauses.append(self.value(field, part, at))
        return _joined(Or, clauses)

    def flags(
        self,
        prefix: str,
        value: str,
        start: int,
    ) -> Clause:
        """`is:name` or `has:name`, with one or several alternatives."""
        known = CONDITIONS[prefix]
        flags = []
        for part, at in _alternatives(value, start):
            name = part.strip('"').lower()
            if not name:
                self.fail(f"{prefix}: needs a name; known: {', '.join(known)}", at)
            if name not in known:
                self.fail(f"unknown {prefix}:{name}{did_you_mean(name, known)}", at)
            flags.append(Flag(prefix, name))
        return _joined(Or, flags)

    def regex(
        self,
        field: Field,
        value: str,
        start: int,
    ) -> Clause:
        """`/regex/`, which is compiled to report its mistakes."""
        if field.kind not in PATTERNED:
            fields = BY_QUERY_NAME.items()
            known = [name for name, one in fields if one.kind in PATTERNED]
            message = f"takes no regular expression; those are for {', '.join(known)}"
            self.fail(f"{field.query_name}: {message}", start)
        pattern = value[1:-1]
        if not pattern:
            self.fail("an empty regular expression; leave it out", start)
        import regex  # 10 ms, for the queries that have one

        try:
            regex.compile(pattern)
        except RecursionError:
            self.fail("the regular expression is nested too deep", start)
        except regex.error as error:
            reason = str(error).partition(" at position")[0]
            offset = getattr(error, "pos", None) or 0
            message = f"the regular expression is wrong: {reason}"
            self.fail(message, start + 1 + offset)
        return Text(pattern, How.REGEX, field)

    def value(
        self,
        field: Field,
        part: str,
        at: int,
    ) -> Clause:
        """One alternative of a value, as its field's kind reads it."""
        if len(part) > 1 and part[0] == part[-1] == "/":
            return self.regex(field, part, at)
        if field.kind is Kind.NUMBER:
            return self.number(field, part, at)
        if field.kind is Kind.DATE:
            days = part.lstrip("=").strip('"')
            try:
                first, last = dates.interval(days, self.today)
            except ValueError as error:
                self.fail(str(error), at)
            if field.time:
                first, last = utc_interval((first, last))
            return Days(field, first, last)
        text = part.removeprefix("=")
        if not text.strip('"*'):
            self.fail(f"{field.query_name}: needs a value", at)
        if field.query_name == "status":
            name = text.strip('"').lower()
            if name not in STATUSES:
                self.fail(f"unknown status {name}{did_you_mean(name, STATUSES)}", at)
        if part.startswith("="):
            return Text(text.strip('"'), How.EXACT, field)
        term = _text(text, field)
        if field.kind is Kind.TEXT or term.how is How.PREFIX:
            return term
        value = term.text.replace('\\"', '"')
        return Text(value, How.WORD, field)

    def number(
        self,
        field: Field,
        part: str,
        at: int,
    ) -> Clause:
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
            self.fail(f"{field.query_name} takes {expected}", at)
        if not all(abs(end) < 1e15 for end in ends):
            self.fail("a number out of range", at)
        if ends[0] > ends[-1]:
            self.fail(f"the range {part} ends before it begins", at)
        return Number(
            field,
            low=ends[0] if low else None,
            high=ends[-1] if high else None,
        )


def _text(part: str, field: Field | None = None) -> Text:
    """A word, a phrase in quotation marks, or a prefix."""
    if part.startswith('"'):
        how = How.PREFIX if part.endswith('"*') else How.PHRASE
        phrase = part.removesuffix("*").strip('"')
        return Text(phrase, how, field)
    if part.endswith("*") and part.strip("*"):
        return Text(part.rstrip("*"), How.PREFIX, field)
    return Text(part, How.WORD, field)


def _joined(kind: type[And | Or], clauses: Sequence[Clause]) -> Clause:
    """The clauses in one; a single clause as it is."""
    if len(clauses) == 1:
        return clauses[0]
    return kind(tuple(clauses))


def _known_field(name: str) -> str:
    """The closest name that a query accepts, else all query names."""
    closest = did_you_mean(name, [*QUERY_NAMES, *CONDITIONS])
    if closest.startswith("; did"):
        return closest
    return did_you_mean(name, [*BY_QUERY_NAME, *CONDITIONS])


def _alternatives(value: str, start: int) -> list[tuple[str, int]]:
    """The comma-separated parts of a value with their offsets; commas in quotes don't part."""
    alternative = rf'/(?:\\.|[^/\\])*/(?![^,])|(?:"{_INSIDE}*"|\\"|[^,"])+'
    found: list[tuple[str, int]] = []
    for part in re.finditer(alternative, value):
        found.append((part[0], start + part.start()))
    return found or [(value, start)]
