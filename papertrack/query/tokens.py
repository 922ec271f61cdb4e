"""The text of a query, cut into parentheses, `and`, `or`, `not` and terms."""

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from papertrack.core.errors import QueryError
from papertrack.core.field_names import CONDITIONS, QUERY_NAMES
from papertrack.core.lazy_regex import pattern

MAX_LENGTH = 4000
MAX_TERMS = 200

INSIDE = r"""(?:\\"|[^"])"""
"""A character between quotation marks; an escaped quotation mark is one of them."""

OPERATORS = ("and", "or", "not")
_BEGINNINGS = ("term", "(", "not")
"""What may follow an operator."""
_ENDS = ("term", ")")
"""What may come before `and` and `or`."""

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
    found = _without_dangling(list(_scan(source)))
    terms = [token for token in found if token.kind == "term"]
    if len(terms) + source.text.count(",") > MAX_TERMS:
        last = terms[-1].position if terms else 0
        source.fail(f"a query has at most {MAX_TERMS} terms", last)
    return found


def has_operators(text: str) -> bool:
    """Whether a query states itself how its terms are joined: by `or`, `not` or
    parentheses.
    """
    kinds = {token.kind for token in tokens(Source(text))}
    return not kinds <= {"term", "end"}


def mentions_field(text: str) -> bool:
    """Whether a text has a field with a value, a condition, a view or `^word`, so that
    it is meant as a query.
    """
    # Compiling a pattern takes 100 times as long, and few texts have such a sign.
    if not any(map(text.__contains__, ":@^")):
        return False
    found = re.finditer(r"(?<![\w:])(?:(\w+):|[@^])(?=[^\s:])", text)
    names = {match[1] and match[1].lower() for match in found}
    return not names.isdisjoint((None, *QUERY_NAMES, *CONDITIONS))


def is_stated(text: str) -> bool:
    """Whether a text that can be parsed has anything but words and phrases."""
    return has_operators(text) or mentions_field(text)


def _without_dangling(found: list[Token]) -> list[Token]:
    """The tokens, with each `and`, `or` and `not` that joins nothing as a word: in text
    that is pasted they are words.
    """
    following: list[Token] = []
    for number in reversed(range(len(found))):
        token = found[number]
        if token.kind in OPERATORS:
            before = found[number - 1].kind if number else ""
            after = following[-1].kind
            if after not in _BEGINNINGS or (
                token.kind != "not" and before not in _ENDS
            ):
                token = token._replace(kind="term")
        following.append(token)
    return following[::-1]


def alternatives(value: str, start: int) -> list[tuple[str, int]]:
    """The comma-separated parts of a value with their offsets; commas in quotes don't part."""
    if not any(map(value.__contains__, ',"/')):
        return [(value, start)]
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
            # `Not` is how a title writes it.
            is_operator = kind in OPERATORS and term in (kind, kind.upper())
            yield Token(kind if is_operator else "term", term, position)
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
            position = _quote_end(source, start, position)
        elif char == "/" and text[:position].endswith((":", ",")):
            position = _regex_end(source, position)
        elif char in "()" or char.isspace():
            break
        position += 1
    return position


def _quote_end(source: Source, term: int, start: int) -> int:
    """Where the quotation mark at `start` is closed, in a term that starts at `term`.

    One that is not closed is a character as any other, but in the value of a field.
    """
    closed = _QUOTED.match(source.text, start)
    if closed:
        return closed.end() - 1
    name, colon, _ = source.text[term:start].partition(":")
    if colon and name.lower() in (*QUERY_NAMES, *CONDITIONS):
        source.fail("this quotation mark is never closed", start)
    return start


def _regex_end(source: Source, start: int) -> int:
    """Where the regular expression at `start` is closed; `start` if it is none."""
    closed = _REGEX.match(source.text, start)
    if closed:
        return closed.end() - 1
    fields = tuple(f"{name}:" for name in QUERY_NAMES)
    if source.text[:start].endswith(fields):
        source.fail("this regular expression is never closed", start)
    return start
