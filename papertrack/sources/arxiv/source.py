"""arXiv: its API, its feeds of announcements, its pages; and `recognise`, which tells its formats apart.

`arxiv:cs.CL,cs.LG` is what was announced (RSS), `arxiv:2511.04570` papers by id and anything else a question in the
API's language, both Atom; the address of a page or feed of arXiv's is what it shows. Parsers are pure and keep what can
be read: an entry that can't is a problem, a body that is something else raises Unrecognised. Dates are days as arXiv
writes them. OAI-PMH is `oai`'s, which shares the XML here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, quote_plus

from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Listing, Request
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.announcements import parse_rss
from papertrack.sources.arxiv.atom import feed_of, newest_first, parse_atom
from papertrack.sources.arxiv.pages import abstract_of, listing_of, page_of, parse_list
from papertrack.sources.arxiv.services import ENDPOINT, address
from papertrack.sources.arxiv.xml import KINDS, SOURCE, root_name, unique, xml
from papertrack.sources.base import Context, Source, Target

CHUNK, PAGE, MOST = 100, 200, 30_000
_PAGE = pattern(
    r"(?i)https?://(?:[a-z]{2,10}\.)?arxiv\.org/(rss|atom|list)/([A-Za-z.+,-]{2,200})(/[a-z0-9-]{2,20})?/?"
)
LOOK_BACK = dt.timedelta(days=7)
"""Moderated papers are announced days after they were submitted."""
_ARCHIVES = pattern(
    "astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|nlin|nucl-ex|nucl-th|physics|q-bio"
    "|q-fin|quant-ph|stat"
)
_CATEGORY = pattern(r"([a-z]+(?:-[a-z]+)?)(\.[A-Za-z]{2}|\.[a-z]+-[a-z]+)?")


def recognise(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's answer"
) -> Listing:
    """What any of arXiv's formats holds, told apart by content. Raises Unrecognised for all others.

    Atom of the API and of announcements, RSS 2.0, RDF 1.0, OAI-PMH, listing pages, abstract pages.
    """
    name = root_name(body)
    if name == "OAI-PMH":
        from papertrack.sources.arxiv import oai

        return oai.parse_oai(body, headers, where=where)
    if name == "html":
        page = page_of(body, headers, where)
        is_abs = page.css_first('meta[name="citation_arxiv_id"]') is not None
        return (
            abstract_of(page, body, where) if is_abs else listing_of(page, body, where)
        )
    if name not in ("feed", "rss", "RDF") or not (start := _of_arxiv(body)):
        raise Unrecognised(
            f"{where}: none of arXiv's formats (Atom, RSS, RDF, OAI-PMH, a listing, an abstract page)"
        )
    announced = (
        name != "feed" or b"/atom/" in start or b"announce_type" in body[:20_000]
    )
    return (
        parse_rss(body, headers, where=where)
        if announced
        else parse_atom(body, headers, where=where)
    )


def is_own(body: bytes) -> bool:
    """Whether a document in XML is one of arXiv's, readable or not: its feeds, or an answer of OAI-PMH."""
    name = root_name(body)
    return name == "OAI-PMH" or (
        name in ("feed", "rss", "RDF") and bool(_of_arxiv(body))
    )


def _of_arxiv(body: bytes) -> bytes:
    """The head of a feed, up to its first entry, where that says that it is arXiv's; b'' otherwise."""
    head = re.split(rb"<(?:item|entry)\b", body[:20_000], maxsplit=1)[0]
    of = re.search(
        rb">\s*https?://(?:export\.|rss\.|www\.)?arxiv\.org/|rdf:about=\"https?://(?:\w+\.)?arxiv\.org/"
        rb"|Feed error for query|updates on arXiv\.org",
        head,
        re.I,
    )
    return head if of else b""


@dataclass(frozen=True, slots=True)
class _Search:
    """A page of the answer to a question; `again` where it came back empty and is asked once more."""

    base: str
    query: str
    start: int = 0
    again: bool = False

    @property
    def url(self) -> str:
        asked = [
            f"search_query={quote_plus(self.query)}",
            f"start={self.start}",
            f"max_results={PAGE}",
        ]
        # A URL is read once in a run: asked again, the parameters stand in another order.
        order = reversed(asked) if self.again else asked
        return (
            f"{self.base}?{'&'.join(order)}&sortBy=submittedDate&sortOrder=descending"
        )

    def request(self) -> Request:
        return Request(self.url, partial(_parse_search, search=self))


