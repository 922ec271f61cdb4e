"""arXiv's harvest in bulk, OAI-PMH: `arxiv-oai:cs` with `--since`, in pages that lead to each other by tokens.

Records come as `arXiv` (asked for), `arXivRaw` or `oai_dc`. `from` and `until` are days of modification at arXiv. An
interrupted harvest goes on at the page that it had not come to, and begins anew where arXiv no longer knows its
token; a later one begins the day before the last that was read. Of OAI's errors `noRecordsMatch` is an empty
answer; all others raise Unrecognised.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element

from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.services import ENDPOINT, address
from papertrack.sources.arxiv.xml import (
    Unreadable,
    collect,
    day,
    keys,
    local,
    paper_id,
    titled,
    unique,
    words,
)
from papertrack.sources.arxiv.xml import xml as read_xml
from papertrack.sources.base import Context, Source, Target
from papertrack.sources.names import authors, inverted, person

SOURCE = "arxiv-oai"
_GROUPS = ("cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat")
_SET = pattern(r"[a-z-]{2,20}(?:[.:][A-Za-z-]{2,20}){0,2}")
_DAY = dt.timedelta(days=1)


# ------------------------------------------------------------------ records


def parse_oai(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's answer"
) -> Listing:
    """A page of ListRecords, or GetRecord's one, as it stands, without what follows it. Raises Unrecognised."""
    return _page(body, where).listing


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: what it gives, the token of the next one, the last day of modification in it, where it breaks off."""

    listing: Listing
    token: str = ""
    reached: str = ""
    broken: str = ""


def _page(body: bytes, where: str) -> _Page:
    root, broken = read_xml(body, where=where)
    if local(root) != "OAI-PMH":
        raise Unrecognised(
            f"{where}: <{shorten(clean(local(root)), 40)}> where arXiv's OAI-PMH answers <OAI-PMH>"
        )
    for part in root:
        if local(part) == "error":
            return _Page(_error(part, where))
    records = [part for verb in root for part in verb if local(part) == "record"]
    token = next(
        (
            words(part).strip()
            for verb in root
            for part in verb
            if local(part) == "resumptionToken"
        ),
        "",
    )
    if (
        not records
        and not token
        and not broken
        and not any("Record" in local(part) for part in root)
    ):
        raise Unrecognised(
            f"{where}: an OAI-PMH answer without records; expected ListRecords or GetRecord"
        )
    heads = [_head(record) for record in records]
    facts, problems = collect(zip(heads, records, strict=True), _record, where=where)
    deleted = sum(head.deleted for head in heads)
    notes = (
        (f"{deleted} deleted record{'s' * (deleted > 1)} of arXiv's passed over",)
        if deleted
        else ()
    )
    problems = (*problems, broken) if broken else problems
    reached = max((head.datestamp for head in heads), default="")
    return _Page(
        Listing(source=SOURCE, facts=facts, problems=problems, notes=notes),
        token,
        reached,
        broken,
    )


class Expired(Unrecognised):
    """arXiv no longer knows the token that a harvest would go on with."""


def _error(error: Element, where: str) -> Listing:
    """An empty listing for `noRecordsMatch`; all other codes are raised."""
    code, why = error.get("code") or "", shorten(clean(words(error)), 200)
    if code == "noRecordsMatch":
        return Listing(
            source=SOURCE, notes=(f"{where}: arXiv changed no record in these days",)
        )
    if code == "badResumptionToken":
        raise Expired(
            f"{where}: arXiv no longer knows the harvest's token ({why or 'expired'})"
        )
    raise Unrecognised(
        f"{where}: arXiv refuses the harvest: {shorten(clean(code), 40)}: {why or 'without a reason'}"
    )


class _Head(NamedTuple):
    """A record's header: its identifier, its day of modification (ISO), whether arXiv has deleted it."""

    identifier: str = "a record"
    datestamp: str = ""
    deleted: bool = False


def _head(record: Element) -> _Head:
    header = next((part for part in record if local(part) == "header"), None)
    if header is None:
        return _Head()
    said = {local(part): words(part) for part in header}
    stamp = day(said.get("datestamp", "")) or ""
    return _Head(
        said.get("identifier", "a record"), stamp, header.get("status") == "deleted"
    )


