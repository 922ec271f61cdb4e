"""OPML: lists of feeds to follow, in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from papertrack.errors import Unrecognised
from papertrack.facts import Listing
from papertrack.sources.feed_xml import decode, read_xml
from papertrack.text import clean, shorten

_MAX_TOLD = 200


def parse(body: bytes, *, name: str) -> Listing:
    """The feeds of an OPML document, as `Listing.feeds`; those that are at no web address are problems.

    Raises Unrecognised where it is no OPML, or declares entities.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for line, title, url in _outlines(body, name):
        if re.match(r"https?://[^\s/]", url, re.I):
            found.setdefault(url, title or url)
        else:
            problems.append(f"{name}, line {line}: {shorten(title or 'a feed', 60)} is at no web address: "
                            f"{shorten(url, 100)}")  # fmt: skip
    if len(problems) > _MAX_TOLD:
        problems[_MAX_TOLD:] = [f"{name}: {len(problems) - _MAX_TOLD} more problems like these"]
    notes = () if found else (f"{name} names no feed",)
    feeds = tuple((title, url) for url, title in found.items())
    return Listing(source="opml", problems=tuple(problems), notes=notes, feeds=feeds)


def _outlines(body: bytes, name: str) -> Iterator[tuple[int, str, str]]:
    """(line, title, address) of each outline that is a feed, at any depth."""
    document = read_xml(decode(body, {}), where=name)
    if document.root != "opml":
        raise Unrecognised(f"{name}: not an OPML document: it begins with <{shorten(clean(document.root), 40)}>")
    elements = ElementTree.fromstring(document.text).iter()
    outlines = (element for element in elements if element.tag.rpartition("}")[2].lower() == "outline")
    for line, outline in zip(document.lines, outlines, strict=True):
        told = {name.lower(): clean(value) for name, value in outline.items()}
        if url := told.get("xmlurl"):
            yield line, told.get("title") or told.get("text") or "", url


def opml(feeds: Iterable[tuple[str, str]], title: str) -> str:
    """An OPML 2.0 document of (title, URL) pairs, as `parse` reads it."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = clean(title)
    body = ElementTree.SubElement(root, "body")
    for name, url in feeds:
        shown = clean(name) or clean(url)
        ElementTree.SubElement(body, "outline", type="rss", text=shown, title=shown, xmlUrl=clean(url))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
