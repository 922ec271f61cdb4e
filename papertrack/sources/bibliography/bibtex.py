"""BibTeX and BibLaTeX: bibtexparser splits a file into entries, `core.latex` reads
their text.

Macros (`@string`, months) and `#` are resolved here, since bibtexparser joins no
values; `crossref` is not followed. `note` and `annote` are the reader's own and are not
imported. Entries that repeat a key or a field are kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import Block, Entry, ParsingFailedBlock, String

from papertrack.core.dates import MONTHS
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import plain
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography import entries

# Macros of macros could grow without bound; a journal's name and an abstract are
# shorter.
_MAX_MACRO = 500
_MAX_VALUE = 100_000
_MAX_BLOCKS = 100_000  # bibtexparser needs 30 µs and 3 KB for each
_START = pattern(r"(?m)^[^\S\n]*@[^\S\n]*\w+[^\S\n]*[{(]")
_SPACED = pattern(r"(?m)^([^\S\n]*@)[^\S\n]+(?=\w)")
_EXPECTED = "expected entries like @article{key, title = {…}}"

_Values = Mapping[str, str]

# What it can't read is reported as a problem of the file.
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())


def parse(body: bytes, *, name: str) -> Listing:
    """The entries of a BibTeX file; one that can't be read, or has no title and no id,
    is a problem.

    Raises Unrecognised if there is no entry, or most can't be read.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    if text.count("@") > _MAX_BLOCKS:
        raise Unrecognised(
            f"{name}: more than {_MAX_BLOCKS:,} entries; split it into several files"
        )
    if not _START.search(text):
        raise Unrecognised(f"{name}: it contains no BibTeX entry; {_EXPECTED}")
    return entries.listing(_read(text), name=name)


def _read(text: str) -> Iterator[entries.Entry]:
    macros = {month: month for month in MONTHS}
    # No middleware: it gives up a whole file for one entry with a value that it does
    # not expect.
    library = parse_string(_SPACED.sub(r"\1", text), parse_stack=[])
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        block = _repeated(block)
        if isinstance(block, String):
            macros[block.key.lower()] = _value(str(block.value), macros)[:_MAX_MACRO]
        elif isinstance(block, ParsingFailedBlock):
            problem = "can't be read; is a brace, quote or comma missing?"
            yield entries.Entry(line, None, (f"{_head(block)} {problem}",))
        elif isinstance(block, Entry):
            facts = _facts(_fields(block, macros))
            problem = f"{_head(block)} has no title and no id"
            yield entries.Entry(line, facts, () if facts else (problem,))


def _repeated(block: Block) -> Block:
    """The entry or macro that bibtexparser refuses because it repeats a key or a field;
    any other block itself.
    """
    if isinstance(block, ParsingFailedBlock) and block.ignore_error_block:
        return block.ignore_error_block
    return block


def _head(block: Block) -> str:
    """An entry's beginning, as messages name it: `@article{key`."""
    first_line = (block.raw or "").partition("\n")[0]
    return excerpt(first_line.partition(",")[0], 60) or "an entry"


# ------------------------------------------------------------------ values

_SYNTAX = pattern(r'(?<!\\)[{}"#]')


def _fields(entry: Entry, macros: _Values) -> dict[str, str]:
    """The entry's fields by lower-case names, macros resolved; of a repeated field the
    first that is not empty.
    """
    values: dict[str, str] = {}
    for field in entry.fields:
        name = field.key.lower()
        if not values.get(name):
            values[name] = _value(str(field.value), macros).strip()
    return values


def _value(raw: str, macros: _Values) -> str:
    """A value without its delimiters, the parts that `#` joins in one."""
    if raw[:1] == "{" and raw[-1:] == "}" and "#" not in raw:
        return raw[1:-1]
    value = ""
    for piece in _pieces(raw):
        part = _piece(piece.strip(), macros)
        if value and len(value) + len(part) > _MAX_VALUE:
            break
        value += part
    return value


def _piece(piece: str, macros: _Values) -> str:
    if len(piece) > 1 and piece[0] + piece[-1] in ("{}", '""'):
        return piece[1:-1]
    return macros.get(piece.lower(), piece)


