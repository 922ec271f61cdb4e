"""Which format a file has: told from its content first, from the suffix of its name second."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from papertrack.core.errors import Unrecognised
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.gunzip import BadGzip, gunzip
from papertrack.core.lazy_regex import pattern

FORMATS = (
    "bibtex",
    "ris",
    "csl",
    "own-json",
    "own-jsonl",
    "arxiv-snapshot",
    "opml",
    "hf-json",
    "json-feed",
    "html",
    "xml-feed",
    "text",
)
MAX_OPENED = 500 * 1024 * 1024
_GZIP = b"\x1f\x8b\x08"
_CHUNK = 1024 * 1024
_MAX_LINE = 16 * _CHUNK
HEAD = 256 * 1024
"""Bytes of a file that tell its format."""

_SUFFIXES = {
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".ris": "ris",
    ".csl.json": "csl",
    ".jsonl": "own-jsonl",
    ".ndjson": "own-jsonl",
    ".json": "hf-json",
    ".opml": "opml",
    ".html": "html",
    ".htm": "html",
    ".rss": "xml-feed",
    ".atom": "xml-feed",
    ".xml": "xml-feed",
}
_BIBTEX = pattern(
    r"(?m)^[^\S\n]*@[^\S\n]*\w{1,40}[^\S\n]*[{(][^\S\n]*[^\s{}=,\"]{0,200}\s{0,20}[,=]"
)
_RIS = pattern(r"(?m)^[^\S\n]{0,3}TY {1,3}- ?[A-Za-z]{2,}")
_JSON = pattern(r"\s*(?:\[\s*[\[{\]]|\{\s*[\"}])")
_PROLOGUE = pattern(
    r"(?is)(?:\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!doctype[^>\[]{0,2000}(?:\[.{0,20000}?\]\s*)?>)"
)
_ELEMENT = pattern(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_ROOTS = {
    "opml": "opml",
    "rss": "xml-feed",
    "feed": "xml-feed",
    "rdf": "xml-feed",
    "oai-pmh": "xml-feed",
    "channel": "xml-feed",
} | dict.fromkeys(
    ("html", "head", "body", "main", "div", "article", "section", "title", "meta"),
    "html",
)
_CSL = {"issued", "author", "container-title", "type", "DOI", "URL", "citation-key"}
_HF = {
    "paper",
    "publishedAt",
    "upvotes",
    "numComments",
    "submittedBy",
    "ai_summary",
    "dailyPapers",
    "discussionId",
}


def opened(body: bytes, *, name: str = "the file", limit: int = MAX_OPENED) -> bytes:
    """`body`, decompressed where it is gzip. Raises Unrecognised where that breaks off or exceeds `limit` bytes."""
    return (
        whole(_gunzipped([body], name), name=name, limit=limit)
        if body.startswith(_GZIP)
        else body
    )


def whole(pieces: Iterable[bytes], *, name: str, limit: int = MAX_OPENED) -> bytes:
    """All of a file that fits in memory, of its pieces. Raises Unrecognised where it exceeds `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    for part in pieces:
        size += len(part)
        if size > limit:
            raise Unrecognised(
                f"{name}: more than {limit // 1024**2} MB when decompressed; decompress and split it"
            )
        parts.append(part)
    return b"".join(parts)


def pieces(stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    """What an open file holds, decompressed where it is gzip, in pieces of at most 1 MB.

    Raises Unrecognised where gzip breaks off, after the pieces that came before.
    """
    chunks = iter(lambda: stream.read(_CHUNK), b"")
    first = next(chunks, b"")
    rest = chain([first], chunks)
    return _gunzipped(rest, name) if first.startswith(_GZIP) else rest


def begun(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head of a file that `recognise` looks at, and all its pieces once more."""
    read: list[bytes] = []
    while sum(map(len, read)) < HEAD and (piece := next(pieces, b"")):
        read.append(piece)
    return b"".join(read), chain(read, pieces)


def lines(pieces: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """The lines of a file, of its pieces; one is at most 16 MB, memory stays flat. Raises Unrecognised for a longer."""
    pending: list[bytes] = []
    size = 0
    for piece in pieces:
        *ended, last = piece.split(b"\n")
        if ended:
            yield b"".join((*pending, ended[0]))
            yield from ended[1:]
            pending, size = [], 0
        pending.append(last)
        size += len(last)
        if size > _MAX_LINE:
            raise Unrecognised(
                f"{name}: a line of more than {_MAX_LINE // 1024**2} MB; these are no JSON lines"
            )
    if size:
        yield b"".join(pending)


def _gunzipped(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from gunzip(chunks)
    except BadGzip as error:
        raise Unrecognised(f"{name}: {error}; copy or download it again") from None


def recognise(body: bytes, *, name: str) -> str:
    """One of FORMATS. `body` is decompressed; its first 256 KB are looked at. `name` may be "" or "-"."""
    text = _head(body)
    return (
        _of_markup(text)
        or _of_json(text, name)
        or _of_lines(text)
        or _of_suffix(name)
        or "text"
    )


def _head(body: bytes) -> str:
    head = body[:HEAD]
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return head.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")


def _of_markup(text: str) -> str | None:
    """What the first element says; a prologue makes XML of any other."""
    at = 0
    while match := _PROLOGUE.match(text, at):
        at = match.end()
    element = _ELEMENT.match(text, at)
    if not element:
        return None
    prologue = text[:at].lstrip().lower()
    known = _ROOTS.get(element[1].lower())
    return known or (
        "html"
        if "<!doctype html" in prologue
        else "xml-feed"
        if prologue[:5] == "<?xml"
        else None
    )


def _of_json(text: str, name: str) -> str | None:
    if not _JSON.match(text):
        return None
    item, lined = _first_object(text)
    if item is None:
        return _of_suffix(name) or "hf-json"
    names = set(item)
    if str(item.get("version")).startswith("https://jsonfeed.org/") or names & {
        "home_page_url",
        "feed_url",
    }:
        return "json-feed"
    if (
        "authors_parsed" in names
        or {"update_date", "categories"} <= names
        or {"published_at", "pdf_url"} <= names
    ):
        return "arxiv-snapshot"
    # A selection of fields is papertrack's own as well; an id and a title alone could be anyone's.
    if (
        names
        and names <= {*PAPER_NAMES}
        and (len(names) < 3 or names & {"key", "authors", "published", "added"})
    ):
        return "own-jsonl" if lined else "own-json"
    if names & _HF:
        return "hf-json"
    if names & _CSL or isinstance(item.get("items"), list):
        return "csl"
    return _of_suffix(name) or "hf-json"


def _first_object(text: str) -> tuple[Mapping[str, Any] | None, bool]:
    """The first object, of an array or a line, and whether it stands on a line of its own.

    Where the text ends in it, of its keys those that can be seen.
    """
    start = text.find("{")
    lined = text.lstrip().startswith("{")
    if start < 0 or text[:start].strip(" \t\n["):
        return None, False
    try:
        item, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        keys = re.findall(r'"([\w:-]{1,40})"\s{0,10}:', text[start : start + 65_536])
        return (dict.fromkeys(keys) if keys else None), lined
    return item, lined and "\n" not in text[start:end].strip()


def _of_lines(text: str) -> str | None:
    if _RIS.search(text):
        return "ris"
    return "bibtex" if _BIBTEX.search(text) else None


def _of_suffix(name: str) -> str | None:
    name = name.lower().removesuffix(".gz")
    return next(
        (kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None
    )
