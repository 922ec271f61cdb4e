"""XML from outside made safe for the parsers of feeds.

Safe means: well-formed, without entities of its own, and small in everything that
feedparser needs the square of the time for. feedparser's lenient parser is never used:
broken XML is repaired here.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from html.entities import html5
from itertools import islice
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern

# feedparser takes 50 µs a tag, and the square of an element's attributes, of the
# namespaces, of an entry's categories, of a name without blanks (it looks for
# addresses) and of a date. arXiv's largest feed has 30,000 tags. What one entry exceeds
# costs that entry, or that element of it; the others are read.
_MAX_CHARS = 20_000_000
_MAX_TAGS = 80_000
_MAX_ENTRY_TAGS = 20_000
_MAX_DEPTH = 100
_MAX_ATTRIBUTES = 100
_MAX_CATEGORIES = 200
_MAX_DATE = 100
_MAX_NAMES = 2_000_000
_MAX_NAMESPACES = 100
_MAX_TOKENS = 600_000
_MAX_REFERENCES = 600_000
_LONG_RUN = pattern(r"[\w.+-]{61}", re.ASCII)
_CATEGORIES = ("category", "subject", "keywords")
_NAMES = ("author", "creator", "managingeditor", "webmaster", "publisher", "owner")
_DATES = (
    "date",
    "pubdate",
    "lastbuilddate",
    "published",
    "updated",
    "modified",
    "issued",
    "created",
    "expirationdate",
)
_ENTRIES = ("item", "entry")

_DECLARATION = pattern(r"(?i)\A\s*<\?xml\b[^>]{0,500}>")
# Without declarations a document type means nothing; with one, expat skips undefined
# entities.
_DOCTYPE = pattern(r"(?i)<!doctype\b[^<>\[]{0,1000}>")
_ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,60}"
# No alternative may cross a `<` twice: the time stays linear in what is matched.
_TOKEN = pattern(
    rf"<!--.*?(?:-->|\Z)|(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))|<\?.*?(?:\?>|\Z)|<![^<>]*>?"
    rf"|<(?P<end>/?)(?P<name>{_NAME}(?::{_NAME})?)"
    r"(?:(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>|[^<>]*+>)|<",
    re.S,
)
_WHOLE_TAG = pattern(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_ATTRIBUTE = pattern(
    rf"(?<!\S)({_NAME}(?::{_NAME})?)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))"
)
_REFERENCE = pattern(
    r"&(?:#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,8}));|([A-Za-z][A-Za-z0-9]{0,30});)?"
)
_VOID = ("br", "hr", "img", "input", "wbr")
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


class Xml(NamedTuple):
    """A well-formed element, and the lines that its entries, or OPML's outlines, begin
    in.

    `fault` is why it had to be repaired. `cut` is whether its end is missing: then the
    entry that it broke off in was dropped. `problems` are what was left out because it
    is larger than any; `dropped` of them are entries.
    """

    text: str
    root: str
    lines: tuple[int, ...] = ()
    fault: str | None = None
    cut: bool = False
    problems: tuple[str, ...] = ()
    dropped: int = 0


def read_xml(text: str, *, where: str) -> Xml:
    """`text` as well-formed XML, repaired if it is broken. Raises Unrecognised if it is
    too large, or not XML.
    """
    if len(text) > _MAX_CHARS or text.count("&") > _MAX_REFERENCES:
        raise Unrecognised(f"{where}: larger than any feed: {len(text)} characters")
    text = _DECLARATION.sub(_line_breaks, text, 1)
    text = _ILLEGAL.sub("", _DOCTYPE.sub(_line_breaks, text, 1))
    cut = False
    check = _Check(where)
    fault = check.run(text)
    if fault is not None:
        text, cut = _Repair(where).run(text)
        check = _Check(where)
        remaining = check.run(text)
        if remaining is not None:
            raise Unrecognised(f"{where}: not XML: {remaining}")
    # feedparser looks for declarations in what is before the root, and takes each line
    # break for a piece of text.
    element = check.element().replace("\r", " ").replace("\n", " ")
    return Xml(
        element,
        check.root,
        tuple(check.lines),
        fault,
        cut,
        tuple(check.problems),
        check.dropped,
    )


def _local(name: str, separator: str) -> str:
    """The name of an element or attribute without its namespace, in lower case."""
    return name.rpartition(separator)[2].lower()


class _Check:
    """A pass of expat, which is linear: refuses entities and what would keep the
    parsers busy; leaves out single entries and elements that would; notes the entries.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.root = ""
        self.lines: list[int] = []
        self.problems: list[str] = []
        self.dropped = 0
        self._body = b""
        self._begin = 0  # of the root element, in bytes
        self._cuts: list[tuple[int, int]] = []
        self._cut: tuple[int, int] | None = None  # begin in bytes, and depth
        self._entry: tuple[int, int] | None = None
        self._entry_tags = 0
        self._has_type = False
        self._namespaces: set[tuple[str | None, str | None]] = set()
        self._tags = self._attributes = self._depth = 0
        self._categories = self._longest_name = self._names = 0
        self._text: list[str] | None = None
        self._text_begin = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.ordered_attributes = parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def run(self, text: str) -> str | None:
        """Why `text` is not well-formed; None if it is."""
        self._body = text.encode("utf-8", "replace")
        try:
            self._parser.Parse(self._body, True)
        except expat.ExpatError as error:
            return f"{expat.ErrorString(error.code)} in line {error.lineno}"
        # expat skips undefined entities in a document with a type.
        return "an odd document type" if self._has_type else None

    def element(self) -> str:
        """The root element, without what is left out."""
        pieces = []
        place = self._begin
        for begin, end in sorted(self._cuts):
            pieces.append(self._body[place:begin])
            place = max(place, end)
        return b"".join([*pieces, self._body[place:]]).decode()

    def _refuse(self, what: str) -> NoReturn:
        line = self._parser.CurrentLineNumber
        raise Unrecognised(f"{self.where}: {what}, in line {line}")

    def _doctype(
        self, name: str, system: str | None, public: str | None, declares: bool
    ) -> None:
        self._has_type = True
        if declares:
            self._refuse(
                "it declares entities of its own (a DTD), which papertrack does not read"
            )

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self._namespaces.add((prefix, uri))
        self._attributes += 1

    def _start(self, name: str, attributes: list[str]) -> None:
        local = _local(name, " ")
        self._depth += 1
        if self._cut:
            return
        if not self.root:
            self.root = local
            self._begin = self._parser.CurrentByteIndex
        self._tags += 1
        self._attributes += len(attributes) // 2
        if local in (("outline",) if self.root == "opml" else _ENTRIES):
            self._start_entry()
        self._entry_tags += 1 + len(attributes) // 2
        if (
            max(self._tags, self._attributes) > _MAX_TAGS
            or len(self._namespaces) > _MAX_NAMESPACES
        ):
            self._refuse("its markup is larger or deeper than any feed's")
        if self._entry and self._entry_tags > _MAX_ENTRY_TAGS:
            self._drop_entry()
            return
        self._categories += local in _CATEGORIES
        if local in _CATEGORIES and self._categories > _MAX_CATEGORIES:
            self._cut_element()
        elif self._depth > _MAX_DEPTH or len(attributes) > 2 * _MAX_ATTRIBUTES:
            self._cut_larger()
        elif self._text is None and local in _NAMES + _DATES:
            self._text = []
            self._text_begin = self._parser.CurrentByteIndex

    def _start_entry(self) -> None:
        self.lines.append(self._parser.CurrentLineNumber)
        self._categories = self._longest_name = 0
        if self._entry is None and self.root != "opml":
            self._entry = (self._parser.CurrentByteIndex, self._depth)
            self._entry_tags = 0

    def _cut_larger(self) -> None:
        """Leave out an element that is larger than any, or its entry if it is that."""
        if self._depth == 1:
            self._refuse("its markup is larger or deeper than any feed's")
        if self._entry and self._entry[1] == self._depth:
            self._drop_entry()
        else:
            self._report("its markup is larger or deeper than any feed's")
            self._cut_element()

    def _cut_element(self) -> None:
        self._cut = (self._parser.CurrentByteIndex, self._depth)

    def _drop_entry(self) -> None:
        """Leave out the entry that has begun."""
        self._report("larger than any feed's entry")
        self.lines.pop()
        self.dropped += 1
        self._tags -= self._entry_tags
        self._attributes -= self._entry_tags
        self._cut, self._entry = self._entry, None
        self._text = None

    def _report(self, what: str) -> None:
        number = len(self.lines) + self.dropped
        place = f"entry {number}" if self._entry else "before the first entry"
        line = self._parser.CurrentLineNumber
        self.problems.append(f"{place} (line {line}): {what}; left out")

    def _data(self, text: str) -> None:
        if self._text is not None and not self._cut:
            self._text.append(text)

    def _end(self, name: str) -> None:
        depth = self._depth
        self._depth -= 1
        local = _local(name, " ")
        if self._cut:
            begin, cut_depth = self._cut
            if depth == cut_depth:
                self._cuts.append((begin, self._end_of(begin)))
                self._cut = None
            return
        if self._entry and depth == self._entry[1]:
            self._entry = None
        if self._text is None or local not in _NAMES + _DATES:
            return
        text = "".join(self._text)
        self._text = None
        fault = self._fault_of(local, text)
        if fault:
            self._report(fault)
            begin = self._text_begin
            self._cuts.append((begin, self._end_of(begin)))

    def _end_of(self, begin: int) -> int:
        """Where the element ends, in bytes, whose end is being read."""
        tag = _WHOLE_TAG.match(self._body, begin)
        if tag and tag[0].endswith(b"/>"):
            return tag.end()
        return self._body.index(b">", self._parser.CurrentByteIndex) + 1

    def _fault_of(self, local: str, text: str) -> str | None:
        """Why a date or a name would keep the parsers busy; None if it would not."""
        if local in _DATES:
            return "its date is longer than any" if len(text) > _MAX_DATE else None
        # feedparser may look through the longest name again at each.
        self._longest_name = max(self._longest_name, len(text))
        self._names += self._longest_name
        if self._names > _MAX_NAMES:
            return "its authors' names are longer than any"
        return "an author's name is longer than any" if _LONG_RUN.search(text) else None


