"""A digest as a page in HTML, which mail clients show too: one column, tables, inline
styles, no image and no script.

The only rules in a style sheet are the colors of a dark background; a client without
them shows the light ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from papertrack.core.text import sentences, shorten
from papertrack.exports.html import link
from papertrack.mail.digest import Digest
from papertrack.mail.entries import Entry, Section, divided

SUMMARY_WIDTHS = (400, 160, 0)
"""Characters of a summary: the most for which the page is not too large."""

_LONGEST_TEXT = 300
"""Characters of a title, and of each line of facts."""

_FONT = "font-family:Arial,Helvetica,sans-serif"
_TEXT = f"{_FONT};font-size:16px;line-height:24px;color:#1c1c1c"
_SMALL = f"{_FONT};font-size:14px;line-height:20px;color:#5c5c5c"
_LINK = "color:#0b57a4"
_CELL = "padding:12px 16px;word-break:break-word;overflow-wrap:anywhere"
_LINE = "border-top:1px solid #d0d0d0"

_STYLE = """
:root { color-scheme: light dark; supported-color-schemes: light dark }
@media (prefers-color-scheme: dark) {
  body, .page { background: #161616 !important }
  .text { color: #ececec !important }
  .small { color: #b4b4b4 !important }
  .line { border-color: #4a4a4a !important }
  a { color: #8ab8ff !important }
}
"""

_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>%s</title>
<style>{_STYLE}</style>
</head>
<body style="margin:0;padding:0;background:#ffffff">
<table class="page" role="presentation" width="100%%" cellpadding="0" cellspacing="0" \
border="0" style="background:#ffffff"><tr><td align="center">
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:640px;text-align:left">
"""

_TAIL = "</table>\n</td></tr></table>\n</body>\n</html>\n"


def dumps(digest: Digest, *, most: int | None = None, rest: str = "") -> str:
    """A page of at most so many bytes; where it has no room for all papers, it says how
    many more there are, and `rest`, where they are.
    """
    parts = list(divided(digest))
    page = ""
    for width in SUMMARY_WIDTHS:
        page = _page(digest, _rows(parts, width))
        if most is None or _size(page) <= most:
            return page
    rows: list[str] = []
    left = len(digest.papers)
    room = most - _size(_page(digest, [_more(left, rest)])) if most else 0
    for row, papers in _counted_rows(parts, SUMMARY_WIDTHS[-1]):
        room -= _size(row)
        if room < 0:
            break
        rows.append(row)
        left -= papers
    return _page(digest, [*rows, _more(left, rest)])


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _page(digest: Digest, rows: Sequence[str]) -> str:
    heading = (
        f'<tr><td style="{_CELL}"><h1 class="text" style="margin:0;{_FONT};'
        f'font-size:20px;line-height:28px;color:#1c1c1c">{escape(digest.title)}</h1>'
        "</td></tr>\n"
    )
    last = [_row(_paragraph("small", remark)) for remark in digest.remarks]
    title = escape(digest.title)
    return "".join([_HEAD % title, heading, *rows, *last, _TAIL])


def _rows(parts: Sequence[Section], width: int) -> list[str]:
    return [row for row, _ in _counted_rows(parts, width)]


def _counted_rows(parts: Sequence[Section], width: int) -> Iterator[tuple[str, int]]:
    """The rows of a page, each with the number of papers that it is for."""
    for part in parts:
        if part.heading:
            heading = escape(shorten(part.heading, _LONGEST_TEXT))
            yield (
                _row(
                    f'<h2 class="text" style="margin:12px 0 0;{_FONT};font-size:17px;'
                    f'line-height:24px;color:#1c1c1c">{heading}</h2>'
                ),
                0,
            )
        for entry in part.entries:
            yield _row("".join(_paragraphs(entry, width))), 1
        if part.above:
            titles = [shorten(title, _LONGEST_TEXT) for title in part.above]
            yield _row(_paragraph("small", f"See above: {'; '.join(titles)}")), 0


def _row(content: str) -> str:
    return f'<tr><td class="line" style="{_CELL};{_LINE}">{content}</td></tr>\n'


def _paragraphs(entry: Entry, width: int) -> Iterator[str]:
    title = link(shorten(entry.title, _LONGEST_TEXT), entry.address, style=_LINK)
    yield f'<p class="text" style="margin:0;{_TEXT};font-weight:bold">{title}</p>'
    yield _paragraph("small", entry.byline)
    yield _paragraph("small", entry.facts)
    yield _paragraph("text", sentences(entry.summary, width) if width else "")
    yield _paragraph("small", f"why: {entry.why}" if entry.why else "")
    links = [link(name, url, style=_LINK) for name, url in entry.links]
    if links:
        yield _styled("small", " · ".join(links))


def _paragraph(kind: str, text: str) -> str:
    """A paragraph of plain text; none for none."""
    longest = SUMMARY_WIDTHS[0] if kind == "text" else _LONGEST_TEXT
    return _styled(kind, escape(shorten(text, longest))) if text else ""


def _styled(kind: str, content: str) -> str:
    style = _TEXT if kind == "text" else _SMALL
    return f'<p class="{kind}" style="margin:4px 0 0;{style}">{content}</p>'


def _more(count: int, rest: str) -> str:
    return _row(_paragraph("text", f"and {count:,} more{rest}"))
