"""The sections of a text in Markdown: its outline, and one of them by number or name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, fold

_HEADING = pattern(r"(#{1,6})(?:\s+(.*))?")
_ROMAN = r"[IVX]+(?:-[A-Z])?(?:-?\d+)?"
_NUMBER = pattern(
    rf"(?:Appendix\s+([A-Z](?:\.\d+)*)|(\d+(?:\.\d+)*|[A-Z](?:\.\d+)+|{_ROMAN}))"
    r"\.?(?:[\s:]+(.*))?"
)


class Section(NamedTuple):
    """A section: the level of its heading, its number in the paper, its name, and the
    lines that it has, those of the sections within it too.

    Of a paper without numbers it is the place.
    """

    level: int
    number: str
    name: str
    start: int
    end: int

    @property
    def title(self) -> str:
        """The number and the name."""
        return f"{self.number} {self.name}".strip()


def outline(markdown: str) -> list[Section]:
    """The sections of a text below its title, in order."""
    headings = _headings(markdown.split("\n"))
    count = markdown.count("\n")
    sections: list[Section] = []
    next_of: dict[int, int] = {}
    for line, level, title in reversed(headings):
        end = min(next_of.get(one, count) for one in range(1, level + 1))
        next_of[level] = line
        number, name = _numbered(title)
        if level > 1:
            sections.append(Section(level, number, name, line, end))
    sections.reverse()
    if any(section.number for section in sections):
        return sections
    return [
        section._replace(number=str(place)) for place, section in enumerate(sections, 1)
    ]


def _headings(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """The line, the level and the text of each heading."""
    found: list[tuple[int, int, str]] = []
    fence = ""
    for at, line in enumerate(lines):
        marks = re.match(r"`{3,}", line)
        if fence:
            # Only as many marks, and nothing after them, end a block of code.
            if marks and line.strip() == marks[0] and len(marks[0]) >= len(fence):
                fence = ""
            continue
        if marks:
            fence = marks[0]
            continue
        heading = _HEADING.fullmatch(line)
        if heading:
            found.append((at, len(heading[1]), plain(heading[2] or "")))
    return found


def plain(text: str) -> str:
    """A line of Markdown without its markup; formulas as TeX."""
    text = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", text)
    text = re.sub(r"\[\^\d+\]", "", text)
    text = re.sub(r"(?<!\\)[*`$]|(?<![\w\\])_|(?<!\\)_(?!\w)", "", text)
    return clean(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))


def _numbered(title: str) -> tuple[str, str]:
    """The number of a title, "" without one, and the rest of it."""
    match = _NUMBER.fullmatch(title)
    if match is None:
        return "", title
    return match[1] or match[2], match[3] or ""


def find(sections: Sequence[Section], wanted: str) -> list[Section]:
    """The sections that a number or a name means: one, several if it may be any of them.

    A name need not be whole: `related` finds Related Work. Of several that fit equally
    well it is the one that contains no less than the others do.
    """
    wanted = clean(wanted)
    number = re.sub(r"(?i)^(?:section|appendix|§)\s*(?=[\dA-Z])", "", wanted).rstrip(
        "."
    )
    words = fold(wanted)
    matches: list[Callable[[Section], bool]] = [
        lambda one: bool(one.number) and one.number.lower() == number.lower(),
        lambda one: words in (fold(one.name), fold(one.title)),
        lambda one: fold(one.name).startswith(words),
        lambda one: f" {words}" in f" {fold(one.title)}",
        lambda one: set(words.split()) <= set(fold(one.title).split()),
    ]
    for matching in matches:
        found = [one for one in sections if words and matching(one)]
        if found:
            highest = min(one.level for one in found)
            top = [one for one in found if one.level == highest]
            return top if len(top) == 1 else found
    return []


def text_of(markdown: str, section: Section) -> str:
    """The lines of a section."""
    lines = markdown.split("\n")[section.start : section.end]
    return "\n".join(lines).strip("\n") + "\n"
