"""CSL-JSON, as Zotero, Pandoc and Crossref write it: an array of items, one item, or an object with `items`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources import names
from papertrack.sources.bibliography import entries as bibliography
from papertrack.sources.bibliography.entries import Read, first_text

# Known elements alone: in `the <EOS> token` there is no markup.
_INLINE = "i|b|u|em|strong|sub|sup|span|sc|scp|tt|code|font|a|italic|bold|monospace|xref|ext-link|inline-formula"
_BLOCK = "p|br|div|h[1-6]|ul|ol|li|title|sec|label|list|list-item|disp-formula|abstract"
_TAG = pattern(
    rf"(?i)</?(?:(?:jats|mml|html):[\w-]{{1,30}}|(?:(?P<block>{_BLOCK})|{_INLINE}))(?:\s[^<>]{{0,500}})?/?>"
)
_HEADING = pattern(
    r"(?is)\s*<(jats:)?(title|h[1-6])\b[^<>]{0,200}>\s*(?:abstract|summary)[.:]?\s*</(jats:)?\2>"
)
_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_SPACE = pattern(r"[ \t\n\r]*")
_EXPECTED = "expected CSL-JSON: an array of objects with title, author, issued"

_Item = Mapping[str, Any]


def parse(body: bytes, *, name: str) -> Listing:
    """The items of a CSL-JSON file. One without title and id is a problem; JSON that breaks off keeps what came before.

    Raises Unrecognised where there is no item, or most can't be read.
    """
    name = bibliography.shown(name)
    text = bibliography.text_of(body)
    if not re.match(r"\s*[\[{]", text):
        raise Unrecognised(f"{name}: this is no JSON; {_EXPECTED}")
    return bibliography.listing(_read(text), name=name)


def _read(text: str) -> Iterator[Read]:
    for line, item in objects(text):
        yield line, item if isinstance(item, str) else _facts(item) or _refusal(item)


def _refusal(item: _Item) -> str:
    name = clean(first_text(item.get("id")))[:60]
    return f"the item{f' {name}' if name else ''} has no title and no id; {_EXPECTED}"


def objects(text: str) -> Iterator[tuple[int, _Item | str]]:
    """Each object of a JSON array (or the one object, or those under its `items`) with its line.

    Or why there is none: what follows a fault can't be read, what precedes it is given.
    """
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        line, item, _ = _decoded(text, start, 1 + text.count("\n", 0, start))
        items = item.get("items") if isinstance(item, dict) else None
        wrapped = (
            [value for value in items if isinstance(value, dict)]
            if isinstance(items, list)
            else [item]
        )
        yield from ((line, value) for value in wrapped)
        return
    at, line, counted = _skip(text, start + 1), 1, 0
    while text[at : at + 1] != "]":
        line, counted = line + text.count("\n", counted, at), at
        number, item, end = _decoded(text, at, line)
        yield number, item
        if not end:
            return
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            yield (
                line + text.count("\n", counted, at),
                "the JSON breaks off here; the rest can't be read",
            )
            return


def _decoded(text: str, at: int, line: int) -> tuple[int, _Item | str, int]:
    """The line, the value at `at` and its end; the line of the fault, what it is, and 0."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        line += text.count("\n", at, min(error.pos, len(text)))
        return line, f"the JSON can't be read from here on: {fault(error)}", 0
    except (RecursionError, ValueError) as error:
        return line, f"the JSON can't be read from here on: {fault(error)}", 0
    return (
        line,
        value
        if isinstance(value, dict)
        else f"an object is expected, not {clean(repr(value)[:40])}",
        end,
    )


def fault(error: Exception) -> str:
    """What `json` says is wrong, without the place: it counts from the start of what it was given."""
    text = (
        error.msg
        if isinstance(error, json.JSONDecodeError)
        else clean(str(error))[:100]
    )
    return text.removesuffix(" at").removesuffix(" starting").lower()


_DECODER = json.JSONDecoder()


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _facts(item: _Item) -> Facts | None:
    """What an item says; None where it tells neither title nor id."""
    urls = bibliography.web_urls(first_text(item.get("URL")))
    arxiv = [
        bibliography.arxiv_key(first_text(item.get(field)))
        for field in ("number", "archive_location", "note")
    ]
    if clean(first_text(item.get("archive"))).lower() == "arxiv":
        arxiv.append(
            bibliography.arxiv_key(
                first_text(item.get("archive_location")), named=False
            )
        )
    ids = bibliography.keys(arxiv=arxiv, doi=first_text(item.get("DOI")), urls=urls)
    title = plain(first_text(item.get("title")))
    if not clean(title) and not ids:
        return None
    return Facts(
        title=title,
        ids=ids,
        abstract=plain(first_text(item.get("abstract"))) or None,
        authors=_authors(item.get("author")),
        published=_issued(item.get("issued")),
        keywords=_keywords(item.get("keyword")),
        doi=bibliography.doi_in(ids),
        venue=plain(first_text(item.get("container-title"))) or None,
        url=urls[0] if urls else None,
    )


def plain(text: str) -> str:
    """Text without JATS and HTML markup: the heading `Abstract` goes, paragraphs are set apart.

    Entities and TeX's accents become letters.
    """
    if "<" in text:
        heading = _HEADING.match(text)
        text = text[heading.end() :] if heading else text
        text = _TAG.sub(
            lambda tag: " " if tag["block"] or ":" in tag[0][:7] else "", text
        )
    return names.tex(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text))


_NAME_PARTS = (
    "given",
    "dropping-particle",
    "non-dropping-particle",
    "family",
    "suffix",
)


def _authors(value: Any) -> tuple[str, ...]:
    given = [_author(author) for author in value] if isinstance(value, list) else []
    return tuple(name for name in given if name)


def _author(author: Any) -> str:
    """`Ludwig van Beethoven` of its parts, or the literal name."""
    if not isinstance(author, dict):
        return plain(author) if isinstance(author, str) else ""
    parts = (first_text(author.get(part)).strip() for part in _NAME_PARTS)
    return plain(
        " ".join(part for part in parts if part)
        or first_text(author.get("literal") or author.get("name"))
    )


def _keywords(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(
            dict.fromkeys(
                plain(word) for word in value if isinstance(word, str) and word.strip()
            )
        )
    return bibliography.split_keywords(plain(first_text(value)))


def _issued(value: Any) -> str | None:
    """The day of `{date-parts: [[2020, 5, 12]]}`, its numbers as text too; of `raw` or `literal`; of a bare text."""
    if not isinstance(value, dict):
        return bibliography.written_day(first_text(value))
    parts = value.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts else None
    if (
        isinstance(first, list)
        and first
        and all(re.fullmatch(r"[0-9]{1,4}", first_text(part)) for part in first[:3])
    ):
        return bibliography.iso_day(*(int(first_text(part)) for part in first[:3]))
    written = first_text(value.get("raw")) or first_text(value.get("literal"))
    year = re.search(r"(?<!\d)\d{4}(?!\d)", written)
    return bibliography.written_day(written) or (
        bibliography.iso_day(int(year[0])) if year else None
    )