def _pieces(raw: str) -> Iterator[str]:
    """The parts of `raw` between those `#` that are in no braces and no quotes."""
    depth = start = 0
    quoted = False
    for match in _SYNTAX.finditer(raw):
        match match[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
            case '"' if depth == 0:
                quoted = not quoted
            case "#" if depth == 0 and not quoted:
                yield raw[start : match.start()]
                start = match.end()
    yield raw[start:]


# ------------------------------------------------------------------ facts


def _facts(values: _Values) -> Facts | None:
    """The facts of an entry; None if it has neither title nor id."""
    parts = (plain(values.get(field, "")) for field in ("title", "subtitle"))
    title = ": ".join(part for part in parts if part)
    urls = entries.web_urls(_verbatim(values.get("url", "")))
    ids = _ids(values)
    if not clean(title) and not ids:
        return None
    keywords = values.get("keywords") or values.get("keyword") or ""
    venues = (values.get(name, "") for name in ("journal", "journaltitle", "booktitle"))
    return Facts(
        title=title,
        ids=ids,
        abstract=plain(values.get("abstract", "")) or None,
        authors=tuple(_names(values.get("author", ""))),
        published=_published(values),
        keywords=entries.split_keywords(plain(keywords)),
        doi=entries.doi_in(ids),
        venue=entries.first_venue(map(plain, venues)),
        url=urls[0] if urls else None,
    )


def _verbatim(text: str) -> str:
    r"""A URL, DOI or id as it was meant: `\_` is `_`, `\url{…}` its argument."""
    text = re.sub(r"\\(?:url|path)\b", "", text)
    return re.sub(r"[{}]|\\(?=[_%#&~{}$])", "", text)


def _ids(values: _Values) -> tuple[str, ...]:
    def field(name: str) -> str:
        return _verbatim(values.get(name, ""))

    archive = field("archiveprefix") or field("eprinttype") or "arxiv"
    bare = [field("arxivid"), field("arxiv")]
    if archive.lower() == "arxiv":
        bare.insert(0, field("eprint"))
    volume = field("volume")
    if volume.startswith("abs/"):  # DBLP: journal = {CoRR}, volume = {abs/1706.03762}
        bare.append(volume[4:])
    arxiv = [entries.arxiv_key(text, named=False) for text in bare]
    for name in ("journal", "howpublished", "note", "number"):
        arxiv.append(entries.arxiv_key(field(name)))
    addresses = f"{field('url')} {field('ee')} {field('howpublished')}"
    return entries.keys(arxiv=arxiv, doi=field("doi"), urls=entries.web_urls(addresses))


def _published(values: _Values) -> str | None:
    day = entries.written_day(values.get("date", ""))
    if day:
        return day
    # `"12~" # jan` and `jan # "~12"` contain the day too, and so does `4` beside a
    # field `day`.
    written = re.sub(r"[~{}]", " ", values.get("month", "")).lower()
    words = (word[:3] for word in re.findall("[a-z]+", written))
    month = next((MONTHS[word] for word in words if word in MONTHS), 0)
    numbers = [int(number) for number in re.findall(r"\d{1,2}", written)]
    if not month and numbers:
        month = numbers.pop(0)
    own_day = values.get("day", "")
    if re.fullmatch(r"[0-9]{1,2}", own_day):
        numbers = [int(own_day)]
    # Several numbers are a span of days.
    return entries.iso_day(
        entries.year_in(values.get("year", "")),
        month,
        numbers[0] if len(numbers) == 1 else 0,
    )


# ------------------------------------------------------------------ names

_AND_OR_BRACE = pattern(r"(?i) and(?= )|[{}]")
_EXTENDED = pattern(r"(?:family|given|prefix|suffix)\s*=")


def _names(text: str) -> Iterator[str]:
    """The authors, given names first; a collaboration in braces stays whole."""
    for part in _split_names(" ".join(text.split()) + " "):
        name = part.strip(" ,")
        if name.lower() in ("", "others"):
            continue
        if name[0] == "{" and _closing_brace(name) == len(name) - 1:
            yield plain(name)
        elif _EXTENDED.match(name):
            yield _extended(name)
        else:
            yield _person(name)


def _split_names(text: str) -> Iterator[str]:
    """The parts of `text` between those `and` that are in no braces."""
    depth = start = 0
    for match in _AND_OR_BRACE.finditer(text):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _closing_brace(name: str) -> int:
    """Where the brace that opens `name` is closed; -1 if it is not."""
    depth = 0
    for match in re.finditer(r"[{}]", name):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1


def _person(name: str) -> str:
    """The name of `Family, Suffix, Given`, `Family, Given` or `Given Family`. A comma
    in braces is a letter.
    """

    def hidden(group: re.Match[str]) -> str:
        return group[0].replace(",", "\0")

    parts = re.sub(r"\{[^{}]*\}", hidden, name).split(",")
    if len(parts) == 3 and all(part.strip() for part in parts):
        parts = [parts[0], parts[2], parts[1]]
    return plain(entries.person(",".join(parts)).replace("\0", ","))


def _extended(name: str) -> str:
    """The name of BibLaTeX's `family=Beethoven, given=Ludwig, prefix=van`."""
    written = dict(re.findall(r"(\w+)\s*=\s*([^,]*)", name))
    names = ("given", "prefix", "family", "suffix")
    parts = (written.get(part, "").strip(' "') for part in names)
    return plain(" ".join(part for part in parts if part))
