"""arXiv's bulk harvest, OAI-PMH: `arxiv-oai:cs` with `--since`, pages linked by tokens.

Records are `arXiv` (requested), `arXivRaw` or `oai_dc`. `from` and `until` are days of
modification at arXiv. An interrupted harvest resumes at the first page not read, and
restarts if arXiv no longer knows its token; a later one starts the day before the last
one read. Of OAI's errors `noRecordsMatch` is an empty listing; all others raise
Unrecognised.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element

from papertrack.core.errors import Unrecognised, UsageError
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt, plural
from papertrack.sources.arxiv.services import ENDPOINT, address
from papertrack.sources.arxiv.xml import (
    Unreadable,
    collect,
    day,
    keys,
    local,
    paper_id,
    read_xml,
    titled,
    unique,
    words,
)
from papertrack.sources.base import Context, Source, Target, check_days
from papertrack.sources.names import authors, inverted, person

SOURCE = "arxiv-oai"
_GROUPS = ("cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat")
_SET = pattern(r"[a-z-]{2,20}(?:[.:][A-Za-z-]{2,20}){0,2}")
_DAY = dt.timedelta(days=1)


# ------------------------------------------------------------------ records


class ExpiredToken(Unrecognised):
    """arXiv no longer knows the token that a harvest would resume with."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a harvest.

    `token` leads to the next page, `reached` is the last day of modification in this one,
    `broken` is '' or where it is cut off.
    """

    listing: Listing
    token: str = ""
    reached: str = ""
    broken: str = ""


def parse_oai(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's response"
) -> Listing:
    """A page of ListRecords or GetRecord, without the next page. Raises Unrecognised."""
    page = _read_page(body, where)
    if not page.broken:
        return page.listing
    return replace(page.listing, problems=(*page.listing.problems, page.broken))


def _read_page(body: bytes, where: str) -> _Page:
    root, broken = read_xml(body, ["OAI-PMH"], "<OAI-PMH>", where=where)
    for part in root:
        if local(part) == "error":
            return _Page(_error(part, where))
    parts = [part for verb in root for part in verb]
    records = [part for part in parts if local(part) == "record"]
    tokens = [words(part) for part in parts if local(part) == "resumptionToken"]
    has_records = any("Record" in local(verb) for verb in root)
    if not (records or tokens or broken or has_records):
        expected = "ListRecords or GetRecord was expected"
        raise Unrecognised(f"{where}: OAI-PMH without records; {expected}")
    heads = list(map(_head, records))
    facts, problems = collect(zip(heads, records, strict=True), _record, where=where)
    deleted = sum(head.deleted for head in heads)
    notes: tuple[str, ...] = ()
    if deleted:
        notes = (f"skipped {plural(deleted, 'record')} that arXiv deleted",)
    return _Page(
        Listing(source=SOURCE, facts=facts, problems=problems, notes=notes),
        token=tokens[0].strip() if tokens else "",
        reached=max((head.datestamp for head in heads), default=""),
        broken=broken,
    )


def _error(error: Element, where: str) -> Listing:
    """An empty listing for `noRecordsMatch`; all other codes are raised."""
    code = error.get("code") or ""
    reason = excerpt(words(error), 200)
    if code == "noRecordsMatch":
        note = f"{where}: arXiv changed no record in these days"
        return Listing(source=SOURCE, notes=(note,))
    if code == "badResumptionToken":
        known = "arXiv no longer knows the harvest's token"
        raise ExpiredToken(f"{where}: {known} ({reason or 'expired'})")
    refusal = f"{excerpt(code, 40)}: {reason or 'without a reason'}"
    raise Unrecognised(f"{where}: arXiv refuses the harvest: {refusal}")


class _Head(NamedTuple):
    """A record's identifier, its day of modification (ISO), whether arXiv deleted it."""

    identifier: str = "a record"
    datestamp: str = ""
    deleted: bool = False


def _head(record: Element) -> _Head:
    header = _child(record, "header")
    if header is None:
        return _Head()
    texts = {local(part): words(part) for part in header}
    return _Head(
        texts.get("identifier", "a record"),
        day(texts.get("datestamp", "")) or "",
        header.get("status") == "deleted",
    )


def _child(element: Element, name: str) -> Element | None:
    return next((part for part in element if local(part) == name), None)


