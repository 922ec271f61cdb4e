"""A reading list in Markdown, for people: CommonMark that GitHub shows well.

Text from outside is plain text: escaped so that it shows as it is. Formulas of known
commands stay: GitHub shows them. The reader's notes are Markdown and stay so, but for
their raw HTML, which is escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from papertrack.core import formulas
from papertrack.core.many_texts import Seen, Texts
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines, sentences
from papertrack.core.wording import plural
from papertrack.exports import authors
from papertrack.exports.grouping import places
from papertrack.exports.links import pages, web_url

_AUTHORS_SHOWN = 5
_ABSTRACT_WIDTH = 400
_LONG_LIST = 20
_MANY_GROUPS = 2
_HTML_ROUNDS = 5
"""Escaping one element can bring another to light; after these, every `<` is escaped."""

# Punctuation that starts something anywhere in a line. A colon does in `:fire:` and in
# `https://`, which GitHub would link with the backslashes of what follows; so does the
# dot of `www.`. Parentheses start nothing once brackets are escaped, and `\(` is math
# to some renderers. `$` is math on GitHub.
SYNTAX = re.compile(r"[\\`*_\[\]<>&#|~$]|:(?=[\w+-]+:|//)|(?<=www)\.", re.IGNORECASE)
# In a formula: links, elements of HTML and addresses, which are markup to readers that
# show no formulas.
_MARKUP = re.compile(
    r"(?i)\]\s*[(\[:]|<[!?]|</?[a-z][^<>]*>|<[^<>]*'|www\.|^[^\[]*\]|\[[^\]]*$"
)
# At the start of a line: lists, underlines of headings, the second row of tables.
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$)))|^(?=[-+=:])")
# What GitHub keeps of a heading in its anchor, by Unicode category.
_WORD = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Me", "Nd", "Pc"))


def pieces(
    papers: Sequence[Paper],
    *,
    group: str | None = None,
    title: str = "Reading list",
    why: Mapping[str, str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A heading, the count, a table of contents if the list is long, then the papers,
    under headings of `group`.

    Each paper is shown once, under the first of its headings; the others link there.
    The papers are read twice: for the contents, and to be written. Hashes of 8 bytes are
    held of them, with `group` also their places and their names, 100 bytes a paper.
    `why` are the reasons for which papers are listed, by key.
    """
    why = why or {}
    yield f"# {escape(clean(title))}\n\n{plural(len(papers), 'paper')}\n"
    anchors = _Anchors()
    anchors.add(clean(title))
    is_long = len(papers) > _LONG_LIST
    if group is None:
        if is_long:
            yield "\n"
            yield from _contents(papers, anchors)
        for paper in progress.counted(papers, "writing", "papers"):
            yield from _paragraphs(_blocks(paper, "## ", why))
        return
    page = _GroupedPage(papers, group, anchors, why)
    contents = page.contents()
    if is_long or len(page.sections) > _MANY_GROUPS:
        yield "\n"
        yield from contents
    else:
        deque(contents, maxlen=0)  # for the anchors
    yield from _paragraphs(page.body(progress))


def _paragraphs(blocks: Iterable[str]) -> Iterator[str]:
    return (f"\n{block}\n" for block in blocks)


def _contents(papers: Iterable[Paper], anchors: _Anchors) -> Iterator[str]:
    """A list of links to the papers, a line each."""
    for paper in papers:
        name = _name(paper)
        yield f"- {link(escape(name), anchors.add(name).address)}\n"


class _GroupedPage:
    """What is written below the title of a page: the contents, then the body."""

    def __init__(
        self,
        papers: Sequence[Paper],
        group: str,
        anchors: _Anchors,
        why: Mapping[str, str],
    ) -> None:
        self._papers = papers
        self._why = why
        self._anchors = anchors
        self._names = Texts()
        self._numbers: dict[int, int] = {}
        self.sections = places(self._named(), group)

    def _named(self) -> Iterator[Paper]:
        """The papers, while their names are noted."""
        for paper in self._papers:
            self._names.append(_name(paper))
            yield paper

    def contents(self) -> Iterator[str]:
        """A list of links to the headings, a line each. It finds the anchors."""
        for heading, members, shown_here in self._in_order(self.sections):
            section = link(escape(heading), self._anchors.add(heading).address)
            yield f"- {section} ({len(members)})\n"
            for place in shown_here:
                number = self._anchors.add(self._names[place]).number
                if number:
                    self._numbers[place] = number

    def body(self, progress: Progress) -> Iterator[str]:
        """The blocks of each section: a heading and its papers; those of sections above
        are linked.
        """
        sections = progress.counted(self.sections, "writing", "groups")
        for heading, members, shown_here in self._in_order(sections):
            yield f"## {escape(heading)}"
            for place in shown_here:
                yield from _blocks(self._papers[place], "### ", self._why)
            if len(shown_here) < len(members):
                here = set(shown_here)
                above = (place for place in members if place not in here)
                links = [f"- {self._link(place)}" for place in above]
                yield "\n".join(["See also:", "", *links])

    def _in_order(
        self, sections: Iterable[tuple[str, Sequence[int]]]
    ) -> Iterator[tuple[str, Sequence[int], Sequence[int]]]:
        """Each heading, the places of its papers, and those of them that no section
        above has.
        """
        is_above = bytearray(len(self._papers))
        for heading, members in sections:
            shown_here = [place for place in members if not is_above[place]]
            for place in shown_here:
                is_above[place] = True
            yield heading, members, shown_here

    def _link(self, place: int) -> str:
        """A link to where a paper is shown."""
        name = self._names[place]
        anchor = _Anchor(_letters(name), self._numbers.get(place, 0))
        return link(escape(name), anchor.address)


