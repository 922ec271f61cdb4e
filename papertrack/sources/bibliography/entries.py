"""What the readers of bibliographies share: entries to a listing; ids, days, names and
keywords in a text.

An entry that can't be read is a problem with its line, the others are kept.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote

from papertrack.core.addresses import is_web_url
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.model import Mark
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.sources.limits import utf8_or_windows

SOURCE = "bibliography"
_MAX_PROBLEMS = 200
_HOPELESS = 50_000
"""Entries after which the rest is not looked at, if none of them can be read."""


class Entry(NamedTuple):
    """The line where an entry begins, its facts if usable, and what is wrong with it.

    `mark` is how the reader marked it, in an export of papertrack.
    """

    line: int
    facts: Facts | None
    problems: tuple[str, ...] = ()
    mark: Mark | None = None


def listing(
    entries: Iterable[Entry], *, name: str, source: str = SOURCE, refuse: bool = True
) -> Listing:
    """The listing of a file's entries.

    One usable entry among many that are not is kept. Raises Unrecognised if there is
    none, unless `refuse` is False.
    """
    facts: list[Facts] = []
    marks: dict[int, Mark] = {}
    problems: list[str] = []
    first_failure = ""
    failed = count = 0
    for entry in entries:
        where = f"{name}, line {entry.line}"
        if entry.facts:
            if entry.mark:
                marks[len(facts)] = entry.mark
            facts.append(entry.facts)
        else:
            failed += 1
            first_failure = first_failure or f"{where}: {entry.problems[0]}"
        count += len(entry.problems)
        if len(problems) < _MAX_PROBLEMS:
            problems.extend(f"{where}: {problem}" for problem in entry.problems)
        if refuse and not facts and failed > _HOPELESS:
            break
    if refuse and not facts:
        if failed > 1:
            raise Unrecognised(
                f"{first_failure} (none of {failed} entries can be read)"
            )
        if failed:
            raise Unrecognised(first_failure)
        raise Unrecognised(f"{name}: it contains no entry")
    if count > _MAX_PROBLEMS:
        more = plural(count - _MAX_PROBLEMS, "more problem")
        problems[_MAX_PROBLEMS:] = [f"{name}: {more} like these"]
    return Listing(
        source=source,
        facts=tuple(facts),
        problems=tuple(problems),
        marks=marks,
        unreadable=failed,
    )


def shown(name: str) -> str:
    """A file's name as messages show it."""
    return excerpt(name, 200) or "the file"


def text_of(body: bytes) -> str:
    r"""The text of a file in UTF-8, UTF-16 or Windows-1252, with \n as line ends."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", "replace")
    else:
        text = utf8_or_windows(body.removeprefix(codecs.BOM_UTF8))
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ------------------------------------------------------------------ ids

_ARXIV_NOTE = pattern(
    r"(?i)arxiv(?: preprint)?:?\s*(?:arxiv:\s*)?(\S+?)(?:\s*\[[^\]]{0,40}\])?[.,;]?"
)
_NO_VENUE = pattern(r"(?i)(?:arxiv|corr)\b.{0,80}")
_DOI = pattern(r"10\.\d{4,9}/[^\s\"]+")


def arxiv_key(text: str, *, named: bool = True) -> str | None:
    """The key in `arXiv:1706.03762 [cs.CL]` or `arXiv preprint arXiv:1706.03762`.

    With `named` False in a bare id too.
    """
    if len(text) > 200:
        return None
    match = _ARXIV_NOTE.fullmatch(text.strip())
    if match:
        text = match[1]
    elif named:
        return None
    found = arxiv_id(text)
    return f"arxiv:{found[0]}" if found else None


def first_venue(candidates: Iterable[str]) -> str | None:
    """The first that names a journal or a book, which `arXiv preprint …` does not."""
    for venue in map(clean, candidates):
        if venue and not _NO_VENUE.fullmatch(venue):
            return venue
    return None


def keys(
    *, arxiv: Iterable[str | None] = (), doi: str = "", urls: Iterable[str] = ()
) -> tuple[str, ...]:
    """The distinct arXiv and DOI keys of an entry, else the first URL's key."""
    match = _DOI.search(unquote(doi))
    doi_key = normalise(match[0]) if match else None
    found = dict.fromkeys((*arxiv, doi_key, *map(normalise, urls)))
    known = tuple(key for key in found if key)
    return tuple(key for key in known if not key.startswith("url:")) or known[:1]


def doi_in(ids: Iterable[str]) -> str | None:
    """The first DOI among keys, without its prefix."""
    dois = (key.removeprefix("doi:") for key in ids if key.startswith("doi:"))
    return next(dois, None)


def web_urls(text: str) -> list[str]:
    """The http and https URLs among the words of `text`."""
    words = re.split(r"[\s;](?=https?:)|\s+", text)
    return [word for word in words if is_web_url(word)]


# ------------------------------------------------------------------ other values

_WRITTEN = pattern(
    r"\D{0,3}(\d{4})(?!\d)(?:[-/.](\d{1,2})(?!\d))?(?:[-/.](\d{1,2})(?!\d))?"
)


def iso_day(year: int, month: int = 0, day: int = 0) -> str | None:
    """The ISO day, the first of the month or year if no more is known.

    None without a plausible year.
    """
    if not 1000 <= year <= 2999:
        return None
    if not 1 <= month <= 12:
        return f"{year}-01-01"
    try:
        return dt.date(year, month, day or 1).isoformat()
    except ValueError:
        return f"{year}-{month:02}-01"


def written_day(text: str) -> str | None:
    """The day at the start of `2020-05-12T10:00`, `2020/05/`, `2020a` or `c2020`."""
    match = _WRITTEN.match(text.strip())
    return iso_day(*(int(part or 0) for part in match.groups())) if match else None


def year_in(text: str) -> int:
    """The first number of four digits in `text`; 0 if there is none."""
    match = re.search(r"(?<!\d)\d{4}(?!\d)", text)
    return int(match[0]) if match else 0


def person(name: str) -> str:
    """`Given Family Suffix` of `Family, Given` or `Family, Given, Suffix`; any other
    name as it is.
    """
    parts = [part.strip() for part in name.split(",")]
    if len(parts) not in (2, 3) or not all(parts[:2]):
        return name.strip().rstrip(",").rstrip()
    family, given, *suffix = parts
    return " ".join((given, family, *suffix))


def split_keywords(text: str) -> tuple[str, ...]:
    """The distinct keywords in a text that joins them with `;`, or else with `,`."""
    separator = ";" if ";" in text else ","
    return distinct(re.split(rf"{separator}|\n", text))


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """The words, each once, without white space around them; empty ones are dropped."""
    return tuple(filter(None, dict.fromkeys(word.strip() for word in words)))