def _record(headed: tuple[_Head, Element]) -> Facts | None:
    """The facts of a record; None for a deleted one."""
    head, record = headed
    if head.deleted:
        return None
    metadata = _child(record, "metadata")
    if metadata is None or not len(metadata):
        raise Unreadable(f"{excerpt(head.identifier, 60)} has no metadata")
    paper = metadata[0]
    if local(paper) == "dc":
        return _dublin_core(paper)
    return _paper(paper, raw=local(paper) == "arXivRaw")


def _paper(paper: Element, *, raw: bool) -> Facts:
    """`arXiv` has names in parts, `arXivRaw` versions and all names in one text.

    A version is `<version version="v2"><date>Mon, 2 Apr 2007 …`.
    """
    texts: dict[str, str] = {}
    people: tuple[str, ...] = ()
    versions: dict[int, str | None] = {}
    for part in paper:
        name = local(part)
        if name == "authors":
            people = authors(words(part)) if raw else _names(part)
        elif name == "version":
            label = re.fullmatch(r"v([0-9]{1,4})", part.get("version") or "v1")
            if label:
                date = words(_child(part, "date"))
                versions[int(label[1])] = day(date)
        else:
            texts[name] = words(part)
    title = texts.get("title", "")
    number, _ = paper_id(texts.get("id", "").strip(), title)
    ids, doi = keys(number, texts.get("doi", ""))
    first = day(texts.get("created", ""))
    last = None
    version = None
    if versions:
        version = max(versions)
        first = versions[min(versions)]
        last = versions[version]
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(texts.get("abstract", "")),
        authors=people,
        published=first,
        updated=last or day(texts.get("updated", "")),
        version=version,
        categories=unique(texts.get("categories", "").split()),
        doi=doi,
        venue=accents(texts.get("journal-ref", "")),
        comment=accents(texts.get("comments", "")),
    )


def _names(people: Element) -> tuple[str, ...]:
    """The names in `forenames`, `keyname`, `suffix`; not a collaboration's lone colon."""
    space = people.tag.removesuffix("authors")
    parts = [f"{space}{part}" for part in ("forenames", "keyname", "suffix")]
    names = []
    for author in people:
        name = person(" ".join(author.findtext(part, "") for part in parts))
        if name.strip(" :.,"):
            names.append(name)
    return tuple(names)


def _dublin_core(paper: Element) -> Facts:
    """`oai_dc`: family names first, all versions' days, a comment as a description."""
    texts: dict[str, list[str]] = {}
    for part in paper:
        texts.setdefault(local(part), []).append(words(part).strip())
    title = _first(texts.get("title", ()))
    pages: list[str] = []
    dois: list[str] = []
    venues: list[str] = []
    for name in texts.get("identifier", ()):
        kind = name.lower()
        if "/abs/" in name:
            pages.append(name)
        if kind.startswith("doi:"):
            dois.append(name)
        elif "/abs/" not in name and not kind.startswith("http"):
            venues.append(name)
    number, _ = paper_id(_first(pages), title)
    ids, doi = keys(number, _first(dois).partition(":")[2])
    dates = map(day, texts.get("date", ()))
    days = sorted(date for date in dates if date)
    descriptions = texts.get("description", ())
    comments = [text for text in descriptions if text.startswith("Comment:")]
    abstracts = [text for text in descriptions if text not in comments]
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(_first(abstracts)),
        authors=tuple(map(inverted, texts.get("creator", ()))),
        published=days[0] if days else None,
        updated=days[-1] if len(days) > 1 else None,
        doi=doi,
        venue=accents(_first(venues)),
        comment=accents(_first(comments).removeprefix("Comment:")),
    )


def _first(texts: Iterable[str]) -> str:
    """The first text; '' if there is none."""
    return next(iter(texts), "")


# ------------------------------------------------------------------ the harvest


@dataclass(frozen=True, slots=True)
class _Harvest:
    """The state of a harvest: the page requested, and what was read before.

    `query` is what it started with, `description` the same in words. `token` leads to the
    page requested, `used` are all tokens so far, `reached` is the last day of modification
    read. `resumed` is whether the token is of an earlier run.
    """

    base: str
    query: str
    description: str
    token: str = ""
    used: frozenset[str] = frozenset()
    reached: str = ""
    resumed: bool = False

    def request(self) -> Request:
        what = self.query
        if self.token:
            what = f"resumptionToken={quote(self.token, safe='')}"
        url = f"{self.base}?verb=ListRecords&{what}"
        return Request(url, partial(_parse, harvest=self, where=url))

    def resume(self, query: str, token: str) -> _Harvest:
        """The harvest of `query` that an earlier run left at `token`."""
        used = frozenset({token})
        return replace(self, query=query, token=token, used=used, resumed=True)

    def after(self, page: _Page) -> _Harvest:
        """The same harvest at the page after `page`."""
        return replace(
            self,
            token=page.token,
            used=self.used | {page.token},
            reached=max(self.reached, page.reached),
            resumed=False,
        )