def _parse_search(
    body: bytes, headers: Mapping[str, str], *, search: _Search
) -> Listing:
    where = search.url
    feed = feed_of(*xml(body, where=where), where)
    if (
        feed.broken
    ):  # kept whole or asked again: the pages behind it would not be missed otherwise
        raise Unrecognised(f"{feed.broken.partition(';')[0]}; try again later")
    start, total = search.start, feed.total
    due = feed.held if total is None else max(min(PAGE, total - start), 0)
    listing = Listing(
        source=SOURCE, facts=newest_first(feed.facts), problems=feed.problems
    )
    if due and not feed.held:
        if not search.again:
            return replace(listing, follow=(replace(search, again=True).request(),))
        lost = f"{where}: empty, though {total} papers match; those from number {start + 1} on were not read"
        return replace(listing, problems=(*listing.problems, lost))
    if not start and not feed.held:
        return replace(
            listing,
            notes=(f"no paper at arXiv matches {shorten(clean(search.query), 100)}",),
        )
    if feed.held < due:
        short = f"{where}: {feed.held} of the {due} papers due came; fetch again for the rest"
        listing = replace(listing, problems=(*listing.problems, short))
    after = start + PAGE
    if (feed.held >= PAGE) if total is None else (after < total):
        return _further(listing, replace(search, start=after, again=False), total)
    return listing


def _further(listing: Listing, search: _Search, total: int | None) -> Listing:
    if search.start + PAGE <= MOST:
        return replace(listing, follow=(search.request(),))
    many = f"{total} papers match, and arXiv gives {MOST} of them at most; narrow it with --since and --until"
    return replace(listing, problems=(*listing.problems, many))


def _parse_ids(
    body: bytes, headers: Mapping[str, str], *, asked: tuple[str, ...], where: str
) -> Listing:
    feed = feed_of(*xml(body, where=where), where)
    if feed.broken:
        raise Unrecognised(f"{feed.broken.partition(';')[0]}; try again later")
    came = {key for facts in feed.facts for key in facts.ids}
    missing = tuple(
        f"arXiv has no {one}" for one in asked if normalise(one) not in came
    )
    return Listing(source=SOURCE, facts=feed.facts, problems=(*feed.problems, *missing))


