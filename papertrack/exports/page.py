"""The style and the script of the HTML page, and the policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib

from papertrack.pictures import svg

_LAYOUT = """
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --dim: #5c5c5c;
  --link: #0a58ca; --visited: #6b3fa0 }
@media screen and (prefers-color-scheme: dark) {
  :root { --dim: #aaa; --link: #8ab4f8; --visited: #c7a0f8 }
}
body { font: 16px/1.45 system-ui, sans-serif; max-width: 75rem; margin: 0 auto;
  padding: 1rem; overflow-wrap: anywhere }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em }
a:visited { color: var(--visited) }
h1 { margin: 0; line-height: 1.2 }
header p { color: var(--dim); margin: .25rem 0 1rem }
input { font: inherit; width: 100%; max-width: 30rem; padding: .4rem; margin: 0 0 1rem;
  box-sizing: border-box }
.counts { display: flex; flex-wrap: wrap; gap: 0 2rem; margin: 0 0 .5rem }
figure { margin: 0 0 1rem }
figcaption { font-weight: 600; font-size: .875rem; margin: 0 0 .4rem }
.weeks { display: flex; flex-wrap: wrap; align-items: start; gap: .5rem 2rem }
.picture { display: block }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { text-align: left; vertical-align: top; padding: .5rem .5rem .5rem 0;
  border-bottom: 1px solid var(--line) }
th { white-space: nowrap }
th button { font: inherit; font-weight: bold; color: inherit; background: none;
  border: 0; padding: 0; cursor: pointer }
th[aria-sort=descending] button::after { content: " ↓" }
th[aria-sort=ascending] button::after { content: " ↑" }
:focus-visible { outline: 2px solid; outline-offset: 2px }
.date { white-space: nowrap }
.votes { white-space: nowrap; text-align: right; padding-right: 1.5rem }
th.date { width: 6.5rem }
th.votes { width: 3.5rem }
.title { font-weight: 600 }
.facts, td.date, td.votes { color: var(--dim) }
.facts { margin: .1rem 0 }
.tag { background: var(--soft); border-radius: .5rem; padding: 0 .4rem }
.note { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .6rem }
details p { margin: .4rem 0; max-width: 48rem }
summary { cursor: pointer; color: var(--dim) }
@media screen and (max-width: 600px) {
  thead { display: none }
  .sortable thead, table, tbody { display: block }
  thead th { display: inline; border: 0; padding: 0 1.2rem 0 0 }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0 }
  tr[hidden] { display: none }
  td { display: inline; border: 0; padding: 0 .5rem 0 0 }
  td.paper { display: block }
  td.votes:not([data-sort=""])::before { content: "▲ " }
}
@media print {
  :root { color-scheme: light }
  input, summary { display: none }
  body { max-width: none; padding: 0; font-size: 11px }
  th button::after { display: none }
  a { color: inherit; text-decoration: none }
  .title a::after { content: " " attr(href); font-weight: normal; color: var(--dim) }
  tr, figure { break-inside: avoid }
}
"""
STYLE = _LAYOUT + svg.STYLE

SCRIPT = """
const table = document.querySelector("table");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const rows = [...body.rows];
const count = document.getElementById("count");
const filter = Object.assign(document.createElement("input"), {
  type: "search", id: "filter", placeholder: "Filter", ariaLabel: "Filter",
});
table.before(filter);
const folded = (text) =>
  text.normalize("NFD").replace(/\\p{M}/gu, "").toLowerCase();
let texts = null;
const show = () => {
  texts ??= rows.map((row) => folded(row.textContent));
  const words = folded(filter.value).split(/\\s+/);
  let shown = 0;
  rows.forEach((row, place) => {
    row.hidden = !words.every((word) => texts[place].includes(word));
    shown += !row.hidden;
  });
  count.textContent = shown < rows.length ? `${shown} of ${count.dataset.all}` :
    count.dataset.all;
};
filter.addEventListener("input", show);
const ordered = [...rows];
const compare = new Intl.Collator().compare;
heads.forEach((cell, place) => {
  const button = document.createElement("button");
  button.textContent = cell.textContent;
  button.ariaLabel = `Sort by ${cell.title || cell.textContent}`;
  cell.replaceChildren(button);
  const isText = !cell.className;
  const isNumber = cell.className === "votes";
  const value = (row) => {
    const text = row.cells[place].dataset.sort;
    return isNumber ? Number(text || -1) : text;
  };
  const order = isNumber ? (a, b) => value(a) - value(b) :
    (a, b) => compare(value(a), value(b));
  button.addEventListener("click", () => {
    const was = cell.getAttribute("aria-sort");
    const isDown = was ? was === "ascending" : !isText;
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    cell.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    ordered.sort((a, b) => isDown ? order(b, a) : order(a, b));
    body.append(...ordered);
  });
});
table.className = "sortable";
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)
"""This style and this script alone: no request leaves the page."""
