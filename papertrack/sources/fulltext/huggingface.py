"""The Markdown that Hugging Face has of a paper: a conversion of arXiv's page by a reader
for any site, without marks around formulas and with what is around the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, clean_output
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.tex_in_text import tidied
from papertrack.sources.fulltext.text import FullText, bounded, is_broken_off
from papertrack.sources.limits import decode

MOST_BYTES, MOST_LINES = 5_000_000, 200_000
_BEGINNING = "Title:"
_CONTENT = "Markdown Content:"
_NEAR_TITLE = 60
"""Lines at the beginning that may be around the paper, before its title."""

_UNDERLINE = pattern(r"(=+|-+)\s*")
_HEADING = pattern(r"(#{1,6})\s+(.*)")
_BULLET = pattern(r"(\s*)[*+-]\s+(?:[•◦▪‣–∙⋅·]\s*)?")
_NUMBER = pattern(r"(\s*)(\d{1,9})[.)]\s+(?:\(?\2[.)]\s*)?")
_CAPTION = pattern(r"^(?:Table|Figure|Algorithm|Listing) \w{1,6}:")
_VERSION = pattern(r"arxiv\.org/html/[\w./-]{4,30}?v([0-9]{1,4})(?![0-9])")


def parse(
    body: bytes, headers: Mapping[str, str], *, where: str = "Hugging Face's page"
) -> FullText | None:
    """The full text; None where it is the page about the paper, which has none.

    Raises Unrecognised for a page in HTML, and for one that is too large.
    """
    text = decode(body, headers).lstrip() if len(body) <= MOST_BYTES else "<"
    if text.startswith("<"):
        raise Unrecognised(f"{where}: a web page, not Markdown; try again later")
    head, mark, content = text.partition(_CONTENT)
    if not head.startswith(_BEGINNING) or not mark:
        return None
    title = clean(head.removeprefix(_BEGINNING).partition("\n")[0])
    content = re.sub(r"\n{4,}", "\n\n\n", clean_output(content).replace("\r\n", "\n"))
    lines = content.split("\n")
    if len(lines) > MOST_LINES:
        raise Unrecognised(f"{where}: more lines than a paper has; not read")
    blocks = "\n".join(_tidied(_from_title(_with_headings(lines), title)))
    shown, is_cut = bounded(re.sub(r"\n{3,}", "\n\n", blocks).strip("\n") + "\n")
    version = _VERSION.search(content)
    return FullText(
        shown, int(version[1]) if version else None, is_cut or is_broken_off(content)
    )


def _with_headings(lines: list[str]) -> Iterator[str]:
    """The lines, headings that are underlined with `#` before them."""
    in_code = False
    waiting: str | None = None
    for line in lines:
        is_fence = line.lstrip().startswith("```")
        in_code ^= is_fence
        if waiting is not None:
            underline = _UNDERLINE.fullmatch(line)
            if underline and _may_be_heading(waiting) and not in_code:
                yield f"{'#' if line[0] == '=' else '##'} {waiting}"
                waiting = None
                continue
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _may_be_heading(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("|", "#", "    ", "```", ">"))


def _from_title(lines: Iterator[str], title: str) -> Iterator[str]:
    """The lines from the title on, which is added where there is none."""
    beginning: list[str] = []
    for line in lines:
        beginning.append(line)
        if line.startswith("# "):
            beginning = [line]
            break
        if len(beginning) > _NEAR_TITLE:
            break
    if not beginning or not beginning[0].startswith("# "):
        beginning = [f"# {title}", "", *beginning]
    yield from beginning
    yield from lines


def _tidied(lines: Iterator[str]) -> Iterator[str]:
    """The lines with formulas between dollars, and lists and headings as usual."""
    in_code = False
    for line in lines:
        if line.lstrip().startswith("```"):
            in_code = not in_code
            yield line.rstrip()
        elif in_code:
            yield line.rstrip()
        else:
            yield _tidied_line(line.rstrip())
    if in_code:
        yield "```"


def _tidied_line(line: str) -> str:
    text = line.lstrip()
    line = line[: len(line) - len(text)] + re.sub(r"\s{2,}", " ", text)
    heading = _HEADING.fullmatch(line)
    if heading:
        name = heading[2].rstrip("#").rstrip()
        level = 2 if name.lower() in ("abstract", "references") else len(heading[1])
        return markdown.heading(level, tidied(name))
    if line.startswith("|"):
        return tidied(line, in_table=True)
    bullet = _BULLET.match(line)
    if bullet:
        entry = re.sub(r"^(\[\d{1,4}\])(?=\S)", r"\1 ", line[bullet.end() :])
        return f"{bullet[1]}- {tidied(entry)}"
    number = _NUMBER.match(line)
    if number:
        return f"{number[1]}{number[2]}. {tidied(line[number.end() :])}"
    indent = len(line) - len(line.lstrip())
    text = tidied(line.lstrip(), may_be_display=not indent)
    # An indent of less is none; in a list it is what keeps the line there.
    text = " " * (indent if indent > 1 else 0) + text
    return _CAPTION.sub(r"**\g<0>**", text)
