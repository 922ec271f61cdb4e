"""XML from outside made safe, for feeds.

Safe means: well-formed, without entities of its own, and small enough in every
respect that feedparser takes time in the square of. Its sloppy parser is never reached: broken XML is mended here.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from itertools import islice
from typing import NamedTuple
from xml.parsers import expat

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern

# feedparser takes 50 µs a tag, and the square of an element's attributes, of the namespaces, of an entry's
# categories, of a name without blanks (it looks for addresses) and of a date. arXiv's largest feed has 30,000 tags.
_MAX_CHARS, _MAX_TAGS, _MAX_DEPTH, _MAX_ATTRIBUTES, _MAX_CATEGORIES = (
    20_000_000,
    80_000,
    100,
    100,
    200,
)
_MAX_DATE, _MAX_NAMES, _MAX_NAMESPACES, _MAX_TOKENS, _MAX_REFERENCES = (
    100,
    2_000_000,
    100,
    600_000,
    600_000,
)
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
# Without its own declarations a document type says nothing; with one, expat passes undefined entities over.
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
    """A well-formed element. `lines` are those its entries, or OPML's outlines, begin in.

    `fault` tells why it had to be mended. `cut` says that its end is missing: then the entry that it broke off in was
    dropped.
    """

    text: str
    root: str
    lines: tuple[int, ...] = ()
    fault: str | None = None
    cut: bool = False


def read_xml(text: str, *, where: str) -> Xml:
    """`text` as well-formed XML, mended where it is not. Raises Unrecognised where it is too large, or no XML."""
    if len(text) > _MAX_CHARS or text.count("&") > _MAX_REFERENCES:
        raise Unrecognised(f"{where}: larger than any feed: {len(text)} characters")
    text = _ILLEGAL.sub(
        "", _DOCTYPE.sub(_lines_of, _DECLARATION.sub(_lines_of, text, 1), 1)
    )
    check, cut = _Check(where), False
    if (fault := check.run(text)) is not None:
        text, cut = _Mender(where).mend(text)
        check = _Check(where)
        if (still := check.run(text)) is not None:
            raise Unrecognised(f"{where}: not XML: {still}")
    # What stands before the root goes, feedparser looks for declarations in it; so do line breaks, each a piece to it.
    text = text.encode()[check.begin :].decode().replace("\r", " ").replace("\n", " ")
    return Xml(text, check.root, tuple(check.lines), fault, cut)


class _Check:
    """A pass of expat, which is linear: refuses entities, and what would keep the parsers busy; notes the entries."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.root, self.typed = "", False
        self.lines: list[int] = []
        self.namespaces: set[tuple[str | None, str | None]] = set()
        self.begin = self.written = self.tags = self.depth = self.categories = (
            self.names
        ) = self.longest = 0
        self.text: list[str] | None = None
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.ordered_attributes = parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def run(self, text: str) -> str | None:
        """Why `text` is not well-formed; None where it is."""
        try:
            self.parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            return f"{expat.ErrorString(error.code)} in line {error.lineno}"
        return (
            "an odd document type" if self.typed else None
        )  # expat passes undefined entities over then

    def _refuse(self, what: str) -> None:
        raise Unrecognised(
            f"{self.where}: {what}, in line {self.parser.CurrentLineNumber}"
        )

    def _doctype(
        self, name: str, system: str | None, public: str | None, own: bool
    ) -> None:
        self.typed = True
        if own:
            self._refuse(
                "it declares entities of its own (a DTD), which papertrack does not read"
            )

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        self.namespaces.add((prefix, uri))
        self.written += 1

    def _start(self, name: str, attributes: list[str]) -> None:
        local = name.rpartition(" ")[2].lower()
        if not self.root:
            self.root, self.begin = local, self.parser.CurrentByteIndex
        self.tags += 1
        self.depth += 1
        if local == "outline" if self.root == "opml" else local in _ENTRIES:
            self.lines.append(self.parser.CurrentLineNumber)
        if local in _ENTRIES:
            self.categories = self.longest = 0
        self.categories += local in _CATEGORIES
        self.written += len(attributes) // 2
        too_many = (
            self.tags > _MAX_TAGS
            or self.written > _MAX_TAGS
            or len(self.namespaces) > _MAX_NAMESPACES
        )
        too_many |= (
            self.categories > _MAX_CATEGORIES or len(attributes) > 2 * _MAX_ATTRIBUTES
        )
        if too_many or self.depth > _MAX_DEPTH:
            self._refuse("its markup is larger or deeper than any feed's")
        if self.text is None and local in _NAMES + _DATES:
            self.text = []

    def _data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.text is None:
            return
        local = name.rpartition(" ")[2].lower()
        if local not in _NAMES + _DATES:
            return
        text, self.text = "".join(self.text), None
        if local in _NAMES:
            self.longest = max(self.longest, len(text))
            self.names += (
                self.longest
            )  # feedparser may look through the longest again at each
        if self.names > _MAX_NAMES or (local in _NAMES and _LONG_RUN.search(text)):
            self._refuse("its names are longer than any feed's")
        if local in _DATES and len(text) > _MAX_DATE:
            self._refuse("a date longer than any feed's")


