"""A reading list in Markdown, for people: CommonMark that GitHub shows well.

Whatever comes from outside, and the reader's notes, is plain text: escaped so that it shows as itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from papertrack.core.model import Paper
from papertrack.core.text import clean, sentences
from papertrack.exports.grouping import sections as divided
from papertrack.exports.registry import note_lines, web_url

AUTHORS_SHOWN = 5
ABSTRACT_WIDTH = 400
LONG_LIST = 20
MANY_GROUPS = 2

# Punctuation that starts something anywhere in a line. A colon does in `:fire:` and in `https://`, which
# GitHub would link with the backslashes of what follows; so does the dot of `www.`. Parentheses start
# nothing once brackets are escaped, and `\(` is math to some renderers. `$` is math on GitHub.
_SYNTAX = re.compile(r"[\\`*_\[\]<>&#|~$]|:(?=[\w+-]+:|//)|(?<=www)\.", re.IGNORECASE)
# At the start of a line: lists, underlines of headings, the second row of tables.
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$)))|^(?=[-+=:])")


def markdown(
    papers: Sequence[Paper], *, group: str | None = None, title: str = "Reading list"
) -> str:
    """A heading, the count, a table of contents where the list is long, then the papers, under `group` headings."""
    parts = divided(papers, group) if group else [("", list(papers))]
    taken: dict[str, int] = {}
    _anchor(clean(title), taken)
    contents: list[str] = []
    body: list[str] = []
    for heading, members in parts:
        if group:
            contents.append(
                f"{_link(heading, _fragment(heading, taken))} ({len(members)})"
            )
            body.append(f"## {escape(heading)}")
        for paper in members:
            fragment = _fragment(_name(paper), taken)
            if not group:
                contents.append(_link(_name(paper), fragment))
            body.extend(_blocks(paper, "###" if group else "##"))
    long = len(papers) > LONG_LIST or (group is not None and len(parts) > MANY_GROUPS)
    listed = ["\n".join(f"- {line}" for line in contents)] if long else []
    return (
        "\n\n".join(
            [f"# {escape(clean(title))}", _count(len(papers), "paper"), *listed, *body]
        )
        + "\n"
    )


def escape(text: str) -> str:
    r"""One line of text as Markdown that shows it as it is.

    >>> escape("1. [x](y) is *bold* :fire:")
    '1\\. \\[x\\](y) is \\*bold\\* \\:fire:'
    """
    return _LINE_START.sub(r"\1\\", _SYNTAX.sub(r"\\\g<0>", text))


def _blocks(paper: Paper, level: str) -> list[str]:
    """The blocks that show one paper."""
    address = web_url(paper.url) or web_url(paper.pdf)
    abstract = escape(
        sentences(clean(paper.abstract or paper.summary or ""), ABSTRACT_WIDTH)
    )
    tags = " ".join(_code_span(f"#{clean(tag)}") for tag in paper.tags)
    blocks = [
        f"{level} {_link(_name(paper), address)}",
        _facts(paper),
        abstract,
        _quote(paper.note),
        tags,
    ]
    return [block for block in blocks if block]


def _facts(paper: Paper) -> str:
    """Who, when, where, how liked, and the links, on one line."""
    links = [
        ("code", web_url(paper.github)),
        ("project", web_url(paper.project)),
        ("PDF", web_url(paper.pdf)),
    ]
    parts = [
        escape(_authors(paper)),
        escape(clean(paper.date or "")),
        escape(clean(paper.venue or paper.organization or "")),
        "" if paper.upvotes is None else f"▲ {paper.upvotes}",
        *(_link(name, url) for name, url in links if url),
    ]
    return " · ".join(part for part in parts if part)


def _authors(paper: Paper) -> str:
    count = max(len(paper.authors), paper.author_count or 0)
    shown = [clean(author) for author in paper.authors[:AUTHORS_SHOWN]]
    if not shown:
        return _count(count, "author") if count else ""
    others = count - len(shown)
    # `Last, First` comes from bibliographies.
    between = "; " if any("," in author for author in shown) else ", "
    return between.join(shown) + (f" and {_count(others, 'other')}" if others else "")


def _quote(note: str | None) -> str:
    """A note as a block quote with its line breaks."""
    lines = [escape(line) for line in note_lines(note)]
    # A backslash at the end of a line keeps the break; the line before an empty one ends a paragraph anyway.
    return "\n".join(
        f"> {a}\\" if a and b else f"> {a}".rstrip() for a, b in pairwise([*lines, ""])
    )


def _name(paper: Paper) -> str:
    return clean(paper.title) or clean(paper.id)


def _link(text: str, address: str | None) -> str:
    return (
        f"[{escape(text)}]({address.replace('&', '&amp;')})"
        if address
        else escape(text)
    )


def _code_span(text: str) -> str:
    """`text` between more backticks than it has in a row."""
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _fragment(heading: str, taken: dict[str, int]) -> str | None:
    anchor = _anchor(heading, taken)
    return f"#{anchor}" if anchor else None


def _anchor(heading: str, taken: dict[str, int]) -> str:
    """The anchor GitHub gives a heading: word characters in lower case, hyphens for spaces, -1, -2… for repeats."""
    kept = "".join(
        c for c in heading.lower() if c in " -" or unicodedata.category(c) in _WORD
    )
    anchor = base = kept.replace(" ", "-")
    while anchor in taken:
        taken[base] += 1
        anchor = f"{base}-{taken[base]}"
    taken[anchor] = 0
    return anchor


_WORD = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Me", "Nd", "Pc"))
