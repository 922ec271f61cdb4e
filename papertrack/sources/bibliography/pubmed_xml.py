"""PubMed's XML: `PubmedArticle` elements.

Each is parsed by itself, so that one that is malformed costs no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from papertrack.core.dates import MONTHS, iso_date, written_date
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.nbib import (
    publication_type,
    pubmed_url,
    without_final_dot,
)
from papertrack.sources.limits import decode

_START = pattern(r"<PubmedArticle[\s>]")
_END = "</PubmedArticle>"
_MAX_ARTICLE = 5_000_000
"""Characters of an article; one with 5,000 authors has 2 million."""


def parse(body: bytes, *, name: str) -> Listing:
    """The articles of a document. Raises Unrecognised if none can be read."""
    name = entries.shown(name)
    text = decode(body, {})
    if "<!ENTITY" in text:
        raise Unrecognised(
            f"{name}: XML that declares entities, as PubMed's never does"
        )
    return entries.listing(_entries(text), name=name)


def _entries(text: str) -> Iterator[entries.Entry]:
    line, counted = 1, 0
    starts = [match.start() for match in _START.finditer(text)]
    for start, limit in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        end = text.find(_END, start, limit)
        if end < 0:
            yield entries.Entry(line, None, ("this article has no end",))
        elif end - start > _MAX_ARTICLE:
            yield entries.Entry(line, None, ("this article is too long for a paper",))
        else:
            yield _entry(line, text[start : end + len(_END)])


def _entry(line: int, xml: str) -> entries.Entry:
    try:
        article = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return entries.Entry(line, None, ("this article is not well-formed XML",))
    return entries.entry_of(line, _facts(article), "article")


def _facts(article: ElementTree.Element) -> Facts:
    cited = article.find("MedlineCitation/Article")
    if cited is None:
        cited = ElementTree.Element("Article")
    url = pubmed_url(_text(article, "MedlineCitation/PMID"))
    own_ids = [*article.iterfind("PubmedData/ArticleIdList/ArticleId")]
    own_ids += cited.iterfind("ELocationID")
    by_kind: dict[str | None, list[str]] = {"pii": [], "doi": []}
    for one in own_ids:
        kind = one.get("IdType") or one.get("EIdType")
        by_kind.setdefault(kind, []).append(_of(one))
    ids = identifiers.keys(
        arxiv=map(identifiers.named_arxiv, by_kind["pii"]),
        doi=entries.first(by_kind["doi"]),
        urls=[url] if url else [],
    )
    words = [_of(word) for word in article.iterfind(".//KeywordList/Keyword")]
    subjects = article.iterfind(".//MeshHeading/DescriptorName[@MajorTopicYN='Y']")
    types = [_of(one) for one in cited.iterfind("PublicationTypeList/PublicationType")]
    return Facts(
        title=without_final_dot(
            _text(cited, "ArticleTitle") or _text(cited, "VernacularTitle")
        ),
        ids=ids,
        abstract=_abstract(cited),
        authors=tuple(map(_name, cited.iterfind("AuthorList/Author"))),
        published=_published(cited),
        keywords=entries.distinct([*words, *map(_of, subjects)]),
        doi=entries.doi_in(ids),
        venue=entries.first_venue(
            [_text(cited, "Journal/Title"), _text(cited, "Journal/ISOAbbreviation")]
        ),
        url=url,
        type=publication_type(types),
        volume=_text(cited, "Journal/JournalIssue/Volume"),
        number=_text(cited, "Journal/JournalIssue/Issue"),
        pages=_text(cited, "Pagination/MedlinePgn"),
    )


def _of(element: ElementTree.Element) -> str:
    """The text of an element and of those in it."""
    return clean("".join(element.itertext()))


def _text(parent: ElementTree.Element, path: str) -> str:
    element = parent.find(path)
    return "" if element is None else _of(element)


def _abstract(cited: ElementTree.Element) -> str:
    """The paragraphs of the abstract, each after its label: `METHODS: …`."""
    parts = []
    for part in cited.iterfind("Abstract/AbstractText"):
        label = part.get("Label")
        text = _of(part)
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return " ".join(parts)


def _name(author: ElementTree.Element) -> str:
    given = _text(author, "ForeName") or _text(author, "Initials")
    parts = (given, _text(author, "LastName"), _text(author, "Suffix"))
    return entries.joined(" ", *parts) or _text(author, "CollectiveName")


def _published(cited: ElementTree.Element) -> str | None:
    """The date of the issue, else of the electronic publication."""
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate"):
        date = cited.find(path)
        if date is None:
            continue
        year = _text(date, "Year")
        month = _text(date, "Month")
        day = _text(date, "Day")
        if re.fullmatch(r"[0-9]{4}", year):
            month_number = MONTHS.get(month[:3].lower(), 0)
            if month.isdecimal():
                month_number = int(month)
            day_number = int(day) if day.isdecimal() else 0
            return iso_date(int(year), month_number, day_number)
        written = written_date(_text(date, "MedlineDate"))
        if written:
            return written
    return None
