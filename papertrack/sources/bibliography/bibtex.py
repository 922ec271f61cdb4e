"""BibTeX and BibLaTeX: `bibtex_syntax` splits a file into entries, `core.latex` reads
their text.

Fields are inherited along `crossref` and `xdata`. `annote` is the reader's own and is not
imported; of `note`, only an id is. Entries that repeat a key or a field are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from papertrack.core.dates import MONTHS, iso_date, most_precise, written_date
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import plain
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources.bibliography import (
    bibtex_entry,
    bibtex_syntax,
    entries,
    identifiers,
    people,
)
from papertrack.sources.bibliography.bibtex_syntax import Block
from papertrack.sources.bibliography.journals import JOURNALS
from papertrack.sources.bibliography.markup import without_markup_in_latex

_EXPECTED = "expected entries like @article{key, title = {…}}"

_Values = Mapping[str, str]


def parse(body: bytes, *, name: str) -> Listing:
    """The entries of a BibTeX file; one that can't be read, or has no title and no id,
    is a problem.

    Raises Unrecognised if there is no entry, or none can be used.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    if not bibtex_syntax.START.search(text):
        raise Unrecognised(f"{name}: it contains no BibTeX entry; {_EXPECTED}")
    return entries.listing(_read(text), name=name)


def _read(text: str) -> Iterator[entries.Entry]:
    # In capitals, so that the export knows them from `month = {jun}`.
    macros = JOURNALS | {month: month.upper() for month in MONTHS}
    blocks = list(bibtex_syntax.blocks(text, macros))
    by_key: dict[str, Block] = {}
    for block in blocks:
        if block.key:
            by_key.setdefault(block.key.lower(), block)
    for block in blocks:
        if block.kind == "xdata":
            continue
        facts = None
        unclear: list[str] = []
        if not block.broken:
            own = block.values()
            values = _inherited(block, by_key) | own
            facts = _facts(block, own, values, unclear)
        problems = [f"{block.head}: {problem}" for problem in unclear]
        if block.problem:
            problems.insert(0, block.problem)
        elif not facts:
            problems = [f"{block.head} has no title and no id"]
        yield entries.Entry(block.line, facts, tuple(problems))


# ------------------------------------------------------------------ inheritance

_MAX_GENERATIONS = 5
_OWN_FIELDS = pattern(
    r"(?:sub|short)?title|author|abstract|keywords?|annote|annotation|note|addendum|file"
    r"|pages|pagetotal|crossref|xref|xdata|ids|options|doi|url|urldate|eprint\w*"
    r"|archiveprefix|primaryclass|arxiv\w*"
)
"""What a part of a book does not have from it: its id is not the book's."""


def _inherited(
    block: Block, by_key: Mapping[str, Block], generation: int = 0
) -> dict[str, str]:
    """The fields of the entries that an entry refers to, by its names for them."""
    own = block.values()
    parents = [own.get("crossref", "")]
    values: dict[str, str] = {}
    if generation == _MAX_GENERATIONS:
        return values
    for key in own.get("xdata", "").split(","):
        data = by_key.get(key.strip().lower())
        if data and data is not block:
            values |= _inherited(data, by_key, generation + 1) | data.values()
            parents.append(values.get("crossref", ""))
    parent_key = entries.first(map(str.strip, parents))
    parent = by_key.get(parent_key.lower())
    if parent and parent is not block:
        book = _inherited(parent, by_key, generation + 1) | parent.values()
        name = "journaltitle" if parent.kind == "periodical" else "booktitle"
        title = entries.joined(": ", book.get("title"), book.get("subtitle"))
        book = {name: title, **book}
        of_book = [name for name in book if not _OWN_FIELDS.fullmatch(name)]
        values = {name: book[name] for name in of_book} | values
    return values


# ------------------------------------------------------------------ facts

