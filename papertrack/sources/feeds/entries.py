"""Entries of feeds in any format, and their facts.

Markup becomes text here, by patterns that take time in proportion to it. An entry with
an arXiv id or a DOI joins that paper; any other is stored under its link.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin

from papertrack.core import dates
from papertrack.core.addresses import is_web_url
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import guid_key, normalise, title_alias
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.core.wording import excerpt, first_problems
from papertrack.sources.feeds.markup import text_of, unescaped
from papertrack.sources.feeds.people import people

_MAX_ABSTRACT = 10_000
_MAX_TITLE = 120
_MAX_TAGS = 20
_MAX_PROBLEMS = 20
_MAX_MENTIONS = 500


class Entry(NamedTuple):
    """An entry: title and body are HTML, dates are as they are written, and `names` are
    what may be the id of a paper. `guid` is the id that its feed gives it.
    """

    title: str
    body: str
    link: str = ""
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: str = ""
    tags: tuple[str, ...] = ()
    venue: str = ""
    guid: str = ""


def listing(
    entries: list[Entry],
    *,
    source: str,
    where: str,
    home: str,
    lines: tuple[int, ...] = (),
    left_out: tuple[str, ...] = (),
    dropped: int = 0,
) -> Listing:
    """The facts of the entries that can be used; `lines` are those they begin in, if
    known. `home` names the feed, wherever it is read from. `left_out` are problems with
    what was not read, `dropped` of them entries.

    Raises Unrecognised if most have neither title nor text.
    """
    facts: list[Facts] = []
    problems = [*left_out]
    guids = _guid_keys(entries, home)
    for number, (entry, guid) in enumerate(zip(entries, guids, strict=True), 1):
        place = f"entry {number}"
        if lines:
            place += f" (line {lines[number - 1]})"
        read = _facts(entry, guid)
        if read is None:
            name = excerpt(entry.guid or entry.link, 80)
            which = f" (id {name})" if name else ""
            problems.append(f"{place}: neither title nor text{which}")
            continue
        facts.append(read)
        problems += (f"{place}: {problem}" for problem in _problems(entry, read))
    unread = len(entries) - len(facts)
    if unread > len(facts):
        raise Unrecognised(
            f"{where}: {unread} of {len(entries)} entries have neither title nor text;"
            " its format may have changed"
        )
    return Listing(
        source=source,
        facts=tuple(facts),
        problems=first_problems(problems, _MAX_PROBLEMS, where),
        notes=() if entries or dropped else ("the feed has no entries",),
        unreadable=unread + dropped,
    )


def _problems(entry: Entry, facts: Facts) -> Iterator[str]:
    """What of an entry could not be used."""
    if entry.link and facts.url is None:
        yield f"its link is not a web address: {excerpt(entry.link, 60)}"
    for text in dict.fromkeys((*entry.published, entry.updated)):
        if not text:
            continue
        shown = excerpt(text, 40)
        if dates.is_ambiguous(text):
            yield f"its date {shown} may be two days; only its year is used"
        elif not dates.written_date(text):
            yield f"its date can't be read: {shown}"


def _facts(entry: Entry, guid: str | None) -> Facts | None:
    """The facts of an entry, with its guid as an id; None if it has no title or text."""
    abstract = shorten(text_of(entry.body), _MAX_ABSTRACT)
    title = text_of(entry.title) or shorten(abstract, _MAX_TITLE)
    if not title:
        return None
    url = entry.link if is_web_url(entry.link) else None
    keys = _first_of_each_kind(entry.names) or _only_mention(entry.body)
    doi = next((key[4:] for key in keys if key.startswith("doi:")), None)
    if url and not keys:
        keys = tuple(filter(None, [normalise(url)]))
    ids = (*keys, guid) if guid else keys
    tags = tuple(dict.fromkeys(filter(None, entry.tags)))[:_MAX_TAGS]
    categories = tuple(tag for tag in tags if _ARXIV_CATEGORY.fullmatch(tag))
    written = filter(None, map(dates.written_date, (*entry.published, entry.updated)))
    published = next(written, None)
    updated = dates.written_date(entry.updated)
    return Facts(
        title=title,
        ids=ids,
        abstract=abstract,
        authors=people(entry.authors),
        published=published,
        updated=updated if updated and updated > (published or "") else None,
        categories=categories,
        keywords=tuple(tag for tag in tags if tag not in categories),
        doi=doi,
        venue=entry.venue,
        url=url,
    )


def string(value: object) -> str:
    """A cleaned string; "" for any other value."""
    return clean(value) if isinstance(value, str) else ""


def join_url(base: str, link: str) -> str:
    """The address of a link on a page; "" if it has none."""
    try:
        return clean(urljoin(base, link)) if link else ""
    except ValueError:
        return ""


# ------------------------------------------------------------------ ids

_MENTION = pattern(
    r"(?i)https?://[^\s\"'<>]{4,300}|arxiv:\s?[\w.-]{1,40}(?:/\d{7})?(?:v\d{1,3})?"
    r"|doi:\s?10\.\d{4,9}/[^\s\"'<>]{1,200}"
)
_IDENTIFIER = pattern(
    r"(?i)(?:info:doi/|urn:(?=doi:)|oai:(?=arxiv)|(?=https?://|doi:|arxiv:|10\.\d{4}))"
)
_UNIQUE_GUID = pattern(
    r"(?i)(?:https?://|tag:|urn:).+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
)
_ARXIV_CATEGORY = pattern(
    r"(?:cs|math|stat|eess|econ|q-bio|q-fin|physics|astro-ph|cond-mat|nlin)\.[A-Za-z-]{2,20}"
    r"|hep-(?:th|ph|ex|lat)|gr-qc|quant-ph|math-ph|nucl-(?:th|ex)"
)


def _key(name: str) -> str | None:
    """The arXiv or DOI key that an id, a link or an identifier names. A bare number may
    be anything.
    """
    name = name[:500]
    prefix = _IDENTIFIER.match(name)
    if not prefix:
        return None
    named = re.sub(r"(?i)^arxiv\.org:", "arXiv:", name[prefix.end() :])
    key = normalise(named)
    return key if key and key.startswith(("arxiv:", "doi:")) else None


def _guid_keys(entries: Sequence[Entry], home: str) -> list[str | None]:
    """The id of each entry by its guid, which only some guids are in all feeds.

    In some feeds several entries have one guid, or one link and no guid: their titles
    are part of their ids.
    """
    titles: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        titles[entry.guid or entry.link].add(entry.title or entry.body)
    keys = []
    for entry in entries:
        name = entry.guid or entry.link
        is_shared = len(titles[name]) > 1
        key = _guid_key(name, home) if entry.guid or is_shared else None
        if key and is_shared:
            key = f"{key} {title_alias(entry.title or entry.body)}"
        keys.append(key)
    return keys


def _guid_key(guid: str, home: str) -> str | None:
    """The id that a guid is; None for none, and for the arXiv id or DOI of a paper."""
    if not guid or _key(guid):
        return None
    if not _UNIQUE_GUID.fullmatch(guid):
        return guid_key(f"{home.rstrip('/')} {guid}")
    scheme_and_host = re.match("(?i)https?://[^/?#]*", guid)
    if scheme_and_host:
        end = scheme_and_host.end()
        guid = guid[:end].lower() + guid[end:].rstrip("/")
    return guid_key(guid)


def _first_of_each_kind(names: Iterable[str]) -> tuple[str, ...]:
    """The first arXiv key and the first DOI key among names."""
    kinds: dict[str, str] = {}
    for key in filter(None, map(_key, names)):
        kinds.setdefault(key.partition(":")[0], key)
    return tuple(sorted(kinds.values()))


def _only_mention(markup: str) -> tuple[str, ...]:
    """The key of the paper that a text is about: the only one that it mentions; else
    ().
    """
    keys: set[str] = set()
    for match in islice(_MENTION.finditer(unescaped(markup)), _MAX_MENTIONS):
        mention = match[0].rstrip(".,;:!?]}")
        if mention.count(")") > mention.count("("):
            mention = mention.rstrip(").,;")
        key = _key(mention)
        if key:
            keys.add(key)
        if len(keys) > 1:
            return ()
    return tuple(keys)