def _record(headed: tuple[_Head, Element]) -> Facts | None:
    """One record; None for a deleted one."""
    head, record = headed
    if head.deleted:
        return None
    metadata = next((part for part in record if local(part) == "metadata"), None)
    if metadata is None or not len(metadata):
        raise Unreadable(f"{shorten(clean(head.identifier), 60)} has no metadata")
    paper = metadata[0]
    return (
        _dublin_core(paper)
        if local(paper) == "dc"
        else _paper(paper, raw=local(paper) == "arXivRaw")
    )


def _paper(paper: Element, *, raw: bool) -> Facts:
    """`arXiv` or `arXivRaw`: the one has the names apart, the other the versions and the names in one string."""
    said: dict[str, str] = {}
    people: tuple[str, ...] = ()
    versions: list[tuple[int, str | None]] = []
    for part in paper:
        name = local(part)
        if name == "authors":
            people = authors(words(part)) if raw else _names(part)
        elif name == "version":
            versions.append(_version(part))
        else:
            said[name] = words(part)
    title = said.get("title", "")
    number, _ = paper_id(said.get("id", "").strip(), title)
    ids, doi = keys(number, said.get("doi", ""))
    last = max(versions, default=(None, None))
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(said.get("abstract", "")),
        authors=people,
        published=min(versions)[1] if versions else day(said.get("created", "")),
        updated=last[1] or day(said.get("updated", "")),
        version=last[0],
        categories=unique(said.get("categories", "").split()),
        doi=doi,
        venue=accents(said.get("journal-ref", "")),
    )


def _names(people: Element) -> tuple[str, ...]:
    """`keyname`, `forenames`, `suffix` as names; a lone colon stands behind a collaboration."""
    space = people.tag.removesuffix("authors")
    parts = [f"{space}{part}" for part in ("forenames", "keyname", "suffix")]
    names = [
        person(" ".join([author.findtext(part, "") for part in parts]))
        for author in people
    ]
    return tuple(name for name in names if name.strip(" :.,"))


def _version(version: Element) -> tuple[int, str | None]:
    """(2, day) of `<version version="v2"><date>Mon, 2 Apr 2007 …`."""
    number = re.fullmatch(r"v([0-9]{1,4})", version.get("version") or "")
    date = next((words(part) for part in version if local(part) == "date"), "")
    return int(number[1]) if number else 1, day(date)


def _dublin_core(paper: Element) -> Facts:
    """`oai_dc`: names family first, the days of all versions, the comment as a second description."""
    said: dict[str, list[str]] = {}
    for part in paper:
        said.setdefault(local(part), []).append(words(part).strip())
    title, identifiers = (
        next(iter(said.get("title", [])), ""),
        said.get("identifier", []),
    )
    number, _ = paper_id(
        next((one for one in identifiers if "/abs/" in one), ""), title
    )
    doi = next((one for one in identifiers if one.lower().startswith("doi:")), "")
    ids, stored = keys(number, doi.partition(":")[2])
    days = sorted(found for one in said.get("date", []) if (found := day(one)))
    others = [
        one
        for one in identifiers
        if "/abs/" not in one and not one.lower().startswith(("doi:", "http"))
    ]
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(
            next(
                (
                    one
                    for one in said.get("description", [])
                    if not one.startswith("Comment:")
                ),
                "",
            )
        ),
        authors=tuple(
            name for one in said.get("creator", []) if (name := inverted(one))
        ),
        published=days[0] if days else None,
        updated=days[-1] if len(days) > 1 else None,
        doi=stored,
        venue=accents(next(iter(others), "")),
    )


# ------------------------------------------------------------------ the harvest


@dataclass(frozen=True, slots=True)
class _Harvest:
    """Where a harvest stands: the page asked for, the tokens so far, the last day of modification that was read.

    `first` is the question that it began with, `asked` the same in words. `resumed` where the token is of an
    earlier run.
    """

    base: str
    first: str
    asked: str
    token: str = ""
    used: frozenset[str] = frozenset()
    reached: str = ""
    resumed: bool = False

    def request(self) -> Request:
        what = (
            f"resumptionToken={quote(self.token, safe='')}"
            if self.token
            else self.first
        )
        url = f"{self.base}?verb=ListRecords&{what}"
        return Request(url, partial(_parse, harvest=self, where=url))


