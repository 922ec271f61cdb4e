"""The text of a query, cut into parentheses, `and`, `or`, `not` and terms."""

from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from papertrack.core.errors import QueryError
from papertrack.core.field_names import QUERY_NAMES
from papertrack.core.lazy_regex import pattern

MAX_LENGTH = 4000
MAX_TERMS = 200

INSIDE = r"""(?:\\"|[^"])"""
"""A character between quotation marks; an escaped quotation mark is one of them."""

_QUOTED = pattern(rf'"{INSIDE}*+"')
_REGEX = pattern(r"(?s)/(?:\\.|[^/\\])*+/")
_ALTERNATIVE = pattern(rf'/(?:\\.|[^/\\])*/(?![^,])|(?:"{INSIDE}*"|\\"|[^,"])+')


class Token(NamedTuple):
    """A piece of a query; `kind` is `(`, `)`, `not`, `and`, `or`, `term` or `end`."""

    kind: str
    text: str
    position: int


class Source(NamedTuple):
    """The text of a query, which every mistake in it is reported with."""

    text: str

    def fail(self, message: str, position: int) -> NoReturn:
        """Raise QueryError for a mistake at `position`."""
        raise QueryError(message, self.text, position)


def tokens(source: Source) -> list[Token]:
    """The tokens of a query, the last is its end. Raises QueryError if it is too long."""
    if len(source.text) > MAX_LENGTH:
        source.fail(f"a query has at most {MAX_LENGTH} characters", MAX_LENGTH)
    found = list(_scan(source))
    terms = [token for token in found if token.kind == "term"]
    if len(terms) + source.text.count(",") > MAX_TERMS:
        last = terms[-1].position if terms else 0
        source.fail(f"a query has at most {MAX_TERMS} terms", last)
    return found


def alternatives(value: str, start: int) -> list[tuple[str, int]]:
    """The comma-separated parts of a value with their offsets; commas in quotes don't part."""
    parts = _ALTERNATIVE.finditer(value)
    found = [(part[0], start + part.start()) for part in parts]
    return found or [(value, start)]


def _scan(source: Source) -> Iterator[Token]:
    text = source.text
    position = 0
    while position < len(text):
        char = text[position]
        end = position + 1
        if char in "()":
            yield Token(char, char, position)
        elif char in "^-" and text[end : end + 1].strip():
            yield Token("not", char, position)
        elif not char.isspace():
            end = _term_end(source, position)
            term = text[position:end]
            kind = term.lower()
            if kind not in ("and", "or", "not"):
                kind = "term"
            yield Token(kind, term, position)
        position = end
    yield Token("end", "", len(text))


def _term_end(source: Source, start: int) -> int:
    """Where a term ends; quotes and /regex/ may contain spaces and parentheses."""
    text = source.text
    position = start
    while position < len(text):
        char = text[position]
        if text.startswith('\\"', position):
            position += 1  # as in Schr\"odinger: not a quotation mark
        elif char == '"':
            position = _quote_end(source, position)
        elif char == "/" and text[:position].endswith((":", ",")):
            position = _regex_end(source, position)
        elif char in "()" or char.isspace():
            break
        position += 1
    return position


def _quote_end(source: Source, start: int) -> int:
    """Where the quotation mark at `start` is closed."""
    closed = _QUOTED.match(source.text, start)
    if not closed:
        source.fail("this quotation mark is never closed", start)
    return closed.end() - 1


def _regex_end(source: Source, start: int) -> int:
    """Where the regular expression at `start` is closed; `start` if it is none."""
    closed = _REGEX.match(source.text, start)
    if closed:
        return closed.end() - 1
    fields = tuple(f"{name}:" for name in QUERY_NAMES)
    if source.text[:start].endswith(fields):
        source.fail("this regular expression is never closed", start)
    return start
