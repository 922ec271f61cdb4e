"""OPML: lists of feeds to follow. `exports.opml` writes them.

The folders that a feed is in are tags of its papers: `NLP` in `AI` is AI/NLP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from papertrack.core.addresses import (
    is_web_url,
    names_private_host,
    web_address,
)
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import FeedLink, Listing
from papertrack.core.secrets import (
    hide_in_address,
    is_clear,
    remove_passwords,
    without_password,
    without_secrets,
)
from papertrack.core.tags import added, from_keyword
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
    feeds: dict[str, FeedLink] = {}
    problems: list[str] = []
    for line, title, url, tags in _outlines(body, name):
        title = remove_passwords(title)
        what = f"{name}, line {line}: {excerpt(title or 'a feed', 60)}"
        address = excerpt(hide_in_address(url), 100)
        if not is_web_url(url):
            problems.append(f"{what} has no web address: {address}")
            continue
        if not is_clear(url):
            problems.append(f"{what} has a password that can't be read: {address}")
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
        target = target_of_address(url) or public
        feed = feeds.get(target, FeedLink(title or public, target))
        feeds[target] = feed._replace(tags=added(feed.tags, tags))
    return Listing(
        source="opml",
        problems=first_problems(problems, _MAX_PROBLEMS, name),
        notes=() if feeds else (f"{name} contains no feed",),
        feeds=tuple(feeds.values()),
    )


def feed_address(target: str) -> str | None:
    """The web address of a followed feed, without secrets; None for a target that is no
    feed.
    """
    kind, _, what = target.partition(":")
    announced = categories(what) if kind == "arxiv" else ()
    if announced:
        return f"{URLS['rss']}/{'+'.join(announced)}"
    return without_secrets(target) if is_web_url(target) else None


def _outlines(
    body: bytes, name: str
) -> Iterator[tuple[int, str, str, tuple[str, ...]]]:
    """(line, title, address, tags) of each outline that is a feed, at any depth.

    What is commented out (`isComment`) is left out, with all that is in it.
    """
    document = read_xml(decode(body, {}), where=name)
    if document.root != "opml":
        root = excerpt(document.root, 40)
        raise Unrecognised(f"{name}: not OPML: it begins with <{root}>")
    outlines = _within(ElementTree.fromstring(document.text))
    for line, outline in zip(document.lines, outlines, strict=True):
        url = web_address(outline.values.get("xmlurl", ""))
        if url and not outline.is_comment:
            yield line, outline.title, url, outline.tags


class _Outline(NamedTuple):
    """An outline: its attributes, the folders that it is in, as `AI/NLP`."""

    values: Mapping[str, str]
    folder: str
    is_comment: bool

    @property
    def title(self) -> str:
        return self.values.get("title") or self.values.get("text") or ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Its folder, and the categories of OPML 2: `/AI/NLP,/math`."""
        categories = self.values.get("category", "").split(",")
        names = [self.folder, *map(_folder, categories)]
        return added((), tuple(filter(None, names)))


def _within(
    element: ElementTree.Element, folder: str = "", is_comment: bool = False
) -> Iterator[_Outline]:
    """The outlines within an element, in the order of the document."""
    for child in element:
        inner, within_comment = folder, is_comment
        if child.tag.rpartition("}")[2].lower() == "outline":
            values = {key.lower(): clean(value) for key, value in child.items()}
            within_comment |= values.get("iscomment", "").lower() == "true"
            outline = _Outline(values, folder, within_comment)
            yield outline
            if not values.get("xmlurl"):
                inner = _folder(f"{folder}/{outline.title}")
        yield from _within(child, inner, within_comment)


def _folder(path: str) -> str:
    """The tag for a path of folders; "" for none."""
    names = map(from_keyword, path.split("/"))
    return "/".join(filter(None, names))
