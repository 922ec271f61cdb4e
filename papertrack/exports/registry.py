"""Exporters: functions from papers to text. They open nothing, print nothing and ask no clock.

`FORMATS` is the registry. To add a format: a function in a module of this package, which takes the papers
and, by keyword, the options that its row names in `takes`; a row here; a golden. A format's module
is imported when it is used, so that listing the formats costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean
from papertrack.exports.grouping import GROUPED


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the suffix of its files ("" for none of its own), its help, and what writes it.

    `takes` names the options that mean something to it: `group` and `title`, or `fields`.
    """

    name: str
    suffix: str
    help: str
    module: str
    function: str
    takes: tuple[str, ...] = ()

    def writer(self) -> Callable[..., str]:
        """The function that writes the format; its module is imported now."""
        writer: Callable[..., str] = getattr(
            import_module(f"papertrack.exports.{self.module}"), self.function
        )
        return writer


FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format(
            "markdown",
            ".md",
            "a reading list to publish",
            "markdown",
            "markdown",
            ("group", "title"),
        ),
        Format(
            "bibtex", ".bib", "entries for LaTeX, with stable keys", "bibtex", "bibtex"
        ),
        Format(
            "csv", ".csv", "a spreadsheet, safe to open", "tables", "csv", ("fields",)
        ),
        Format(
            "tsv",
            ".tsv",
            "a row a paper, tabs between its fields",
            "tables",
            "tsv",
            ("fields",),
        ),
        Format("json", ".json", "an array of papers", "jsonl", "json", ("fields",)),
        Format(
            "jsonl",
            ".jsonl",
            "a line a paper, for jq and pipes",
            "jsonl",
            "jsonl",
            ("fields",),
        ),
        Format("ids", "", "an id a line, for papertrack itself", "tables", "ids"),
    )
}

OPML = Format(
    "opml",
    ".opml",
    "the feeds that you follow, for other readers",
    "opml",
    "opml",
    ("title",),
)
"""The one format that holds no papers: it is written by `export` alone, from what is followed."""

SUFFIXES: dict[str, str] = {
    **{row.suffix: name for name, row in FORMATS.items() if row.suffix},
    OPML.suffix: OPML.name,
    ".markdown": "markdown",
    ".bibtex": "bibtex",
    ".ndjson": "jsonl",
    ".txt": "ids",
}


def export(
    papers: Sequence[Paper],
    format: str,
    *,
    group: str | None = None,
    title: str = "Reading list",
    fields: Sequence[str] | None = None,
) -> str:
    """`papers` in the order given, as text in `format`.

    Raises UsageError for a format, group or field that does not exist, and for an option without meaning in it.
    """
    if format == OPML.name:
        raise UsageError(
            "opml holds the feeds that you follow, no papers; papertrack export --format opml writes it"
        )
    if format not in FORMATS:
        raise UsageError(f"unknown format {format}{did_you_mean(format, FORMATS)}")
    row = FORMATS[format]
    if group is not None:
        _check_taken(row, "group")
        if group not in GROUPED:
            raise UsageError(
                f"can't group by {group!r}; known are {', '.join(GROUPED)}"
            )
    if fields is not None:
        _check_taken(row, "fields")
        _check_fields(fields)
    options = {"group": group, "title": title, "fields": fields}
    return row.writer()(papers, **{name: options[name] for name in row.takes})


def format_of(path: Path) -> str:
    """The format that the suffix of `path` names. Raises UsageError with the known suffixes."""
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"{path}: its suffix names no format; known are {', '.join(SUFFIXES)}, or give --format"
        ) from None


def _check_taken(row: Format, option: str) -> None:
    if option not in row.takes:
        able = ", ".join(
            name for name, other in FORMATS.items() if option in other.takes
        )
        raise UsageError(
            f"--{option} means nothing in {row.name}; it works with {able}"
        )


def _check_fields(fields: Sequence[str]) -> None:
    if not fields:
        raise UsageError(f"no fields given; known are {', '.join(PAPER_NAMES)}")
    for name in fields:
        if name not in PAPER_NAMES:
            raise UsageError(f"unknown field {name}{did_you_mean(name, PAPER_NAMES)}")


def note_lines(note: str | None) -> list[str]:
    """The lines of a reader's note, each cleaned; [] for no note. A note is the one text that has line breaks."""
    return [clean(line) for line in (note or "").strip().splitlines()]


def web_url(url: str | None) -> str | None:
    """`url` with nothing in it that Markdown or LaTeX could take for syntax; None unless it is http or https."""
    if not url or not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        return None
    return quote(url, safe="%/:?#@!&+,;=-._~", errors="replace")
