"""Reading a picture: its texts, its tooltips, and whether it is inert."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(["svg", "title", "desc", "style", "rect", "g", "path", "text"])
ATTRIBUTES = frozenset(
    (
        *("viewBox", "width", "height", "x", "y", "d", "class", "id", "transform"),
        *("text-anchor", "stroke-dasharray", "role", "aria-label", "aria-labelledby"),
    )
)


def parsed(text: str) -> ElementTree.Element:
    """The picture, after checking that it contains nothing that acts or is fetched."""
    root = ElementTree.fromstring(text)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert name in ELEMENTS, name
        assert {*element.attrib} <= ATTRIBUTES, element.attrib
    style = root.findtext(f"{SVG}style") or ""
    assert not re.search(r"url|@import|@font-face|expression", style)
    return root


def texts(root: ElementTree.Element) -> list[str]:
    """The texts that are drawn."""
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def tooltips(root: ElementTree.Element) -> list[str]:
    """The tooltips, in the order of the drawing."""
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    return titles[1:]


def outside(root: ElementTree.Element) -> list[str]:
    """The rectangles of drawings that reach beyond the picture."""
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    found: list[str] = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        moved = re.match(r"translate\((\S+) (\S+)\)", element.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        if element.tag in (f"{SVG}rect", f"{SVG}svg") and element is not root:
            box = [
                float(element.get(name, 0)) for name in ("x", "y", "width", "height")
            ]
            left, top = x + box[0], y + box[1]
            inside = left >= 0 and left + box[2] <= width + 0.2
            if not (inside and top >= 0 and top + box[3] <= height + 0.2):
                found.append(ElementTree.tostring(element, "unicode"))
        for child in element:
            walk(child, x, y)

    walk(root, 0, 0)
    return found
