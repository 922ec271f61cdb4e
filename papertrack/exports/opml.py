"""OPML 2.0: the followed feeds, for other readers (https://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from papertrack.core.text import clean
from papertrack.exports.links import web_url


def dumps(feeds: Iterable[tuple[str, str, Sequence[str]]], *, title: str) -> str:
    """An OPML document of feeds, each as its address, its name and its tags.

    Tags are folders: a feed with several is in each of them.
    """
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    ElementTree.SubElement(head, "title").text = clean(title)
    body = ElementTree.SubElement(root, "body")
    folders = {"": body}
    for address, name, tags in feeds:
        url = web_url(address) or ""
        shown = clean(name) or url
        for tag in tags or [""]:
            ElementTree.SubElement(
                _folder(folders, tag),
                "outline",
                type="rss",
                text=shown,
                title=shown,
                xmlUrl=url,
            )
    ElementTree.indent(root)
    document = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'


def _folder(folders: dict[str, ElementTree.Element], path: str) -> ElementTree.Element:
    """The folder of a tag, in those of the tags above it."""
    path = clean(path)
    if path not in folders:
        above, _, name = path.rpartition("/")
        parent = _folder(folders, above)
        folders[path] = ElementTree.SubElement(parent, "outline", text=name, title=name)
    return folders[path]
