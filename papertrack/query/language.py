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

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple, NoReturn

from papertrack.core import dates
from papertrack.core.errors import QueryError
from papertrack.core.field_names import BY_QUERY_NAME, CONDITIONS, QUERY_NAMES
from papertrack.core.fields import Field, Kind
from papertrack.core.identity import normalise
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
    """`first <= field < last`, ISO days; None where an end is open."""

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

    clause: Clause


class And(NamedTuple):
    """What all of the clauses match."""

    clauses: tuple[Clause, ...]


class Or(NamedTuple):
    """What any of the clauses matches."""

    clauses: tuple[Clause, ...]


Clause = Everything | Text | Number | Days | Flag | Among | View | Not | And | Or

_INSIDE = r"""(?:\\"|[^"])"""  # of quotation marks: \" is none
PATTERNED = (Kind.TEXT, Kind.LABEL, Kind.EXACT)
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


def mentions_hidden(clause: Clause) -> bool:
    """Whether the query asks for hidden papers by name (`is:hidden`, `status:hidden`),
    else they stay out.
    """
    if isinstance(clause, Not):
        return mentions_hidden(clause.clause)
    if isinstance(clause, And | Or):
        return any(map(mentions_hidden, clause.clauses))
    if isinstance(clause, Flag):
        return clause.name == "hidden"
    return (
        isinstance(clause, Text)
        and clause.text.lower() == "hidden"
        and clause.field is BY_QUERY_NAME["status"]
    )


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str, today: dt.date) -> None:
        # What the shell could not decode is no word; the replacement keeps the caret's place.
        self.text = text = text.encode("utf-8", "replace").decode("utf-8")
        self.today = today
        self.depth = 0
        if len(text) > MAX_LENGTH:
            self.fail(f"a query has at most {MAX_LENGTH} characters", MAX_LENGTH)
        self.tokens = list(self._scan())
        terms = [token for token in self.tokens if token.kind == "term"]
        if len(terms) + text.count(",") > MAX_TERMS:
            self.fail(
                f"a query has at most {MAX_TERMS} terms",
                terms[-1].position if terms else 0,
            )
        self.at = 0

    def fail(self, message: str, position: int) -> NoReturn:
        raise QueryError(message, self.text, position)

    def parse(self) -> Clause:
        if self.peek().kind == "end":
            return Everything()
        clause = self.any_of()
        if (token := self.peek()).kind != "end":
            self.fail("a closing parenthesis that none opened", token.position)
        return clause

    # ------------------------------------------------------------------ tokens

    def peek(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _scan(self) -> Iterator[_Token]:
        position, text = 0, self.text
        while position < len(text):
            char = text[position]
            if char.isspace():
                position += 1
            elif char in "()":
                yield _Token(char, char, position)
                position += 1
            elif (
                char in "^-"
                and position + 1 < len(text)
                and not text[position + 1].isspace()
            ):
                yield _Token("not", char, position)
                position += 1
            else:
                end = self._term_end(position)
                term = text[position:end]
                kind = term.lower() if term.lower() in ("and", "or", "not") else "term"
                yield _Token(kind, term, position)
                position = end
        yield _Token("end", "", len(text))

    def _term_end(self, start: int) -> int:
        """Where the term that begins at `start` ends: quotes and /regex/ may hold
        spaces and parentheses.
        """
        position = start
        while position < len(self.text):
            char = self.text[position]
            if self.text.startswith('\\"', position):
                position += 1  # as in Schr\"odinger: no quotation mark
            elif char == '"':
                position = self._closing('"', position)
            elif char == "/" and position > start and self.text[position - 1] in ":,":
                position = self._closing("/", position)
            elif char in "()" or char.isspace():
                break
            position += 1
        return position

    def _closing(self, quote: str, start: int) -> int:
        position = start + 1
        while position < len(self.text) and self.text[position] != quote:
            escaped = self.text[position] == "\\" and (
                quote == "/" or self.text.startswith('\\"', position)
            )
            position += 2 if escaped else 1
        if position >= len(self.text):
            if quote == "/" and not self.text[:start].endswith(
                tuple(f"{name}:" for name in QUERY_NAMES)
            ):
                return start
            name = "quotation mark" if quote == '"' else "regular expression"
            self.fail(f"this {name} is never closed", start)
        return position

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
            self.fail(
                f"expected a word, field:value or a parenthesis before {what}",
                token.position,
            )
        return self.single(token)

    def single(self, token: _Token) -> Clause:
        text = token.text
        if text.startswith("@") and len(text) > 1:
            return View(text[1:])
        name, colon, value = text.partition(":")
        name = name.lower()
        # Every id has a digit or a colon; most words have neither.
        may_be_id = ":" in text or any(map(str.isdigit, text))
        if may_be_id and '"' not in name and name not in QUERY_NAMES:
            key = normalise(text)
            if key:
                by_id = Text(key, How.EXACT, BY_QUERY_NAME["id"])
                return Or((by_id, Text(text, How.PHRASE)))
        self.check_comparison(token)
        if colon and re.fullmatch(r"[a-z_]+", name):
            return self.field(name, value, token)
        return self.bare(text, token)

    def check_comparison(self, token: _Token) -> None:
        """Explain ranges for `upvotes>5`, which would be a word that no paper contains."""
        match = re.match(r"([a-z_]+)(?:[<>]=?|=)(?=[\w.-])", token.text.lower())
        field = QUERY_NAMES.get(match[1]) if match else None
        if match and field and field.kind in (Kind.NUMBER, Kind.DATE):
            name = field.query_name
            self.fail(
                f"{name} needs a range: {name}:a.., {name}:..b or {name}:a..b",
                token.position + len(match[1]),
            )

    def bare(self, text: str, token: _Token) -> Clause:
        """Text without a field: a word, a prefix, or phrases and words in one, as in `a"b c"`."""
        parts = re.findall(rf'"{_INSIDE}*"\*?|{_INSIDE}+', text)
        terms = [self._text(part, None) for part in parts if part.strip('"').strip()]
        if not terms:
            self.fail("an empty phrase finds nothing; leave it out", token.position)
        return _joined(And, terms)

    @staticmethod
    def _text(part: str, field: Field | None) -> Text:
        if part.startswith('"'):
            how = How.PREFIX if part.endswith('"*') else How.PHRASE
            return Text(part.removesuffix("*").strip('"'), how, field)
        if part.endswith("*") and part.strip("*"):
            return Text(part.rstrip("*"), How.PREFIX, field)
        return Text(part, How.WORD, field)

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
            if self.text.startswith("(", start):
                self.fail(
                    f"{name}: takes no parentheses; for either of two write"
                    f" {name}:one,two",
                    start,
                )
            self.fail(f"{name}: needs a value", start)
        parts = _alternatives(value, start)
        return _joined(Or, [self.value(field, part, at) for part, at in parts])

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
            fields = BY_QUERY_NAME.values()
            known = [one.query_name for one in fields if one.kind in PATTERNED]
            self.fail(
                f"{field.query_name}: takes no regular expression; those are for"
                f" {', '.join(known)}",
                start,
            )
        if len(value) < 3:
            self.fail("an empty regular expression; leave it out", start)
        import regex  # 10 ms, for the queries that have one

        try:
            regex.compile(value[1:-1])
        except RecursionError:
            self.fail("the regular expression is nested too deep", start)
        except regex.error as error:
            reason = str(error).partition(" at position")[0]
            offset = getattr(error, "pos", None) or 0
            self.fail(f"the regular expression is wrong: {reason}", start + 1 + offset)
        return Text(value[1:-1], How.REGEX, field)

    def value(
        self,
        field: Field,
        part: str,
        at: int,
    ) -> Clause:
        """One alternative of a value, as its field's kind reads it."""
        if part.startswith("/") and part.endswith("/") and len(part) > 1:
            return self.regex(field, part, at)
        if field.kind is Kind.NUMBER:
            return self.number(field, part, at)
        if field.kind is Kind.DATE:
            text = part.lstrip("=").strip('"')
            try:
                return Days(field, *dates.interval(text, self.today))
            except ValueError as error:
                self.fail(str(error), at)
        text = part.removeprefix("=")
        if not text.strip('"*'):
            self.fail(f"{field.query_name}: needs a value", at)
        if field.query_name == "status":
            name = text.strip('"').lower()
            if name not in STATUSES:
                self.fail(f"unknown status {name}{did_you_mean(name, STATUSES)}", at)
        if part.startswith("="):
            return Text(text.strip('"'), How.EXACT, field)
        term = self._text(text, field)
        if field.kind is not Kind.TEXT and term.how is not How.PREFIX:
            return Text(term.text.replace('\\"', '"'), How.WORD, field)
        return term

    def number(
        self,
        field: Field,
        part: str,
        at: int,
    ) -> Clause:
        """A number or a range of them."""
        low, dots, high = part.removeprefix("=").strip('"').partition("..")
        first = last = None
        try:
            first = float(low) if low else None
            last = float(high) if high else None
        except ValueError:
            low = high = ""
        if not low and not high:
            self.fail(
                f"{field.query_name} takes a number or a range such as 10.. or 5..20",
                at,
            )
        if not dots:
            last = first
        if any(end is not None and not abs(end) < 1e15 for end in (first, last)):
            self.fail("a number out of range", at)
        if first is not None and last is not None and first > last:
            self.fail(f"the range {part} ends before it begins", at)
        return Number(field, first, last)


def _joined(kind: type[And | Or], clauses: Sequence[Clause]) -> Clause:
    """The clauses in one; a single clause as it is."""
    return clauses[0] if len(clauses) == 1 else kind(tuple(clauses))


def _known_field(name: str) -> str:
    """The closest name that a query accepts, else all query names."""
    closest = did_you_mean(name, [*QUERY_NAMES, *CONDITIONS])
    if closest.startswith("; did"):
        return closest
    return did_you_mean(name, [*BY_QUERY_NAME, *CONDITIONS])


def _alternatives(value: str, start: int) -> list[tuple[str, int]]:
    """The comma-separated parts of a value with their offsets; commas in quotes don't part."""
    found, at = [], 0
    for match in re.finditer(
        rf'/(?:\\.|[^/\\])*/(?![^,])|(?:"{_INSIDE}*"|\\"|[^,"])+', value
    ):
        at = match.start()
        found.append((match[0], start + at))
    return found or [(value, start)]
