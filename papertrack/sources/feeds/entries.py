"""Entries of feeds in any format, and their facts.

Markup becomes text here, by patterns that take time in proportion to it. An entry with
an arXiv id or a DOI joins that paper; any other is stored under its link.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple
from urllib.parse import urljoin

from papertrack.core.addresses import is_web_url
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.core.wording import excerpt, first_problems
from papertrack.sources.names import authors, inverted, person

_MAX_NAME = 50_000
_MAX_ABSTRACT = 10_000
_MAX_TITLE = 120
_MAX_TAGS = 20
_MAX_PROBLEMS = 20
_MAX_MENTIONS = 500


class Entry(NamedTuple):
    """An entry: title and body are HTML, dates are ISO days, and `names` are what may
    be the id of a paper.
    """

    title: str
    body: str
    link: str = ""
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    has_bad_date: bool = False
    tags: tuple[str, ...] = ()
    venue: str = ""


def listing(
    entries: list[Entry], *, source: str, where: str, lines: tuple[int, ...] = ()
) -> Listing:
    """The facts of the entries that can be used; `lines` are those they begin in, if
    known.

    Raises Unrecognised if most have neither title nor text.
    """
    facts: list[Facts] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        place = f"entry {number}"
        if lines:
            place += f" (line {lines[number - 1]})"
        read = _facts(entry)
        if read is None:
            problems.append(f"{place}: neither title nor text")
            continue
        facts.append(read)
        if entry.link and read.url is None:
            link = excerpt(entry.link, 60)
            problems.append(f"{place}: its link is not a web address: {link}")
    unread = len(entries) - len(facts)
    if unread > len(facts):
        raise Unrecognised(
            f"{where}: {unread} of {len(entries)} entries have neither title nor text;"
            " its format may have changed"
        )
    notes: list[str] = []
    if not entries:
        notes.append("the feed has no entries")
    undated = sum(entry.has_bad_date for entry in entries)
    if undated:
        notes.append(f"entries whose date can't be read: {undated}")
    return Listing(
        source=source,
        facts=tuple(facts),
        problems=first_problems(problems, _MAX_PROBLEMS, where),
        notes=tuple(notes),
    )


def _facts(entry: Entry) -> Facts | None:
    """The facts of an entry; None if it has neither title nor text."""
    abstract = shorten(text_of(entry.body), _MAX_ABSTRACT)
    title = text_of(entry.title) or shorten(abstract, _MAX_TITLE)
    if not title:
        return None
    url = entry.link if is_web_url(entry.link) else None
    keys = _first_of_each_kind(entry.names) or _only_mention(entry.body)
    doi = next((key[4:] for key in keys if key.startswith("doi:")), None)
    if url and not keys:
        keys = tuple(filter(None, [normalise(url)]))
    tags = tuple(dict.fromkeys(filter(None, entry.tags)))[:_MAX_TAGS]
    categories = tuple(tag for tag in tags if _ARXIV_CATEGORY.fullmatch(tag))
    return Facts(
        title=title,
        ids=keys,
        abstract=abstract or None,
        authors=_people(entry.authors),
        published=entry.published,
        updated=entry.updated,
        categories=categories,
        keywords=tuple(tag for tag in tags if tag not in categories),
        doi=doi,
        venue=entry.venue or None,
        url=url,
    )


def update_after(published: str | None, updated: str | None) -> str | None:
    """The day of an update, which is one only after the publication."""
    return updated if updated and published and updated > published else None


def string(value: object) -> str:
    """A cleaned string; "" for any other value."""
    return clean(value) if isinstance(value, str) else ""


def join_url(base: str, link: str) -> str:
    """The address of a link on a page; "" if it has none."""
    try:
        return clean(urljoin(base, link)) if link else ""
    except ValueError:
        return ""


# ------------------------------------------------------------------ markup

_RAW = pattern(r"<(?:script|style)\b", re.I)
_RAW_END = pattern(r"</(?:script|style)[^<>]*+>", re.I)
_TAG = pattern(r"</?([A-Za-z][\w:-]{0,40})[^<>]*+>")
_INLINE = pattern(
    r"(?i)a|abbr|b|code|em|font|i|mark|small|span|strong|sub|sup|u",
)
_HUGE = pattern(r"&#[xX]?[0-9a-fA-F]{9,};?")


def text_of(markup: str) -> str:
    """HTML as one line of text, without comments, scripts and tags."""
    if "<" in markup:
        first, *rest = _RAW.split(without_comments(markup))
        ends = ((part, _RAW_END.search(part)) for part in rest)
        markup = first + "".join(part[end.end() :] for part, end in ends if end)
        markup = _TAG.sub(_space, markup)
    return clean(_unescaped(markup))


def _space(tag: re.Match[str]) -> str:
    return "" if _INLINE.fullmatch(tag[1]) else " "


def _unescaped(markup: str) -> str:
    return html.unescape(_HUGE.sub("", markup))


def without_comments(markup: str) -> str:
    """HTML without comments; one that nothing closes reaches to the end."""
    first, *rest = markup.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


# ------------------------------------------------------------------ ids

_MENTION = pattern(
    r"(?i)https?://[^\s\"'<>]{4,300}|arxiv:\s?[\w.-]{1,40}(?:/\d{7})?(?:v\d{1,3})?"
    r"|doi:\s?10\.\d{4,9}/[^\s\"'<>]{1,200}"
)
_IDENTIFIER = pattern(
    r"(?i)(?:info:doi/|urn:(?=doi:)|oai:(?=arxiv)|(?=https?://|doi:|arxiv:|10\.\d{4}))"
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
    for match in islice(_MENTION.finditer(_unescaped(markup)), _MAX_MENTIONS):
        mention = match[0].rstrip(".,;:!?]}")
        if mention.count(")") > mention.count("("):
            mention = mention.rstrip(").,;")
        key = _key(mention)
        if key:
            keys.add(key)
        if len(keys) > 1:
            return ()
    return tuple(keys)


# ------------------------------------------------------------------ authors

_EMAIL = pattern(r"(?<![\w.+-])[\w.+-]{1,100}@[\w.-]{1,200}")
_INITIALS = pattern(r"(?:[A-Z]\.?[ -]?){1,4}")


def _people(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names without e-mail addresses; one string that has several names is split."""
    texts = (_EMAIL.sub("", text_of(name[:_MAX_NAME])) for name in names)
    people = [name for name in (text.strip(" ()<>\"',;:") for text in texts) if name]
    if len(people) == 1:
        return _split_people(people[0])
    return tuple(dict.fromkeys(map(_person, people)))


def _person(name: str) -> str:
    return inverted(name) if name.count(",") == 1 else person(name)


def _split_people(text: str) -> tuple[str, ...]:
    """The names in one string. `Roe, J., Doe, A.` are two."""
    parts = re.split(r"[,;]|\s(?:and|&)\s", text.removeprefix("by "))
    parts = [part.strip() for part in parts if part.strip()]
    families, given = parts[::2], parts[1::2]
    if len(families) == len(given) and all(map(_INITIALS.fullmatch, given)):
        pairs = zip(given, families, strict=True)
        return tuple(person(" ".join(pair)) for pair in pairs)
    if len(parts) == 2 and text.count(",") == 1 and " " not in parts[1]:
        return (inverted(text),)
    return authors(text)