def escape(text: str, syntax: re.Pattern[str] = SYNTAX) -> str:
    r"""One line of text as Markdown that shows it as it is; formulas stay formulas.

    A reader with syntax of its own has its own pattern.

    >>> escape("1. [x](y) is *bold* :fire:")
    '1\\. \\[x\\](y) is \\*bold\\* \\:fire:'
    """
    # Syntax is neither letters nor digits: a tenth of the time.
    if text.replace(" ", "").isalnum():
        return text
    escaped = ""
    for place, piece in enumerate(formulas.parts(text)):
        is_formula = place % 2 == 1
        if is_formula and not _MARKUP.search(piece):
            escaped += piece
        else:
            escaped += syntax.sub(r"\\\g<0>", piece)
    return _LINE_START.sub(r"\1\\", escaped)


def _name(paper: Paper) -> str:
    return clean(paper.title) or clean(paper.id)


def _blocks(paper: Paper, heading: str, why: Mapping[str, str]) -> list[str]:
    """The blocks that show one paper under its title."""
    reason = why.get(paper.key)
    address = web_url(paper.url) or web_url(paper.pdf)
    text = clean(paper.summary or paper.abstract or "")
    blocks = [
        heading + link(escape(_name(paper)), address),
        facts(paper, address),
        escape(sentences(text, _ABSTRACT_WIDTH)),
        quote(paper.note or ""),
        " ".join(_code_span(f"#{clean(tag)}") for tag in paper.tags),
        f"Why: {escape(reason)}" if reason else "",
    ]
    return [block for block in blocks if block]


def facts(
    paper: Paper, address: str | None, escape: Callable[[str], str] = escape
) -> str:
    """Authors, day, venue, upvotes, star, status and links, on one line.

    `address` is linked above.
    """
    parts = [
        escape(authors.line(paper, _AUTHORS_SHOWN)),
        escape(clean(paper.date or "")),
        escape(clean(paper.venue or paper.organization or "")),
    ]
    if paper.upvotes is not None:
        parts.append(f"▲ {paper.upvotes}")
    if paper.starred:
        parts.append("★")
    if paper.status != "unread":
        parts.append(paper.status)
    for name, url in pages(paper).items():
        page = web_url(url)
        if page and page != address:
            parts.append(link(name, page))
    return " · ".join(part for part in parts if part)


def quote(note: str) -> str:
    """A note, which is Markdown, as a block quote, without raw HTML."""
    note = "\n".join(clean_lines(note))
    if not note:
        return ""
    lines = _without_html(note).split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _without_html(note: str) -> str:
    """Markdown with the tags, comments and other HTML in it shown as they are typed."""
    if "<" not in note:
        return note
    # 25 ms, which only a note with a `<` needs.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    for _ in range(_HTML_ROUNDS):
        blocks = parser.parse(note)
        tokens = [part for block in blocks for part in (block, *(block.children or ()))]
        html = {token.content for token in tokens if token.type.startswith("html_")}
        if not html:
            return note
        lines = {line for text in html for line in text.splitlines()}
        # A short line may be part of a long one, and is escaped only once.
        for line in sorted(lines, key=lambda line: (len(line), line)):
            note = note.replace(line, line.replace("<", "\\<"))
    return note.replace("<", "&lt;")


def link(escaped: str, address: str | None) -> str:
    """A link around text that is escaped already; the text alone without an address."""
    if not address:
        return escaped
    return f"[{escaped}]({address.replace('&', '&amp;')})"


def _code_span(text: str) -> str:
    """`text` between more backticks than it has in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


class _Anchor(NamedTuple):
    """What a heading is linked by: its letters, and -1, -2… for repeats."""

    letters: str
    number: int

    @property
    def address(self) -> str | None:
        """The address on the page; None if there is none."""
        if self.number:
            return f"#{self.letters}-{self.number}"
        return f"#{self.letters}" if self.letters else None


class _Anchors:
    """The anchors that GitHub gives the headings of a page."""

    def __init__(self) -> None:
        self._known = Seen()
        self._numbers: dict[str, int] = {}

    def add(self, heading: str) -> _Anchor:
        """The anchor of the next heading."""
        letters = anchor = _letters(heading)
        number = 0
        while not self._known.add(anchor):
            number = self._numbers.get(letters, 0) + 1
            self._numbers[letters] = number
            anchor = f"{letters}-{number}"
        return _Anchor(letters, number)


def _letters(heading: str) -> str:
    """What an anchor keeps of a heading: word characters in lower case, hyphens for
    spaces.
    """
    return "".join(filter(_is_kept, heading.lower())).replace(" ", "-")


@cache
def _is_kept(letter: str) -> bool:
    return letter in " -" or unicodedata.category(letter) in _WORD
