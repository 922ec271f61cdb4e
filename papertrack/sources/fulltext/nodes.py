"""The elements of a page as LaTeXML writes them: their classes and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

TEXT = "-text"
"""The tag of a node that is text."""


def attribute(node: LexborNode, name: str) -> str:
    """The value of an attribute; "" if there is none."""
    return node.attributes.get(name) or ""


def classes(node: LexborNode) -> list[str]:
    """The classes of an element."""
    return attribute(node, "class").split()


def child_of(node: LexborNode, name: str) -> LexborNode | None:
    """The first child of an element that has a class."""
    for child in node.iter():
        if name in classes(child):
            return child
    return None


def number(node: LexborNode, name: str) -> int:
    """The number in an attribute; 1 if there is none."""
    value = attribute(node, name)
    return int(value[:6]) if value[:6].isdecimal() else 1


def tex(math: LexborNode) -> str:
    """The TeX of a formula."""
    alternative = attribute(math, "alttext")
    if alternative:
        return alternative
    annotation = math.css_first('annotation[encoding="application/x-tex"]')
    return (annotation or math).text()
