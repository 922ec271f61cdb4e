"""Feeds: RSS 0.9 to 2.0, RDF and Atom through feedparser, JSON Feed by hand; a page leads to the feed that it links.

feedparser gets bytes that `opml.read_xml` has made safe, and does none of its own work on HTML (which takes the
square of it): markup becomes text here, by patterns that take time in proportion to it. An entry that carries
an arXiv id or a DOI joins that paper; another is filed under its link.
"""

from __future__ import annotations

import calendar
import datetime as dt
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from papertrack.core.addresses import bare
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.base import Context, Source, Target

_ROOTS = ("rss", "rdf", "feed", "channel")
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_MAX_MARKUP, _MAX_NAME, _MAX_ABSTRACT, _MAX_TITLE = 200_000, 50_000, 10_000, 120
_MAX_ITEMS, _MAX_TERMS, _MAX_TOLD, _MAX_MENTIONS = 30_000, 20, 20, 500
_WEB = pattern(r"https?://[^\s/]", re.I)
_ROOT = pattern(
    r"<!--.*?(?:-->|\Z)|<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})", re.S
)
_TITLE = pattern(r"<title[^<>]{0,200}>([^<]{0,500})", re.I)
_LINK = pattern(r"<link\b([^<>]{1,3000})>", re.I)
_ANY_LINK = pattern(r"<(?:[a-z]{1,20}:)?link\b([^<>]{1,3000})>", re.I)
_SITE = pattern(
    r"<link>\s{0,9}(https?://[^\s<>]{1,2000})|\"(?:feed_url|home_page_url)\"\s{0,9}:\s{0,9}\"([^\"]{1,2000})\"",
    re.I,
)
_ATTRIBUTE = pattern(
    r"([a-z]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I
)
# feedparser compares each word of the first two with all the others, and makes numbers of the rest.
_SKIPPED = pattern(
    r"(</?(?:[\w.-]{1,60}:)?)(?=(?:keywords|tags|polygon|line|point|box|pos|poslist)[\s/>])",
    re.I,
)
_RAW = pattern(r"<(?:script|style)\b", re.I)
_RAW_END = pattern(r"</(?:script|style)[^<>]*+>", re.I)
_TAG = pattern(r"</?([A-Za-z][\w:-]{0,40})[^<>]*+>")
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "code",
        "em",
        "font",
        "i",
        "mark",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    )
)
_HUGE = pattern(r"&#[xX]?[0-9a-fA-F]{9,};?")
_MENTION = pattern(
    r"(?i)https?://[^\s\"'<>]{4,300}|arxiv:\s?[\w.-]{1,40}(?:/\d{7})?(?:v\d{1,3})?"
    r"|doi:\s?10\.\d{4,9}/[^\s\"'<>]{1,200}"
)
_IDENTIFIER = pattern(
    r"(?i)(?:info:doi/|urn:(?=doi:)|oai:(?=arxiv)|(?=https?://|doi:|arxiv:|10\.\d{4}))"
)
_DOI_PATH = pattern(r"/doi/(?:[a-z]{3,12}/)?(10\.\d{4,9}/[^/?#\s]+)/?(?:[?#]|\Z)")
_EMAIL = pattern(r"(?<![\w.+-])[\w.+-]{1,100}@[\w.-]{1,200}")
_INITIALS = pattern(r"(?:[A-Z]\.?[ -]?){1,4}")
_ARXIV_CATEGORY = pattern(
    r"(?:cs|math|stat|eess|econ|q-bio|q-fin|physics|astro-ph|cond-mat|nlin)\.[A-Za-z-]{2,20}"
    r"|hep-(?:th|ph|ex|lat)|gr-qc|quant-ph|math-ph|nucl-(?:th|ex)"
)


class _Entry(NamedTuple):
    """An entry of any format. `title` and `body` are HTML, `names` what may be the id of a paper, dates ISO days."""

    title: str
    body: str
    link: str = ""
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    dated: bool = True
    """Whether the dates that it tells could be read."""
    tags: tuple[str, ...] = ()
    venue: str = ""