class _Mender:
    """Broken XML as well-formed: tags closed as they were meant, stray ones left out, references and prefixes known.

    What follows the root's end is left out. Each character is looked at a fixed number of times.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.held: Counter[str] = Counter()
        self.prefixes: set[str] = set()
        self.tags = 0
        self.whole: tuple[int, tuple[str, ...]] | None = None

    def mend(self, text: str) -> tuple[str, bool]:
        """The document, and whether its end was missing: then it ends with its last whole entry."""
        position = 0
        for number, match in enumerate(_TOKEN.finditer(text)):
            if (
                number > _MAX_TOKENS
                or self.tags > _MAX_TAGS
                or len(self.open) > _MAX_DEPTH
            ):
                raise Unrecognised(
                    f"{self.where}: its markup is larger or deeper than any feed's, and it is no XML"
                )
            self._text(text[position : match.start()])
            position = match.end()
            if match["name"] is None:
                self._other(match)
            elif match["end"]:
                self._end(match["name"].lower())
            else:
                self._start(match)
            if self.tags and not self.open:
                break
        cut = bool(self.open)
        if cut and self.whole:
            self.pieces[self.whole[0] :] = [
                f"</{name}>" for name in reversed(self.whole[1])
            ]
        elif cut:
            self.pieces.extend(f"</{name}>" for name in reversed(self.open))
        return self._declared("".join(self.pieces)), cut

    def _text(self, text: str) -> None:
        if self.open:
            self.pieces.append(_references(text).replace("]]>", "]]&gt;"))

    def _other(self, match: re.Match[str]) -> None:
        """CDATA as text; a `<` that begins nothing; comments and the like leave their lines."""
        if self.open and match["cdata"]:
            self.pieces.append(
                html.escape(match[0][9:].removesuffix("]]>"), quote=False)
            )
        else:
            self.pieces.append(
                "&lt;" if self.open and match[0] == "<" else _lines_of(match)
            )

    def _start(self, match: re.Match[str]) -> None:
        name, written = match["name"], (match["attributes"] or "").rstrip()
        local = name.rpartition(":")[2].lower()
        if local in _ENTRIES:
            self._end(
                name.lower()
            )  # an entry is never within another: the one before was not closed
            self.whole = self.whole or (len(self.pieces), tuple(self.open))
        self.tags += 1
        attributes: dict[str, str] = {}
        for found in islice(_ATTRIBUTE.finditer(written[:100_000]), _MAX_ATTRIBUTES):
            attributes.setdefault(
                found[1],
                next((value for value in found.groups()[1:] if value is not None), ""),
            )
        self.prefixes.update(
            n.partition(":")[0]
            for n in (name, *attributes)
            if ":" in n and not n.startswith("xml")
        )
        told = "".join(
            f' {n}="{_references(v).replace(chr(34), "&quot;")}"'
            for n, v in attributes.items()
        )
        empty = written.endswith("/") or (local in _VOID and len(self.open) > 1)
        self.pieces.append(f"<{name}{told}{_lines_of(match)}{'/' if empty else ''}>")
        if not empty:
            self.open.append(name)
            self.held[name.lower()] += 1

    def _end(self, name: str) -> None:
        """Closes the last open `name`, and what is open within it; nothing where none is."""
        while self.held[name]:
            closed = self.open.pop()
            self.held[closed.lower()] -= 1
            self.pieces.append(f"</{closed}>")
            if closed.rpartition(":")[2].lower() in _ENTRIES:
                self.whole = len(self.pieces), tuple(self.open)
            if closed.lower() == name:
                return

    def _declared(self, document: str) -> str:
        """With the prefixes that the root does not declare."""
        root = re.search(rf"<{_NAME}(?::{_NAME})?([^>]*)", document)
        missing = [
            p for p in sorted(self.prefixes) if root and f" xmlns:{p}=" not in root[1]
        ]
        told = "".join(
            f' xmlns:{p}="{_NAMESPACES.get(p, f"urn:undeclared:{p}")}"' for p in missing
        )
        return (
            f"{document[: root.start(1)]}{told}{document[root.start(1) :]}"
            if root
            else document
        )


def _lines_of(match: re.Match[str]) -> str:
    """The line breaks of what is left out or written anew, so that lines keep their numbers."""
    return "\n" * match[0].count("\n")


def _references(text: str) -> str:
    """Text whose references XML knows: HTML's by their characters, impossible ones left out, a bare `&` escaped."""
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    from html.entities import html5

    hexadecimal, decimal, name = match.groups()
    if name is not None:
        known = name in ("amp", "lt", "gt", "quot", "apos")
        return (
            match[0]
            if known
            else html.escape(html5.get(f"{name};", match[0]), quote=False)
        )
    if hexadecimal is None and decimal is None:
        return "&amp;"
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    legal = number in (9, 10, 13) or (
        31 < number < 0x110000 and not _ILLEGAL.match(chr(number))
    )
    return match[0] if legal else ""
