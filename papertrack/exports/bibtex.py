"""BibTeX: bibtexparser writes the entries, `latex` encodes their text.

A paper that was imported from a BibTeX file has its entry back, with the values as they
were written there. What other sources and the reader added to it is added where the
entry has nothing of the kind. If it is an entry of a preprint, and the paper was
published since, it becomes one of the publication. Any other paper is an entry of its
type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat

from papertrack.core.dates import MONTHS
from papertrack.core.identity import arxiv_id, show
from papertrack.core.latex import plain
from papertrack.core.model import Paper
from papertrack.core.people import WHOLE_NAME
from papertrack.core.progress import SILENT, Progress
from papertrack.core.tags import from_keyword
from papertrack.core.text import clean, clean_lines
from papertrack.exports import publication
from papertrack.exports.cited import cited
from papertrack.exports.latex import encoded, is_harmless
from papertrack.exports.links import web_url

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")
# A DOI is read verbatim, not as LaTeX: what could end the field is percent-encoded
# instead.
_DOI_SAFE = "%/:;.()[]-_+,=&@!*'#?~"
_FIELD_NAME = re.compile(r"[^\W\d][^\s\"#%'(),={}\\@~]{0,99}")
_CONFERENCE = re.compile(r"(?i)\b(?:conference|conf\.|workshop|symposium)(?! series)")
_MONTH = re.compile(rf"\b({'|'.join(MONTHS).upper()})\b")
_MASTER = re.compile(r"(?i)master|diplom|bachelor|m\.?\s?sc")

Fields = dict[str, str]
"""The values of an entry by their names, as they are written: in braces, except a month."""


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """An entry for each paper, in the order given."""
    new_layout: Callable[[], Any] = BibtexFormat  # its __init__ has no types
    layout = new_layout()
    layout.indent = "  "
    layout.trailing_comma = True
    separator = ""
    for paper, key in cited(papers, progress):
        entry = Library([_entry(paper, key)])
        # No middleware: the values are enclosed already, a month is not.
        text = write_string(entry, unparse_stack=[], bibtex_format=layout)
        yield f"{separator}{text}"
        separator = "\n"


def _entry(paper: Paper, key: str) -> Entry:
    original = _original(paper)
    if original is None:
        kind, fields = _made(paper)
    elif _is_outdated(paper, *original):
        kind, fields = _published(paper, original[1])
    else:
        kind, fields = original
        fields = _completed(paper, fields)
    if paper.tags:
        name = "keyword" if "keyword" in fields else "keywords"
        written = fields.get(name, "{}")[1:-1]
        fields[name] = _keywords(paper.tags, written)
    note = "\n".join(map(encoded, clean_lines(paper.note or "")))
    if note:
        fields["annote"] = _braced(note)
    values = [Field(name, value) for name, value in fields.items() if value]
    return Entry(kind, key, values)


def _braced(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _text(value: str | None) -> str:
    return _braced(encoded(clean(value or "")))


# ------------------------------------------------------------------ made of facts


class _Kind(NamedTuple):
    """A type of entry, and what it calls the publisher and the venue of a paper."""

    name: str
    publisher: str = "publisher"
    venue: str = ""


_TABLE = """
    article           article        publisher    journal
    conference-paper  inproceedings  publisher    booktitle
    book              book           publisher    series
    chapter           incollection   publisher    booktitle
    thesis            phdthesis      school
    report            techreport     institution
    dataset           misc           publisher    howpublished
    software          misc           publisher    howpublished
    webpage           misc           publisher    howpublished