_CATEGORY = pattern(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")


def _facts(
    block: Block, own: _Values, values: _Values, problems: list[str]
) -> Facts | None:
    """The facts of an entry; None if it has neither title nor id.

    `own` are the fields of the entry itself, `values` those it inherits as well. What is
    unclear is added to `problems`.
    """
    title = entries.joined(": ", _text(own, "title"), _text(own, "subtitle"))
    urls = entries.web_urls(_verbatim(own.get("url", "")))
    ids = _ids(own)
    if not clean(title) and not ids:
        return None
    # An edited volume's people are its editors, but not those of a chapter's book.
    authors = people.of_bibtex(own.get("author") or own.get("editor") or "")
    if authors.unclear:
        problems.append(entries.unclear_names(authors.unclear))
    venue = _venue(values)
    more = bibtex_entry.facts(
        block,
        own,
        values,
        is_preprint=not venue and entries.is_on_arxiv(ids),
    )
    return Facts(
        title=title,
        ids=ids,
        abstract=_text(own, "abstract"),
        authors=authors.names,
        author_count=authors.author_count,
        published=_published(values, problems),
        categories=_categories(own),
        keywords=_keywords(own),
        doi=entries.doi_in(ids),
        venue=venue,
        url=entries.first(urls),
        editors=people.of_bibtex(values.get("editor", "")).names,
        **more,
    )


def _text(values: _Values, name: str) -> str:
    """A field as it is printed."""
    value = values.get(name, "")
    return plain(without_markup_in_latex(value)) if value else ""


def _verbatim(text: str) -> str:
    r"""A URL, DOI or id as it was meant: `\_` is `_`, `\url{…}` its argument."""
    if "\\" not in text and "{" not in text:
        return text
    text = re.sub(r"\\(?:url|path|nolinkurl)\b|\\href\s*(?=\{)", "", text)
    return re.sub(r"[{}]|\\(?=[_%#&~{}$/])", "", text)


def _keywords(own: _Values) -> tuple[str, ...]:
    """The distinct keywords; a line that wraps does not end one."""
    name = "keywords" if own.get("keywords") else "keyword"
    return entries.split_keywords(" ".join(_text(own, name).split()))


def _categories(own: _Values) -> tuple[str, ...]:
    """arXiv's categories in `primaryclass`, or after the id in `2106.01234 [cs.CL]`."""
    written = own.get("primaryclass") or ""
    if not written and "arxiv" in _archive(own):
        written = own.get("eprintclass") or ""
    if not written:
        in_brackets = re.search(r"\[([\w.-]+)\]\s*\Z", own.get("eprint", ""))
        written = in_brackets[1] if in_brackets else ""
    words = re.split(r"[\s,;]+", _verbatim(written))
    return tuple(word for word in words if _CATEGORY.fullmatch(word))


def _venue(values: _Values) -> str | None:
    names = ("journal", "journaltitle", "booktitle", "maintitle")
    return entries.first_venue(
        _venue_name(values[name]) for name in names if values.get(name)
    )


@lru_cache(maxsize=1024)
def _venue_name(written: str) -> str:
    r"""A journal's name; `\apj` is one of ADS's macros."""
    macro = re.fullmatch(r"\s*\{*\\([A-Za-z]+)\}*\s*", written)
    if macro and macro[1].lower() in JOURNALS:
        return JOURNALS[macro[1].lower()]
    return plain(without_markup_in_latex(written))


# ------------------------------------------------------------------ ids

_NAMES = ("journal", "journaltitle", "booktitle", "series", "publisher", "institution")
_NUMBERS = ("volume", "number", "pages", "eid", "issue", "type")
_NOTES = ("note", "howpublished", "addendum", "pubstate", "extra", "annotation")
_URLS = (
    "url",
    "ee",
    "howpublished",
    "adsurl",
    "biburl",
    "bdsk-url-1",
    "bdsk-url-2",
    "link",
)


def _archive(own: _Values) -> str:
    return _verbatim(
        own.get("archiveprefix") or own.get("eprinttype") or "arxiv"
    ).lower()


def _ids(own: _Values) -> tuple[str, ...]:
    """The keys of an entry; see `identifiers`."""

    def fields(*names: str) -> list[str]:
        return [_verbatim(own[name]) for name in names if own.get(name)]

    archive = _archive(own)
    dois = fields("doi")
    arxiv: list[str | None] = []
    if archive == "doi":
        dois += fields("eprint")
    elif "arxiv" in archive:
        section = entries.first(fields("primaryclass", "eprintclass"))
        arxiv += [identifiers.bare_arxiv(text, section) for text in fields("eprint")]
    else:
        arxiv += [identifiers.bare_arxiv(text, archive) for text in fields("eprint")]
    arxiv += map(identifiers.bare_arxiv, fields("arxivid", "arxiv"))
    arxiv += identifiers.journal_arxiv(fields(*_NAMES), fields(*_NUMBERS))
    return identifiers.keys(
        arxiv=arxiv,
        doi=" ".join(dois),
        urls=entries.web_urls(" ".join(fields(*_URLS))),
        notes=fields(*_NOTES),
    )


# ------------------------------------------------------------------ dates


def _published(values: _Values, problems: list[str]) -> str | None:
    """The date of an entry in the precision known."""
    written = values.get("date", "").strip()
    date = entries.date(written, problems) if written else None
    if date:
        return date
    written = values.get("year", "").strip()
    year = entries.year_in(written)
    if not year:
        return entries.date(written, problems) if written else None
    month, days = _month_and_days(values.get("month", ""))
    if not month:
        # `year = {May 2020}`, `month = {M{\"a}rz}`
        date = written_date(f"{plain(values.get('month', ''))} {written}")
        return date if date and date[:4] == f"{year:04}" else iso_date(year)
    own_day = values.get("day", "")
    if re.fullmatch(r"[0-9]{1,2}", own_day):
        days = [int(own_day)]
    # Several numbers are a span of days.
    day = days[0] if len(days) == 1 else 0
    return most_precise(year, month, day)


def _month_and_days(written: str) -> tuple[int, list[int]]:
    """The number of a month, 0 for none, and the days beside it.

    `"12~" # jan` and `jan # "~12"` contain the day too, and so does `4` beside a field
    `day`.
    """
    text = re.sub(r"[~{}]", " ", written).lower()
    numbers = [int(number) for number in re.findall(r"\d{1,2}", text)]
    for word in re.findall("[a-z]+", text):
        if word[:3] in MONTHS:
            return MONTHS[word[:3]], numbers
    if numbers:
        return numbers[0], numbers[1:]
    return 0, []
