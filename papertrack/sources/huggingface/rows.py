"""Hugging Face's JSON: the rows of a listing, or one flat paper, made into Facts.

A row is `{paper: {id, title, summary, authors: [{name}], …}, title, numComments, …}`; search has also
answered with flat rows, and `/api/papers/ID` gives the flat paper. A row's `publishedAt` has meant
several things over the years and is never read: the listing day is `submittedOnDailyAt`'s, else the
day that was asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id
from papertrack.core.text import clean, shorten
from papertrack.sources.limits import load

SOURCE = "hf"
_LARGEST = 2**31
_STRINGS = {
    "abstract": "summary",
    "summary": "ai_summary",
    "github": "githubRepo",
    "project": "projectPage",
}
_MOST_ROWS = 200_000
_NUMBERS = {"upvotes": "upvotes", "stars": "githubStars"}


class Unreadable(Exception):
    """A row without what makes it a paper; the message says what is missing."""


def parse_saved(body: bytes, *, name: str, day: str | None = None) -> Listing:
    """A saved answer of the API: an array of rows, or one paper. Raises Unrecognised."""
    value = load(body, where=name)
    if isinstance(value, dict) and isinstance(value.get("dailyPapers"), list):
        return rows(value["dailyPapers"], where=name, day=day or page_day(value))
    if isinstance(value, list):
        return rows(value, where=name, day=day)
    return one(value, where=name, day=day)


def one(value: Any, *, where: str, day: str | None = None) -> Listing:
    """The listing of one flat (or nested) paper. Raises Unrecognised where it can't be read."""
    problems: list[str] = []
    try:
        facts = _facts(value, day, problems)
    except Unreadable as error:
        raise Unrecognised(
            f"{where}: not a paper of Hugging Face's API: {error}{_server_words(value)}"
        ) from error
    return Listing(source=SOURCE, facts=(facts,), problems=tuple(problems))


def rows(value: Any, *, where: str, day: str | None = None) -> Listing:
    """The listing of an array of rows, in its order. Raises Unrecognised where most can't be read."""
    if not isinstance(value, list):
        words = _server_words(value)
        raise Unrecognised(
            f"{where}: not a listing of Hugging Face's API{words}; the format has changed"
        )
    if len(value) > _MOST_ROWS:
        raise Unrecognised(
            f"{where}: {len(value)} rows are more than any listing has; split it into several files"
        )
    facts: list[Facts] = []
    problems: list[str] = []
    for number, row in enumerate(value, 1):
        minor: list[str] = []
        try:
            facts.append(_facts(row, day, minor))
        except Unreadable as error:
            minor = [str(error)]
        problems.extend(f"row {number}: {problem}" for problem in minor)
    if 2 * (len(value) - len(facts)) > len(value):
        raise Unrecognised(
            f"{where}: the format has changed: {len(value) - len(facts)} of {len(value)} rows can't be read "
            f"({problems[0]}); look for a newer papertrack"
        )
    return Listing(source=SOURCE, facts=tuple(facts), problems=tuple(problems))


def page_day(props: Mapping[str, Any]) -> str | None:
    """The day that a page's props say it shows, in their old or their new way."""
    for name in ("dateString", "date"):
        value = props.get(name)
        if isinstance(value, str) and (found := _iso_day(value)):
            return found
    return None


def _facts(row: Any, day: str | None, problems: list[str]) -> Facts:
    """The facts of a row. Optional fields of a wrong type are left out and told in `problems`."""
    if not isinstance(row, dict):
        raise Unreadable("not an object")
    paper = row.get("paper", row)
    if not isinstance(paper, dict):
        raise Unreadable("its paper is not an object")
    values: dict[str, Any] = {
        ours: _string(paper, theirs, problems) for ours, theirs in _STRINGS.items()
    }
    values |= {
        ours: _number(paper, theirs, problems) for ours, theirs in _NUMBERS.items()
    }
    return Facts(
        ids=(f"arxiv:{_id(paper)}",),
        title=_title(paper, row),
        authors=_authors(paper),
        organization=_organization(paper, row, problems),
        published=_day(paper, "publishedAt", problems),
        listed=_day(paper, "submittedOnDailyAt", problems)
        or _day(row, "submittedOnDailyAt", [])
        or day,
        comments=_number(row, "numComments", problems),
        keywords=_words(paper, "ai_keywords", problems),
        **values,
    )


def _id(paper: Mapping[str, Any]) -> str:
    value = paper.get("id")
    if value is None or value == "":
        raise Unreadable("no id")
    found = arxiv_id(value) if isinstance(value, str) else None
    if found is None:
        raise Unreadable(f"{shorten(clean(str(value)[:200]), 40)!r} is no arXiv id")
    return found[0]


def _title(paper: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    for value in (paper.get("title"), row.get("title")):
        if value is not None and not isinstance(value, str):
            raise Unreadable("its title is not text")
        if value and clean(value):
            return value
    raise Unreadable("no title")


def _authors(paper: Mapping[str, Any]) -> tuple[str, ...]:
    """All names in order, those that the site hides too: they are the paper's."""
    value = paper.get("authors")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Unreadable("its authors are not a list")
    names = [
        author.get("name") if isinstance(author, dict) else author for author in value
    ]
    return tuple(name for name in names if isinstance(name, str) and name.strip())


def _organization(
    paper: Mapping[str, Any], row: Mapping[str, Any], problems: list[str]
) -> str | None:
    for value in (
        paper.get("organization"),
        row.get("organization"),
        row.get("submitterOrganization"),
    ):
        if isinstance(value, dict):
            name = _string(value, "fullname", problems) or _string(
                value, "name", problems
            )
            if name:
                return name
        elif isinstance(value, str) and value:
            return value
        elif value is not None:
            problems.append("organization is not an object")
    return None


def _string(values: Mapping[str, Any], name: str, problems: list[str]) -> str | None:
    value = values.get(name)
    if value is None or isinstance(value, str):
        return value
    problems.append(f"{name} is not text")
    return None


def _number(values: Mapping[str, Any], name: str, problems: list[str]) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
        return value
    problems.append(f"{name} is not a count")
    return None


def _words(
    values: Mapping[str, Any], name: str, problems: list[str]
) -> tuple[str, ...]:
    value = values.get(name)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    problems.append(f"{name} is not a list of words")
    return ()


def _day(values: Mapping[str, Any], name: str, problems: list[str]) -> str | None:
    value = values.get(name)
    if value is None:
        return None
    found = _iso_day(value) if isinstance(value, str) else None
    if found is None:
        problems.append(f"{name} is not a date")
    return found


def _iso_day(text: str) -> str | None:
    """The day that an ISO 8601 moment begins with."""
    try:
        return dt.date.fromisoformat(text[:10]).isoformat() if len(text) >= 10 else None
    except ValueError:
        return None


def _server_words(value: Any) -> str:
    error = value.get("error") if isinstance(value, dict) else None
    return f" but {shorten(clean(error), 120)!r}" if isinstance(error, str) else ""
