"""HTML: one page that needs no network, for a browser, a printer or a shared folder.

It filters and sorts with a small script, and shows everything without one. Its policy
allows that script and its style, known by their hashes, and nothing else: no request
leaves the page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from html import escape

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines
from papertrack.core.wording import plural
from papertrack.exports import authors
from papertrack.exports.cited import distinct
from papertrack.exports.links import web_url

MOST_ABSTRACTS = 2_000
"""Papers up to which a page has abstracts: a paper takes 2 KB with one, 0.4 without."""

_AUTHORS_SHOWN = 8

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --dim: #666 }
@media (prefers-color-scheme: dark) { :root { --dim: #aaa } }
body { font: 16px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 0 auto;
  padding: 1rem; overflow-wrap: break-word }
h1 { margin: 0 }
header p { color: var(--dim); margin: .25rem 0 1rem }
input { font: inherit; width: 100%; max-width: 30rem; padding: .4rem; margin: 0 0 1rem;
  box-sizing: border-box }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0;
  border-bottom: 1px solid var(--line) }
th button { all: unset; cursor: pointer; font-weight: bold }
th button:focus-visible { outline: 2px solid }
.date { white-space: nowrap }
.votes { text-align: right; padding-right: 1.5rem }
.title { font-weight: 600 }
.facts, .date, .votes { color: var(--dim) }
.facts { margin: .1rem 0 }
.tag { background: var(--soft); border-radius: .5rem; padding: 0 .4rem;
  margin-right: .3rem }
.note { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .6rem }
details p { margin: .4rem 0; max-width: 48rem }
summary { cursor: pointer; color: var(--dim) }
@media (max-width: 600px) {
  thead { display: none }
  table, tbody { display: block }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0 }
  td { display: inline; border: 0; padding: 0 .5rem 0 0 }
  td.paper { display: block }
  td.votes:not([data-sort=""])::before { content: "▲ " }
}
@media print {
  input, summary { display: none }
  body { max-width: none; padding: 0; font-size: 11px }
  tr { break-inside: avoid }
}
"""

_SCRIPT = """
const table = document.querySelector("table");
const body = table.tBodies[0];
const rows = [...body.rows];
const count = document.getElementById("count");
const filter = document.getElementById("filter");
filter.hidden = false;
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\\s+/);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  count.textContent = shown < rows.length ? `${shown} of ${count.dataset.all}` :
    count.dataset.all;
});
[...table.tHead.rows[0].cells].forEach((cell, place) => {
  const button = document.createElement("button");
  button.textContent = cell.textContent;
  cell.replaceChildren(button);
  const isNumber = cell.className === "votes";
  const value = (row) => {
    const text = row.cells[place].dataset.sort;
    return isNumber ? Number(text || -1) : text;
  };
  button.addEventListener("click", () => {
    const isDown = cell.getAttribute("aria-sort") !== "descending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const order = (a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0;
    rows.sort((a, b) => isDown ? order(b, a) : order(a, b));
    body.append(...rows);
  });
});
"""


def pieces(
    papers: Collection[Paper],
    *,
    title: str = "Reading list",
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A page with a row for each paper, in the order given."""
    papers = distinct(papers)
    with_abstracts = len(papers) <= MOST_ABSTRACTS
    heading = escape(clean(title))
    count = plural(len(papers), "paper")
    left_out = "" if with_abstracts else "; abstracts are left out of so long a page"
    counted = progress.counted(papers, "writing", "papers")
    rows = "".join(_row(paper, with_abstracts) for paper in counted)
    policy = (
        f"default-src 'none'; style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{heading}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{heading}</h1>
<p><span id="count" data-all="{count}">{count}</span>{left_out}</p>
<input id="filter" type="search" placeholder="Filter" aria-label="Filter" hidden>
</header>
<table>
<thead><tr><th class="date">Date</th><th class="votes">▲</th><th>Paper</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _row(paper: Paper, with_abstract: bool) -> str:
    date = escape(clean(paper.date or ""))
    votes = "" if paper.upvotes is None else str(paper.upvotes)
    title = clean(paper.title or paper.id)
    parts = [
        f'<div class="title">{link(title, paper.url or paper.pdf)}</div>',
        *_lines("facts", [escape(authors.line(paper, _AUTHORS_SHOWN)), _facts(paper)]),
        *_lines("note", ["\n".join(map(escape, clean_lines(paper.note or "")))]),
    ]
    text = escape(clean(paper.abstract or paper.summary or ""))
    if text and with_abstract:
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
        "".join(tags),
    ]
    return " · ".join(filter(None, facts))


def link(text: str, url: str | None, *, style: str = "") -> str:
    """Text as a link to a web address, in an inline style; without one the text alone."""
    address = web_url(url)
    if not address:
        return escape(text)
    inline = f' style="{style}"' if style else ""
    return f'<a href="{escape(address)}" rel="noreferrer"{inline}>{escape(text)}</a>'
