"""What arXiv's formats share: XML repaired and bounded, ids, days, entries with problems."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from papertrack.core.dates import MONTHS, existing_day
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources.limits import check_xml, page_title

SOURCE, RSS, LIST = "arxiv", "arxiv-rss", "arxiv-list"
KINDS = ("new", "cross", "replace", "replace-cross")
_ITEM = TypeVar("_ITEM")


class Unreadable(Exception):
    """An entry without what makes it a paper; the message names what is missing."""


_FORBIDDEN = pattern(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#0*(?:[0-8]|1[124-9]|2\d|3[01]);|&#x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]);"
)
_UNDEFINED = pattern(r"&(?!(?:amp|lt|gt|quot|apos);|#)(?:([A-Za-z]\w{1,30});)?")
_PROLOG = rb"(?:\s|<\?[^>]{0,500}\?>|<!--.{0,2000}?-->|<!doctype[^>\[]{0,300}>)*+"
_ROOT = pattern(_PROLOG + rb"<(?:[\w.-]{1,40}:)?([\w.-]{1,40})", re.I | re.S)
_ISO_DAY = pattern(r"(\d{4})[-/](\d\d)[-/](\d\d)")
_DAY_MONTH_YEAR = pattern(
    r"(?<!\d)(\d{1,2})\s+([A-Z][a-z]{2})[a-z]*\.?,?\s+(\d{4}|\d\d)(?!\d)"
)
_ENTRIES = ("item", "entry", "record")
_BOM = b"\xef\xbb\xbf"


def read_xml(
    body: bytes, roots: Sequence[str], expected: str, *, where: str
) -> tuple[Element, str]:
    """The root of an XML body, one of `roots`, and '' or where it is cut off.

    Characters that XML forbids and undefined entities are repaired; of a body that is cut
    off, the complete entries remain. Raises Unrecognised for what is not XML and for a DTD
    with entities.
    """
    body = body.removeprefix(_BOM).lstrip()
    if not body:
        raise Unrecognised(f"{where}: the response is empty; try again later")
    if not body.startswith(b"<") or root_name(body) == "html":
        raise other_page(body, where=where)
    check_xml(body, where=where)
    broken = ""
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):  # an encoding that expat does not read
        root, broken = _repaired(body, where)
    if local(root) not in roots:
        found = f"<{excerpt(local(root), 40)}>"
        raise Unrecognised(f"{where}: {found} found, {expected} was expected")
    return root, broken


def _repaired(body: bytes, where: str) -> tuple[Element, str]:
    encoding = "latin-1" if b"8859-1" in body[:200] else "utf-8"
    text = _FORBIDDEN.sub("", body.decode(encoding, "replace"))
    text = re.sub(r"\A<\?xml[^>]*\?>", "", text)
    text = _UNDEFINED.sub(_resolved, text)
    opened: list[Element] = []
    root = None
    broken = ""
    try:
        events = ElementTree.iterparse(io.BytesIO(text.encode()), ("start", "end"))
        for event, element in events:
            if root is None:
                root = element
            if event == "start":
                opened.append(element)
            else:
                opened.pop()
    except ElementTree.ParseError as error:
        reason = excerpt(error.msg.partition(":")[0], 80)
        line = error.position[0]
        broken = f"the XML is incomplete or damaged in line {line} ({reason})"
    if root is None:
        raise Unrecognised(
            f"{where}: not XML: {broken or 'it has no element'}; try again later"
        )
    for parent, child in pairwise(opened):
        if local(child) in _ENTRIES:
            parent.remove(child)
            break
    if not broken:
        return root, ""
    return root, f"{where}: {broken}; the entries before it are saved"


def _resolved(match: re.Match[str]) -> str:
    """The letter that HTML, but not XML, calls `&eacute;`; else the same, as text."""
    return html.escape(html.unescape(match[0]))


def other_page(body: bytes, *, where: str) -> Unrecognised:
    """The error for an error page of arXiv, a network's login page, or other text."""
    title = page_title(body)
    if not title:
        beginning = excerpt(body[:200].decode("utf-8", "replace"), 60)
        reason = f"not a response of arXiv, it begins {beginning!r}; try again later"
    elif b"arxiv.org" in body[:200_000].lower():
        reason = f"arXiv responds with a page titled {title!r}; check the target"
    else:
        page = f"the response is a page titled {title!r}"
        reason = f"{page}: is there a login page on this network?"
    return Unrecognised(f"{where}: {reason}")


