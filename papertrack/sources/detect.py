"""What the head of a file shows of its format: its root element, its first JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.lazy_regex import pattern
from papertrack.sources.bibliography.columns import header_of
from papertrack.sources.feeds.page import contained_feed
from papertrack.sources.limits import HEAD

_BIBTEX = pattern(
    r"(?m)^[^\S\n]*@[^\S\n]*\w{1,40}[^\S\n]*[{(]"
    r"[^\S\n]*[^\s{}=,\"]{0,200}\s{0,20}[,=]"
)
_RIS = pattern(r"(?m)^[^\S\n]{0,3}TY {1,3}- ?[A-Za-z]{2,}")
_NBIB = pattern(r"(?m)\A\s*PMID ?- ?\d|^PMID- \d{1,9}$")
_ENDNOTE = pattern(r"\s{0,100}%[0AT] \S.*\n(?:.*\n){0,50}?%[0ATDRUJB] \S")
_JSON = pattern(r"\s*(?:\[\s*(?:null\s*,\s*){0,1000}[\[{\]]|\{\s*[\"}])")
_BEFORE_OBJECT = pattern(r"[\s\[]*(?:null\s*,\s*)*")
_PROLOG = pattern(
    r"(?is)(?:\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->"
    r"|<!doctype[^>\[]{0,2000}(?:\[.{0,20000}?\]\s*)?>)"
)
_ELEMENT = pattern(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]")
_FEED_ROOTS = ("rss", "feed", "rdf", "oai-pmh", "channel")
_HTML_ROOT = pattern("html|head|body|main|div|article|section|title|meta")
_CSL = "issued author container-title type DOI URL citation-key"
_HUGGING_FACE = """
    paper publishedAt upvotes numComments
    submittedBy ai_summary dailyPapers discussionId