"""
_ROWS = map(str.split, _TABLE.strip().splitlines())
_KINDS = {name: _Kind(*names) for name, *names in _ROWS}


def _kind(paper: Paper) -> _Kind:
    if paper.type == "thesis" and _MASTER.search(" ".join(paper.entry)):
        return _KINDS["thesis"]._replace(name="mastersthesis")
    venue = paper.booktitle or paper.venue or ""
    kind = _KINDS.get(paper.type or "")
    if kind is None and paper.type is None and _CONFERENCE.search(venue):
        kind = _KINDS["conference-paper"]
    if kind is None or (kind.name == "article" and not venue):
        kind = _KINDS["article"] if venue else _Kind("misc")
    return kind


def _made(paper: Paper) -> tuple[str, Fields]:
    """An entry of the paper's type, made of its facts."""
    kind = _kind(paper)
    year, month = _year_and_month(paper)
    venue = paper.venue
    if kind.venue == "booktitle":
        venue = paper.booktitle or venue
    publisher = paper.publisher
    if kind.publisher == "school":
        publisher = paper.school or paper.publisher or paper.organization
    elif kind.publisher == "institution":
        publisher = paper.publisher or paper.school or paper.organization
    authors = ""
    if paper.authors != paper.editors:
        authors = _authors(paper)
    fields = {
        "author": _braced(authors),
        "editor": _braced(" and ".join(_names(paper.editors))),
        # Twice, so that a style lowers no capital: "BERT", "Bayesian".
        "title": _braced(_text(paper.title or paper.id)),
        kind.venue: _text(venue) if kind.venue else "",
        kind.publisher: _text(publisher),
        "volume": _text(paper.volume),
        "number": _text(paper.number),
        "pages": _braced(_pages(paper.pages or "")),
        "year": _braced(year),
        "month": month,
        **_links(paper),
    }
    return kind.name, fields


def _links(paper: Paper) -> Fields:
    """Ids, addresses and the abstract."""
    return {
        **_eprint(paper),
        "doi": _braced(quote(paper.doi or "", safe=_DOI_SAFE, errors="replace")),
        "url": _braced(web_url(paper.url) or web_url(paper.pdf) or ""),
        "abstract": _text(paper.abstract or paper.summary),
    }


def _year_and_month(paper: Paper) -> tuple[str, str]:
    """("2025", "nov"), as far as known. `added` is not a date of the paper."""
    match = _DATE.match(publication.date(paper))
    if not match:
        return "", ""
    year, number = match.groups()
    month = ""
    if number:
        month = tuple(MONTHS)[int(number) - 1]
    return year, month


def _pages(pages: str) -> str:
    """A range of pages, its ends with the dash of LaTeX between them."""
    ends = re.split(r"(?<=\w)\s*[-–—]+\s*(?=\w)", clean(pages))
    return "--".join(map(encoded, ends))


def _eprint(paper: Paper) -> Fields:
    is_arxiv = paper.key.startswith("arxiv:")
    number = arxiv_id(show(paper.key)) if is_arxiv else None
    if not number:
        return {}
    fields = {"eprint": _braced(number[0]), "archiveprefix": _braced("arXiv")}
    category = paper.categories[0] if paper.categories else ""
    if _CATEGORY.fullmatch(category):
        fields["primaryclass"] = _braced(category)
    return fields


def _authors(paper: Paper) -> str:
    names = _names(paper.authors)
    if names and (paper.author_count or 0) > len(names):
        names.append("others")
    return " and ".join(names)


def _names(names: Iterable[str]) -> list[str]:
    return [_name(clean(name)) for name in names]


def _name(name: str) -> str:
    """A name, in braces if BibTeX would split it wrongly."""
    parts = name.split(",")
    is_odd = len(parts) > 2 or not all(part.strip() for part in parts)
    if is_odd or re.search(WHOLE_NAME, name):
        return _braced(encoded(name))
    return encoded(name)


# ------------------------------------------------------------------ entries as they were

_EPRINT = {"eprint", "arxivid", "arxiv"}
_EQUIVALENTS = {
    "eprint": _EPRINT,
    "doi": {"doi"},
    "url": {"url", "ee", "doi", "eprint", "howpublished", "arxivid", "arxiv"},
    "abstract": {"abstract"},
    "archiveprefix": _EPRINT,
    "primaryclass": _EPRINT,
}
"""What is added to an entry that has none of the fields that state the same."""


