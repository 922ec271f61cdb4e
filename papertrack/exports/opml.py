"""OPML 2.0: the followed feeds, for other readers (https://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from papertrack.core.text import clean
from papertrack.exports.links import web_url


def dumps(feeds: Iterable[tuple[str, str]], *, title: str) -> str:
    """An OPML document of feeds, each as its address and its name."""
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = clean(title)
    body = ElementTree.SubElement(root, "body")
    for address, name in feeds:
        url = web_url(address) or ""
        shown = clean(name) or url
        ElementTree.SubElement(
            body, "outline", type="rss", text=shown, title=shown, xmlUrl=url
        )
    ElementTree.indent(root)
    document = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'