class Feed(Source):
    """The source of any http or https URL: `feed:HOST`, or `feed:NAME` where it is followed under a name."""

    name = "feed"
    targets = (
        Target("the URL of a feed or of a page that links one", "the newest entries"),
    )

    def matches(self, target: str) -> bool:
        """http and https URLs."""
        return bool(_WEB.match(target))

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The one request for a feed, or for a page that links one."""
        return (
            request(
                target,
                context.names.get(bare(target)),
                origin=context.origins.get(target),
            ),
        )


def request(url: str, name: str | None = None, *, origin: str | None = None) -> Request:
    """The request for the feed at `url`, whose facts are said by `feed:NAME` (else `feed:HOST`).

    A password in the address is for the request alone: links are joined to the address without it.
    """
    return Request(url, partial(parse, url=bare(url), name=name), origin=origin)


def parse(
    body: bytes,
    headers: Mapping[str, str],
    *,
    url: str,
    name: str | None = None,
    linked: bool = False,
) -> Listing:
    """The entries of a feed, or the feed that a page links as `follow` (not once more where it was `linked`).

    A feed that was cut off is a problem, what came of it is kept. Raises Unrecognised.
    """
    from papertrack.sources.limits import decode

    where = shorten(clean(url), 200)
    kind = (
        shorten(clean(headers.get("content-type", "").partition(";")[0]), 60)
        or "no content type"
    )
    text = decode(body, headers).lstrip("\ufeff \t\r\n\0")
    source = f"feed:{name or _host(url)}"
    if not text:
        raise Unrecognised(f"not a feed: {kind} from {where}: the answer is empty")
    if text[0] in "{[":
        return _listing(
            _from_json(text, f"{kind} from {where}"), (), source=source, where=where
        )
    root = next(
        (match[1].lower() for match in _ROOT.finditer(text[:100_000]) if match[1]), None
    )
    if root in _ROOTS:
        return _xml_feed(text, url, source=source, where=where)
    title = _TITLE.search(text[:200_000]) if root else None
    shown = (
        f"{kind} titled '{shorten(clean(html.unescape(title[1])), 80)}'"
        if title
        else kind
    )
    found = None if linked or not root else _linked(text[:500_000], url)
    if found is None:
        also = ", and the page links none" if root and not linked else ""
        raise Unrecognised(f"not a feed: {shown} from {where}{also}")
    follow = Request(
        found, partial(parse, url=found, name=name or _host(url), linked=True)
    )
    note = f"{where} is a page; its feed is {shorten(clean(found), 200)}"
    return Listing(source=source, follow=(follow,), notes=(note,))


def parse_saved(body: bytes, *, name: str) -> Listing:
    """The entries of a feed that was saved to a file, said by the `feed:HOST` that it names as its own; else by
    `import`. Raises Unrecognised."""
    from papertrack.sources.limits import decode

    text = decode(body, {}).lstrip("\ufeff \t\r\n\0")
    url = _own_address(text)
    source = f"feed:{_host(url)}" if url else "import"
    if text[:1] == "{":
        return _listing(_from_json(text, name), (), source=source, where=name)
    return _xml_feed(text, url, source=source, where=name)


def _own_address(text: str) -> str:
    """The address that a feed gives as its own, or as its site's; "" where it gives none."""
    head = re.split(
        r"(?i)<(?:[a-z]{1,20}:)?(?:item|entry)\b|\"items\"\s*:",
        text[:100_000],
        maxsplit=1,
    )[0]
    tags = [
        {
            found[1].lower(): found[2] or found[3] or ""
            for found in _ATTRIBUTE.finditer(tag[1])
        }
        for tag in _ANY_LINK.finditer(head)
    ]
    links = [
        tag.get("href", "")
        for tag in sorted(tags, key=lambda tag: tag.get("rel", "") != "self")
    ]
    plain = [found[1] or found[2] for found in _SITE.finditer(head)]
    return next(
        (link for link in map(html.unescape, links + plain) if _WEB.match(link)), ""
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or "feed"
    except ValueError:
        return "feed"


def _linked(page: str, url: str) -> str | None:
    """The first feed that a page links in its head."""
    page = "".join(
        part.partition("-->")[2] if number else part
        for number, part in enumerate(page.split("<!--"))
    )
    for link in _LINK.finditer(page):
        told = {
            found[1].lower(): found[2] or found[3] or found[4] or ""
            for found in _ATTRIBUTE.finditer(link[1])
        }
        kind = told.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in told.get("rel", "").lower().split() and kind in _TYPES:
            found = _join(url, html.unescape(told.get("href", "")).strip())
            if _WEB.match(found) and found != url:
                return found
    return None


def _join(base: str, link: str) -> str:
    try:
        return clean(urljoin(base, link)) if link else ""
    except ValueError:
        return ""


def _xml_feed(text: str, url: str, *, source: str, where: str) -> Listing:
    import feedparser

    from papertrack.sources.feeds.safe_xml import read_xml

    document = read_xml(text, where=where)
    body = _SKIPPED.sub(r"\1x-", document.text).encode()
    headers = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": url,
    }
    try:
        read = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # it lets out whatever its parts raise: KeyError, AttributeError, OverflowError…
        raise Unrecognised(
            f"{where}: feedparser can't read it: {shorten(clean(repr(error)), 100)}"
        ) from error
    if not read.version:
        raise Unrecognised(
            f"not a feed: <{document.root}> from {where}; expected RSS, RDF, Atom or JSON Feed"
        )
    if document.cut and not read.entries:
        raise Unrecognised(
            f"{where}: the feed was cut off before its first entry ended; fetch it again"
        )
    venue = _string(dict.get(read.feed, "prism_publicationname"))
    entries = [_from_xml(item, url, venue) for item in read.entries]
    lines = document.lines if len(document.lines) == len(entries) else ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    if document.fault and not document.cut:
        notes = (f"broken XML was mended: {document.fault}",)
    if document.cut:
        last = f" (line {lines[-1]})" if lines else ""
        problems = (
            f"the feed was cut off after entry {len(entries)}{last}: what came is kept, fetch it again",
        )
    return _listing(
        entries,
        lines,
        source=source,
        where=where,
        problems=problems,
        notes=notes,
        whole=not document.cut,
    )


