"""Hayagriva: the bibliographies of Typst, in YAML.

https://github.com/typst/hayagriva/blob/main/docs/file-format.md. All strings are quoted
as in JSON, which YAML reads, so that no text is taken for a number, a date or syntax.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, pairs
from papertrack.exports import names, publication
from papertrack.exports.cited import cited
from papertrack.exports.links import web_url

_TYPES = dict(
    pairs("""
    book      book
    chapter   chapter
    thesis    thesis
    report    report
    dataset   misc
    software  repository
    webpage   web
    other     misc
""")
)
_PARENTS = {"conference-paper": "proceedings", "chapter": "anthology"}
_SYNTAX = re.compile(r"[\\{}$]")
_PAGES = re.compile(r"\d+(?:-\d+)?")


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """An entry for each paper; nothing for no papers. The keys are those of BibTeX."""
    for paper, key in cited(papers, progress):
        yield f"{_quoted(key)}:\n{_lines(_entry(paper))}"


def _entry(paper: Paper) -> dict[str, Any]:
    """An entry's fields, without those of which nothing is known."""
    pages = clean(paper.pages or "").replace("–", "-")
    return _known(
        {
            "type": _TYPES.get(paper.type or "", "article"),
            "title": _text(paper.title or paper.id),
            "author": _people(publication.authors(paper)),
            "editor": _people(paper.editors),
            "date": publication.date(paper),
            "url": web_url(paper.url) or web_url(paper.pdf),
            "serial-number": _numbers(paper),
            "publisher": _text(paper.publisher),
            "organization": _text(paper.school or paper.organization),
            "page-range": pages if _PAGES.fullmatch(pages) else "",
            "abstract": _text(paper.abstract or paper.summary),
            "parent": _parent(paper),
        }
    )


def _numbers(paper: Paper) -> dict[str, str]:
    arxiv = paper.id if paper.key.startswith("arxiv:") else ""
    return _known({"doi": clean(paper.doi or ""), "arxiv": clean(arxiv)})


def _parent(paper: Paper) -> dict[str, str]:
    """Where the paper appeared; {} if that is not known."""
    type = _PARENTS.get(paper.type or "", "periodical")
    title = _text(publication.container(paper))
    if not title:
        return {}
    return _known(
        {
            "type": type,
            "title": title,
            "volume": clean(paper.volume or ""),
            "issue": clean(paper.number or ""),
        }
    )


def _people(people: Iterable[str]) -> list[str]:
    return [names.parts(person).last_first for person in people if clean(person)]


def _text(text: str | None) -> str:
    """A text that is printed as it is: Typst would take dollars for mathematics in its
    own language, and braces for the protection of case.
    """
    return _SYNTAX.sub(r"\\\g<0>", clean(text or ""))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _lines(values: dict[str, Any], indent: str = "  ") -> str:
    """A mapping as YAML, a line for each value."""
    lines = []
    for name, value in values.items():
        if isinstance(value, dict):
            below = _lines(value, f"{indent}  ")
            lines.append(f"{indent}{name}:\n{below}")
        else:
            lines.append(f"{indent}{name}: {_quoted(value)}\n")
    return "".join(lines)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