class Arxiv(Source):
    """The source `arxiv`: what was announced, papers by id, and queries to the API."""

    name = SOURCE
    endpoint = ENDPOINT
    targets = (
        Target("arxiv:cs.CL", "what was announced in a category"),
        Target("arxiv:cs.CL,cs.LG", "what was announced in several categories"),
        Target("arxiv:2511.04570", "one paper"),
        Target("arxiv:'abs:diffusion AND cat:cs.CL'", "a query to arXiv's API"),
    )

    def matches(self, target: str) -> bool:
        """All that begins with `arxiv:`, and the addresses of arXiv's papers, listings and feeds."""
        return (
            target.startswith("arxiv:")
            or of_address(target) is not None
            or bool(_PAGE.fullmatch(target))
        )

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target. Raises UsageError, and FetchError.

        With `since` or `until` a category is asked of the API: a feed has the last announcement only.
        """
        kinds = context.kinds
        if kinds is not None and (unknown := sorted(kinds - set(KINDS))):
            raise UsageError(
                f"--kind {clean(unknown[0])}: there is none such; announcements are {', '.join(KINDS)}"
            )
        listing = _PAGE.fullmatch(target)
        if listing and listing[1].lower() == "list":
            url = f"{address(context, 'list')}/{listing[2]}{listing[3] or '/new'}"
            return (Request(url, partial(parse_list, where=url)),)
        what, shown = (
            (of_address(target) or target).removeprefix("arxiv:").strip(),
            shorten(clean(target), 100),
        )
        parts = unique(part.strip() for part in what.split(","))
        _check_days(shown, context)
        if parts and all(arxiv_id(part) for part in parts):
            return _lookups(parts, address(context, "api"))
        if categories(what):
            if context.since or context.until:
                return (_search(" OR ".join(f"cat:{part}" for part in parts), context),)
            return (_announcements(parts, context, after=context.read_to(target)),)
        wrong = next(
            (
                part
                for part in parts
                if re.fullmatch(r"[\d.]+(?:v\d*)?|[\w.-]+/\w+", part)
            ),
            None,
        )
        if wrong or not parts:
            raise UsageError(
                f"{shown}: {wrong or 'nothing'} is no arXiv id; a target of arXiv is one of: {self.forms()}"
            )
        if any(arxiv_id(part) for part in parts):
            raise UsageError(
                f"{shown}: ids and something else in one target; a target of arXiv is one of: {self.forms()}"
            )
        return (_search(what, context),)


def of_address(url: str) -> str | None:
    """`arxiv:2511.04570` of an arXiv paper's address, `arxiv:cs.CL,cs.LG` of a feed's; None for any other text."""
    if "arxiv.org/" not in url.lower():
        return None
    feed = _PAGE.fullmatch(url)
    if feed and feed[1].lower() != "list":
        return f"arxiv:{feed[2].replace('+', ',')}"
    key = normalise(url)
    return key if key and key.startswith("arxiv:") else None


def _announcements(
    parts: tuple[str, ...], context: Context, *, after: dt.date | None
) -> Request:
    """What was announced last in categories; and what was since `after`, where announcements were missed.

    The feed has the last one only. What the API gives can't be told apart by kinds.
    """
    url = f"{address(context, 'rss')}/{'+'.join(parts)}"
    missed = None
    if after and not context.kinds:
        missed = _search(
            " OR ".join(f"cat:{part}" for part in parts),
            replace(context, since=after - LOOK_BACK),
        )
    return Request(
        url,
        partial(
            _parse_announced, kinds=context.kinds, where=url, after=after, missed=missed
        ),
    )


def _parse_announced(
    body: bytes,
    headers: Mapping[str, str],
    *,
    kinds: frozenset[str] | None,
    where: str,
    after: dt.date | None,
    missed: Request | None,
) -> Listing:
    listing = parse_rss(body, headers, kinds=kinds, where=where)
    if missed is None or after is None or listing.reached is None:
        return listing
    # arXiv announces on Sunday to Thursday evenings, US Eastern: feeds are of Monday to Friday.
    days = range(1, (dt.date.fromisoformat(listing.reached) - after).days)
    if not any((after + dt.timedelta(days=number)).weekday() < 5 for number in days):
        return listing
    note = f"announcements since {after} were missed, and are asked of arXiv's API"
    return replace(listing, follow=(missed,), notes=(*listing.notes, note))


def categories(text: str) -> tuple[str, ...]:
    """The categories of `cs.CL,cs.LG`; () where a part of it is none."""
    parts = unique(part.strip() for part in text.split(","))
    return parts if all(map(_is_category, parts)) else ()


def _is_category(text: str) -> bool:
    """`cs`, `cs.CL`, `cond-mat.mtrl-sci`; a lone word is an archive's name only where there is such an archive."""
    match = _CATEGORY.fullmatch(text)
    return bool(match and (match[2] or _ARCHIVES.fullmatch(text)))


def _check_days(shown: str, context: Context) -> None:
    if context.since and context.until and context.since > context.until:
        raise UsageError(
            f"{shown}: {context.since} is after {context.until}; swap --since and --until"
        )
    if context.since and context.since > context.today:
        raise FetchError(
            f"{shown}: {context.since} lies in the future: it is {context.today} in UTC"
        )


def _search(query: str, context: Context) -> Request:
    if context.since or context.until:
        first = f"{context.since:%Y%m%d}" if context.since else "19910101"
        query = f"({query}) AND submittedDate:[{first}0000 TO {context.until or context.today:%Y%m%d}2359]"
    return _Search(address(context, "api"), query).request()


def _lookups(ids: tuple[str, ...], base: str) -> tuple[Request, ...]:
    chunks = [ids[place : place + CHUNK] for place in range(0, len(ids), CHUNK)]
    urls = [
        f"{base}?id_list={','.join(quote(_plain(one)) for one in chunk)}&max_results={CHUNK}"
        for chunk in chunks
    ]
    return tuple(
        Request(url, partial(_parse_ids, asked=chunk, where=url))
        for url, chunk in zip(urls, chunks, strict=True)
    )


def _plain(one: str) -> str:
    """An id as the API takes it: without `arXiv:`, without a subject class, the version kept."""
    number, version = arxiv_id(one) or (one, None)
    return f"{number}v{version}" if version else number
