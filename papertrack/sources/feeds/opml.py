"""OPML: lists of feeds to follow. What is followed is written by `exports.opml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from papertrack.core.addresses import bare, names_private, shown
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.source import of_address
from papertrack.sources.feeds.safe_xml import read_xml
from papertrack.sources.limits import decode

_MAX_TOLD = 200


def parse(body: bytes, *, name: str) -> Listing:
    """The feeds of an OPML document, as `Listing.feeds`; those that are at no web address are problems.

    Raises Unrecognised where it is no OPML, or declares entities.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for line, title, url in _outlines(body, name):
        what = f"{name}, line {line}: {shorten(title or 'a feed', 60)}"
        if not re.match(r"https?://[^\s/]", url, re.I):
            problems.append(f"{what} is at no web address: {shorten(shown(url), 100)}")
        elif names_private(url):
            problems.append(
                f"{what} is at a private address, which only you can follow: {shorten(shown(url), 100)}"
            )
        else:
            if bare(url) != url:
                problems.append(
                    f"{what} came with a password, which is not kept; put it into ~/.netrc"
                )
            # arXiv's announcements are followed by their categories.
            found.setdefault(of_address(url) or bare(url), title or bare(url))
    if len(problems) > _MAX_TOLD:
        problems[_MAX_TOLD:] = [
            f"{name}: {len(problems) - _MAX_TOLD} more problems like these"
        ]
    notes = () if found else (f"{name} names no feed",)
    feeds = tuple((title, target) for target, title in found.items())
    return Listing(source="opml", problems=tuple(problems), notes=notes, feeds=feeds)


def _outlines(body: bytes, name: str) -> Iterator[tuple[int, str, str]]:
    """(line, title, address) of each outline that is a feed, at any depth."""
    document = read_xml(decode(body, {}), where=name)
    if document.root != "opml":
        raise Unrecognised(
            f"{name}: not an OPML document: it begins with <{shorten(clean(document.root), 40)}>"
        )
    elements = ElementTree.fromstring(document.text).iter()
    outlines = (
        element
        for element in elements
        if element.tag.rpartition("}")[2].lower() == "outline"
    )
    for line, outline in zip(document.lines, outlines, strict=True):
        told = {name.lower(): clean(value) for name, value in outline.items()}
        if url := told.get("xmlurl"):
            yield line, told.get("title") or told.get("text") or "", url