def _from_xml(item: Any, url: str, venue: str) -> _Entry:
    """feedparser's entry. Read as a plain dict: its own `get` gives the published date for a missing `updated`."""
    said: Mapping[str, Any] = dict(item)
    content: Mapping[str, Any] = next(iter(said.get("content") or ()), {})
    title, body = _markup(said.get("title"), said.get("title_detail")), ""
    for value, detail in (
        (said.get("summary"), said.get("summary_detail")),
        (content.get("value"), content),
    ):
        body = body if body.strip() else _markup(value, detail)
    guid, link = _string(said.get("id")), _string(said.get("link"))
    fields = ("dc_identifier", "prism_doi", "arxiv_doi", "feedburner_origlink")
    days = [
        _utc_day(said.get(f"{name}_parsed"))
        for name in ("published", "created", "updated")
    ]
    published = days[0] or days[1] or days[2]
    return _Entry(
        title,
        body,
        _join(url, link) or (guid if _WEB.match(guid) else ""),
        (guid, link, *(_string(said.get(name)) for name in fields)),
        _authors(said),
        published,
        _later(days[2], published),
        bool(published)
        or not any(said.get(name) for name in ("published", "created", "updated")),
        tuple(
            _string(tag.get("term") or tag.get("label"))
            for tag in said.get("tags") or ()
        ),
        _string(said.get("prism_publicationname")) or venue,
    )


def _authors(said: Mapping[str, Any]) -> tuple[str, ...]:
    """`author` is the last one alone; but beside an address it is whole, where feedparser cuts the name wrongly."""
    authors: list[Any] = said.get("authors") or []
    if len(authors) == 1 and authors[0].get("email"):
        return (_string(said.get("author")),)
    return tuple(_string(author.get("name")) for author in authors)


def _markup(value: object, detail: Mapping[str, Any] | None) -> str:
    text = (value if isinstance(value, str) else "")[:_MAX_MARKUP]
    return html.escape(text) if (detail or {}).get("type") == "text/plain" else text


