"""Hugging Face's JSON: the rows of a listing, or one flat paper, as Facts.

A row is `{paper: {id, title, summary, authors: [{name}], …}, title, numComments, …}`;
search has also returned flat rows, and `/api/papers/ID` returns the flat paper. A row's
`publishedAt` has had several meanings over the years and is never read: the listing day is
`submittedOnDailyAt`, else the day requested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from papertrack.core.dates import existing_day
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.limits import load

SOURCE = "hf"
CODE = "huggingface"
"""The source of what its page of a paper adds to the listings: code and project."""
_LARGEST = 2**31
_MOST_ROWS = 200_000


class Unreadable(Exception):
    """A row without what makes it a paper; the message names what is missing."""


def parse_saved(body: bytes, *, name: str, day: str | None = None) -> Listing:
    """A saved response of the API: an array of rows, or one paper. Raises Unrecognised."""
    value = load(body, where=name)
    if isinstance(value, dict) and isinstance(value.get("dailyPapers"), list):
        day = day or page_day(value)
        value = value["dailyPapers"]
    if isinstance(value, list):
        return rows(value, where=name, day=day, is_saved=True)
    return one(value, where=name, day=day)


def one(value: Any, *, where: str, day: str | None = None) -> Listing:
    """The listing of one flat (or nested) paper. Raises Unrecognised if it can't be read."""
    problems: list[str] = []
    try:
        facts = _facts(value, day, problems)
    except Unreadable as error:
        reason = f"{error}{_server_message(value)}"
        raise Unrecognised(
            f"{where}: not a paper of Hugging Face's API: {reason}"
        ) from error
    return Listing(source=SOURCE, facts=(facts,), problems=tuple(problems))


def rows(
    value: Any, *, where: str, day: str | None = None, is_saved: bool = False
) -> Listing:
    """The listing of an array of rows, in its order.

    `day` is for rows that have none. Raises Unrecognised if most rows can't be read; of
    a saved file if none can.
    """
    if not isinstance(value, list):
        found = f"not a listing of Hugging Face's API{_server_message(value)}"
        raise Unrecognised(f"{where}: {found}; the format has changed")
    if len(value) > _MOST_ROWS:
        most = f"{len(value)} rows are more than any listing has"
        raise Unrecognised(f"{where}: {most}; split it into several files")
    facts: list[Facts] = []
    problems: list[str] = []
    for number, row in enumerate(value, 1):
        minor: list[str] = []
        try:
            facts.append(_facts(row, day, minor))
        except Unreadable as error:
            minor = [str(error)]
        problems.extend(f"row {number}: {problem}" for problem in minor)
    unread = len(value) - len(facts)
    reason = f"{unread} of {len(value)} rows can't be read"
    if is_saved and unread and not facts:
        raise Unrecognised(f"{where}: {reason} ({problems[0]})")
    if not is_saved and 2 * unread > len(value):
        raise Unrecognised(
            f"{where}: the format has changed: {reason} ({problems[0]}); update papertrack"
        )
    return Listing(
        source=SOURCE,
        facts=tuple(facts),
        problems=tuple(problems),
        unreadable=unread,
    )


def page_day(props: Mapping[str, Any]) -> str | None:
    """The day that a page's data names, in the old or the new format."""
    return _iso_day(props.get("dateString")) or _iso_day(props.get("date"))


def _facts(row: Any, day: str | None, problems: list[str]) -> Facts:
    """The facts of a row; optional fields of a wrong type are left out, and problems."""
    if not isinstance(row, dict):
        raise Unreadable("not an object")
    paper = row.get("paper", row)
    if not isinstance(paper, dict):
        raise Unreadable("its paper is not an object")
    listed = _get(paper, "submittedOnDailyAt", "a date", problems)
    listed = listed or _get(row, "submittedOnDailyAt", "a date", []) or day
    return Facts(
        ids=(f"arxiv:{_id(paper)}",),
        title=_title(paper, row),
        authors=_authors(paper),
        organization=_organization(paper, row, problems),
        published=_get(paper, "publishedAt", "a date", problems),
        listed=listed,
        abstract=_get(paper, "summary", "text", problems),
        summary=_get(paper, "ai_summary", "text", problems),
        github=_get(paper, "githubRepo", "text", problems),
        project=_get(paper, "projectPage", "text", problems),
        upvotes=_get(paper, "upvotes", "a count", problems),
        stars=_get(paper, "githubStars", "a count", problems),
        comments=_get(row, "numComments", "a count", problems),
        keywords=_get(paper, "ai_keywords", "a list of words", problems) or (),
    )


def _id(paper: Mapping[str, Any]) -> str:
    value = paper.get("id")
    if value is None or value == "":
        raise Unreadable("no id")
    found = arxiv_id(value) if isinstance(value, str) else None
    if found is None:
        raise Unreadable(f"{excerpt(str(value)[:200], 40)!r} is not an arXiv id")
    return found[0]


def _title(paper: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    for value in (paper.get("title"), row.get("title")):
        if value is not None and not isinstance(value, str):
            raise Unreadable("its title is not text")
        if value and clean(value):
            return value
    raise Unreadable("no title")


def _authors(paper: Mapping[str, Any]) -> tuple[str, ...]:
    """All names in order, also those that the site hides: they are the paper's."""
    value = paper.get("authors")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Unreadable("its authors are not a list")
    names = []
    for author in value:
        name = author.get("name") if isinstance(author, dict) else author
        if isinstance(name, str) and name.strip():
            names.append(name)
    return tuple(names)


def _organization(
    paper: Mapping[str, Any], row: Mapping[str, Any], problems: list[str]
) -> str | None:
    for value in (
        paper.get("organization"),
        row.get("organization"),
        row.get("submitterOrganization"),
    ):
        name: str | None = None
        if isinstance(value, dict):
            name = _get(value, "fullname", "text", problems)
            name = name or _get(value, "name", "text", problems)
        elif isinstance(value, str):
            name = value
        elif value is not None:
            problems.append("organization is not an object")
        if name:
            return name
    return None


def _get(
    values: Mapping[str, Any], name: str, expected: str, problems: list[str]
) -> Any:
    """A value of an expected type (see _TYPES); None, and a problem, for any other."""
    value = values.get(name)
    if value is None:
        return None
    found = _TYPES[expected](value)
    if found is None:
        problems.append(f"{name} is not {expected}")
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    is_count = type(value) is int and 0 <= value < _LARGEST
    return value if is_count else None


def _words(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    return None


def _iso_day(value: Any) -> str | None:
    return existing_day(value) if isinstance(value, str) else None


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "a count": _count,
    "a list of words": _words,
    "a date": _iso_day,
}


def _server_message(value: Any) -> str:
    error = value.get("error") if isinstance(value, dict) else None
    return f" but {excerpt(error, 120)!r}" if isinstance(error, str) else ""
