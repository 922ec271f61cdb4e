"""OPML 2.0: the feeds that are followed, for other readers of feeds (https://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from papertrack.core.text import clean
from papertrack.exports.registry import web_url
from papertrack.sources.arxiv.services import URLS
from papertrack.sources.arxiv.source import categories


def opml(feeds: Iterable[tuple[str, str]], *, title: str) -> str:
    """An OPML document of (target, name) pairs; what is no feed on the web (`hf`) is left out, see `address`."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = clean(
        title
    )
    body = ElementTree.SubElement(root, "body")
    for target, name in feeds:
        if url := address(target):
            shown = clean(name) or url
            ElementTree.SubElement(
                body, "outline", type="rss", text=shown, title=shown, xmlUrl=url
            )
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def address(target: str) -> str | None:
    """The web address of a target's feed: its own, or that of arXiv's categories; None where it has none."""
    kind, _, what = target.partition(":")
    if kind == "arxiv" and (announced := categories(what)):
        return f"{URLS['rss']}/{'+'.join(announced)}"
    return web_url(target)
