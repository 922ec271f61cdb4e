"""CSL-JSON, as Zotero, Pandoc and Crossref write it: an array of items, one item, or an
object with `items`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography import entries
from papertrack.sources.bibliography.json_objects import Object, first_text, of_value

_EXPECTED = "expected CSL-JSON: an array of objects with title, author, issued"


def parse(body: bytes, *, name: str) -> Listing:
    """The items of a CSL-JSON file. One without title and id is a problem, and so is
    JSON that breaks off.

    Raises Unrecognised if there is no item, or most can't be read.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    if not re.match(r"\s*[\[{]", text):
        raise Unrecognised(f"{name}: not JSON; {_EXPECTED}")
    return entries.listing(_read(text), name=name)


def _read(text: str) -> Iterator[entries.Entry]:
    for line, item in of_value(text):
        if isinstance(item, str):
            yield entries.Entry(line, None, (item,))
            continue
        facts = _facts(item)
        label = " ".join(("item", excerpt(first_text(item.get("id")), 60))).rstrip()
        problem = f"{label} has no title and no id; {_EXPECTED}"
        yield entries.Entry(line, facts, () if facts else (problem,))


def _facts(item: Object) -> Facts | None:
    """The facts of an item; None if it has neither title nor id."""

    def field(name: str) -> str:
        return first_text(item.get(name))

    urls = entries.web_urls(field("URL"))
    arxiv = [
        entries.arxiv_key(field(name))
        for name in ("number", "archive_location", "note")
    ]
    if clean(field("archive")).lower() == "arxiv":
        arxiv.append(entries.arxiv_key(field("archive_location"), named=False))
    ids = entries.keys(arxiv=arxiv, doi=field("DOI"), urls=urls)
    title = without_markup(field("title"))
    if not clean(title) and not ids:
        return None
    return Facts(
        title=title,
        ids=ids,
        abstract=without_markup(field("abstract")) or None,
        authors=_authors(item.get("author")),
        published=_issued(item.get("issued")),
        keywords=_keywords(item.get("keyword")),
        doi=entries.doi_in(ids),
        venue=without_markup(field("container-title")) or None,
        url=urls[0] if urls else None,
    )


# ------------------------------------------------------------------ values

# Known elements alone: `the <EOS> token` contains no markup.
_INLINE = (
    "i|b|u|em|strong|sub|sup|span|sc|scp|tt|code|font|a|italic|bold|monospace|xref"
    "|ext-link|inline-formula"
)
_BLOCK = "p|br|div|h[1-6]|ul|ol|li|title|sec|label|list|list-item|disp-formula|abstract"
_TAG = pattern(
    rf"(?i)</?(?:(?:jats|mml|html):[\w-]{{1,30}}|(?:(?P<block>{_BLOCK})|{_INLINE}))"
    r"(?:\s[^<>]{0,500})?/?>"
)
_HEADING = pattern(
    r"(?is)\A\s*<(jats:)?(title|h[1-6])\b[^<>]{0,200}>\s*(?:abstract|summary)[.:]?\s*</(jats:)?\2>"
)
_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_NAME_PARTS = (
    "given",
    "dropping-particle",
    "non-dropping-particle",
    "family",
    "suffix",
)


def without_markup(text: str) -> str:
    """Text without JATS and HTML: the heading `Abstract` is dropped, paragraphs are set
    apart.

    Entities and LaTeX's accents become letters.
    """
    if "<" in text:
        text = _TAG.sub(_space, _HEADING.sub("", text, count=1))
    return accents(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text))


def _space(tag: re.Match[str]) -> str:
    return " " if tag["block"] or ":" in tag[0][:7] else ""


def _authors(value: Any) -> tuple[str, ...]:
    names = map(_author, value) if isinstance(value, list) else ()
    return tuple(name for name in names if name)


def _author(author: Any) -> str:
    """`Ludwig van Beethoven` from its parts, or the literal name."""
    if isinstance(author, str):
        return without_markup(author)
    if not isinstance(author, dict):
        return ""
    parts = (first_text(author.get(part)).strip() for part in _NAME_PARTS)
    name = " ".join(part for part in parts if part)
    literal = author.get("literal") or author.get("name")
    return without_markup(name or first_text(literal))


def _keywords(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return entries.split_keywords(without_markup(first_text(value)))
    words = (word for word in value if isinstance(word, str))
    return entries.distinct(map(without_markup, words))


def _issued(value: Any) -> str | None:
    """The day of `{date-parts: [[2020, 5, 12]]}`, of `raw` or `literal`, or of a bare
    text.
    """
    if not isinstance(value, dict):
        return entries.written_day(first_text(value))
    dates = value.get("date-parts")
    first = dates[0] if isinstance(dates, list) and dates else None
    parts = [first_text(part) for part in first[:3]] if isinstance(first, list) else []
    if parts and all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
        return entries.iso_day(*map(int, parts))
    written = first_text(value.get("raw")) or first_text(value.get("literal"))
    return entries.written_day(written) or entries.iso_day(entries.year_in(written))
