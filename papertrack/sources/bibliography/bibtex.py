"""BibTeX and BibLaTeX, split into entries by bibtexparser, their text decoded with pylatexenc.

Macros (`@string`, months) and `#` are resolved here, since bibtexparser joins no values; `crossref` is left
aside. `note` and `annote` are the writer's, and stay out. Entries that repeat a key or a field are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.bibliography import entries as bibliography
from papertrack.sources.bibliography.entries import Latex, Read

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

_MONTHS = {
    month: number
    for number, month in enumerate(
        (
            "jan",
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
        ),
        1,
    )
}
# A macro of macros of macros grows without bound; journals' names are shorter than the one, abstracts than the other.
_MAX_MACRO = 500
_MAX_VALUE = 100_000
_MAX_BLOCKS = 100_000  # bibtexparser takes 30 µs and 3 KB for each
_START = pattern(r"(?m)^[^\S\n]*@[^\S\n]*\w+[^\S\n]*[{(]")
_SPACED = pattern(r"(?m)^([^\S\n]*@)[^\S\n]+(?=\w)")
_MARKS = pattern(r'(?<!\\)[{}"#]')
_AND = pattern(r"(?i) and(?= )|[{}]")
_EXPECTED = "expected BibTeX: entries like @article{key, title = {…}}"

_Values = Mapping[str, str]


def parse(body: bytes, *, name: str) -> Listing:
    """The entries of a BibTeX file; one without title and id is a problem, as is a block that does not end.

    Raises Unrecognised where there is no entry, or most can't be read.
    """
    name = bibliography.shown(name)
    text = bibliography.text_of(body)
    if text.count("@") > _MAX_BLOCKS:
        raise Unrecognised(
            f"{name}: more than {_MAX_BLOCKS:,} entries; split it into several files"
        )
    if not _START.search(text):
        raise Unrecognised(f"{name}: no entry found in it; {_EXPECTED}")
    plain = Latex()
    listing = bibliography.listing(_read(text, plain), name=name)
    return replace(listing, notes=(*listing.notes, *plain.notes(name)))


def _read(text: str, plain: Latex) -> Iterator[Read]:
    from bibtexparser.model import Entry, ParsingFailedBlock, String

    macros = {month: month for month in _MONTHS}
    for block in map(_unwrapped, _blocks(text)):
        line = (block.start_line or 0) + 1
        if isinstance(block, String):
            macros[block.key.lower()] = _value(str(block.value), macros)[:_MAX_MACRO]
        elif isinstance(block, ParsingFailedBlock):
            yield (
                line,
                f"{_head(block.raw)} does not end, or a brace or quote in it does not",
            )
        elif isinstance(block, Entry):
            yield (
                line,
                _facts(_fields(block, macros), plain)
                or f"{_head(block.raw)} has no title and no id",
            )


def _unwrapped(block: Block) -> Block:
    """The entry or macro itself where bibtexparser complains that it repeats a key or a field."""
    from bibtexparser.model import ParsingFailedBlock

    return (
        (block.ignore_error_block or block)
        if isinstance(block, ParsingFailedBlock)
        else block
    )


def _blocks(text: str) -> list[Block]:
    from bibtexparser.entrypoint import parse_string

    bibliography.silence("bibtexparser")
    # No middleware: it gives up a whole file for one entry with a value that it does not expect.
    return parse_string(_SPACED.sub(r"\1", text), parse_stack=[]).blocks


def _head(raw: str | None) -> str:
    """An entry's beginning, as messages name it: `@article{key`."""
    return (
        shorten(clean((raw or "").partition("\n")[0].partition(",")[0]), 60)
        or "an entry"
    )


# ------------------------------------------------------------------ values


def _fields(entry: Entry, macros: _Values) -> dict[str, str]:
    """The entry's fields by lower-case names, macros resolved; of a repeated field the first that says something."""
    values: dict[str, str] = {}
    for field in entry.fields:
        name = field.key.lower()
        if not values.get(name):
            values[name] = _value(str(field.value), macros).strip()
    return values


def _value(raw: str, macros: _Values) -> str:
    """A value without what encloses it; its parts that are joined by `#` in one."""
    if raw[:1] == "{" and raw[-1:] == "}" and "#" not in raw:
        return raw[1:-1]
    parts: list[str] = []
    size = 0
    for piece in _pieces(raw):
        part = _piece(piece.strip(), macros)
        size += len(part)
        if size > _MAX_VALUE and parts:
            break
        parts.append(part)
    return "".join(parts)


def _piece(piece: str, macros: _Values) -> str:
    if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"')):
        return piece[1:-1]
    return macros.get(piece.lower(), piece)


def _pieces(raw: str) -> Iterator[str]:
    """The parts of `raw` between those `#` that stand in no braces and no quotes."""
    depth = start = 0
    quoted = False
    for mark in _MARKS.finditer(raw):
        if mark[0] == '"':
            quoted = quoted != (depth == 0)
        elif mark[0] == "#":
            if depth == 0 and not quoted:
                yield raw[start : mark.start()]
                start = mark.end()
        else:
            depth += 1 if mark[0] == "{" else -1
    yield raw[start:]


# ------------------------------------------------------------------ facts


