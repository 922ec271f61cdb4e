"""CSV and TSV with a header: papertrack's own exports, and those of other programs.

Spreadsheets save a table with semicolons, a BOM, quoted line breaks or dates of their
own; the columns may be in any order. Of a foreign table the known columns are read.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from papertrack.core.dates import written_date
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt, plural
from papertrack.sources.bibliography import entries, identifiers, papertrack_json
from papertrack.sources.bibliography.columns import FOREIGN, Header, header_of
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.nbib import pubmed_url
from papertrack.sources.bibliography.people import names_in
from papertrack.sources.bibliography.types import type_of

Row = Mapping[str, str]
"""The cells of a row that are not empty, by what is in their column."""
Line = tuple[int, Sequence[str] | str]
"""The line where a row begins, and its cells or why they can't be read."""

_MAX_LINES = 2_000
"""Lines of the longest row, of a paper with line breaks in its abstract."""
_MAX_LOOKED_AT = 1_000_000
"""Lines that are looked at for the end of quotes, in the whole file."""
_GUARDED = pattern(r"'['\s]*[=+\-@＝＋－＠]")
_QUOTED = pattern(r'"(?:[^"]|"")*"')
_NUMBER_OF_SHEET = pattern(r"(\d{3,4})\.(\d{1,5})")
_CATEGORY = pattern(
    r"(?<![\w.-])[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[a-z]+)*)?(?![\w.-])"
)


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of a table. A row that can't be read is a problem.

    Raises Unrecognised if there is no column for the titles, or no row can be read.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    header = header_of(text)
    rows = _rows(text, header)
    if header.is_own:
        found = (_own(row, header) for row in rows)
        return entries.listing(found, name=name, source=papertrack_json.SOURCE)
    named = [FOREIGN.get(one, "") for one in header.names]
    if "title" not in named:
        columns = excerpt(", ".join(header.names), 100)
        reason = f"the table has no column 'title' (its columns: {columns})"
        raise Unrecognised(f"{name}: {reason}; rename the column with the titles")
    listing = entries.listing((_foreign(row, named) for row in rows), name=name)
    return replace(listing, notes=_unread(header, name))


def _unread(header: Header, name: str) -> tuple[str, ...]:
    """A note on the columns that are not known."""
    unknown = [one for one in header.names if one and one not in FOREIGN]
    if not unknown:
        return ()
    columns = excerpt(", ".join(unknown), 100)
    return (f"{name}: {plural(len(unknown), 'column')} not read: {columns}",)


# ------------------------------------------------------------------ rows


def _rows(text: str, header: Header) -> Iterator[Line]:
    """The rows below the header that are not blank."""
    lines = text.removesuffix("\n").split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip("\ufeff "))
    if lines[first].lstrip("\ufeff ").startswith("sep="):
        first += 1
    is_tsv = header.delimiter == "\t"
    has_quotes = not is_tsv or not _is_without_quotes(lines[first:])
    looked_at = 0
    number = first + 1
    while number < len(lines):
        end = number + 1
        if has_quotes and _is_open(lines[number], header.delimiter):
            end = _end_of_quotes(lines, number, looked_at)
            looked_at += end - number if end else _MAX_LINES
        row = "\n".join(lines[number:end])
        if not end:
            yield number + 1, "the quotes in this row do not end"
        elif row.strip():
            yield number + 1, _cells(row, header, has_quotes)
        number = end or number + 1


def _is_open(line: str, delimiter: str) -> bool:
    """Whether a line ends inside quotes that a cell starts with."""
    starts = re.search(rf'(?:^|{re.escape(delimiter)})\s*"', line)
    return bool(starts) and line.count('"') % 2 == 1


def _end_of_quotes(lines: Sequence[str], start: int, looked_at: int) -> int:
    """The line after a row whose first line ends inside quotes; 0 if they do not end."""
    if looked_at > _MAX_LOOKED_AT:
        return 0
    quotes = 0
    for number in range(start, min(start + _MAX_LINES, len(lines))):
        quotes += lines[number].count('"')
        if quotes % 2 == 0:
            return number + 1
    return 0


def _is_without_quotes(lines: Sequence[str]) -> bool:
    """Whether quotes in a TSV are part of the text, as in papertrack's own.

    A spreadsheet puts them around a cell that contains a comma, or a quote, which it
    doubles. So they are text if a cell has them for no reason, or lacks them.
    """
    if len({line.count("\t") for line in lines if line}) > 1:
        return False
    cells = [cell for line in lines for cell in line.split("\t")]
    quoted = [cell for cell in cells if '"' in cell]
    if not all(_QUOTED.fullmatch(cell) for cell in quoted):
        return True
    if not all("," in cell or '""' in cell[1:-1] for cell in quoted):
        return True
    has_doubled = any('""' in cell[1:-1] for cell in quoted)
    has_bare_comma = any("," in cell and '"' not in cell for cell in cells)
    return has_bare_comma and not has_doubled


