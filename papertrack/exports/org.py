"""Org: a headline per paper, for Emacs, Logseq and pandoc (https://orgmode.org).

Org has no sign that takes syntax for text. A zero-width non-joiner does, where the
manual proposes a zero-width space, which papertrack lets through nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from papertrack.core import formulas
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines
from papertrack.exports import publication
from papertrack.exports.cited import cited
from papertrack.exports.links import web_url

_KEYWORDS = {"unread": "TODO", "later": "LATER", "read": "DONE", "hidden": "HIDDEN"}
# The first line is papertrack's own, as Emacs obeys one with `-*-`. Without the options
# `x_i` would be an index, and `--` a dash.
_HEAD = """\
# -*- mode: org -*-
#+title: {title}
#+todo: TODO LATER | DONE HIDDEN
#+options: ^:nil -:nil
"""
_BREAK = "\u200c"
"""What ends syntax."""
# After these, it ends what would be a link, a timestamp, a footnote, a target, a macro,
# a command of LaTeX, an index, a snippet for one exporter or a formula.
_OPENING = re.compile(r"[\[<\\@$]|\{(?=\{)|[_^](?=[{(])|(?:src|call)(?=_)")
# Before these, it ends what would be emphasis, a tag, a drawer or the scheme of a link.
_MARKER = re.compile(rf"(?<![\w{_BREAK}])(?=[*/_=~+]\S)|(?=:\S)")
# At the start of a text: an item of a list, a table, a comment, a keyword of Org.
_START = re.compile(r"^(?=[-+*#|:%]|\w{1,9}[.)]|[A-Z]+\b)")
# What may not be in a tag.
_NOT_IN_TAG = re.compile(r"[^\w@#%]")
# What a block of source text has a comma before.
_SOURCE_SYNTAX = re.compile(r"^(\s*)(?=,*(?:\*|#\+))")


def pieces(
    papers: Collection[Paper],
    *,
    title: str = "Reading list",
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A headline for each paper: its status as keyword, its tags, its facts as
    properties, the abstract, the note.
    """
    yield _HEAD.format(title=escape(clean(title)))
    for paper, key in cited(papers, progress):
        yield "\n" + "\n".join(_lines(paper, key)) + "\n"


def escape(text: str) -> str:
    """One line of text that Org shows as it is; formulas stay formulas.

    >>> escape("see [[x]] *now*").replace("\\u200c", "|")
    'see [|[|x]] |*now*'
    """
    pieces = formulas.parts(text)
    for place in range(0, len(pieces), 2):
        opened = _OPENING.sub(rf"\g<0>{_BREAK}", pieces[place])
        pieces[place] = _MARKER.sub(_BREAK, opened)
    return _START.sub(_BREAK, "".join(pieces))


def _lines(paper: Paper, key: str) -> Iterator[str]:
    yield _headline(paper)
    yield ":PROPERTIES:"
    for name, value in _properties(paper, key).items():
        text = clean(str(value or ""))
        if text:
            yield f":{name}: {text}"
    yield ":END:"
    abstract = clean(paper.abstract or paper.summary or "")
    if abstract:
        yield escape(abstract)
    note = clean_lines(paper.note or "")
    if note:
        # The note is Markdown.
        yield ""
        yield "#+begin_src markdown"
        for line in note:
            yield _SOURCE_SYNTAX.sub(r"\1,", line)
        yield "#+end_src"


def _headline(paper: Paper) -> str:
    keyword = _KEYWORDS.get(paper.status, "TODO")
    priority = "[#A] " if paper.starred else ""
    title = escape(clean(paper.title) or clean(paper.id))
    names = (_NOT_IN_TAG.sub("_", clean(tag)) for tag in paper.tags)
    tags = ":".join(filter(None, dict.fromkeys(names)))
    return f"* {keyword} {priority}{title}" + (f" :{tags}:" if tags else "")


def _properties(paper: Paper, key: str) -> dict[str, object]:
    is_on_arxiv = paper.key.startswith("arxiv:")
    return {
        "CUSTOM_ID": key,
        "AUTHORS": "; ".join(map(clean, publication.authors(paper))),
        "EDITORS": "; ".join(map(clean, paper.editors)),
        "ORGANIZATION": paper.organization,
        "PUBLISHED": paper.published or paper.listed,
        "VENUE": publication.container(paper),
        "PUBLISHER": publication.publisher(paper),
        "VOLUME": paper.volume,
        "NUMBER": paper.number,
        "PAGES": paper.pages,
        "ARXIV": paper.id if is_on_arxiv else "",
        "DOI": paper.doi,
        "URL": web_url(paper.url),
        "PDF": web_url(paper.pdf),
        "CODE": web_url(paper.github),
        "PROJECT": web_url(paper.project),
        "UPVOTES": paper.upvotes,
        "CATEGORIES": "; ".join(map(clean, paper.categories)),
        "KEYWORDS": "; ".join(map(clean, paper.keywords)),
    }