def root_name(body: bytes) -> str:
    """The name of the first element; `html` for any that begins a page; '' for none."""
    match = _ROOT.match(body.removeprefix(_BOM))
    name = match[1].decode() if match else ""
    return "html" if name.lower() in ("html", "head", "body") else name


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def words(element: Element | None) -> str:
    """All text in an element; '' for None."""
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""


def collect(
    entries: Iterable[_ITEM], read: Callable[[_ITEM], Facts | None], *, where: str
) -> tuple[tuple[Facts, ...], tuple[str, ...]]:
    """The facts that `read` returns for each entry, if any, and the problems.

    Raises Unrecognised if more than half can't be read: the format has changed.
    """
    all_facts: list[Facts] = []
    problems: list[str] = []
    number = 0
    for number, entry in enumerate(entries, 1):
        try:
            facts = read(entry)
        except Unreadable as error:
            problems.append(f"entry {number}: {excerpt(str(error), 200)}")
        else:
            if facts is not None:
                all_facts.append(facts)
    if 2 * len(problems) > number:
        unread = f"{len(problems)} of {number} entries can't be read"
        reason = f"{unread} ({excerpt(problems[0], 80)})"
        raise Unrecognised(
            f"{where}: the format has changed: {reason}; update papertrack"
        )
    return tuple(all_facts), tuple(f"{where}: {problem}" for problem in problems)


def paper_id(text: str, title: str) -> tuple[str, int | None]:
    """(number, version) of an id, a URL or `oai:arXiv.org:…`.

    Raises Unreadable that names `title` if there is none.
    """
    _, is_url, tail = text.partition("/abs/")
    found = arxiv_id(tail if is_url else text.removeprefix("oai:arXiv.org:"))
    if found is not None:
        return found
    reason = "no arXiv id"
    if text.strip():
        reason = f"{excerpt(text, 60)!r} is not an arXiv id"
    raise Unreadable(f"{reason} (title: {excerpt(title, 60) or 'none'})")


def titled(text: str, number: str) -> str:
    """A title with its accents. Raises Unreadable for an empty one."""
    if not text.strip():
        raise Unreadable(f"{number} has no title")
    return accents(text)


def keys(number: str, doi: str) -> tuple[tuple[str, ...], str | None]:
    """A paper's keys, and its DOI as it is stored; of several DOIs the first."""
    arxiv_key = f"arxiv:{number}"
    if not doi.strip():
        return (arxiv_key,), None
    first = doi.split(maxsplit=1)[0]
    key = normalise(first) or normalise(f"doi:{first}")
    if key is None or not key.startswith("doi:"):  # mistyped, or arXiv's own
        return (arxiv_key,), None
    return (arxiv_key, key), key.removeprefix("doi:")


@lru_cache(maxsize=256)
def day(text: str) -> str | None:
    """The ISO day of `2025-11-07T…`, `2013/06/28` or `Fri, 7 Nov 2025`; else None."""
    text = text.strip()
    if match := _ISO_DAY.match(text):
        return existing_day("-".join(match.groups()))
    match = _DAY_MONTH_YEAR.search(text)
    month = MONTHS.get(match[2].lower()) if match else None
    if match is None or month is None:
        return None
    year = int(match[3])
    if year < 100:
        year += 1900 if year > 90 else 2000
    return existing_day(f"{year:04}-{month:02}-{int(match[1]):02}")


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items in order, without repetitions and empty ones."""
    return tuple(dict.fromkeys(filter(None, items)))