class _Repair:
    """Broken XML made well-formed: tags closed as they were meant, stray ones left out,
    references and prefixes known.

    What follows the root's end is left out. Each character is looked at a fixed number
    of times.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self._pieces: list[str] = []
        self._open: list[str] = []
        self._open_count: Counter[str] = Counter()
        self._prefixes: set[str] = set()
        self._tags = 0
        # The pieces up to the last whole entry, and the elements open there.
        self._whole: tuple[int, tuple[str, ...]] | None = None

    def run(self, text: str) -> tuple[str, bool]:
        """The document, and whether its end was missing: then it ends with its last
        whole entry.
        """
        position = 0
        for number, match in enumerate(_TOKEN.finditer(text)):
            if number > _MAX_TOKENS or self._tags > _MAX_TAGS:
                raise Unrecognised(
                    f"{self.where}: not XML, and its markup is larger or deeper than any feed's"
                )
            self._text(text[position : match.start()])
            position = match.end()
            if match["name"] is None:
                self._other(match)
            elif match["end"]:
                self._end(match["name"].lower())
            else:
                self._start(match)
            if self._tags and not self._open:
                break
        cut = bool(self._open)
        unclosed: tuple[str, ...] = tuple(self._open)
        if cut and self._whole:
            end, unclosed = self._whole
            del self._pieces[end:]
        self._pieces += (f"</{name}>" for name in reversed(unclosed))
        return self._declared("".join(self._pieces)), cut

    def _text(self, text: str) -> None:
        if self._open:
            self._pieces.append(_references(text).replace("]]>", "]]&gt;"))

    def _other(self, match: re.Match[str]) -> None:
        """CDATA as text; a `<` that begins nothing; of comments and the like the line
        breaks.
        """
        if self._open and match["cdata"]:
            text = match[0][9:].removesuffix("]]>")
            self._pieces.append(html.escape(text, quote=False))
        elif self._open and match[0] == "<":
            self._pieces.append("&lt;")
        else:
            self._pieces.append(_line_breaks(match))

    def _start(self, match: re.Match[str]) -> None:
        name = match["name"]
        written = (match["attributes"] or "").rstrip()
        local = _local(name, ":")
        if local in _ENTRIES:
            # An entry is never within another: the one before was not closed.
            self._end(name.lower())
            self._whole = self._whole or (len(self._pieces), tuple(self._open))
        self._tags += 1
        if len(self._open) >= _MAX_DEPTH:
            return  # tags that nothing closes; their text remains
        attributes = _attributes(written)
        for prefixed in (name, *attributes):
            prefix, colon, _ = prefixed.partition(":")
            if colon and not prefixed.startswith("xml"):
                self._prefixes.add(prefix)
        is_empty = written.endswith("/") or (local in _VOID and len(self._open) > 1)
        tag = "".join((name, *attributes.values(), _line_breaks(match)))
        self._pieces.append(f"<{tag}/>" if is_empty else f"<{tag}>")
        if not is_empty:
            self._open.append(name)
            self._open_count[name.lower()] += 1

    def _end(self, name: str) -> None:
        """Close the last open `name`, and what is open within it; nothing if none is
        open.
        """
        while self._open_count[name]:
            closed = self._open.pop()
            self._open_count[closed.lower()] -= 1
            self._pieces.append(f"</{closed}>")
            if _local(closed, ":") in _ENTRIES:
                self._whole = len(self._pieces), tuple(self._open)
            if closed.lower() == name:
                return

    def _declared(self, document: str) -> str:
        """The document, its root declaring the prefixes that it does not declare."""
        root = re.search(rf"<{_NAME}(?::{_NAME})?([^>]*)", document)
        if not root:
            return document
        missing = "".join(
            f' xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"'
            for prefix in sorted(self._prefixes)
            if f" xmlns:{prefix}=" not in root[1]
        )
        return document[: root.start(1)] + missing + document[root.start(1) :]


def _line_breaks(match: re.Match[str]) -> str:
    """The line breaks of what is left out or rewritten, so that lines keep their
    numbers.
    """
    return "\n" * match[0].count("\n")


def _attributes(written: str) -> dict[str, str]:
    """The attributes of a tag, each as it is written in XML, by their names; of a
    repeated one the first.
    """
    attributes: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(written[:100_000]), _MAX_ATTRIBUTES):
        name, *values = match.groups()
        value = _references("".join(filter(None, values))).replace('"', "&quot;")
        attributes.setdefault(name, f' {name}="{value}"')
    return attributes


def _references(text: str) -> str:
    """Text whose references XML knows: HTML's by their characters, impossible ones left
    out, a bare `&` escaped.
    """
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name in ("amp", "lt", "gt", "quot", "apos"):
        return match[0]
    if name:
        return html.escape(html5.get(f"{name};", match[0]), quote=False)
    if not hexadecimal and not decimal:
        return "&amp;"
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_control = number < 32 and number not in (9, 10, 13)
    if is_control or number >= 0x110000 or _ILLEGAL.match(chr(number)):
        return ""
    return match[0]
