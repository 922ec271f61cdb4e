"""Any document of arXiv, its format detected from the content."""

from __future__ import annotations

import re
from collections.abc import Mapping

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.lazy_regex import pattern
from papertrack.sources.arxiv.announcements import ROOTS, parse_rss
from papertrack.sources.arxiv.atom import parse_atom
from papertrack.sources.arxiv.oai import parse_oai
from papertrack.sources.arxiv.pages import parse_page
from papertrack.sources.arxiv.xml import root_name

_START = 20_000
_OF_ARXIV = pattern(
    rb">\s*https?://(?:export\.|rss\.|www\.)?arxiv\.org/"
    rb"|rdf:about=\"https?://(?:\w+\.)?arxiv\.org/"
    rb"|Feed error for query|updates on arXiv\.org",
    re.I,
)


def parse(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's response"
) -> Listing:
    """The papers of a document in any format of arXiv. Raises Unrecognised for others.

    Atom of the API and of announcements, RSS 2.0, RDF 1.0, OAI-PMH, listing pages,
    abstract pages.
    """
    name = root_name(body)
    if name == "OAI-PMH":
        return parse_oai(body, headers, where=where)
    if name == "html":
        return parse_page(body, headers, where=where)
    head = _head_of_feed(body)
    if name not in ROOTS or not head:
        formats = "Atom, RSS, RDF, OAI-PMH, a listing, an abstract page"
        raise Unrecognised(f"{where}: none of arXiv's formats ({formats})")
    is_query = name == "feed" and b"/atom/" not in head
    if is_query and b"announce_type" not in body[:_START]:
        return parse_atom(body, headers, where=where)
    return parse_rss(body, headers, where=where)


def is_arxiv(body: bytes) -> bool:
    """Whether an XML document, readable or not, is a feed or OAI-PMH of arXiv."""
    name = root_name(body)
    return name == "OAI-PMH" or (name in ROOTS and bool(_head_of_feed(body)))


def _head_of_feed(body: bytes) -> bytes:
    """The head of a feed, up to its first entry, if it is arXiv's; else b''."""
    head = re.split(rb"<(?:item|entry)\b", body[:_START], maxsplit=1)[0]
    return head if _OF_ARXIV.search(head) else b""