def _parse(
    body: bytes, headers: Mapping[str, str], *, harvest: _Harvest, where: str
) -> Listing:
    """A page of the harvest, and the next one. What an error cuts off is asked for again by the next run."""
    further = "; the same fetch goes on there" if harvest.token else "; try again later"
    try:
        page = _page(body, where)
    except Expired as error:
        if not harvest.resumed:
            raise
        # A token that expired leads nowhere a second time: should arXiv give it again, that is an error.
        anew = replace(harvest, token="", resumed=False)
        note = f"{str(error).removeprefix(f'{where}: ')}: the harvest begins anew"
        return Listing(source=SOURCE, notes=(note,), follow=(anew.request(),))
    except Unrecognised as error:
        raise Unrecognised(f"{error}{further}") from error
    if page.broken:  # its token is lost, and with it all the pages behind it
        raise Unrecognised(f"{page.broken.partition(';')[0]}{further}")
    reached = max(harvest.reached, page.reached)
    if page.token and page.token in harvest.used:
        again = f"arXiv gives a token for the second time, and would do so for ever; go on with --since {reached}"
        raise Unrecognised(f"{where}: {again}")
    listing = replace(page.listing, reached=reached or None)
    if not page.token:
        empty = not listing.facts and not listing.problems and not harvest.token
        return (
            replace(listing, notes=(f"arXiv changed no record {harvest.asked}",))
            if empty
            else listing
        )
    after = replace(
        harvest,
        token=page.token,
        used=harvest.used | {page.token},
        reached=reached,
        resumed=False,
    )
    return replace(
        listing, follow=(after.request(),), onward=page.token, asked=harvest.first
    )


class ArxivOai(Source):
    """The source `arxiv-oai`: all papers of a set that arXiv changed in a span of days."""

    name = SOURCE
    endpoint = ENDPOINT
    targets = (
        Target("arxiv-oai:cs", "all papers of a group that changed since a day"),
        Target("arxiv-oai:math.AG", "all papers of a category that changed"),
    )

    def matches(self, target: str) -> bool:
        """`arxiv-oai`, and all that begins with `arxiv-oai:`."""
        return target == "arxiv-oai" or target.startswith("arxiv-oai:")

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first request. Raises UsageError, also where no first day is known, FetchError for days to come."""
        shown, what = (
            shorten(clean(target), 100),
            target.removeprefix("arxiv-oai").removeprefix(":").strip(),
        )
        if what and not _SET.fullmatch(what):
            raise UsageError(
                f"{shown}: no set of arXiv's; a harvest is one of: {self.forms()}, with --since 2025-11-01"
            )
        begun = context.readings.get(target)
        first = _first_day(target, context)
        if first is None and not (begun and begun.onward):
            raise UsageError(
                f"{shown}: say from which day on; a harvest is one of: {self.forms()}, with --since 2025-11-01"
            )
        if first and context.until and first > context.until:
            raise UsageError(
                f"{shown}: {first} is after {context.until}; swap --since and --until"
            )
        if first and first > context.today:
            raise FetchError(
                f"{shown}: {first} lies in the future: it is {context.today} in UTC"
            )
        harvest = _Harvest(address(context, "oai"), *_asked(what, first, context.until))
        if (
            begun
            and begun.onward
            and begun.asked
            and (first is None or begun.asked == harvest.first)
        ):
            used = frozenset({begun.onward})
            harvest = replace(
                harvest, first=begun.asked, token=begun.onward, used=used, resumed=True
            )
        return (harvest.request(),)


def _first_day(target: str, context: Context) -> dt.date | None:
    """What was asked for, else the day before the last that was read: it may not have been over yet."""
    read_to = context.read_to(target)
    return context.since or (
        read_to - _DAY if read_to and read_to > dt.date.min else None
    )


def _asked(what: str, first: dt.date | None, last: dt.date | None) -> tuple[str, str]:
    """The question that a harvest of the set `what` begins with, for OAI and in words."""
    query = "metadataPrefix=arXiv" + (f"&set={_set_of(what)}" if what else "")
    words_ = f"of {what}" if what else ""
    for name, said, day_ in (("from", "since", first), ("until", "until", last)):
        if day_:
            query, words_ = f"{query}&{name}={day_}", f"{words_} {said} {day_}"
    return query, words_.strip()


def _set_of(what: str) -> str:
    """OAI's name of a category: `cs`, `math:math:AG`, `physics:hep-th`; one with colons is taken as it is."""
    archive, dot, _ = what.partition(".")
    if ":" in what or (archive in _GROUPS and not dot):
        return what
    group = archive if archive in _GROUPS else "physics"
    return f"{group}:{what.replace('.', ':')}"
