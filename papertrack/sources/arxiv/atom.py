"""The Atom of arXiv's API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import accents
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.xml import (
    SOURCE,
    collect,
    day,
    keys,
    local,
    paper_id,
    titled,
    unique,
    words,
    xml,
)
from papertrack.sources.names import person

_ATOM, _ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
_AUTHOR, _NAME, _TERM = f"{_ATOM}author", f"{_ATOM}name", f"{_ATOM}category"
_PRIMARY = f"{_ARXIV}primary_category"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


class _Feed(NamedTuple):
    """An answer of the API: what was read, how many entries it holds, how many match, where it breaks off."""

    facts: tuple[Facts, ...]
    problems: tuple[str, ...]
    held: int
    total: int | None
    broken: str


def parse_atom(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's answer"
) -> Listing:
    """An answer of the API (`/api/query`), from the network or saved, newest first. Raises Unrecognised."""
    feed = feed_of(*xml(body, where=where), where)
    problems = (*feed.problems, feed.broken) if feed.broken else feed.problems
    notes = () if feed.held or feed.broken else (_none_held(feed.total, where),)
    return Listing(
        source=SOURCE, facts=newest_first(feed.facts), problems=problems, notes=notes
    )


def _none_held(total: int | None, where: str) -> str:
    return (
        f"{where}: holds none of the {total} papers that match"
        if total
        else f"{where}: no paper of arXiv's matches"
    )


def feed_of(root: ElementTree.Element, broken: str, where: str) -> _Feed:
    if root.tag != f"{_ATOM}feed":
        raise Unrecognised(
            f"{where}: <{shorten(clean(local(root)), 40)}> where arXiv's API gives an Atom feed"
        )
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            why = (
                shorten(clean(words(entry.find(f"{_ATOM}summary"))), 200)
                or "it does not say why"
            )
            raise Unrecognised(f"{where}: arXiv refuses the question: {why}")
    facts, problems = collect(entries, _entry, where=where)
    total = (root.findtext(_TOTAL) or "").strip()
    return _Feed(
        facts,
        problems,
        len(entries),
        int(total) if re.fullmatch(r"[0-9]{1,9}", total) else None,
        broken,
    )


def _entry(entry: ElementTree.Element) -> Facts:
    said: dict[str, str] = {}
    people: list[str] = []
    categories: list[str] = []
    for child in entry:
        tag = child.tag
        if tag == _AUTHOR:
            people.append(person(child.findtext(_NAME) or ""))
        elif tag == _TERM:
            categories.append(child.get("term") or "")
        elif tag == _PRIMARY:
            categories.insert(0, child.get("term") or "")
        else:
            said[tag] = words(child)
    title = said.get(f"{_ATOM}title", "")
    number, version = paper_id(said.get(f"{_ATOM}id", ""), title)
    ids, doi = keys(number, said.get(f"{_ARXIV}doi", ""))
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(said.get(f"{_ATOM}summary", "")),
        # A collaboration's colon comes as an author of its own.
        authors=tuple(name for name in people if name.strip(" :.,")),
        published=day(said.get(f"{_ATOM}published", "")[:10]),
        updated=day(said.get(f"{_ATOM}updated", "")[:10]),
        version=version,
        categories=unique(categories),
        doi=doi,
        venue=accents(said.get(f"{_ARXIV}journal_ref", "")),
    )


def newest_first(facts: Iterable[Facts]) -> tuple[Facts, ...]:
    """By day of publication: the server's own order by date broke in November 2025."""
    return tuple(sorted(facts, key=lambda said: said.published or "", reverse=True))