def _facts(values: _Values, plain: Latex) -> Facts | None:
    """What an entry says; None where it tells neither title nor id."""
    title = ": ".join(
        plain(text) for text in (values.get("title"), values.get("subtitle")) if text
    )
    ids = _ids(values)
    if not clean(title) and not ids:
        return None
    urls = bibliography.web_urls(_verbatim(values.get("url", "")))
    return Facts(
        title=title,
        ids=ids,
        abstract=plain(values.get("abstract", "")) or None,
        authors=tuple(_names(values.get("author", ""), plain)),
        published=_published(values),
        keywords=bibliography.split_keywords(
            plain(values.get("keywords") or values.get("keyword") or "")
        ),
        doi=bibliography.doi_in(ids),
        venue=_venue(values, plain),
        url=urls[0] if urls else None,
    )


def _verbatim(text: str) -> str:
    r"""A URL, DOI or id as it was meant: `\_` is `_`, `\url{…}` what stands in it."""
    text = re.sub(r"\\(?:url|path)\b", "", text)
    return re.sub(r"[{}]|\\(?=[_%#&~{}$])", "", text)


def _ids(values: _Values) -> tuple[str, ...]:
    said = {name: _verbatim(values.get(name, "")) for name in _ID_FIELDS}
    kind = (said["archiveprefix"] or said["eprinttype"] or "arxiv").lower()
    arxiv = [
        bibliography.arxiv_key(said["eprint"], named=False)
        if kind == "arxiv"
        else None,
        *(
            bibliography.arxiv_key(said[name], named=False)
            for name in ("arxivid", "arxiv")
        ),
        *(
            bibliography.arxiv_key(said[name])
            for name in ("journal", "howpublished", "note", "number")
        ),
    ]
    if said["volume"].startswith(
        "abs/"
    ):  # DBLP: journal = {CoRR}, volume = {abs/1706.03762}
        arxiv.append(bibliography.arxiv_key(said["volume"][4:], named=False))
    urls = bibliography.web_urls(f"{said['url']} {said['ee']} {said['howpublished']}")
    return bibliography.keys(arxiv=arxiv, doi=said["doi"], urls=urls)


_ID_FIELDS = (
    "archiveprefix",
    "eprinttype",
    "eprint",
    "arxivid",
    "arxiv",
    "journal",
    "howpublished",
    "note",
    "number",
    "volume",
    "url",
    "ee",
    "doi",
)


def _venue(values: _Values, plain: Latex) -> str | None:
    """Where it appeared; a journal that only says it is on arXiv is none."""
    return bibliography.first_venue(
        plain(values.get(field, ""))
        for field in ("journal", "journaltitle", "booktitle")
    )


def _published(values: _Values) -> str | None:
    if values.get("date") and (day := bibliography.written_day(values["date"])):
        return day
    year = re.search(r"(?<!\d)\d{4}(?!\d)", values.get("year", ""))
    if not year:
        return None
    # `"12~" # jan` and `jan # "~12"` tell the day too, `4` with a field `day` as well.
    written = re.sub(r"[~{}]", " ", values.get("month", "")).lower()
    month = next(
        (
            _MONTHS[word[:3]]
            for word in re.findall("[a-z]+", written)
            if word[:3] in _MONTHS
        ),
        0,
    )
    numbers = [int(number) for number in re.findall(r"\d{1,2}", written)]
    if not month and numbers:
        month = numbers.pop(0)
    return bibliography.iso_day(
        int(year[0]), month, _day(values.get("day", ""), numbers)
    )


def _day(own: str, numbers: list[int]) -> int:
    """The day: of the field for it, or the number beside a month's name; a span of days is none."""
    if re.fullmatch(r"[0-9]{1,2}", own):
        return int(own)
    return numbers[0] if len(numbers) == 1 else 0


def _names(text: str, plain: Latex) -> Iterator[str]:
    """The authors, given names first; a body in braces stays whole."""
    for name in _split_names(" ".join(text.split()) + " "):
        name = name.strip().strip(",").strip()
        if not name or name.lower() == "others":
            continue
        if name[0] == "{" and _closes(name) == len(name) - 1:
            yield plain(name)
        elif re.match(r"(?:family|given|prefix|suffix)\s*=", name):
            yield _extended(name, plain)
        else:
            yield _person(name, plain)


def _split_names(text: str) -> Iterator[str]:
    """The parts of `text` between those `and` that stand in no braces."""
    depth = start = 0
    for mark in _AND.finditer(text):
        if mark[0] == "{":
            depth += 1
        elif mark[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            yield text[start : mark.start()]
            start = mark.end()
    yield text[start:]


def _closes(name: str) -> int:
    """Where the brace that opens `name` is closed; -1 where it is not."""
    depth = 0
    for mark in re.finditer(r"[{}]", name):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return mark.start()
    return -1


def _person(name: str, plain: Latex) -> str:
    """`Family, Suffix, Given`, `Family, Given` or a name as it is spoken. A comma in braces is a letter."""
    hidden = re.sub(
        r"\{[^{}]*\}", lambda match: match[0].replace(",", "\0"), name.replace("~", " ")
    )
    parts = [part.strip() for part in hidden.split(",")]
    if len(parts) == 3 and all(parts):
        parts = [parts[0], f"{parts[2]}", parts[1]]
    return plain(bibliography.person(", ".join(parts)).replace("\0", ","))


def _extended(name: str, plain: Latex) -> str:
    """BibLaTeX's `family=Beethoven, given=Ludwig, prefix=van`."""
    said = dict(re.findall(r"(\w+)\s*=\s*([^,]*)", name))
    parts = (
        said.get(part, "").strip().strip('"')
        for part in ("given", "prefix", "family", "suffix")
    )
    return plain(" ".join(part for part in parts if part))