def _string(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _utc_day(parsed: Any) -> str | None:
    """The day of feedparser's parsed date, which is in UTC."""
    try:
        return (
            dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
            .date()
            .isoformat()
            if parsed
            else None
        )
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _from_json(text: str, what: str) -> list[_Entry]:
    """The items of a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    from papertrack.sources.limits import load

    value = load(text.encode("utf-8", "replace"), where=f"not a feed: {what}")
    if (
        not isinstance(value, dict)
        or "jsonfeed.org/version" not in str(value.get("version"))[:100]
    ):
        raise Unrecognised(
            f"not a feed: {what}: JSON without the version of a JSON Feed"
        )
    if not isinstance(items := value.get("items"), list):
        raise Unrecognised(f"not a feed: {what}: a JSON Feed without items")
    if len(items) > _MAX_ITEMS:
        raise Unrecognised(f"{what}: larger than any feed: {len(items)} items")
    return [_from_item(item if isinstance(item, dict) else {}) for item in items]


def _from_item(item: Mapping[str, Any]) -> _Entry:
    texts = (("summary", True), ("content_text", True), ("content_html", False))
    bodies = (
        _markup(item.get(name), {"type": "text/plain"} if plain else None)
        for name, plain in texts
    )
    guid, link, other = (
        _string(item.get(name)) for name in ("id", "url", "external_url")
    )
    people = (
        item.get("authors")
        if isinstance(item.get("authors"), list)
        else [item.get("author")]
    )
    dates = [
        _iso_day(_string(item.get(name)))
        for name in ("date_published", "date_modified")
    ]
    published = dates[0] or dates[1]
    tags = item.get("tags")
    return _Entry(
        _markup(item.get("title"), {"type": "text/plain"}),
        next((body for body in bodies if body.strip()), ""),
        link or other or (guid if _WEB.match(guid) else ""),
        (guid, link, other),
        tuple(
            _string(person.get("name"))
            for person in people or ()
            if isinstance(person, dict)
        ),
        published,
        _later(dates[1], published),
        bool(published)
        or not (item.get("date_published") or item.get("date_modified")),
        tuple(map(_string, tags)) if isinstance(tags, list) else (),
    )


def _later(updated: str | None, published: str | None) -> str | None:
    """An update is one only after the publication."""
    return updated if updated and published and updated > published else None


def _iso_day(text: str) -> str | None:
    try:
        moment = dt.datetime.fromisoformat(text)
        return (
            (moment.astimezone(dt.UTC) if moment.tzinfo else moment).date().isoformat()
        )
    except (ValueError, OverflowError):
        return None


def _listing(
    entries: list[_Entry],
    lines: tuple[int, ...],
    *,
    source: str,
    where: str,
    problems: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    whole: bool = True,
) -> Listing:
    """The facts of the entries that can be read. Raises Unrecognised where most can't."""
    facts: list[Facts] = []
    told: list[str] = []
    for number, entry in enumerate(entries, 1):
        place = (
            f"entry {number} (line {lines[number - 1]})" if lines else f"entry {number}"
        )
        read = _facts(entry)
        if read is None:
            told.append(f"{place}: neither title nor text")
            continue
        facts.append(read)
        if entry.link and read.url is None:
            told.append(
                f"{place}: its link is no web address and was dropped: {shorten(clean(entry.link), 60)}"
            )
    if 2 * (unread := len(entries) - len(facts)) > len(entries):
        raise Unrecognised(
            f"{where}: format changed: {unread} of {len(entries)} entries have neither title nor text"
        )
    if len(told) > _MAX_TOLD:
        told[_MAX_TOLD:] = [f"and {len(told) - _MAX_TOLD} more problems of this kind"]
    undated = sum(not entry.dated for entry in entries)
    notes += ("the feed has no entries",) * (not entries)
    notes += (f"entries whose date can't be read: {undated}",) * bool(undated)
    return Listing(
        source=source,
        facts=tuple(facts),
        problems=(*problems, *told),
        notes=notes,
        whole=whole,
    )


def _facts(entry: _Entry) -> Facts | None:
    """What an entry says; None where it has neither title nor text."""
    abstract = shorten(_text(entry.body), _MAX_ABSTRACT)
    title = _text(entry.title) or shorten(abstract, _MAX_TITLE)
    if not title:
        return None
    url = entry.link if _WEB.match(entry.link) else None
    keys = tuple(
        _first_of_each_kind(filter(None, map(_key, entry.names)))
    ) or _mentioned(entry.body)
    own = normalise(url) if url and not keys else None
    terms = tuple(dict.fromkeys(filter(None, entry.tags)))[:_MAX_TERMS]
    return Facts(
        title=title,
        ids=keys or ((own,) if own else ()),
        abstract=abstract or None,
        authors=_people(entry.authors),
        published=entry.published,
        updated=entry.updated,
        categories=tuple(term for term in terms if _ARXIV_CATEGORY.fullmatch(term)),
        keywords=tuple(term for term in terms if not _ARXIV_CATEGORY.fullmatch(term)),
        doi=next(
            (key.removeprefix("doi:") for key in keys if key.startswith("doi:")), None
        ),
        venue=entry.venue or None,
        url=url,
    )


def _text(markup: str) -> str:
    """HTML as one line of text, without comments, scripts and tags."""
    if "<" in markup:
        markup = "".join(
            p.partition("-->")[2] if number else p
            for number, p in enumerate(markup.split("<!--"))
        )
        first, *rest = _RAW.split(markup)
        ends = ((part, _RAW_END.search(part)) for part in rest)
        markup = first + "".join(part[end.end() :] if end else "" for part, end in ends)
        markup = _TAG.sub(
            lambda match: "" if match[1].lower() in _INLINE else " ", markup
        )
    return clean(html.unescape(_HUGE.sub("", markup)))


def _key(name: str) -> str | None:
    """The arXiv or DOI key that an id, a link or an identifier names. A bare number is none: it may be anything."""
    name = name[:500]
    prefix = _IDENTIFIER.match(name)
    if not prefix:
        return None
    named = re.sub(r"(?i)^arxiv\.org:", "arXiv:", name[prefix.end() :])
    if path := _DOI_PATH.search(named):
        named = path[1]
    key = normalise(named)
    return key if key and key.startswith(("arxiv:", "doi:")) else None


def _first_of_each_kind(keys: Iterable[str]) -> Iterator[str]:
    kinds: dict[str, str] = {}
    for key in keys:
        kinds.setdefault(key.partition(":")[0], key)
    yield from sorted(kinds.values())


def _mentioned(markup: str) -> tuple[str, ...]:
    """The paper that a text is about: the only one that it mentions; () where there are none or several."""
    found: set[str] = set()
    for match in islice(
        _MENTION.finditer(html.unescape(_HUGE.sub("", markup))), _MAX_MENTIONS
    ):
        mention = match[0].rstrip(".,;:!?]}")
        mention = (
            mention.rstrip(").,;")
            if mention.count(")") > mention.count("(")
            else mention
        )
        found.update(filter(None, (_key(mention),)))
        if len(found) > 1:
            break
    return tuple(found) if len(found) == 1 else ()


def _people(told: tuple[str, ...]) -> tuple[str, ...]:
    """Names without addresses; one string that holds several is split (`Roe, J., Doe, A.` are two)."""
    from papertrack.sources.names import authors, inverted, person

    people = [
        _EMAIL.sub("", _text(name[:_MAX_NAME])).strip(" ()<>\"',;:") for name in told
    ]
    people = [name for name in people if name]
    if len(people) != 1:
        return tuple(
            dict.fromkeys(
                inverted(n) if n.count(",") == 1 else person(n) for n in people
            )
        )
    parts = [
        part.strip()
        for part in re.split(r"[,;]|\s(?:and|&)\s", people[0].removeprefix("by "))
        if part.strip()
    ]
    if len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        return tuple(
            person(f"{given} {family}")
            for family, given in zip(parts[::2], parts[1::2], strict=True)
        )
    if len(parts) == 2 and people[0].count(",") == 1 and " " not in parts[1]:
        return (inverted(people[0]),)
    return authors(people[0])
