"""The formats of files, and reading a file in whichever it has.

A new format is a row of FORMATS and a module with its `parse`; one that is known but not
read is a row of `refusals.REFUSALS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, Protocol

from papertrack.core.dates import existing_day
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing, Request
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources import detect
from papertrack.sources.base import Context
from papertrack.sources.detect import Head
from papertrack.sources.refusals import REFUSALS, Refusal
from papertrack.sources.streams import decompress

_DAY = pattern(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")


class File(NamedTuple):
    """What is known about a file besides its contents.

    `path` is its name, `name` the same for messages. `date` is the day (ISO) given by the
    user, `day` that one or the day in the file's name. With a `context` the listing may
    lead to requests.
    """

    path: str
    name: str
    date: str | None = None
    day: str | None = None
    context: Context | None = None


Reader = Callable[[bytes, File], Listing]


class LineReader(Protocol):
    """Reads lines in batches, one Listing each; `first_line` numbers the first line."""

    def __call__(
        self, lines: Iterable[bytes], *, name: str, first_line: int = 1
    ) -> Iterator[Listing]: ...


class Format(NamedTuple):
    """A format: how it is detected, what reads it, and the suffixes that hint at it.

    `lines` is the module whose `parse_lines` reads it line by line, as a LineReader.
    `help` describes it to users; a format without it is not read. `trust` is as that of
    a Source; most formats are of bibliographies.
    """

    name: str
    detects: Callable[[Head], bool]
    read: Reader
    suffixes: tuple[str, ...] = ()
    lines: str = ""
    help: str = ""
    trust: Mapping[str, int] = MappingProxyType({"bibliography": 30})


def _parser(module: str, function: str = "parse") -> Reader:
    """A reader that imports its module on first use, as most have a library of their own."""

    def read(body: bytes, file: File) -> Listing:
        parser = import_module(f"papertrack.sources.{module}")
        listing: Listing = getattr(parser, function)(body, name=file.name)
        return listing

    return read


def _read_hugging_face(body: bytes, file: File) -> Listing:
    from papertrack.sources.huggingface.rows import parse_saved

    return parse_saved(body, name=file.name, day=file.day)


def _read_page(body: bytes, file: File) -> Listing:
    """A saved page of Hugging Face, else of arXiv."""
    from papertrack.sources.arxiv import formats as arxiv
    from papertrack.sources.huggingface.page import OtherPage, parse_saved_page

    try:
        return parse_saved_page(body, name=file.name, day=file.day)
    except Unrecognised as error:
        # Without the traceback, whose frames would keep the page in memory.
        refusal = error.with_traceback(None)
    try:
        return arxiv.parse(body, {}, where=file.name)
    except Unrecognised:
        pass
    if isinstance(refusal, OtherPage):
        reason = f"{refusal.titled}, not a listing of Hugging Face or arXiv"
        raise Unrecognised(
            f"{file.name}: {reason}; save the listing, or import a text with ids or DOIs"
        )
    raise refusal


def _read_xml(body: bytes, file: File) -> Listing:
    """A document of arXiv, else any feed."""
    from papertrack.sources.arxiv import formats as arxiv
    from papertrack.sources.feeds import source as feeds

    if arxiv.is_arxiv(body):
        return arxiv.parse(body, {}, where=file.name)
    return feeds.parse_saved(body, name=file.name)


def _read_text(body: bytes, file: File) -> Listing:
    """The text of a copied listing page, else the ids in any text. Raises Unrecognised."""
    from papertrack.sources import copied_page, ids
    from papertrack.sources.arxiv.source import Arxiv

    def lookups(numbers: Sequence[str]) -> tuple[Request, ...]:
        assert file.context
        return Arxiv().start(f"arxiv:{','.join(numbers)}", file.context)

    try:
        return copied_page.parse(body, name=file.path, date=file.date)
    except Unrecognised:
        pass
    try:
        return ids.parse(
            body, name=file.path, lookups=lookups if file.context else None
        )
    except Unrecognised:
        raise Unrecognised(
            f"{file.name}: no paper found: it has no arXiv id and no DOI, and is not the "
            "text of a listing page; see papertrack help formats"
        ) from None


def _refused(refusal: Refusal) -> Format:
    """The format of a refusal, whose reader raises Unrecognised."""

    def read(body: bytes, file: File) -> Listing:
        reason = f"{refusal.name} can't be read; {refusal.advice}"
        raise Unrecognised(f"{file.name}: {reason}")

    return Format(refusal.name, refusal.detects, read)


def _read_other_json(body: bytes, file: File) -> Listing:
    """Refuses JSON of an unknown kind, with its keys or the error that it states."""
    from papertrack.sources.bibliography.json_objects import error_in

    item = detect.head_of(body).item
    error = error_in(item)
    if error:
        raise Unrecognised(f"{file.name}: the response is an error: {error}")
    if item.keys() <= {"total", "offset", "next", "token", "data"}:
        raise Unrecognised(f"{file.name}: it contains no paper")
    keys = excerpt(", ".join(item), 60)
    raise Unrecognised(
        f"{file.name}: JSON of an unknown kind (its keys: {keys}); export it as "
        "CSL-JSON, BibTeX or RIS, or see papertrack help formats"
    )


def _read_other_xml(body: bytes, file: File) -> Listing:
    """Refuses XML of an unknown kind, with the name of its root."""
    root = excerpt(detect.head_of(body).root or "?", 40)
    raise Unrecognised(
        f"{file.name}: XML of an unknown kind (its root: {root}), not a feed; export "
        "it as BibTeX, RIS or CSL-JSON"
    )


def _service(
    name: str, detects: Callable[[Head], bool], title: str, *, trust: int
) -> Format:
    """The saved responses of a service, which a module of `enrichment` reads."""
    return Format(
        name.replace("_", "-"),
        detects,
        _parser(f"enrichment.{name}"),
        help=f"responses of {title}'s API",
        trust={name.replace("_", ""): trust},
    )


_PAPERTRACK = "bibliography.papertrack_json"
_SNAPSHOT = "bibliography.arxiv_snapshot"
HUGGING_FACE = Format(
    "hf-json",
    detect.is_hugging_face,
    _read_hugging_face,
    (".json",),
    help="responses of Hugging Face's API",
)
TEXT = Format(
    "text",
    lambda head: False,
    _read_text,
    help="a copied listing page, or any text with arXiv ids or DOIs",
    trust={"text": 10},
)
FORMATS = (
    *map(_refused, REFUSALS),
    Format(
        "opml",
        detect.is_opml,
        _parser("feeds.opml"),
        (".opml",),
        help="OPML, whose feeds are followed",
    ),
    Format(
        "page-with-feed",
        detect.is_page_with_feed,
        _parser("feeds.source", "parse_saved"),
    ),
    Format(
        "html",
        detect.is_html,
        _read_page,
        (".html", ".htm"),
        help="saved pages of Hugging Face and arXiv",
    ),
    Format(
        "pubmed-xml",
        detect.is_pubmed_xml,
        _parser("bibliography.pubmed_xml"),
        help="PubMed XML",
    ),
    Format(
        "feed",
        detect.is_xml_feed,
        _read_xml,
        (".rss", ".atom", ".xml"),
        help="RSS and Atom; arXiv's API, RSS and OAI-PMH",
    ),
    Format("other-xml", detect.is_xml, _read_other_xml),
    Format(
        "json-feed",
        detect.is_json_feed,
        _parser("feeds.source", "parse_saved"),
        help="JSON Feed",
    ),
    Format(
        "arxiv-snapshot",
        detect.is_arxiv_snapshot,
        _parser(_SNAPSHOT),
        lines=_SNAPSHOT,
        trust={"arxiv-snapshot": 90},
        help="arXiv's metadata as JSON lines, from Kaggle",
    ),
    Format(
        "jsonl",
        detect.is_own_lines,
        _parser(_PAPERTRACK),
        (".jsonl", ".ndjson"),
        lines=_PAPERTRACK,
        help="papertrack's JSON lines",
        trust={"import": 20},
    ),
    Format(
        "json",
        detect.is_own,
        _parser(_PAPERTRACK),
        help="papertrack's JSON",
        trust={"import": 20},
    ),
    HUGGING_FACE,
    _service(
        "semantic_scholar", detect.is_semantic_scholar, "Semantic Scholar", trust=50
    ),
    _service("openalex", detect.is_openalex, "OpenAlex", trust=55),
    _service("crossref", detect.is_crossref, "Crossref", trust=65),
    _service("dblp", detect.is_dblp, "DBLP", trust=60),
    Format(
        "zotero",
        detect.is_zotero,
        _parser("bibliography.zotero"),
        help="Zotero's JSON and Better BibTeX JSON",
    ),
    Format(
        "csl",
        detect.is_csl,
        _parser("bibliography.csl"),
        (".csl.json",),
        help="CSL-JSON of Zotero, Pandoc and Crossref",
    ),
    Format("other-json", detect.is_other_json, _read_other_json),
    Format(
        "table",
        detect.is_table,
        _parser("bibliography.tables"),
        (".csv", ".tsv"),
        help="CSV and TSV with a header: papertrack's; "
        "Zotero's, Scopus', Google Scholar's and others'",
    ),
    Format(
        "nbib",
        detect.is_nbib,
        _parser("bibliography.nbib"),
        (".nbib",),
        help="PubMed's citation format",
    ),
    Format(
        "endnote",
        detect.is_endnote,
        _parser("bibliography.endnote"),
        (".enw",),
        help="EndNote's tagged format, refer",
    ),
    Format(
        "ris",
        detect.is_ris,
        _parser("bibliography.ris"),
        (".ris",),
        help="RIS",
    ),
    Format(
        "bibtex",
        detect.is_bibtex,
        _parser("bibliography.bibtex"),
        (".bib", ".bibtex"),
        help="BibTeX and BibLaTeX",
    ),
    TEXT,
)
"""In order: the first one detected is it, else the one with the longest suffix."""
READABLE = sorted((row for row in FORMATS if row.help), key=attrgetter("name"))
"""The formats that are read, by name."""
_SUFFIXES = {suffix: format for format in FORMATS for suffix in format.suffixes}


def detect_format(body: bytes, *, name: str) -> Format:
    """The format of a decompressed file; `name` may be "" or "-"."""
    head = detect.head_of(body)
    for format in FORMATS:
        if format.detects(head):
            return format
    name = name.lower().removesuffix(".gz")
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if name.endswith(suffix):
            return _SUFFIXES[suffix]
    return HUGGING_FACE if head.is_json else TEXT


def read_file(
    body: bytes, *, name: str, date: str | None = None, context: Context | None = None
) -> Listing:
    """The papers of a file; its format is detected from the content, gzip is decompressed.

    `name` is for messages and may contain the listing's day; `date` (ISO) is the day given
    by the user. With a `context` the listing may lead to requests, as for arXiv ids in a
    text. Raises Unrecognised.
    """
    shown = excerpt(name, 200)
    body = decompress(body, name=shown)
    if not body.strip():
        raise Unrecognised(f"{shown}: the file is empty; save it again")
    file = File(name, shown, date, date or _day_in(name), context)
    return detect_format(body, name=name).read(body, file)


def line_reader(head: bytes, *, name: str) -> LineReader | None:
    """What reads a file that starts with `head` line by line; None if nothing does.

    A file read by lines may have any size.
    """
    module = detect_format(head, name=name).lines
    if not module:
        return None
    from papertrack.sources.bibliography.json_objects import is_lined

    if not is_lined(head.decode("utf-8-sig", "replace")):
        return None
    reader: LineReader = import_module(f"papertrack.sources.{module}").parse_lines
    return reader


def _day_in(name: str) -> str | None:
    """The first ISO day in the last part of a path."""
    days = _DAY.findall(name.replace("\\", "/").rpartition("/")[2])
    return next(filter(None, map(existing_day, days)), None)
