"""Elements of SVG as text, their style, and whole pictures.

Colours are in the style alone, once for light and once for dark, without variables:
programs for slides read no others. A page may forbid attributes of style.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from papertrack.core.text import clean
from papertrack.pictures.letters import SIZE, fitting

MARGIN = 20
"""The margin of a picture, in pixels."""

LINE = 20
"""The height of a line of text."""

STYLE = """
.picture { max-width: 100%; height: auto; font: 14px system-ui, "Segoe UI", Roboto,
  Helvetica, Arial, sans-serif }
.picture text { fill: #1f2328; white-space: pre }
.picture .strong { font-weight: 600 }
.picture .heading { font-weight: 600; font-size: 18px }
.picture .dim { fill: #59636e }
.picture .small { font-size: 12px }
.picture .paper { fill: #fff }
.picture .none { fill: #e4e8ec }
.picture .rest { fill: #b6c0ca }
.picture .s1 { fill: #a5cdf3 }
.picture .s2 { fill: #5c9fe0 }
.picture .s3 { fill: #2268b8 }
.picture .s4 { fill: #0b3a75 }
.picture .bar { fill: #2f7bd0 }
.picture .grid { stroke: #d1d9e0; fill: none }
.picture .line { fill: none; stroke-width: 2.2; stroke-linejoin: round }
.picture .c0 { stroke: #0b5cad }
.picture .c1 { stroke: #b8480a }
.picture .c2 { stroke: #0a7d57 }
.picture .c3 { stroke: #8a3ba6 }
.picture .c4 { stroke: #946200 }
.picture .c5 { stroke: #b8236b }
.picture .dot { stroke-width: 5.5; stroke-linecap: round; fill: none }
@media screen and (prefers-color-scheme: dark) {
  .picture text { fill: #e6edf3 }
  .picture .dim { fill: #9da7b3 }
  .picture .paper { fill: #0d1117 }
  .picture .none { fill: #262c34 }
  .picture .rest { fill: #48525d }
  .picture .s1 { fill: #123a68 }
  .picture .s2 { fill: #2268b8 }
  .picture .s3 { fill: #5c9fe0 }
  .picture .s4 { fill: #b6daff }
  .picture .bar { fill: #4f9bec }
  .picture .grid { stroke: #30363d }
  .picture .c0 { stroke: #58a6ff }
  .picture .c1 { stroke: #ff9b57 }
  .picture .c2 { stroke: #3fcf9a }
  .picture .c3 { stroke: #d58cf0 }
  .picture .c4 { stroke: #e3b341 }
  .picture .c5 { stroke: #ff7eb6 }
}
"""
COLORS = 6
"""How many colours lines have: c0, c1, …"""


class Drawing(NamedTuple):
    """Elements, and the room that they take, in pixels."""

    width: float
    height: float
    body: str


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """An element around `content`, which is SVG already.

    `_` in an attribute's name is `-`, at its end nothing: `class_`, `text_anchor`.
    """
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
    )
    if not content:
        return f"<{name}{named}/>"
    return f"<{name}{named}>{content}</{name}>"


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return text(value)
    return number(value)


def number(value: float) -> str:
    """A length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def text(words: str) -> str:
    """Text from anywhere, escaped for XML and HTML."""
    return escape(clean(words))


def tooltip(words: str) -> str:
    """What a browser shows where the pointer rests on the element around it."""
    return element("title", text(words))


def label(
    x: float,
    y: float,
    words: str,
    kind: str = "",
    *,
    anchor: str = "start",
) -> str:
    """Words whose baseline starts, ends or has its middle at a point."""
    attributes: dict[str, str | float] = {"x": x, "y": y}
    if kind:
        attributes["class_"] = kind
    if anchor != "start":
        attributes["text_anchor"] = anchor
    return element("text", text(words), **attributes)


def cut_label(x: float, y: float, words: str, room: float, kind: str = "") -> str:
    """Words from outside in a box of their own, so that none covers what is beside it;
    the whole of them is the tooltip.
    """
    words = clean(words)
    size = 18 if kind == "heading" else SIZE
    shown = fitting(words, room, size)
    content = label(0, size, shown, kind)
    if shown != words:
        content += tooltip(words)
    box = {"x": x, "y": y - size, "width": room, "height": size * 1.4}
    return element("svg", content, **box)


def rectangle(
    x: float, y: float, width: float, height: float, kind: str, tip: str = ""
) -> str:
    """A rectangle, with a tooltip if there is one."""
    content = tooltip(tip) if tip else ""
    box = {"x": x, "y": y, "width": width, "height": height}
    return element("rect", content, **box, class_=kind)


def moved(drawing: Drawing, x: float, y: float) -> str:
    """The elements of a drawing at another place."""
    place = f"translate({number(x)} {number(y)})"
    return f'<g transform="{place}">\n{drawing.body}</g>\n'


def stacked(drawings: Iterable[Drawing], gap: float) -> Drawing:
    """Drawings below each other."""
    body = ""
    width = 0.0
    y = 0.0
    for drawing in drawings:
        body += moved(drawing, 0, y)
        width = max(width, drawing.width)
        y += drawing.height + gap
    return Drawing(width, max(y - gap, 0), body)


def side_by_side(drawings: Iterable[Drawing], gap: float) -> Drawing:
    """Drawings beside each other."""
    body = ""
    height = 0.0
    x = 0.0
    for drawing in drawings:
        body += moved(drawing, x, 0)
        height = max(height, drawing.height)
        x += drawing.width + gap
    return Drawing(max(x - gap, 0), height, body)


def document(drawing: Drawing, title: str, description: str) -> str:
    """A file with a drawing on a background: text is readable wherever it is shown."""
    width = drawing.width + 2 * MARGIN
    height = drawing.height + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {_size(width, height)} '
        'role="img" aria-labelledby="title description">\n'
        f'<title id="title">{text(title)}</title>\n'
        f'<desc id="description">{text(description)}</desc>\n'
        f"<style>{STYLE}</style>\n"
        f"{rectangle(0, 0, width, height, 'paper')}\n"
        f"{moved(drawing, MARGIN, MARGIN)}"
        "</svg>\n"
    )


def inline(drawing: Drawing, description: str) -> str:
    """A drawing inside a page that has this style."""
    size = _size(drawing.width, drawing.height)
    return f'<svg {size} role="img" aria-label="{text(description)}">\n{drawing.body}</svg>\n'


def _size(width: float, height: float) -> str:
    wide, high = number(width), number(height)
    return f'class="picture" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
