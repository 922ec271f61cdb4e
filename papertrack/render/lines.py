"""Lines of styled text, drawn without Rich: it takes longer to import than a listing to
print.

Text from outside was cleaned when it was imported. It is cleaned once more where a span is
made (`core.text.clean`), and where it is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from papertrack.core.text import clean_output
from papertrack.render import cells
from papertrack.render.ansi import Paint


class Span(NamedTuple):
    """A text with one style, as `render.ansi` reads it, and the URL that it links to."""

    text: str
    style: str = ""
    link: str | None = None


Line = Sequence[Span]


class Lines(list[Line]):
    """What is drawn line by line."""


class LazyLines(Iterable[Line]):
    """Lines that are made when they are drawn, anew each time: too many for the memory."""

    def __init__(self, make: Callable[[], Iterator[Line]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[Line]:
        return self._make()


def plain(line: Line) -> str:
    """The text of a line."""
    if len(line) == 1:
        return line[0].text
    return "".join(span.text for span in line)


def width(line: Line) -> int:
    """How many columns a line takes."""
    return cells.width(plain(line))


def part(line: Line, start: int, end: int | None = None) -> list[Span]:
    """The characters of a line from `start` to before `end`."""
    ends = accumulate(len(span.text) for span in line)
    parts = []
    for span, span_end in zip(line, ends, strict=True):
        offset = span_end - len(span.text)
        stop = span_end if end is None else end
        text = span.text[max(start - offset, 0) : max(stop - offset, 0)]
        if text:
            parts.append(span._replace(text=text))
    return parts


def cut(line: Line, columns: int) -> list[Span]:
    """The line, or as much of its beginning as fits, with an ellipsis."""
    text = plain(line)
    shown = cells.cut(text, columns)
    if shown == text:
        return list(line)
    if not shown:
        return []
    shortened = part(line, 0, len(shown) - 1)
    style = shortened[-1].style if shortened else ""
    return [*shortened, Span("…", style)]


def padded(line: Line, columns: int, *, to_right: bool = False) -> list[Span]:
    """The line with spaces after it, or before it, up to a width."""
    spaces = Span(" " * (columns - width(line)))
    return [spaces, *line] if to_right else [*line, spaces]


def wrapped(line: Line, columns: int, most: int) -> list[list[Span]]:
    """The lines into which a longer one is broken; the last of `most` is cut."""
    parts = cells.lines(plain(line), columns, most)
    wrapped = [part(line, start, end) for start, end in parts]
    if len(parts) == most:
        start, _ = parts[-1]
        wrapped[-1] = cut(part(line, start), columns)
    return wrapped


def link(url: str | None) -> str | None:
    """A URL that is safe in a terminal's link sequence: http(s), printable ASCII."""
    if not url or not url.startswith(("https://", "http://")):
        return None
    is_safe = url.isascii() and url.isprintable() and " " not in url
    return url if is_safe else None


def drawn(lines: Iterable[Line], paint: Paint, *, links: bool) -> Iterator[str]:
    """Lines as they are written to a terminal, with their links or without."""
    for line in lines:
        text = "".join(_drawn(span, paint, links) for span in line)
        yield f"{text.rstrip()}\n"


def _drawn(span: Span, paint: Paint, links: bool) -> str:
    text = clean_output(span.text)
    if span.style:
        text = paint(text, span.style)
    address = link(span.link) if links else None
    if address:
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"
    return text
