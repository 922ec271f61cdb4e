"""The syntax of BibTeX: a file's entries, each with its type, its key and its fields.

Real files have mistakes. Those whose meaning is clear are repaired: a missing or a double
comma, a missing key, a brace too many, an entry without an end. A value that nothing
closes ends at the next line that begins a field; if there is none, it costs its entry and
no other. The time is proportional to the length of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt

_MAX_MACRO = 500
"""Characters of a macro: macros of macros could grow without bound."""
_MAX_VALUE = 100_000
_MAX_INSIDE = 4
"""Lines in a value that look like the beginning of an entry."""

# An entry begins a line or follows another one; `me@example{` in a text is none.
START = pattern(r"(?m)^[^\S\n]*+@\s*+\w++\s*+[{(]")
_HEAD = pattern(r"[\s,)}]*+(?P<at>@)\s*+(?P<kind>\w++)\s*+[{(]")
_KEY = pattern(r'(?P<key>[^,={}"]*+)(?P<end>[,=]?)')
_FIELD = pattern(r'(?P<name>[^\s=,{}"#()%]++)\s*+=\s*+')
_BARE = pattern(r'[^\s,{}"#=()]++(?:[^\S\n]++[^\s,{}"#=()]++(?!\s*+=))*+')
_JOIN = pattern(r"\s*+#\s*+")
_GAP = pattern(r"(?:[\s,;]++|%[^\n]*+)*+")
_END = pattern(r"\s*+[})]")
_JUNK = pattern(r'[^,{}"\n]++')

# Nine of ten fields: up to four levels of braces, nothing to join, no escaped brace.
_NESTED = r"\{(?:[^{}\\]++|\\(?![{}])|\{(?:[^{}\\]++|\\(?![{}])|\{[^{}\\]*+\})*+\})*+\}"
_USUAL_FIELD = pattern(
    r'(?P<name>[^\s=,{}"#()%]++)\s*+=\s*+\{'
    rf"(?P<value>(?:[^{{}}\\]++|\\(?![{{}}])|{_NESTED})*+)\}}\s*+(?=[,}}])"
)
_BRACES = pattern(r"[{}]")
_UNESCAPED_BRACES = pattern(r"(?<!\\)[{}]")
_BRACES_OR_QUOTE = pattern(r'[{}"]')
_FIELD_FOLLOWS = pattern(r'[})]\s*+,\s*+[\w-]++\s*+=\s*+["{\d]')
_FIELD_LINE = pattern(r'(?m)^[^\S\n]*+(?P<name>[\w-]++)[^\S\n]*+=\s*+(?=["{\w])')


@dataclass(slots=True)
class Block:
    """An entry: the line where it begins, its type in lower case, its key, its fields.

    The names of the fields are in lower case; the values are without their delimiters,
    with macros resolved. `problem` is what is wrong with it, "" if nothing. The fields of
    a `broken` one can't be separated.
    """

    line: int
    kind: str
    key: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""
    broken: bool = False

    def values(self) -> dict[str, str]:
        """The fields by name; of a repeated field the first that is not empty."""
        values: dict[str, str] = {}
        for name, value in self.fields:
            if not values.get(name):
                values[name] = value
        return values

    @property
    def head(self) -> str:
        """The entry's beginning, as messages name it: `@article{key`."""
        return excerpt(f"@{self.kind}{{{self.key}", 60)


class _Unclosed(Exception):
    """A value that nothing closes."""


def blocks(text: str, macros: dict[str, str]) -> Iterator[Block]:
    """The entries of a file, without comments, preambles and macros.

    `macros` are those known before; the file's own are added to them.
    """
    starts = [start.start() for start in START.finditer(text)]
    # What looks like the next entry may be in a value of this one.
    later = [*starts[_MAX_INSIDE:], *[len(text)] * _MAX_INSIDE]
    line, counted, position = 1, 0, 0
    are_comments_closed = True
    for start, limit, last in zip(
        starts, [*starts[1:], len(text)], later, strict=False
    ):
        position = max(position, start)
        while head := _HEAD.match(text, position, limit):
            kind = head["kind"].lower()
            position = head.end()
            if kind == "string":
                position = _read_macro(text, position, limit, macros)
            elif kind in ("comment", "preamble"):
                # What is commented out may contain entries.
                stop = len(text) if are_comments_closed else limit
                end = _closing_brace(text, position - 1, stop, _BRACES)
                are_comments_closed = are_comments_closed and bool(end)
                position = end or limit
            else:
                line += text.count("\n", counted, head.start("at"))
                counted = head.start("at")
                block = Block(line, kind)
                position = _read_entry(text, position, (limit, last), macros, block)
                yield block


def _read_macro(text: str, start: int, limit: int, macros: dict[str, str]) -> int:
    """Add the macro that begins at `start` to `macros`; where it ends."""
    reader = _Reader(text, start, limit, macros)
    reader.match(_GAP)
    name = reader.match(_FIELD)
    if name:
        with suppress(_Unclosed):
            macros[name["name"].lower()] = reader.value()[:_MAX_MACRO]
    reader.match(_END)
    return reader.position


