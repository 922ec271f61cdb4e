"""A search by what somebody typed or pasted, a page of it, best match first.

A line that is the title of a paper means that paper. A line that is no query is taken as
words, and so is a query without fields that finds nothing.
"""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.errors import QueryError
from papertrack.core.text import fold
from papertrack.index.finding import Found
from papertrack.query import language as query
from papertrack.query.language import And, Clause, Everything
from papertrack.query.loose import Loose, loosened, of_words

if TYPE_CHECKING:
    from papertrack.library.library import Library

LEAST_TITLE = 3
"""A query of fewer words, such as `author:wei`, is no title."""


class Wanted(NamedTuple):
    """What is searched for: a line, the reader's day, how many papers at most, and a
    range of days.
    """

    text: str
    today: dt.date
    limit: int
    days: Clause | None = None

    def within_days(self, clause: Clause) -> Clause:
        """The clause, for papers of the range of days only."""
        return clause if self.days is None else And((clause, self.days))


def find_papers(library: "Library", wanted: Wanted) -> Found:
    """The papers that a line may mean.

    Raises NotFound for an unknown view; QueryError, UsageError for a mistake in a query
    with fields.
    """
    text = wanted.text
    mistake = None
    clause: Clause = Everything()
    try:
        clause = query.parse(text, wanted.today)
    except QueryError as error:
        mistake = error
    is_stated = mistake is not None or query.is_stated(text)
    # Only where they differ is the title looked up: hashing it loads OpenSSL, 3 ms.
    may_be_title = is_stated and len(text.split()) >= LEAST_TITLE
    titled = library.index.titled(text) if may_be_title else set()
    if titled:
        return _by_words(library, wanted).with_first(titled)
    if mistake is not None:
        if mistake.instead or query.mentions_field(text):
            raise mistake
        found = _by_words(library, wanted)
        return found._replace(note=f"{mistake.reason}; all of it is taken as words")
    found = _by_clause(library, wanted, clause)
    if not is_stated:
        title = fold(text)
        papers = found.result.papers
        return found.with_first({p.key for p in papers if fold(p.title) == title})
    if found.papers or query.mentions_field(text):
        return found
    as_words = _by_words(library, wanted)
    if not as_words.papers:
        return found
    return as_words._replace(note="nothing matches as a query; taken as words")


def _by_words(library: "Library", wanted: Wanted) -> Found:
    """The papers that match a line of which all is words."""
    words = query.words_alone(wanted.text)
    return _with_some(library, wanted, of_words(words))


def _by_clause(library: "Library", wanted: Wanted, clause: Clause) -> Found:
    loose = loosened(clause, wanted.text)
    clause = wanted.within_days(library.expanded(clause, wanted.today))
    # A score is of all the words, which stand apart in a loose query.
    if loose is not None and not any(map(query.is_score, query.terms(clause))):
        return _with_some(library, wanted, loose)
    result = library.index.search(clause, sort="relevance", limit=wanted.limit)
    return Found(result, clause)


def _with_some(library: "Library", wanted: Wanted, loose: Loose) -> Found:
    rest = wanted.within_days(library.expanded(loose.rest, wanted.today))
    return library.index.find(loose._replace(rest=rest), wanted.limit)
