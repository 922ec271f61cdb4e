"""arXiv's announcements, papers by id, queries to its API, and its pages.

`arxiv:cs.CL,cs.LG` is what was announced (RSS), `arxiv:2511.04570` papers by id and
anything else a query in the API's language, both Atom; the address of a page or feed of
arXiv is what it shows. Parsers are pure and keep what can be read: an entry that can't be
is a problem, a body that is something else raises Unrecognised. Dates are days as arXiv
writes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar
from urllib.parse import quote, quote_plus

from papertrack.core.errors import UsageError
from papertrack.core.facts import Listing, Request
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources.arxiv.announcements import parse_rss
from papertrack.sources.arxiv.atom import Feed, newest_first, read_whole_feed
from papertrack.sources.arxiv.category_names import spelled
from papertrack.sources.arxiv.pages import parse_page
from papertrack.sources.arxiv.services import ENDPOINT, address
from papertrack.sources.arxiv.xml import KINDS, LIST, RSS, SOURCE, unique
from papertrack.sources.base import Context, Source, Target, check_days

PAGE = 200
"""Papers of a page of the API's response."""
MOST = 30_000
"""Papers that the API returns for a query."""
LOOKUP = 100
"""Ids of a request."""
LOOK_BACK = dt.timedelta(days=7)
"""Moderated papers are announced days after they were submitted."""
_PAGE = pattern(
    r"(?i)https?://(?:[a-z]{2,10}\.)?arxiv\.org"
    r"/(rss|atom|list)/([A-Za-z.+,-]{2,200})(/[a-z0-9-]{2,20})?/?"
)
_ARCHIVES = pattern(
    "astro-ph|cond-mat|cs|econ|eess|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph"
    "|nlin|nucl-ex|nucl-th|physics|q-bio|q-fin|quant-ph|stat"
)
_CATEGORY = pattern(r"([a-z]+(?:-[a-z]+)?)(\.[A-Za-z]{2}|\.[a-z]+-[a-z]+)?")
_LIKE_AN_ID = pattern(r"[\d.]+(?:v\d*)?|[\w.-]+/\w+")


class Arxiv(Source):
    """The source `arxiv`: what was announced, papers by id, and queries to the API."""

    name = SOURCE
    endpoint = ENDPOINT
    trust: ClassVar = {SOURCE: 100, RSS: 85, LIST: 80}
    targets = (
        Target("arxiv:cs.CL", "what was announced in a category"),
        Target("arxiv:cs.CL,cs.LG", "what was announced in several categories"),
        Target("arxiv:2511.04570", "one paper"),
        Target("arxiv:'abs:diffusion AND cat:cs.CL'", "a query to arXiv's API"),
    )

    def matches(self, target: str) -> bool:
        """Everything that starts with `arxiv:`, and addresses of papers, listings, feeds."""
        return bool(
            target.startswith("arxiv:")
            or target_of_address(target)
            or _PAGE.fullmatch(target)
        )

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target. Raises UsageError, and FetchError.

        With `since` or `until` a category is a query to the API, as a feed has only the
        last announcement.
        """
        _check_kinds(context.kinds)
        page = _PAGE.fullmatch(target)
        if page and page[1].lower() == "list":
            url = f"{address(context, 'list')}/{page[2]}{page[3] or '/new'}"
            return (Request(url, partial(parse_page, where=url)),)
        shown = excerpt(target, 100)
        check_days(shown, context.since, context.until, context.today)
        query = (target_of_address(target) or target).removeprefix("arxiv:").strip()
        parts = unique(part.strip() for part in query.split(","))
        if parts and all(map(arxiv_id, parts)):
            return _lookups(parts, address(context, "api"))
        announced = categories(query)
        if announced:
            if context.since or context.until:
                return (_search(_any_of(announced), context),)
            return (_announcements(announced, context, context.read_to(target)),)
        forms = f"a target of arXiv is one of: {self.forms()}"
        if not parts:
            raise UsageError(f"{shown}: the id or query is missing; {forms}")
        for part in parts:
            if _LIKE_AN_ID.fullmatch(part) and not arxiv_id(part):
                raise UsageError(f"{shown}: {part} is not an arXiv id; {forms}")
        if any(map(arxiv_id, parts)):
            raise UsageError(f"{shown}: ids and other words in one target; {forms}")
        return (_search(query, context),)


def _check_kinds(kinds: frozenset[str] | None) -> None:
    for kind in sorted(kinds or ()):
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise UsageError(
                f"--kind {excerpt(kind, 40)}: unknown kind; announcements are {known}"
            )


def target_of_address(url: str) -> str | None:
    """`arxiv:2511.04570` for a paper's address, `arxiv:cs.CL,cs.LG` for a feed's.

    None for any other text.
    """
    if "arxiv.org/" not in url.lower():
        return None
    feed = _PAGE.fullmatch(url)
    if feed and feed[1].lower() != "list":
        return f"arxiv:{feed[2].replace('+', ',')}"
    key = normalise(url)
    return key if key and key.startswith("arxiv:") else None


def categories(text: str) -> tuple[str, ...]:
    """The categories of `cs.CL,cs.lg`, as arXiv spells them; () if a part is not one."""
    written = (part.strip() for part in text.split(","))
    parts = unique(spelled(part) or part for part in written)
    return parts if all(map(_is_category, parts)) else ()


def _is_category(text: str) -> bool:
    """`cs`, `cs.CL`, `cond-mat.mtrl-sci`; a single word must be a known archive's name."""
    if spelled(text):
        return True
    match = _CATEGORY.fullmatch(text)
    return bool(match and (match[2] or _ARCHIVES.fullmatch(text)))