def _parse(
    body: bytes, headers: Mapping[str, str], *, harvest: _Harvest, where: str
) -> Listing:
    """A page of the harvest, and the next one.

    Raises Unrecognised for a page that is cut off: its token is lost, and all pages after
    it. The next run requests it again.
    """
    further = "; the same fetch resumes there" if harvest.token else "; try again later"
    try:
        page = _read_page(body, where)
    except ExpiredToken as error:
        if not harvest.resumed:
            raise
        # An expired token is used once only: should arXiv return it again, it is an error.
        restarted = replace(harvest, token="", resumed=False)
        reason = str(error).removeprefix(f"{where}: ")
        return Listing(
            source=SOURCE,
            notes=(f"{reason}: the harvest restarts",),
            follow=(restarted.request(),),
        )
    except Unrecognised as error:
        raise Unrecognised(f"{error}{further}") from error
    if page.broken:
        raise Unrecognised(f"{page.broken.partition(';')[0]}{further}")
    following = harvest.after(page)
    if page.token and page.token in harvest.used:
        reason = "arXiv repeats a token, so the harvest would never end"
        raise Unrecognised(
            f"{where}: {reason}; continue with --since {following.reached}"
        )
    listing = replace(page.listing, reached=following.reached or None)
    if page.token:
        return replace(
            listing,
            follow=(following.request(),),
            onward=page.token,
            asked=harvest.query,
        )
    if listing.facts or listing.problems or harvest.token:
        return listing
    return replace(listing, notes=(f"arXiv changed no record {harvest.description}",))


class ArxivOai(Source):
    """The source `arxiv-oai`: all papers of a set that arXiv changed in a span of days."""

    name = SOURCE
    endpoint = ENDPOINT
    trust: ClassVar = {SOURCE: 95}
    targets = (
        Target("arxiv-oai:cs", "all papers of a group that changed since a day"),
        Target("arxiv-oai:math.AG", "all papers of a category that changed"),
    )

    def matches(self, target: str) -> bool:
        """`arxiv-oai`, and everything that starts with `arxiv-oai:`."""
        return target == "arxiv-oai" or target.startswith("arxiv-oai:")

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first request.

        Raises UsageError, also if no first day is known, FetchError for future days.
        """
        shown = excerpt(target, 100)
        forms = f"a harvest is one of: {self.forms()}, with --since 2025-11-01"
        name = target.removeprefix("arxiv-oai").removeprefix(":").strip()
        if name and not _SET.fullmatch(name):
            raise UsageError(f"{shown}: unknown set of arXiv; {forms}")
        reading = context.readings.get(target)
        first = _first_day(target, context)
        if first is None and not (reading and reading.onward):
            raise UsageError(f"{shown}: the first day is missing; {forms}")
        check_days(shown, first, context.until, context.today)
        query, description = _query(name, first, context.until)
        harvest = _Harvest(address(context, "oai"), query, description)
        if reading and reading.onward and reading.asked:
            is_same = first is None or reading.asked == query
            if is_same:
                harvest = harvest.resume(reading.asked, reading.onward)
        return (harvest.request(),)


def _first_day(target: str, context: Context) -> dt.date | None:
    """The day requested, else the one before the last day read, which was not over yet."""
    if context.since:
        return context.since
    read_to = context.read_to(target)
    return read_to - _DAY if read_to else None


def _query(name: str, first: dt.date | None, last: dt.date | None) -> tuple[str, str]:
    """The query that a harvest of the set `name` starts with, for OAI and in words."""
    query, description = "metadataPrefix=arXiv", ""
    if name:
        query += f"&set={_set_of(name)}"
        description = f"of {name}"
    if first:
        query += f"&from={first}"
        description += f" since {first}"
    if last:
        query += f"&until={last}"
        description += f" until {last}"
    return query, description.strip()


def _set_of(name: str) -> str:
    """OAI's name of a category: `cs`, `math:math:AG`, `physics:hep-th`.

    A name with colons is one already.
    """
    archive, dot, _ = name.partition(".")
    if ":" in name or (archive in _GROUPS and not dot):
        return name
    group = archive if archive in _GROUPS else "physics"
    return f"{group}:{name.replace('.', ':')}"
