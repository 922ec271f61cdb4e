"""What the readers of bibliographies share: text, names, days, ids, LaTeX; one listing from entries and problems.

`bibtex`, `ris` and `csl` each turn a file into a Listing of the source `bibliography`. An entry that can't be
read is a problem with its line, the others are kept.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id, normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources import names
from papertrack.sources.limits import utf8_or_windows

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

SOURCE = "bibliography"
_MAX_TOLD = 200
_HOPELESS = 50_000  # unread entries that say enough: the others are not looked at
# pylatexenc takes 30 µs for a command and 100 µs for each text. Accents alone are resolved without it.
_MAX_COMMANDS, _CALL, _MAX_IN_TEXT, _MAX_ACCENTED = 100_000, 3, 5_000, 1_000_000

Read = tuple[int, "Facts | str"]
"""The line of an entry, and its facts or why there are none."""


def listing(
    read: Iterable[Read],
    *,
    name: str,
    source: str = SOURCE,
    also: Iterable[tuple[int, str]] = (),
    notes: tuple[str, ...] = (),
    refuse: bool = True,
) -> Listing:
    """The listing of what was read; `also` are problems of entries that are kept.

    Where nothing was read, or most entries can't be, raises Unrecognised, unless `refuse` is False.
    """
    facts: list[Facts] = []
    problems: list[tuple[int, str]] = []
    unread = 0
    for line, item in read:
        if isinstance(item, Facts):
            facts.append(item)
        else:
            unread += 1
            if unread <= _MAX_TOLD:
                problems.append((line, item))
            if refuse and unread > max(_HOPELESS, 2 * len(facts)):
                break
    if refuse and unread > len(facts):
        line, problem = problems[0]
        of = f"{unread} of {unread + len(facts)} entries can't be read"
        raise Unrecognised(f"{name}, line {line}: {problem} ({of})")
    if refuse and not facts:
        raise Unrecognised(f"{name}: no entry found in it")
    others = list(also)
    told = [
        f"{name}, line {line}: {problem}"
        for line, problem in sorted([*problems, *others])[:_MAX_TOLD]
    ]
    if more := unread + len(others) - len(told):
        told.append(f"{name}: {more} more problems like these")
    return Listing(source=source, facts=tuple(facts), problems=tuple(told), notes=notes)


def shown(name: str) -> str:
    """A file's name as messages show it."""
    return shorten(clean(name), 200) or "the file"


def text_of(body: bytes) -> str:
    r"""The text of a file, its lines ended by \n: UTF-8, UTF-16 with its mark, else what Windows wrote in Europe."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = body.decode("utf-16", "replace")
    else:
        text = utf8_or_windows(body.removeprefix(codecs.BOM_UTF8))
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ------------------------------------------------------------------ ids


_ARXIV_NOTE = pattern(
    r"(?i)arxiv(?: preprint)?:?\s*(?:arxiv:\s*)?(\S+?)(?:\s*\[[^\]]{0,40}\])?[.,;]?"
)
_NO_JOURNAL = pattern(r"(?i)(?:arxiv|corr)\b.{0,80}")
_DOI = pattern(r"10\.\d{4,9}/[^\s\"]+")


def arxiv_key(text: str, *, named: bool = True) -> str | None:
    """The key in `arXiv:1706.03762 [cs.CL]`, `arXiv preprint arXiv:1706.03762`; `named` False takes a bare id too."""
    if len(text) > 200:
        return None
    match = _ARXIV_NOTE.fullmatch(text.strip())
    found = arxiv_id(match[1]) if match else None if named else arxiv_id(text)
    return f"arxiv:{found[0]}" if found else None


def first_venue(candidates: Iterable[str]) -> str | None:
    """The first that names a journal or a book: `CoRR` and `arXiv preprint …` are where every paper is."""
    cleaned = map(clean, candidates)
    return next(
        (venue for venue in cleaned if venue and not _NO_JOURNAL.fullmatch(venue)), None
    )


def keys(
    *, arxiv: Iterable[str | None] = (), doi: str = "", urls: Iterable[str] = ()
) -> tuple[str, ...]:
    """The distinct keys of an entry: arXiv's and DOIs, from URLs as well; a URL only where there is neither."""
    match = _DOI.search(unquote(doi))
    found = [*arxiv, normalise(match[0]) if match else None, *map(normalise, urls)]
    known = list(dict.fromkeys(key for key in found if key))
    ids = [key for key in known if not key.startswith("url:")]
    return tuple(ids or known[:1])


def doi_in(ids: Iterable[str]) -> str | None:
    """The first DOI among keys, without its prefix."""
    return next(
        (key.removeprefix("doi:") for key in ids if key.startswith("doi:")), None
    )


def web_urls(text: str) -> list[str]:
    """The http and https URLs among the words of `text`."""
    return [
        word
        for word in re.split(r"[\s;](?=https?:)|\s+", text)
        if re.match(r"(?i)https?://[^\s/]", word)
    ]