def _any_of(categories: tuple[str, ...]) -> str:
    """The query for papers in any of the categories."""
    return " OR ".join(f"cat:{category}" for category in categories)


# ------------------------------------------------------------------ announcements


def _announcements(
    categories: tuple[str, ...], context: Context, after: dt.date | None
) -> Request:
    """What was announced last, and since `after` if announcements were missed.

    The feed has only the last ones; the API has no kinds of announcements.
    """
    url = f"{address(context, 'rss')}/{'+'.join(categories)}"
    if after is None or context.kinds:
        return Request(url, partial(parse_rss, kinds=context.kinds, where=url))
    missed = _search(_any_of(categories), replace(context, since=after - LOOK_BACK))
    return Request(url, partial(_parse_rss, where=url, after=after, missed=missed))


def _parse_rss(
    body: bytes,
    headers: Mapping[str, str],
    *,
    where: str,
    after: dt.date,
    missed: Request,
) -> Listing:
    """The announcements, followed by `missed` if a feed's day since `after` was not read."""
    listing = parse_rss(body, headers, where=where)
    if listing.reached is None:
        return listing
    # Announced on Sunday to Thursday evenings, US Eastern: feeds of Monday to Friday.
    reached = dt.date.fromisoformat(listing.reached)
    between = range(after.toordinal() + 1, reached.toordinal())
    days = map(dt.date.fromordinal, between)
    if not any(day.weekday() < 5 for day in days):
        return listing
    note = f"announcements since {after} were missed; they are fetched from arXiv's API"
    return replace(listing, follow=(missed,), notes=(*listing.notes, note))


# ------------------------------------------------------------------ queries


def _search(query: str, context: Context) -> Request:
    if context.since or context.until:
        first = "19910101"
        if context.since:
            first = f"{context.since:%Y%m%d}"
        last = f"{context.until or context.today:%Y%m%d}"
        query = f"({query}) AND submittedDate:[{first}0000 TO {last}2359]"
    return _Search(address(context, "api"), query).request()


@dataclass(frozen=True, slots=True)
class _Search:
    """A page of the response to a query; `again` if it was empty and is read once more."""

    base: str
    query: str
    start: int = 0
    again: bool = False

    @property
    def url(self) -> str:
        parameters = [
            f"search_query={quote_plus(self.query)}",
            f"start={self.start}",
            f"max_results={PAGE}",
        ]
        if self.again:
            # A URL is read once in a run; in another order this is another URL.
            parameters.reverse()
        order = "sortBy=submittedDate&sortOrder=descending"
        return f"{self.base}?{'&'.join(parameters)}&{order}"

    def request(self) -> Request:
        return Request(self.url, partial(_parse_search, search=self))


def _parse_search(
    body: bytes, headers: Mapping[str, str], *, search: _Search
) -> Listing:
    feed = read_whole_feed(body, search.url)
    listing = Listing(
        source=SOURCE, facts=newest_first(feed.facts), problems=feed.problems
    )
    if feed.total is None:
        due = feed.entries
    else:
        due = max(min(PAGE, feed.total - search.start), 0)
    if not feed.entries:
        is_after_the_end = search.start > 0 and due == 0
        return listing if is_after_the_end else _empty(listing, feed, search)
    problems = listing.problems
    if feed.entries < due:
        short = f"{feed.entries} of {due} papers received; fetch again for the rest"
        problems += (f"{search.url}: {short}",)
    after = search.start + PAGE
    if feed.total is None:
        has_more = feed.entries >= PAGE
    else:
        has_more = after < feed.total
    if not has_more:
        return replace(listing, problems=problems)
    if after + PAGE > MOST:
        most = f"arXiv returns at most {MOST} of the {feed.total} papers that match"
        problems += (f"{most}; narrow the query with --since and --until",)
        return replace(listing, problems=problems)
    following = replace(search, start=after, again=False)
    return replace(listing, problems=problems, follow=(following.request(),))


def _empty(listing: Listing, feed: Feed, search: _Search) -> Listing:
    """A page without papers: nothing matches, or it is read again, or papers are lost."""
    if not feed.total:
        note = f"no paper at arXiv matches {excerpt(search.query, 100)}"
        return replace(listing, notes=(note,))
    if not search.again:
        repeated = replace(search, again=True)
        return replace(listing, follow=(repeated.request(),))
    lost = f"those from number {search.start + 1} on were not read"
    problem = f"{search.url}: empty, but {feed.total} papers match; {lost}"
    return replace(listing, problems=(*listing.problems, problem))


# ------------------------------------------------------------------ papers by id


def _lookups(ids: tuple[str, ...], base: str) -> tuple[Request, ...]:
    starts = range(0, len(ids), LOOKUP)
    return tuple(_lookup(ids[start : start + LOOKUP], base) for start in starts)


def _lookup(ids: tuple[str, ...], base: str) -> Request:
    id_list = ",".join(quote(_with_version(text)) for text in ids)
    url = f"{base}?id_list={id_list}&max_results={LOOKUP}"
    return Request(url, partial(_parse_ids, ids=ids, where=url))


def _parse_ids(
    body: bytes, headers: Mapping[str, str], *, ids: tuple[str, ...], where: str
) -> Listing:
    feed = read_whole_feed(body, where)
    found = {key for facts in feed.facts for key in facts.ids}
    missing = [text for text in ids if normalise(text) not in found]
    return Listing(
        source=SOURCE,
        facts=feed.facts,
        problems=feed.problems,
        unknown=tuple(f"arXiv has no {text}; check the id" for text in missing),
    )


def _with_version(text: str) -> str:
    """An id as the API takes it: without `arXiv:` and subject class, with its version."""
    number, version = arxiv_id(text) or (text, None)
    return f"{number}v{version}" if version else number
