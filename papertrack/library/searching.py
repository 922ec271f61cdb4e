"""A search by what somebody typed or pasted, a page of it, best match first.

A line that is the title of a paper means that paper. A line that is no query is taken as
words, and so is a query without fields that finds nothing. A line that names papers among
other words, as citations do, means these.
"""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.errors import NotFound, QueryError
from papertrack.core.text import fold
from papertrack.index.finding import Found
from papertrack.library.pasted import named, pasted
from papertrack.query import language as query
from papertrack.query.language import And, Clause, Everything
from papertrack.query.loose import Loose, loosened, of_words

if TYPE_CHECKING:
    from papertrack.library.library import Library

LEAST_TITLE = 3
"""A query of fewer words, such as `author:wei`, is a title only if it finds nothing."""


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
    """The papers that a line may mean, those first that it names by an id.

    Raises NotFound for an unknown view; QueryError, UsageError for a mistake in a query
    with fields.
    """
    read = pasted(wanted.text)
    wanted = wanted._replace(text=read.text)
    found = _found(library, wanted, is_citation=read.is_citation)
    if not read.ids or wanted.days is not None:
        return found
    papers = named(library, read.ids)
    if papers:
        is_query = query.mentions_field(read.text) and len(found.papers) > 0
        return found if is_query else found.with_named(papers, wanted.limit)
    if found.papers or not any(map(str.isalpha, read.without_ids)):
        return found
    note = (
        f"no paper has the id {' or '.join(read.ids)}; the other words were looked for"
    )
    rest = wanted._replace(text=read.without_ids)
    return _by_words(library, rest)._replace(note=note)


def _found(library: "Library", wanted: Wanted, *, is_citation: bool) -> Found:
    """The papers that a line may mean. No mistake in a citation is one of a query."""
    text = wanted.text
    mistake = None
    clause: Clause = Everything()
    try:
        clause = query.parse(text, wanted.today)
    except QueryError as error:
        mistake = error
    is_stated = mistake is not None or query.is_stated(text)
    is_short = mistake is None and len(text.split()) < LEAST_TITLE
    # Only where they differ is the title looked up: hashing it loads OpenSSL, 3 ms.
    if is_stated and not is_short:
        titled = _as_title(library, wanted)
        if titled is not None:
            return titled
    is_query = query.mentions_field(text) and not is_citation
    if mistake is not None:
        if is_query or (mistake.instead and not is_citation):
            raise mistake
        found = _by_words(library, wanted)
        return found._replace(note=f"{mistake.reason}; all of it is taken as words")
    try:
        found = _by_clause(library, wanted, clause)
    except NotFound:  # of a view
        titled = _as_title(library, wanted) if is_short else None
        if titled is None:
            raise
        return titled
    if not is_stated:
        title = fold(text)
        papers = found.result.papers
        return found.with_first({p.key for p in papers if fold(p.title) == title})
    if found.papers:
        return found
    titled = _as_title(library, wanted) if is_short else None
    if titled is not None:
        return titled
    if is_query:
        return found
    as_words = _by_words(library, wanted)
    if not as_words.papers:
        return found
    return as_words._replace(note="nothing matches as a query; taken as words")


def _as_title(library: "Library", wanted: Wanted) -> Found | None:
    """The papers of a line that is the title of some, these first; None if it is none."""
    titled = library.index.titled(wanted.text)
    return _by_words(library, wanted).with_first(titled) if titled else None


def _by_words(library: "Library", wanted: Wanted) -> Found:
    """The papers that match a line of which all is words."""
    words = query.words_alone(wanted.text)
    return _with_some(library, wanted, of_words(words))


def _by_clause(library: "Library", wanted: Wanted, clause: Clause) -> Found:
    loose = loosened(clause, wanted.text)
    clause = wanted.within_days(library.expanded(clause, wanted.today))
    # A score is of all the words, which are apart in a loose query.
    if loose is not None and not any(map(query.is_score, query.terms(clause))):
        return _with_some(library, wanted, loose)
    result = library.index.search(clause, sort="relevance", limit=wanted.limit)
    return Found(result, clause)


def _with_some(library: "Library", wanted: Wanted, loose: Loose) -> Found:
    rest = wanted.within_days(library.expanded(loose.rest, wanted.today))
    return library.index.find(loose._replace(rest=rest), wanted.limit)