def _cells(row: str, header: Header, has_quotes: bool) -> Sequence[str] | str:
    """The cells of a row; or why they can't be those of the columns."""
    try:
        (cells,) = csv.reader(
            [row],
            delimiter=header.delimiter,
            quoting=csv.QUOTE_MINIMAL if has_quotes else csv.QUOTE_NONE,
        )
    except csv.Error as error:
        return f"this row can't be read: {error}"
    except ValueError:  # it is not one row
        return "the quotes in this row do not match"
    surplus = cells[len(header.names) :]
    filled = sum(bool(cell.strip()) for cell in cells)
    is_short = len(cells) < len(header.names) and filled < 2 < len(header.names)
    if any(map(str.strip, surplus)) or is_short:
        count = plural(len(cells), "cell")
        return f"this row has {count}, the header {len(header.names)}"
    return [_unguarded(cell) for cell in cells]


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe before what a spreadsheet would calculate."""
    return cell[1:] if _GUARDED.match(cell) else cell


# ------------------------------------------------------------------ papertrack's own


def _own(line: Line, header: Header) -> entries.Entry:
    """A row of papertrack's own export, through the JSON that it would be."""
    number, cells = line
    if isinstance(cells, str):
        return entries.Entry(number, None, (cells,))
    item = {}
    for name, cell in zip(header.names, cells, strict=False):
        if name == "id":
            cell = _id_of_sheet(cell)
        if cell.strip():
            item[name] = _json_value(name, cell)
    return papertrack_json.entry((number, item))


def _json_value(name: str, cell: str) -> object:
    """The value of a cell as papertrack's JSON has it."""
    field = BY_NAME[name]
    if field.is_list:
        return cell.split("; ")
    match field.kind:
        case Kind.NUMBER:
            return int(cell) if re.fullmatch(r"\s*[0-9]{1,15}\s*", cell) else cell
        case Kind.FLAG:
            return cell.strip().lower() in ("true", "1", "yes", "wahr", "vrai")
        case Kind.DATE:
            return written_date(cell) or cell
    return cell


def _id_of_sheet(cell: str) -> str:
    """An arXiv id that a spreadsheet took for a number: `2106.1` of 2106.10000."""
    match = _NUMBER_OF_SHEET.fullmatch(cell.strip())
    if not match:
        return cell
    month = match[1].rjust(4, "0")
    length = 5 if month >= "1501" else 4
    return f"{month}.{match[2].ljust(length, '0')}"


# ------------------------------------------------------------------ foreign tables


def _foreign(line: Line, columns: Sequence[str]) -> entries.Entry:
    """A row of another program's table."""
    number, cells = line
    if isinstance(cells, str):
        return entries.Entry(number, None, (cells,))
    row: dict[str, str] = {}
    keywords: list[str] = []
    for name, cell in zip(columns, cells, strict=False):
        if name and cell.strip():
            row.setdefault(name, cell.strip())
            if name == "keywords":
                keywords += entries.split_keywords(cell)
    facts = _facts(row, entries.distinct(keywords))
    if not facts.title:
        return entries.Entry(number, None, ("this row has no title",))
    return entries.Entry(number, facts, _date_problem(row, facts))


def _facts(row: Row, keywords: tuple[str, ...]) -> Facts:
    """The facts of a row, by what is in its columns."""

    def cell(name: str) -> str:
        return row.get(name, "")

    urls = entries.web_urls(cell("url"))
    notes = cell("extra").split("\n")
    notes += [cell("venue"), cell("pages"), cell("comment")]
    arxiv = [identifiers.bare_arxiv(cell("arxiv"))]
    arxiv += map(identifiers.named_arxiv, notes)
    ids = identifiers.keys(
        arxiv=arxiv, doi=cell("doi"), urls=[*urls, *_pubmed_url(row)]
    )
    pages = entries.joined("-", cell("first_page"), cell("last_page"))
    return Facts(
        title=without_markup(cell("title")),
        ids=ids,
        abstract=without_markup(cell("abstract")),
        authors=names_in(cell("full_names")) or names_in(cell("authors")),
        published=_published(row),
        categories=tuple(_CATEGORY.findall(cell("categories"))),
        keywords=keywords,
        doi=entries.doi_in(ids),
        venue=entries.first_venue([cell("venue")]),
        url=entries.first(urls),
        pdf=entries.first(entries.web_urls(cell("pdf"))),
        comment=cell("comment"),
        type=type_of(cell("type")),
        cite_key=cell("cite_key"),
        editors=names_in(cell("editors")),
        booktitle=cell("booktitle"),
        publisher=cell("publisher"),
        volume=cell("volume"),
        number=cell("number"),
        pages=cell("pages") or pages,
    )


def _pubmed_url(row: Row) -> list[str]:
    url = pubmed_url(row.get("pmid", ""))
    return [url] if url else []


def _published(row: Row) -> str | None:
    """The date, else the year with the month and day that have columns of their own."""
    date = written_date(row.get("published", ""))
    if date or "year" not in row:
        return date
    written = entries.joined(" ", row["year"], row.get("month"), row.get("day"))
    return written_date(written) or written_date(row["year"])


def _date_problem(row: Row, facts: Facts) -> tuple[str, ...]:
    written = row.get("published") or row.get("year")
    if not written or facts.published:
        return ()
    return (f"the date {excerpt(written, 40)} can't be read and was ignored",)
