"""The query language: text to a Clause.

    query = or     or = and {"or" and}     and = not {["and"] not}     not = ["not" | "^" | "-"] term
    term  = word | "a phrase" | prefix* | field:value | field:=exact | field:/regex/ | field:a..b
          | is:name | has:name | @view | "(" query ")"
    value = one or several alternatives, comma-separated; each may be "quoted"

Nothing is evaluated here: `index` turns a Clause into SQL. A mistake raises `QueryError` with the
query and the offset of the fault, so that a caret can be set under it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
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
    """Papers by their row ids: what `index` puts in the place of a term that is answered beforehand."""

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
    """Whether the query asks for hidden papers by name (`is:hidden`, `status:hidden`), else they stay out."""
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
        """Where the term that begins at `start` ends: quotes and /regex/ may hold spaces and parentheses."""
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
        return clauses[0] if len(clauses) == 1 else Or(tuple(clauses))

    def all_of(self) -> Clause:
        clauses = [self.negated()]
        while self.peek().kind in ("and", "not", "term", "("):
            if self.peek().kind == "and":
                self.take()
            clauses.append(self.negated())
        return clauses[0] if len(clauses) == 1 else And(tuple(clauses))

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
        # Every id has a digit or a colon; most words have neither and need no closer look.
        may_be_id = ":" in text or any(map(str.isdigit, text))
        name, colon, value = text.partition(":")
        if (
            may_be_id
            and '"' not in name
            and name.lower() not in QUERY_NAMES
            and (key := normalise(text))
        ):
            return Or(
                (Text(key, How.EXACT, BY_QUERY_NAME["id"]), Text(text, How.PHRASE))
            )
        if compared := re.match(r"([a-z_]+)(?:[<>]=?|=)(?=[\w.-])", text.lower()):
            self.compared(compared, token)
        if not colon or '"' in name or not re.fullmatch(r"[a-z_]+", name.lower()):
            return self.bare(text, token)
        return self.field(name.lower(), value, token)

    def compared(self, found: re.Match[str], token: _Token) -> None:
        """`upvotes>5`: what other languages write for a range would be a word that nothing has."""
        field = QUERY_NAMES.get(found[1])
        if field is not None and field.kind in (Kind.NUMBER, Kind.DATE):
            ranges = f"{field.query_name}:a.., {field.query_name}:..b or {field.query_name}:a..b"
            self.fail(
                f"{field.query_name} needs a range: {ranges}",
                token.position + len(found[1]),
            )

    def bare(self, text: str, token: _Token) -> Clause:
        """Bare text: a word, a prefix, or phrases and words run together as in `a"b c"`."""
        parts = [
            part
            for part in re.findall(rf'"{_INSIDE}*"\*?|{_INSIDE}+', text)
            if part.strip('"').strip()
        ]
        if not parts:
            self.fail("an empty phrase finds nothing; leave it out", token.position)
        clauses = tuple(self._text(part, None) for part in parts)
        return clauses[0] if len(clauses) == 1 else And(clauses)

    @staticmethod
    def _text(part: str, field: Field | None) -> Text:
        if part.startswith('"'):
            how = How.PREFIX if part.endswith('"*') else How.PHRASE
            return Text(part.removesuffix("*").strip('"'), how, field)
        if part.endswith("*") and part.strip("*"):
            return Text(part.rstrip("*"), How.PREFIX, field)
        return Text(part, How.WORD, field)

    def field(self, name: str, value: str, token: _Token) -> Clause:
        start = token.position + len(name) + 1
        if name in ("is", "has"):
            return self.flags(name, value, start)
        if name not in QUERY_NAMES:
            near = did_you_mean(name, [*QUERY_NAMES, "is", "has"])
            known = (
                near
                if near.startswith("; did")
                else did_you_mean(name, [*BY_QUERY_NAME, "is", "has"])
            )
            self.fail(f"unknown field {name}{known}", token.position)
        field = QUERY_NAMES[name]
        if not value.strip('"'):
            if self.text.startswith("(", start):
                self.fail(
                    f"{name}: takes no parentheses; for either of two write {name}:one,two",
                    start,
                )
            self.fail(f"{name}: needs a value", start)
        clauses = tuple(
            self.value(field, part, at) for part, at in _alternatives(value, start)
        )
        return clauses[0] if len(clauses) == 1 else Or(clauses)

    def flags(self, ask: str, value: str, start: int) -> Clause:
        known = CONDITIONS[ask]
        parts = [
            (part.strip('"').lower(), at) for part, at in _alternatives(value, start)
        ]
        for part, at in parts:
            if not part:
                self.fail(f"{ask}: needs a name; known: {', '.join(known)}", at)
            if part not in known:
                self.fail(f"unknown {ask}:{part}{did_you_mean(part, known)}", at)
        flags = tuple(Flag(ask, part) for part, _ in parts)
        return flags[0] if len(flags) == 1 else Or(flags)

    def regex(self, field: Field, value: str, start: int) -> Clause:
        if field.kind not in PATTERNED:
            known = ", ".join(
                field.query_name
                for field in BY_QUERY_NAME.values()
                if field.kind in PATTERNED
            )
            self.fail(
                f"{field.query_name}: takes no regular expression; those are for {known}",
                start,
            )
        if len(value) < 3:
            self.fail("an empty regular expression; leave it out", start)
        import regex

        try:
            regex.compile(value[1:-1])
        except RecursionError:
            self.fail("the regular expression is nested too deep", start)
        except regex.error as error:
            offset = getattr(error, "pos", None) or 0
            self.fail(
                f"the regular expression is wrong: {str(error).partition(' at position')[0]}",
                start + 1 + offset,
            )
        return Text(value[1:-1], How.REGEX, field)

    def value(self, field: Field, part: str, at: int) -> Clause:
        if part.startswith("/") and part.endswith("/") and len(part) > 1:
            return self.regex(field, part, at)
        if field.kind is Kind.NUMBER:
            return self.number(field, part, at)
        if field.kind is Kind.DATE:
            try:
                return Days(
                    field, *dates.interval(part.lstrip("=").strip('"'), self.today)
                )
            except ValueError as error:
                self.fail(str(error), at)
        exact = part.startswith("=")
        text = part.removeprefix("=")
        if not text.strip('"*'):
            self.fail(f"{field.query_name}: needs a value", at)
        if (
            field.query_name == "status"
            and (name := text.strip('"').lower()) not in STATUSES
        ):
            self.fail(f"unknown status {name}{did_you_mean(name, STATUSES)}", at)
        if exact:
            return Text(text.strip('"'), How.EXACT, field)
        term = self._text(text, field)
        if (
            field.kind in (Kind.ID, Kind.LABEL, Kind.EXACT)
            and term.how is not How.PREFIX
        ):
            return Text(term.text.replace('\\"', '"'), How.WORD, field)
        return term

    def number(self, field: Field, part: str, at: int) -> Clause:
        low, dots, high = part.removeprefix("=").strip('"').partition("..")
        try:
            first = float(low) if low else None
            last = (float(high) if high else None) if dots else first
        except ValueError:
            self.fail(
                f"{field.query_name} takes a number or a range such as 10.. or 5..20",
                at,
            )
        if first is None and last is None:
            self.fail(
                f"{field.query_name} takes a number or a range such as 10.. or 5..20",
                at,
            )
        if any(end is not None and not abs(end) < 1e15 for end in (first, last)):
            self.fail("a number out of range", at)
        if first is not None and last is not None and first > last:
            self.fail(f"the range {part} ends before it begins", at)
        return Number(field, first, last)


def _alternatives(value: str, start: int) -> list[tuple[str, int]]:
    """The comma-separated parts of a value with their offsets; commas in quotes don't part."""
    found, at = [], 0
    for match in re.finditer(
        rf'/(?:\\.|[^/\\])*/(?![^,])|(?:"{_INSIDE}*"|\\"|[^,"])+', value
    ):
        at = match.start()
        found.append((match[0], start + at))
    return found or [(value, start)]
