"""What is within a line of a paper: formulas, links, citations, footnotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from papertrack.core.addresses import is_web_url
from papertrack.core.lazy_regex import pattern
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.converter import Converter, Pieces
from papertrack.sources.fulltext.markdown import (
    Block,
    Break,
    Code,
    Formula,
    Link,
    Mark,
    Text,
)
from papertrack.sources.fulltext.nodes import attribute, classes, tex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_ENVIRONMENT = pattern(r"\{[A-Za-z*]{1,40}\}")
_AUTHOR_YEAR = pattern(r"(?<=[^\s\d(])\((?=\d{4}[a-z]?\))")


def formula(converter: Converter, node: LexborNode) -> Pieces:
    """A formula in TeX, without the command for its size."""
    text = re.sub(r"^\s*\\(?:displaystyle|textstyle)(?![A-Za-z])\s*", "", tex(node))
    return [Formula(text)]


def line_break(converter: Converter, node: LexborNode) -> Pieces:
    """The end of a line."""
    return [Break()]


def superscript(converter: Converter, node: LexborNode) -> Pieces:
    """Raised digits."""
    return _changed(converter.inside(node), markdown.raised)


def subscript(converter: Converter, node: LexborNode) -> Pieces:
    """Lowered digits."""
    return _changed(converter.inside(node), markdown.lowered)


def _changed(pieces: Pieces, change: Callable[[str], Text]) -> Pieces:
    """Pieces of a superscript: its texts changed, without a font."""
    changed: Pieces = []
    for piece in pieces:
        if isinstance(piece, Text):
            changed.append(change(piece.text))
        elif not isinstance(piece, Mark):
            changed.append(piece)
    return changed


def link(converter: Converter, node: LexborNode) -> Pieces:
    """A link to another page; one within the paper is text."""
    inside = converter.inside(node)
    url = absolute(converter, attribute(node, "href"))
    is_own = "#" in url and _page(url) == _page(converter.url)
    is_text = all(isinstance(piece, Text | Mark | Code) for piece in inside)
    text = markdown.plain(inside)
    if is_own or not is_text or not is_web_url(url) or not text.strip():
        return inside
    return [Link(text, url)]


def _page(url: str) -> str:
    """The last part of an address, without a version."""
    last = re.sub(r"[?#].*", "", url).rstrip("/").rpartition("/")[2]
    return re.sub(r"v[0-9]{1,4}$", "", last)


def absolute(converter: Converter, reference: str, *, is_image: bool = False) -> str:
    """The address that a page refers to; "" for none.

    An image is in the folder of the paper, or its address begins with that folder.
    """
    base = converter.url
    folder = reference.partition("/")[0]
    if is_image and _page(folder) == _page(base):
        base = base.rstrip("/")
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        return ""


def cite(converter: Converter, node: LexborNode) -> Pieces:
    """A citation; where a name touches its year, with a space between them."""
    pieces: Pieces = []
    for piece in converter.inside(node):
        if isinstance(piece, Text):
            piece = Text(_AUTHOR_YEAR.sub(" (", piece.text))
        pieces.append(piece)
    return pieces


def error(converter: Converter, node: LexborNode) -> Pieces:
    """A macro that LaTeXML does not know; of an environment only what is in it."""
    text = node.text().strip()
    if _ENVIRONMENT.fullmatch(text):
        return []
    return [Code(text) if text.startswith("\\") else Text(text)]


def verbatim(converter: Converter, node: LexborNode) -> Pieces:
    """Text as it is, in a line or in lines."""
    text = markdown.plain(converter.inside(node))
    if node.tag == "pre":
        return [Block(markdown.fence(text))]
    return [Code(text)]


def footnote(converter: Converter, node: LexborNode) -> Pieces:
    """The mark of a footnote, whose text follows the paragraph; a text without a mark
    is a paragraph.
    """
    names = classes(node)
    content = node.css_first(".ltx_note_content")
    if content is None or "ltx_role_footnotemark" in names:
        return []
    text = converter.line(content)
    if not text:
        return []
    if "ltx_role_footnotetext" in names:
        return [Block(markdown.escape_start(text))]
    return [converter.note(text)]


def numbered(converter: Converter, node: LexborNode) -> Pieces:
    """The number of a section, with a space after it."""
    return [*converter.inside(node), Text(" ")]


def on_new_line(converter: Converter, node: LexborNode) -> Pieces:
    """What belongs to an author."""
    return [Break(), *converter.inside(node)]
