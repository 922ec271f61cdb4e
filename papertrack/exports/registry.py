"""The export formats, and the function that exports papers in one of them.

A format's module is imported when it is used, so that listing the formats costs
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypedDict, Unpack

from papertrack.core.errors import UsageError
from papertrack.core.field_names import DATE, PAPER_NAMES
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.slips import unknown, unknown_among
from papertrack.exports.grouping import GROUPINGS


class Format(NamedTuple):
    """A format: its name, which is its module's too, the suffixes of its files, the
    options that it has, its help.
    """

    name: str
    suffixes: list[str]
    options: str
    help: str


_TABLE = """
    markdown  .md,.markdown  group,title  a reading list to publish
    bibtex    .bib,.bibtex   -            entries for LaTeX, with stable keys
    ris       .ris           -            records for Zotero, EndNote, Mendeley
    csl       .csl,.csl.json -            CSL-JSON, for pandoc and citation styles
    hayagriva .hayagriva.yaml,.hayagriva.yml - a bibliography for Typst
    atom      .atom,.xml     title        a feed, for feed readers
    html      .html,.htm     title        a page to read, print and share
    org       .org           title        headlines for Emacs and Logseq
    csv       .csv           fields,columns a spreadsheet, safe to open
    tsv       .tsv           fields,columns a row a paper, tabs between its fields
    json      .json          fields       an array of papers
    jsonl     .jsonl,.ndjson fields,partition a line a paper, for jq and pipes
    ids       .txt           -            an id a line, for papertrack itself
    obsidian  -              -            a folder with a note a paper, for Obsidian
    opml      .opml          -            the feeds that you follow, for other readers
"""
FORMATS: dict[str, Format] = {}
SUFFIXES: dict[str, str] = {}

for line in _TABLE.strip().splitlines():
    name, suffixes, options, help = line.split(maxsplit=3)
    suffixes = suffixes.strip("-")
    FORMATS[name] = Format(name, suffixes.split(",") if suffixes else [], options, help)
    SUFFIXES |= dict.fromkeys(FORMATS[name].suffixes, name)

OPML = FORMATS.pop("opml")
"""The one format without papers."""
OBSIDIAN = FORMATS.pop("obsidian")
"""The one format of many files."""
UNCITED = ("markdown", "atom", "html", "ids")
"""The formats that have no cite keys: papers may be given without their own."""
EXPORT_ONLY = {OBSIDIAN.name: OBSIDIAN, OPML.name: OPML}
"""What `papertrack export` alone writes, by name."""


def format_named(text: str) -> str | None:
    """The format of a name or of a suffix of its files, in any case: `bib`, `.md`."""
    name = text.lower().removeprefix(".")
    if name in FORMATS or name in EXPORT_ONLY:
        return name
    return SUFFIXES.get(f".{name}")


class Options(TypedDict, total=False):
    """The options of `pieces`."""

    group: str | None
    title: str
    fields: Sequence[str] | None
    progress: Progress


def export(papers: Sequence[Paper], format: str, **options: Unpack[Options]) -> str:
    """`papers` as one text: see `pieces`."""
    return "".join(pieces(papers, format, **options))


def pieces(
    papers: Sequence[Paper],
    format: str,
    *,
    group: str | None = None,
    title: str = "Reading list",
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """`papers` in the order given, as pieces of a text in `format`.

    Each paper is given once. They may be read from somewhere as they are needed, more
    than once if a format must know the later ones first. No piece ends within a paper.

    Raises UsageError for an unknown format, group or field, and for an option that the
    format does not have.
    """
    if format in EXPORT_ONLY:
        help = EXPORT_ONLY[format].help
        raise UsageError(
            f"{format} is {help}; write it with papertrack export --format {format}"
        )
    row = row_of(format)
    check_options(row, group, fields)
    values = {"group": group, "title": title, "fields": fields}
    options = {name: values[name] for name in values if name in row.options}
    module = import_module(f"papertrack.exports.{format}")
    made: Iterator[str] = module.pieces(papers, progress=progress, **options)
    return made


def format_of(path: Path) -> str:
    """The format that the suffix of `path` names. Raises UsageError with the closest
    suffix, or the known ones.
    """
    for suffixes in (path.suffixes[-2:], path.suffixes[-1:]):
        format = SUFFIXES.get("".join(suffixes).lower())
        if format:
            return format
    reason = f"{path}: no format has this suffix; choose one with --format"
    error = unknown(UsageError, reason, path.suffix, SUFFIXES)
    if error.slip:
        right = path.with_suffix(error.slip.right)
        error.slip = error.slip._replace(wrong=str(path), right=str(right))
    raise error


def check_options(row: Format, group: str | None, fields: Sequence[str] | None) -> None:
    """Raise UsageError for an option that a format does not have, and for an unknown
    group or field.
    """
    if group is not None:
        check_option(row, "group")
        if group not in GROUPINGS:
            raise unknown(UsageError, f"unknown group {group}", group, GROUPINGS)
    if fields is not None:
        check_option(row, "fields")
        _check_fields(row, fields)


def row_of(format: str) -> Format:
    """The row of a format. Raises UsageError for an unknown one."""
    rows = FORMATS | EXPORT_ONLY
    if format not in rows:
        raise unknown(UsageError, f"unknown format {format}", format, rows)
    return rows[format]


def check_option(row: Format, option: str) -> None:
    """Raise UsageError if a format does not have an option."""
    if option not in row.options:
        able = (name for name, other in FORMATS.items() if option in other.options)
        raise UsageError(
            f"--{option} has no effect on {row.name}; it works with {', '.join(able)}"
        )


def _check_fields(row: Format, fields: Sequence[str]) -> None:
    known = (*PAPER_NAMES, DATE) if "columns" in row.options else PAPER_NAMES
    if not fields:
        raise UsageError(f"no field is named; known: {', '.join(PAPER_NAMES)}")
    if not set(fields) <= set(known):
        raise unknown_among(UsageError, "field", fields, PAPER_NAMES)
