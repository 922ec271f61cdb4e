"""HTML: one page that needs no network, for a browser, a printer or a shared folder.

It filters and sorts with a small script, and shows everything without one. Its policy
allows that script and its style, known by their hashes, and nothing else: no request
leaves the page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from html import escape

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines
from papertrack.core.wording import noun
from papertrack.exports import authors
from papertrack.exports.links import web_url
from papertrack.exports.page import POLICY, SCRIPT, STYLE
from papertrack.exports.page_pictures import pictures

MOST_ABSTRACTS = 2_000
"""Papers up to which a page has abstracts: a paper takes 2 KB with one, 0.4 without."""

_AUTHORS_SHOWN = 8


def pieces(
    papers: Collection[Paper],
    *,
    title: str = "Reading list",
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A page with a row for each paper, in the order given. The papers are read twice:
    first they are counted for the pictures.
    """
    with_abstracts = len(papers) <= MOST_ABSTRACTS
    heading = escape(clean(title))
    count = f"{len(papers):,} {noun(len(papers), 'paper')}"
    left_out = "" if with_abstracts else "; abstracts are left out of so long a page"
    yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{heading}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{heading}</h1>
<p><span id="count" role="status" data-all="{count}">{count}</span>{left_out}</p>
</header>
{pictures(papers)}<table>
<thead><tr>
<th class="date">Date</th><th class="votes" title="Upvotes">▲</th><th>Paper</th>
</tr></thead>
<tbody>
"""
    for paper in progress.counted(papers, "writing", "papers"):
        yield _row(paper, with_abstracts)
    yield f"""</tbody>
</table>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _row(paper: Paper, with_abstract: bool) -> str:
    date = escape(clean(paper.date or ""))
    votes = "" if paper.upvotes is None else str(paper.upvotes)
    title = clean(paper.title or paper.id)
    parts = [
        f'<div class="title">{link(title, paper.url or paper.pdf)}</div>',
        *_lines("facts", [escape(authors.line(paper, _AUTHORS_SHOWN)), _facts(paper)]),
        *_lines("note", ["\n".join(map(escape, clean_lines(paper.note or "")))]),
    ]
    text = ""
    if with_abstract:
        text = escape(clean(paper.abstract or paper.summary or ""))
    if text:
        parts.append(f"<details><summary>Abstract</summary><p>{text}</p></details>")
    return (
        f'<tr><td class="date" data-sort="{date}">{date}</td>'
        f'<td class="votes" data-sort="{votes}">{votes}</td>'
        f'<td class="paper" data-sort="{escape(title.casefold())}">{"".join(parts)}'
        "</td></tr>\n"
    )


def _lines(kind: str, lines: Iterable[str]) -> list[str]:
    return [f'<div class="{kind}">{line}</div>' for line in lines if line]


def _facts(paper: Paper) -> str:
    """Where it was published, its marks and its other pages."""
    pages = [("code", paper.github), ("project", paper.project), ("PDF", paper.pdf)]
    marks = [
        "★" if paper.starred else "",
        "" if paper.status == "unread" else paper.status,
    ]
    tags = (f'<span class="tag">{escape(clean(tag))}</span>' for tag in paper.tags)
    facts = [
        escape(clean(paper.venue or paper.organization or "")),
        *marks,
        *(link(name, url) for name, url in pages if web_url(url)),
        " ".join(tags),
    ]
    return " · ".join(filter(None, facts))


def link(text: str, url: str | None, *, style: str = "") -> str:
    """Text as a link to a web address, in an inline style; without one the text alone."""
    address = web_url(url)
    if not address:
        return escape(text)
    inline = f' style="{style}"' if style else ""
    return f'<a href="{escape(address)}" rel="noreferrer"{inline}>{escape(text)}</a>'