def _original(paper: Paper) -> tuple[str, Fields] | None:
    """The type and fields of the paper's entry in a BibTeX file; None if it has none."""
    items = [item.partition(" = ") for item in paper.entry]
    if not items or items[0][0] != "entrytype":
        return None
    kind = items[0][2]
    if not kind.isalnum() or kind.lower() in ("comment", "preamble", "string"):
        return None
    fields: Fields = {}
    for name, is_written, value in items[1:]:
        if not _FIELD_NAME.fullmatch(name) or name in fields:
            continue
        if is_written:
            fields[name] = _written(paper, name, value)
        elif name == "abstract":
            fields[name] = _abstract(paper)
    return kind, fields


def _written(paper: Paper, name: str, value: str) -> str:
    """A value as it was written; as text if it is more than typesetting."""
    if not is_harmless(value):
        # Of journals, a macro may have been resolved.
        is_journal = name in ("journal", "journaltitle")
        return _text((is_journal and paper.venue) or plain(value))
    if name != "month":
        return f"{{{value}}}"
    # The macro of a month is read in capitals; each style prints it in its own way.
    parts = []
    for part in _MONTH.split(value):
        is_macro = _MONTH.fullmatch(part)
        parts.append(part.lower() if is_macro else _braced(part))
    return " # ".join(part for part in parts if part)


def _abstract(paper: Paper) -> str:
    """An abstract that is the same with and without LaTeX."""
    abstract = clean(paper.abstract or "")
    is_original = len(paper.sources) == 1 and not re.search(r"[\\{}$]", abstract)
    return _braced(abstract) if is_original else _text(abstract)


def _completed(paper: Paper, fields: Fields) -> Fields:
    """An entry's fields, with what other sources know of the paper."""
    if len(paper.sources) == 1:
        return fields
    known = _links(paper)
    completed = dict(fields)
    for name, same in _EQUIVALENTS.items():
        if name in known and not same & fields.keys():
            completed[name] = known[name]
    return completed


_PREPRINTS = ("misc", "article", "unpublished", "online", "techreport", "report")
_OF_PREPRINTS = {
    *("journal", "journaltitle", "howpublished", "year", "month", "date", "volume"),
    *("number", "pages", "publisher", "institution", "type", "doi", "url", "urldate"),
    *("eprinttype", "arxivid", "arxiv", "ee", "booktitle"),
}
"""Fields of a preprint's entry that are not of the publication."""


def _is_outdated(paper: Paper, kind: str, fields: Fields) -> bool:
    """Whether an entry is of a preprint on arXiv that was published since."""
    if not paper.key.startswith("arxiv:") or not paper.venue:
        return False
    if kind.lower() not in _PREPRINTS or "booktitle" in fields:
        return False
    names = ("journal", "journaltitle", "howpublished")
    written = (plain(fields[name][1:-1]) for name in names if name in fields)
    return all(
        "arxiv" in name.casefold() or name.casefold() == "corr" for name in written
    )


def _published(paper: Paper, fields: Fields) -> tuple[str, Fields]:
    """The entry of the publication, with what the reader wrote in that of the preprint."""
    kind, made = _made(paper)
    own = {name: fields[name] for name in fields if name not in _OF_PREPRINTS}
    return kind, {**made, **own}


def _keywords(tags: Iterable[str], written: str) -> str:
    """An entry's keywords, with the reader's tags that are none of them."""
    separator = "; " if ";" in written else ", "
    keywords = map(plain, re.split("[,;]", written))
    known = {from_keyword(keyword).casefold() for keyword in keywords}
    words = [written] if written else []
    for tag in tags:
        if from_keyword(tag).casefold() not in known:
            words.append(encoded(clean(tag)))
    return _braced(separator.join(filter(None, words)))
