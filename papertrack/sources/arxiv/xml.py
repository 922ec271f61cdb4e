"""What arXiv's formats share: XML mended and bounded, ids, days, and entries collected with their problems."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar
from xml.etree import ElementTree

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.limits import check_xml

SOURCE, RSS, LIST = "arxiv", "arxiv-rss", "arxiv-list"
KINDS = ("new", "cross", "replace", "replace-cross")
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_ITEM = TypeVar("_ITEM")


class Unreadable(Exception):
    """An entry without what makes it a paper; the message says what is missing."""


_FORBIDDEN = pattern(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#0*(?:[0-8]|1[124-9]|2\d|3[01]);"
    r"|&#x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]);"
)
_UNDEFINED = pattern(r"&(?!(?:amp|lt|gt|quot|apos);|#)(?:([A-Za-z]\w{1,30});)?")
_TITLE = pattern(rb"<(?:title|h1)[^>]{0,200}>\s*([^<]{1,500})", re.I)
_PROLOG = rb"(?:\s|<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!doctype[^>\[]{0,300}>)*+"
_ROOT = pattern(_PROLOG + rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})", re.I | re.S)
_ENTRIES = ("item", "entry", "record")


def xml(body: bytes, *, where: str) -> tuple[ElementTree.Element, str]:
    """The root of an XML body, and what is to be told of it: '', or how much was cut off.

    Characters that XML forbids and entities that nobody defined are mended; of a body that breaks off, the
    entries that are whole remain. Raises Unrecognised for what is no XML and for a DTD with entities.
    """
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        raise Unrecognised(f"{where}: an empty answer; try again later")
    if not body.startswith(b"<") or root_name(body) == "html":
        raise other_page(body, where=where)
    check_xml(body, where=where)
    try:
        return ElementTree.fromstring(body), ""
    except (
        ElementTree.ParseError,
        ValueError,
    ):  # expat's word for an encoding that it does not read
        return _mended(body, where)


def _mended(body: bytes, where: str) -> tuple[ElementTree.Element, str]:
    text = body.decode("latin-1" if b"8859-1" in body[:200] else "utf-8", "replace")
    text = _UNDEFINED.sub(
        _named, re.sub(r"\A<\?xml[^>]*\?>", "", _FORBIDDEN.sub("", text))
    )
    opened: list[ElementTree.Element] = []
    root, broken = None, ""
    try:
        for event, element in ElementTree.iterparse(
            io.BytesIO(text.encode()), ("start", "end")
        ):
            root = element if root is None else root
            if event == "start":
                opened.append(element)
            else:
                opened.pop()
    except ElementTree.ParseError as error:
        broken = f"it breaks off or is damaged in line {error.position[0]} ({clean(error.msg.partition(':')[0])})"
    if root is None:
        raise Unrecognised(
            f"{where}: not XML: {broken or 'no element in it'}; try again later"
        )
    for parent, child in pairwise(opened):
        if local(child) in _ENTRIES:
            parent.remove(child)
            break
    return root, broken and f"{where}: {broken}; the entries before that are kept"


def _named(match: re.Match[str]) -> str:
    """The letter that HTML, but not XML, calls `&eacute;`; else what stands there, as text."""
    return html.escape(html.unescape(match[0]))


def other_page(body: bytes, *, where: str) -> Unrecognised:
    """The error for something else than was asked for: arXiv's own error page, a network's login page, text."""
    match = _TITLE.search(body[:200_000])
    title = (
        shorten(clean(html.unescape(match[1].decode("utf-8", "replace"))), 100)
        if match
        else ""
    )
    if not title:
        start = shorten(clean(body[:200].decode("utf-8", "replace")), 60)
        return Unrecognised(
            f"{where}: not an answer of arXiv's, it begins {start!r}; try again later"
        )
    if b"arxiv.org" in body[:200_000].lower():
        return Unrecognised(
            f"{where}: arXiv answers with a page titled {title!r}; check what was asked for"
        )
    return Unrecognised(
        f"{where}: answered with a page titled {title!r}: is there a login page on this network?"
    )


def root_name(body: bytes) -> str:
    match = _ROOT.match(body.removeprefix(b"\xef\xbb\xbf"))
    name = match[1].decode() if match else ""
    return "html" if name.lower() in ("html", "head", "body") else name


def local(element: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def words(element: ElementTree.Element | None) -> str:
    """All text in an element; '' where there is none."""
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""


def collect(
    entries: Iterable[_ITEM], read: Callable[[_ITEM], Facts | None], *, where: str
) -> tuple[tuple[Facts, ...], tuple[str, ...]]:
    """What `read` makes of each entry, and what could not be read; None is left out without a word.

    Raises Unrecognised where more than half can't be read: the format has changed.
    """
    facts: list[Facts] = []
    problems: list[str] = []
    number = 0
    for number, entry in enumerate(entries, 1):
        try:
            if (said := read(entry)) is not None:
                facts.append(said)
        except Unreadable as error:
            problems.append(f"{where}: entry {number}: {clean(str(error))}")
    if 2 * len(problems) > number:
        raise Unrecognised(
            f"{where}: {len(problems)} of {number} entries can't be read; the format has changed: look for a newer "
            f"papertrack ({shorten(problems[0].removeprefix(f'{where}: '), 80)})"
        )
    return tuple(facts), tuple(problems)


def paper_id(text: str, title: str) -> tuple[str, int | None]:
    """(number, version) of an id, a URL or `oai:arXiv.org:…`. Raises Unreadable naming `title` without one."""
    _, abs_, tail = text.partition("/abs/")
    found = arxiv_id(tail if abs_ else text.removeprefix("oai:arXiv.org:"))
    if found is None:
        told = (
            f"{shorten(clean(text), 60)!r} is no arXiv id"
            if text.strip()
            else "no arXiv id"
        )
        raise Unreadable(f"{told} (title: {shorten(clean(title), 60) or 'none'})")
    return found


def titled(text: str, number: str) -> str:
    """A title with its accents. Raises Unreadable for none."""
    if not text.strip():
        raise Unreadable(f"{number} has no title")
    return accents(text)


def keys(number: str, doi: str) -> tuple[tuple[str, ...], str | None]:
    """A paper's keys, and its DOI as it is stored; of several DOIs the first."""
    first = doi.split(maxsplit=1)[0] if doi.strip() else ""
    key = (normalise(first) or normalise(f"doi:{first}")) if first else None
    if key is None or not key.startswith("doi:"):  # a mistyped one, or arXiv's own
        return (f"arxiv:{number}",), None
    return (f"arxiv:{number}", key), key.removeprefix("doi:")


@lru_cache(maxsize=256)
def day(text: str) -> str | None:
    """The ISO day of `2025-11-07T…`, `2013/06/28`, `Fri, 07 Nov 2025 …` or `7 November 2025`; None for none."""
    text = text.strip()
    if match := re.match(r"(\d{4})[-/](\d\d)[-/](\d\d)", text):
        return _iso(int(match[1]), int(match[2]), int(match[3]))
    if match := re.search(
        r"(?<!\d)(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?,?\s+(\d{4}|\d\d)(?!\d)", text
    ):
        month = _MONTHS.index(match[2]) + 1 if match[2] in _MONTHS else 0
        year = int(match[3]) + (
            0 if len(match[3]) == 4 else 1900 if int(match[3]) > 90 else 2000
        )
        return _iso(year, month, int(match[1]))
    return None


def _iso(year: int, month: int, number: int) -> str | None:
    try:
        return dt.date(year, month, number).isoformat()
    except ValueError:
        return None


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Without repetitions and empty ones, in order."""
    return tuple(dict.fromkeys(item for item in items if item))
