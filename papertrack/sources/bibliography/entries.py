"""What the readers of bibliographies share: entries to a listing; ids, days, names and
keywords in a text.

An entry that can't be read is a problem with its line, the others are kept.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from typing import NamedTuple

from papertrack.core.addresses import is_web_url
from papertrack.core.comments import is_preprint_server
from papertrack.core.dates import is_ambiguous, written_date
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
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


def entry_of(line: int, facts: Facts, what: str) -> Entry:
    """The entry with these facts; a problem if they identify no paper. `what` is an entry
    in the words of its format.
    """
    if facts.title or facts.ids:
        return Entry(line, facts)
    return Entry(line, None, (f"this {what} has no title and no id",))


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


def first_venue(candidates: Iterable[str]) -> str | None:
    """The first that names a journal or a book, which `arXiv preprint …` does not."""
    for venue in map(clean, candidates):
        if venue and not is_preprint_server(venue):
            return venue
    return None


def is_on_arxiv(ids: Iterable[str]) -> bool:
    """Whether one of the keys is an arXiv id."""
    return any(key.startswith("arxiv:") for key in ids)


def doi_in(ids: Iterable[str]) -> str | None:
    """The first DOI among keys, without its prefix."""
    dois = (key.removeprefix("doi:") for key in ids if key.startswith("doi:"))
    return next(dois, None)


def web_urls(text: str) -> list[str]:
    """The http and https URLs among the words of `text`."""
    words = re.split(r"[\s;](?=https?:)|\s+", text)
    return [word.rstrip(",;") for word in words if is_web_url(word)]


# ------------------------------------------------------------------ other values


def first(texts: Iterable[str | None]) -> str:
    """The first of the texts that is not empty; "" if all are."""
    return next(filter(None, texts), "")


def joined(separator: str, *texts: str | None) -> str:
    """The texts that are not empty, with `separator` between them."""
    return separator.join(filter(None, texts))


def date(written: str, problems: list[str]) -> str | None:
    """The ISO date of a text, in the precision known.

    What is unclear is added to `problems`; words alone, as `in press`, are no date.
    """
    iso = written_date(written)
    shown = excerpt(written, 40)
    if is_ambiguous(written):
        problems.append(
            f"{shown}: the day and the month can be swapped; only the year is used"
        )
    elif not iso and any(map(str.isdigit, written)):
        problems.append(f"{shown} is not a date")
    return iso


def year_in(text: str) -> int:
    """The first number of four digits in `text`; 0 if there is none."""
    match = re.search(r"(?<!\d)\d{4}(?!\d)", text)
    return int(match[0]) if match else 0


def unclear_names(text: str) -> str:
    """The problem of a text whose names are unclear."""
    return f"the names in {excerpt(text, 60)} are unclear; separate them by 'and'"


def split_keywords(text: str) -> tuple[str, ...]:
    """The distinct keywords in a text that joins them with `;`, or else with `,`."""
    separator = ";" if ";" in text else ","
    return distinct(re.split(rf"{separator}|\n", text))


def distinct(words: Iterable[str]) -> tuple[str, ...]:
    """The words, each once, without white space around them; empty ones are dropped."""
    return tuple(filter(None, dict.fromkeys(word.strip() for word in words)))