# ------------------------------------------------------------------ days, names, keywords


_WRITTEN = pattern(
    r"\D{0,3}(\d{4})(?!\d)(?:[-/.](\d{1,2})(?!\d))?(?:[-/.](\d{1,2})(?!\d))?"
)


def iso_day(year: int, month: int = 0, day: int = 0) -> str | None:
    """The ISO day; the first of the month or year where no more is known. None without a sensible year."""
    if not 1000 <= year <= 2999:
        return None
    if not 1 <= month <= 12:
        return f"{year}-01-01"
    try:
        return dt.date(year, month, day or 1).isoformat()
    except ValueError:
        return f"{year}-{month:02}-01"


def exact_day(text: str) -> str | None:
    """`text` where it is an ISO day that exists."""
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def written_day(text: str) -> str | None:
    """The day at the start of `2020-05-12T10:00`, `2020/05/12/`, `2020///`, `2020a`, `c2020`; of a range the first."""
    match = _WRITTEN.match(text.strip())
    return (
        iso_day(int(match[1]), int(match[2] or 0), int(match[3] or 0))
        if match
        else None
    )


def person(name: str) -> str:
    """`Given Family Suffix` of a name that is written `Family, Given` or `Family, Given, Suffix`, else the name."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 1 or len(parts) > 3 or not all(parts[:2]):
        return name.strip().rstrip(",").rstrip()
    family, given, *suffix = parts
    return " ".join((given, family, *suffix))


def split_keywords(text: str) -> tuple[str, ...]:
    """The distinct keywords in a text that joins them with `;`, or else with `,`."""
    words = (
        word.strip() for word in re.split(r";|\n" if ";" in text else r",|\n", text)
    )
    return tuple(dict.fromkeys(word for word in words if word))


# ------------------------------------------------------------------ LaTeX


# A formula ends where another begins: else each would look for its end through all the others.
_MATHS = pattern(
    r"(?s)(\\\((?:(?!\\[()]).){1,500}\\\)|\\\[(?:(?!\\[\[\]]).){1,500}\\\]|(?<!\\)\$\$?[^$]{1,500}?(?<!\\)\$\$?)"
)
_BARE = pattern(r"(?<!\\)[%&#$]")
_LINK = pattern(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}|\\href\s*\{[^{}]*\}")
_LOGO = pattern(r"\\(La|Bib|Xe|Lua)?(La)?TeX(?![A-Za-z])(?:\{\}|\\(?=\s))?")
_BRACES = str.maketrans("", "", "{}")


class Latex:
    """LaTeX as text, for one file: accents and commands are resolved, braces go, mathematics stays as it is written.

    Of hostile or huge files, only as many commands as pylatexenc resolves in seconds; `left` counts the texts that
    keep theirs.
    """

    def __init__(self) -> None:
        self.left = 0
        self._room = _MAX_COMMANDS

    def __call__(self, text: str) -> str:
        if "\\" in text and len(text) <= _MAX_ACCENTED:
            text = names.tex(text)
        parts = _MATHS.split(text) if "$" in text or "\\" in text else [text]
        commands = sum(part.count("\\") for part in parts[::2])
        if not commands:
            parts[::2] = [part.translate(_BRACES) for part in parts[::2]]
            return "".join(parts)
        self._room -= commands + _CALL
        if self._room < 0 or commands > _MAX_IN_TEXT:
            self.left += 1
            return text.translate(_BRACES)
        return _unlatex(text, parts)

    def notes(self, name: str) -> tuple[str, ...]:
        """What is to be told of the texts that keep their commands."""
        if not self.left:
            return ()
        texts = (
            "a text keeps its" if self.left == 1 else f"{self.left} texts keep their"
        )
        return (
            f"{name}: {texts} LaTeX commands: there are more than papertrack resolves",
        )


def _unlatex(text: str, parts: list[str]) -> str:
    # Bibliographies say `5% of R&D`: for LaTeX a comment and the end of a table's cell.
    parts[::2] = [
        _BARE.sub(r"\\\g<0>", _LOGO.sub(r"\1\2TeX", _LINK.sub(r"\1", part)))
        for part in parts[::2]
    ]
    try:
        plain = str(_decoder().latex_to_text("".join(parts)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return text.translate(
            _BRACES
        )  # what pylatexenc raises on malformed arguments and deep nesting
    # A command without its arguments comes as pylatexenc's template for it.
    return text.translate(_BRACES) if "%s" in plain and "%s" not in text else plain


@cache
def _decoder() -> LatexNodes2Text:
    from pylatexenc.latex2text import LatexNodes2Text

    silence("pylatexenc")
    return LatexNodes2Text(math_mode="verbatim", keep_comments=True)


def silence(library: str) -> None:
    """Keep what a library logs off stderr: what it can't read is told as a problem here."""
    import logging

    logger = logging.getLogger(library)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def first_text(value: Any) -> str:
    """A JSON value as text: a string, the first of a list, a number; "" for anything else."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value
    return (
        str(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else ""
    )