def _read_entry(
    text: str, start: int, limits: tuple[int, int], macros: dict[str, str], block: Block
) -> int:
    r"""Fill the block with the entry whose key begins at `start`; where it ends.

    `limits` are where the next entry seems to begin, and how far this one may reach
    beyond that. `\{` is a brace for BibTeX. If that leaves the entry open, it is read as
    a letter.
    """
    limit, last = limits
    reader = _Reader(text, start, limit, macros)
    reader.read_entry(block)
    others = (
        _Reader(text, start, limit, macros, _UNESCAPED_BRACES),
        _Reader(text, start, last, macros, is_strict=True),
    )
    for other_reader in others if block.problem else ():
        other = Block(block.line, block.kind)
        other_reader.read_entry(other)
        if not other.problem:
            block.key, block.fields = other.key, other.fields
            block.problem, block.broken = "", False
            return other_reader.position
    if block.broken:
        _read_lines(text[start:limit], block)
        return limit
    return reader.position


def _read_lines(text: str, block: Block) -> None:
    """Fill the block with the fields that begin a line, whatever their braces."""
    fields: list[tuple[str, str]] = []
    names = list(_FIELD_LINE.finditer(text))
    ends = [name.start() for name in names] + [len(text)]
    for name, end in zip(names, ends[1:], strict=True):
        value = text[name.end() : end].strip().rstrip(",").rstrip()
        if end == len(text):
            value = value.removesuffix("}").rstrip().rstrip(",")
        if value.startswith("{"):
            value = value[1:].removesuffix("}")
        elif value.startswith('"'):
            value = value[1:].removesuffix('"')
        fields.append((name["name"].lower(), value))
    if fields:
        block.fields = fields
        block.broken = False
        block.problem = (
            f"{block.head}: a brace or a quote is not closed;"
            " each field is read up to the line of the next one"
        )


class _Reader:
    """A position in a text, up to a limit, and what is read there.

    One that `is_strict` refuses an entry with anything that is not a field.
    """

    def __init__(
        self,
        text: str,
        position: int,
        limit: int,
        macros: dict[str, str],
        braces: re.Pattern[str] = _BRACES,
        *,
        is_strict: bool = False,
    ) -> None:
        self.text = text
        self.position = position
        self.limit = limit
        self.macros = macros
        self.braces = braces
        self.is_strict = is_strict

    def match(self, regex: re.Pattern[str]) -> re.Match[str] | None:
        """The match at the position, which moves behind it."""
        match = regex.match(self.text, self.position, self.limit)
        if match:
            self.position = match.end()
        return match

    def read_entry(self, block: Block) -> None:
        """Read a key and fields, up to the end of the entry."""
        block.key = self._key()
        while True:
            self.match(_GAP)
            if self.position >= self.limit:
                block.problem = f"{block.head} has no closing brace"
                values = [value for _, value in block.fields]
                block.broken = any(map(_FIELD_LINE.search, values))
                return
            if _FIELD_FOLLOWS.match(self.text, self.position, self.limit):
                block.problem = f"{block.head} has a closing brace too many"
                self.position += 1
                continue
            if self.match(_END):
                return
            usual = self.match(_USUAL_FIELD)
            if usual:
                block.fields.append((usual["name"].lower(), usual["value"]))
            elif not self._read_field(block):
                return

    def _key(self) -> str:
        """The entry's key; "" where the first field follows at once."""
        start = self.position
        key = self.match(_KEY)
        if not key:
            return ""
        *words, last = key["key"].split() or [""]
        if key["end"] != "=":
            return " ".join([*words, last])
        # The comma after the key is missing, or the key as well.
        self.position = start + key["key"].rindex(last)
        return " ".join(words)

    def _read_field(self, block: Block) -> bool:
        """Read a field, or step over what is none; False if nothing closes its value."""
        name = self.match(_FIELD)
        if not name and self.is_strict:
            block.problem = "not a field"
            return False
        try:
            if name:
                block.fields.append((name["name"].lower(), self.value()))
            elif not self.match(_JUNK):
                self.value()
        except _Unclosed:
            where = f"the field {excerpt(name['name'], 40)}" if name else "a value"
            block.problem = f"{block.head}: nothing closes {where}"
            block.broken = True
            return False
        return True

    def value(self) -> str:
        """The value at the position, of parts joined by `#`. Raises _Unclosed."""
        value = self._part()
        while self.match(_JOIN):
            part = self._part()
            if len(value) + len(part) <= _MAX_VALUE:
                value += part
        return value

    def _part(self) -> str:
        start = self.position
        match self.text[start : start + 1]:
            case "{":
                end = _closing_brace(self.text, start, self.limit, self.braces)
            case '"':
                end = _closing_quote(self.text, start, self.limit)
            case _:
                bare = self.match(_BARE)
                word = bare[0] if bare else ""
                return self.macros.get(word.lower(), word)
        self.position = end or self.limit
        if not end:
            raise _Unclosed
        return self.text[start + 1 : end - 1]


def _closing_brace(text: str, start: int, limit: int, braces: re.Pattern[str]) -> int:
    """Behind the brace that closes the one at `start`; 0 if none does."""
    depth = 0
    for brace in braces.finditer(text, start, limit):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    return 0


def _closing_quote(text: str, start: int, limit: int) -> int:
    """Behind the quote that closes the one at `start`, outside braces; 0 if none does."""
    depth = 0
    for mark in _BRACES_OR_QUOTE.finditer(text, start + 1, limit):
        if mark[0] == '"' and depth == 0:
            return mark.end()
        if mark[0] != '"':
            depth += 1 if mark[0] == "{" else -1
    return 0
