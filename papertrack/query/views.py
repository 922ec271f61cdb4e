"""Views: queries saved under a name, which replace `@name` wherever a query names them.

Pure: from a clause and the saved queries comes a clause without any `View` or `is:new`,
which the index can run. Relative dates in a view count from the day on which it is used.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from papertrack.core.errors import NotFound, QueryError, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.slips import unknown
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, excerpt
from papertrack.query import language as query
from papertrack.query.language import (
    MAX_TERMS,
    NEW,
    And,
    Clause,
    Days,
    Everything,
    Not,
    Or,
)

MAX_NESTED = 25
"""How deep the clauses of views in views may be nested; a single query reaches 22 at most."""


class View(NamedTuple):
    """A saved query; `at` is when it was saved, ISO 8601 in UTC."""

    name: str
    query: str
    at: str


def view_of(document: Mapping[str, Any]) -> View | None:
    """The view of a document of desk.json; None where an edit by hand left none."""
    name = document.get("key")
    text = document.get("query")
    if not isinstance(name, str) or not isinstance(text, str):
        return None
    at = document.get("at") or ""
    return View(name.casefold(), text, str(at))


def document(view: View) -> dict[str, Any]:
    """The view as it is stored."""
    return {
        "key": view.name,
        "query": view.query,
        "at": view.at,
    }


def name_of(text: str) -> str:
    """The name that `text` (`llm`, `@LLM`) gives a view or a rule.

    Raises UsageError for what `@…` could not name.
    """
    name = clean(text).removeprefix("@").casefold()
    if not re.fullmatch(r"\w[\w./+-]*", name) or len(name) > 80:
        shown = excerpt(text, 40)
        raise UsageError(
            f"{shown!r} is not a name; use letters, digits, - _ . + and /, as in llm or read-later"
        )
    return name


def named(clause: Clause) -> Iterator[str]:
    """The names of the views in a clause, as `name_of` spells them."""
    for term in query.terms(clause):
        if isinstance(term, query.View):
            yield term.name.casefold()


def expand(
    clause: Clause,
    views: Mapping[str, str],
    today: dt.date,
    *,
    fetched: str | None = None,
) -> Clause:
    """The clause with the queries of `views` (name -> query) in place of their names.

    `is:new` becomes the papers added at `fetched`, the time (ISO 8601 in UTC) of the last
    fetch; without one no paper is new.

    Raises NotFound for an unknown view, UsageError for views that lead back to
    themselves, QueryError for a view whose query is wrong, as after an edit by hand.
    """
    return _Expansion(views, today, fetched).put_in(clause, (), 0)


def _added_at(time: str | None) -> Clause:
    """The papers that were added at this time; none without a time."""
    if time is None:
        return Not(Everything())
    return Days(BY_QUERY_NAME["added"], time, f"{time}\0")


class _Expansion:
    """One expansion: the views, and how many terms they have so far."""

    def __init__(
        self,
        views: Mapping[str, str],
        today: dt.date,
        fetched: str | None,
    ) -> None:
        self.views = views
        self.today = today
        self.new = _added_at(fetched)
        self.terms = 0

    def put_in(
        self,
        clause: Clause,
        path: tuple[str, ...],
        depth: int,
    ) -> Clause:
        """The clause expanded; `path` are the views around it, `depth` counts the
        clauses around it.
        """
        if isinstance(clause, query.View):
            return self.view(clause.name.casefold(), path, depth)
        if clause == NEW:
            clause = self.new
        if depth > MAX_NESTED:
            raise UsageError(
                f"{_shown(path)}: views nested too deep; make them simpler"
            )
        if isinstance(clause, Not):
            negated = self.put_in(clause.clause, path, depth + 1)
            return Not(negated)
        if isinstance(clause, And | Or):
            parts: list[Clause] = []
            for part in clause.clauses:
                expanded = self.put_in(part, path, depth + 1)
                # An `and` of a view inside another is one: the index searches by the
                # words at the top.
                if isinstance(expanded, type(clause)):
                    parts += expanded.clauses
                else:
                    parts.append(expanded)
            return type(clause)(tuple(parts))
        self.terms += bool(path)
        if self.terms > MAX_TERMS:
            raise UsageError(
                f"{_shown(path)}: the views come to more than {MAX_TERMS} terms; make them simpler"
            )
        return clause

    def view(
        self,
        name: str,
        path: tuple[str, ...],
        depth: int,
    ) -> Clause:
        if name not in self.views:
            close = did_you_mean(name, self.views)
            if not close:
                close = f"; papertrack view save {name} QUERY makes one"
            if path:
                close = f" (in the view @{path[-1]}){close}"
            raise unknown(
                NotFound, f"unknown view @{name}", name, self.views, hint=close
            )
        if name in path:
            start = path.index(name)
            loop = _shown((*path[start:], name))
            raise UsageError(
                f"the view @{name} leads back to itself: {loop}; change one of them "
                "with papertrack view save"
            )
        try:
            clause = query.parse(self.views[name], self.today)
        except QueryError as error:
            message = f"in the view @{name}: {error}"
            raise QueryError(message, error.query, error.position) from None
        return self.put_in(clause, (*path, name), depth)


def _shown(path: tuple[str, ...]) -> str:
    return " -> ".join(f"@{name}" for name in path)
