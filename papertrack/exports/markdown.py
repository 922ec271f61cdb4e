"""A reading list in Markdown, for people: CommonMark that GitHub shows well.

Text from outside is plain text: escaped so that it shows as it is. Formulas of known
commands stay: GitHub shows them. The reader's notes are Markdown and stay so, but for
their raw HTML, which is escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from papertrack.core import formulas
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines, sentences
from papertrack.core.wording import plural
from papertrack.exports import authors
from papertrack.exports.grouping import sections
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
    papers: Collection[Paper],
    *,
    group: str | None = None,
    title: str = "Reading list",
    why: Mapping[str, str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A heading, the count, a table of contents if the list is long, then the papers,
    under headings of `group`.

    Each paper is shown once, under the first of its headings; the others link there.
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
    groups = sections(papers, group)
    page = _GroupedPage(anchors, why)
    for heading, members in progress.counted(groups, "writing", "groups"):
        page.add_section(heading, members)
    if is_long or len(groups) > _MANY_GROUPS:
        yield "\n"
        yield from page.contents
    yield from _paragraphs(page.body)


def _paragraphs(blocks: Iterable[str]) -> Iterator[str]:
    return (f"\n{block}\n" for block in blocks)


def _contents(papers: Iterable[Paper], anchors: _Anchors) -> Iterator[str]:
    """A list of links to the papers, a line each."""
    for paper in papers:
        name = _name(paper)
        yield f"- {link(escape(name), anchors.add(name))}\n"


class _GroupedPage:
    """What is written below the title of a page, and the lines of its contents."""

    def __init__(self, anchors: _Anchors, why: Mapping[str, str]) -> None:
        self._why = why
        self.contents: list[str] = []
        self.body: list[str] = []
        self._anchors = anchors
        self._links: dict[str, str] = {}

    def add_section(self, heading: str, papers: Sequence[Paper]) -> None:
        """Add a heading and its papers; those of sections above are linked."""
        escaped = escape(heading)
        section = link(escaped, self._anchors.add(heading))
        self.contents.append(f"- {section} ({len(papers)})\n")
        self.body.append(f"## {escaped}")
        above = [paper.key for paper in papers if paper.key in self._links]
        for paper in papers:
            if paper.key not in self._links:
                name = _name(paper)
                self.body += _blocks(paper, "### ", self._why)
                self._links[paper.key] = link(escape(name), self._anchors.add(name))
        if above:
            links = [f"- {self._links[key]}" for key in above]
            self.body.append("\n".join(["See also:", "", *links]))


def escape(text: str, syntax: re.Pattern[str] = SYNTAX) -> str:
    r"""One line of text as Markdown that shows it as it is; formulas stay formulas.

    A reader with syntax of its own has its own pattern.

    >>> escape("1. [x](y) is *bold* :fire:")
    '1\\. \\[x\\](y) is \\*bold\\* \\:fire:'
    """
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


class _Anchors:
    """The anchors that GitHub gives the headings of a page."""

    def __init__(self) -> None:
        self._repeats: dict[str, int] = {}

    def add(self, heading: str) -> str | None:
        """The link to the next heading; None if it has no anchor.

        Word characters in lower case, hyphens for spaces, and -1, -2… for repeats.
        """
        letters = (
            letter
            for letter in heading.lower()
            if letter in " -" or unicodedata.category(letter) in _WORD
        )
        anchor = base = "".join(letters).replace(" ", "-")
        while anchor in self._repeats:
            self._repeats[base] += 1
            anchor = f"{base}-{self._repeats[base]}"
        self._repeats[anchor] = 0
        return f"#{anchor}" if anchor else None
