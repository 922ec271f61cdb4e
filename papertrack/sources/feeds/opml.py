"""OPML: lists of feeds to follow. `exports.opml` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from papertrack.core.addresses import (
    hide_passwords,
    is_web_url,
    names_private_host,
    without_password,
)
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, first_problems
from papertrack.sources.arxiv.services import URLS
from papertrack.sources.arxiv.source import categories, target_of_address
from papertrack.sources.feeds.safe_xml import read_xml
from papertrack.sources.limits import decode

_MAX_PROBLEMS = 200


def parse(body: bytes, *, name: str) -> Listing:
    """The feeds of an OPML document, as `Listing.feeds`; those without a public web
    address are problems.

    Raises Unrecognised if it is not OPML, or declares entities.
    """
    titles: dict[str, str] = {}
    problems: list[str] = []
    for line, title, url in _outlines(body, name):
        what = f"{name}, line {line}: {excerpt(title or 'a feed', 60)}"
        address = excerpt(hide_passwords(url), 100)
        if not is_web_url(url):
            problems.append(f"{what} has no web address: {address}")
            continue
        if names_private_host(url):
            problems.append(f"{what} has a private address; add it yourself: {address}")
            continue
        public = without_password(url)
        if public != url:
            problems.append(
                f"{what} had a password, which is not stored; put it into ~/.netrc"
            )
        # arXiv's announcements are followed by their categories.
        titles.setdefault(target_of_address(url) or public, title or public)
    return Listing(
        source="opml",
        problems=first_problems(problems, _MAX_PROBLEMS, name),
        notes=() if titles else (f"{name} contains no feed",),
        feeds=tuple((title, target) for target, title in titles.items()),
    )


def feed_address(target: str) -> str | None:
    """The web address of a followed feed, without a password; None for a target that is
    no feed.
    """
    kind, _, what = target.partition(":")
    announced = categories(what) if kind == "arxiv" else ()
    if announced:
        return f"{URLS['rss']}/{'+'.join(announced)}"
    return without_password(target) if is_web_url(target) else None


def _outlines(body: bytes, name: str) -> Iterator[tuple[int, str, str]]:
    """(line, title, address) of each outline that is a feed, at any depth."""
    document = read_xml(decode(body, {}), where=name)
    if document.root != "opml":
        root = excerpt(document.root, 40)
        raise Unrecognised(f"{name}: not OPML: it begins with <{root}>")
    outlines = (
        element
        for element in ElementTree.fromstring(document.text).iter()
        if element.tag.rpartition("}")[2].lower() == "outline"
    )
    for line, outline in zip(document.lines, outlines, strict=True):
        values = {key.lower(): clean(value) for key, value in outline.items()}
        url = values.get("xmlurl")
        if url:
            yield line, values.get("title") or values.get("text") or "", url