"""


class Head(NamedTuple):
    """The first 256 KB of a file, as bytes (`start`) and as text.

    `root` is the name of the first element in lower case, `prolog` is what precedes it.
    `item` is the first JSON object, of an array or a line; of one that is longer than the
    head only the keys are known. `lined` is whether it is on a line of its own.
    """

    start: bytes
    text: str
    root: str
    prolog: str
    is_json: bool
    item: Mapping[str, Any]
    lined: bool


def head_of(body: bytes) -> Head:
    """The head of a decompressed file."""
    start = body[:HEAD]
    is_wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = start.decode("utf-16" if is_wide else "utf-8-sig", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    root, prolog = _root(text)
    is_json = bool(_JSON.match(text))
    item, lined = _first_object(text) if is_json else ({}, False)
    return Head(start, text, root, prolog, is_json, item, lined)


def _root(text: str) -> tuple[str, str]:
    """The name of the first element, and what precedes it, both in lower case."""
    end = 0
    while match := _PROLOG.match(text, end):
        end = match.end()
    element = _ELEMENT.match(text, end)
    if not element:
        return "", ""
    return element[1].lower(), text[:end].lstrip().lower()


def _first_object(text: str) -> tuple[Mapping[str, Any], bool]:
    start = text.find("{")
    lined = text.lstrip().startswith("{")
    if start < 0 or not _BEFORE_OBJECT.fullmatch(text, 0, start):
        return {}, False
    try:
        item, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        keys = re.findall(r'"([\w:-]{1,40})"\s{0,10}:', text[start:])
        return dict.fromkeys(keys), lined
    return item, lined and "\n" not in text[start:end].strip()


def is_opml(head: Head) -> bool:
    return head.root == "opml"


def is_page_with_feed(head: Head) -> bool:
    """A page, or an envelope, that contains a feed in place of its text."""
    if head.root in _FEED_ROOTS or ("rss" not in head.text and "feed" not in head.text):
        return False
    return bool(head.root) and contained_feed(head.text) is not None


def is_html(head: Head) -> bool:
    has_doctype = "<!doctype html" in head.prolog and head.root not in _FEED_ROOTS
    return has_doctype or bool(_HTML_ROOT.fullmatch(head.root))


def is_pubmed_xml(head: Head) -> bool:
    return head.root in ("pubmedarticleset", "pubmedarticle")


def is_xml_feed(head: Head) -> bool:
    return head.root in _FEED_ROOTS


def is_xml(head: Head) -> bool:
    """Another document that says it is XML."""
    return head.prolog.startswith("<?xml")


def is_json_feed(head: Head) -> bool:
    version = str(head.item.get("version"))
    has_url = head.item.keys() & {"home_page_url", "feed_url"}
    return version.startswith("https://jsonfeed.org/") or bool(has_url)


def is_arxiv_snapshot(head: Head) -> bool:
    keys = head.item.keys()
    return (
        "authors_parsed" in keys
        or {"update_date", "categories"} <= keys
        or ("published_at" in keys and bool(keys & {"pdf_url", "categories"}))
    )


def is_own(head: Head) -> bool:
    """An export of papertrack, or a selection of its fields.

    An id and a title alone could be from anywhere, three fields without one that is only
    papertrack's as well.
    """
    keys = head.item.keys()
    if not keys or not keys <= {*PAPER_NAMES}:
        return False
    return len(keys) < 3 or bool(keys & {"key", "authors", "published", "added"})


def is_own_lines(head: Head) -> bool:
    return head.lined and is_own(head)


def is_hugging_face(head: Head) -> bool:
    return not head.item.keys().isdisjoint(_HUGGING_FACE.split())


def is_semantic_scholar(head: Head) -> bool:
    keys = {"paperId", "citedPaper", "citingPaper", "recommendedPapers"}
    return bool(_inner_keys(head.item) & keys)


def is_openalex(head: Head) -> bool:
    keys = _inner_keys(head.item)
    is_work = str(head.item.get("id")).startswith("https://openalex.org/")
    is_list = {"meta", "results"} <= keys
    known = {"authorships", "open_access", "abstract_inverted_index"}
    return is_work or is_list or bool(keys & known)


def is_crossref(head: Head) -> bool:
    return {"message-type", "message"} <= head.item.keys()


def is_dblp(head: Head) -> bool:
    result = head.item.get("result")
    has_hits = isinstance(result, Mapping) and "hits" in result
    # Of an object that is longer than the head, all keys are known as one set.
    return has_hits or {"result", "hits", "hit"} <= head.item.keys()


def _inner_keys(item: Mapping[str, Any]) -> set[str]:
    """The keys of an object, and of the first object in each list that it has."""
    keys = {*item}
    for value in item.values():
        if isinstance(value, list):
            objects = (one for one in value if isinstance(one, Mapping))
            keys.update(next(objects, {}))
    return keys


def is_zotero(head: Head) -> bool:
    """Zotero's items, as its API and Better BibTeX write them."""
    data = head.item.get("data")
    keys = data if isinstance(data, Mapping) else _inner_keys(head.item)
    return "itemType" in keys or "BetterBibTeX JSON" in head.text[:5_000]


def is_csl(head: Head) -> bool:
    has_items = isinstance(head.item.get("items"), list)
    return has_items or not head.item.keys().isdisjoint(_CSL.split())


def is_other_json(head: Head) -> bool:
    return bool(head.item)


def is_table(head: Head) -> bool:
    """A table whose first line names columns, at least two of them known."""
    if head.is_json or head.root:
        return False
    header = header_of(head.text)
    return len(header.known) >= 2


def is_nbib(head: Head) -> bool:
    return not head.is_json and bool(_NBIB.search(head.text))


def is_endnote(head: Head) -> bool:
    return not head.is_json and bool(_ENDNOTE.match(head.text))


def is_ris(head: Head) -> bool:
    return not head.is_json and bool(_RIS.search(head.text))


def is_bibtex(head: Head) -> bool:
    return not head.is_json and bool(_BIBTEX.search(head.text))
