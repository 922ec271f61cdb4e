"""A digest: the new papers, why each is in it, and why there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.errors import NotFound, PapertrackError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.local_time import local_day
from papertrack.core.model import Paper
from papertrack.core.secrets import hide_in_address
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, excerpt, noun, plural
from papertrack.library import digests, follows, recommending
from papertrack.library.digests import Stored
from papertrack.library.library import Library
from papertrack.library.rules import Rule
from papertrack.query import language as query
from papertrack.query.language import And, Clause, Days, Text

SATURDAY = 5

_FEED = "feed:"
"""How the sources begin that are feeds; their names follow."""


class Request(NamedTuple):
    """Which digest to make.

    `since` (ISO 8601 in UTC) replaces the time from which on papers are new. With
    `again` it is the last digest of the name. `today` is the reader's day, `utc_today`
    that of the services; `first` is what is followed at first (`Settings.following`).
    """

    name: str
    words: Sequence[str]
    today: dt.date
    utc_today: dt.date
    first: Sequence[str] = ()
    since: str | None = None
    group: str | None = None
    limit: int | None = None
    again: bool = False


class Digest(NamedTuple):
    """New papers, and why each is among them, by key. Times are ISO 8601 in UTC.

    The papers were added from `since` on; the digest before it was made at `last`, "" if
    there is none, or if it does not matter. `left` is how many papers are left for the
    next digest. `notes` explain what is missing, such as a source that failed;
    `has_failed` is whether there is one.
    """

    name: str
    at: str
    day: dt.date
    since: str
    papers: Sequence[Paper]
    why: Mapping[str, str]
    last: str = ""
    group: str | None = None
    left: int = 0
    notes: Sequence[str] = ()
    has_failed: bool = False
    is_again: bool = False

    @property
    def title(self) -> str:
        """What it contains, of which day: the heading, and the subject of a message."""
        count = len(self.papers)
        papers = f"{count} new {noun(count, 'paper')}" if count else "no new papers"
        day = f"{self.day:%a} {self.day.day} {self.day:%b %Y}"
        name = "" if self.name == digests.DEFAULT_NAME else f" {self.name}"
        return f"papertrack{name}: {papers}, {day}"

    @property
    def span(self) -> str:
        """Since when its papers are new, in words."""
        if self.last:
            return f"since the last digest, {local_day(clean(self.last))}"
        return f"since {local_day(clean(self.since))}"

    @property
    def remarks(self) -> list[str]:
        """What is said below the papers, a paragraph each: what is missing, and why."""
        lines = [f"Note: {note}" for note in self.notes]
        if not self.papers:
            lines.insert(0, f"Nothing new {self.span}.")
        if self.left:
            more = plural(self.left, "more paper")
            lines.append(f"Note: {more} will be in the next digest")
        return lines

    def stored(self, library: Library) -> Stored:
        """The digest as it is to be stored."""
        earlier = of_name(library, self.name)
        since = digests.start(earlier, self.at) if earlier else self.since
        keys = tuple(paper.key for paper in self.papers)
        key = digests.new_key(self.name, self.at)
        return Stored(key, self.name, self.at, since, keys)


def of_name(library: Library, name: str) -> list[Stored]:
    """The stored digests of a name, oldest first."""
    return digests.of_name(library.settings.documents(digests.TABLE), name)


def gather(library: Library, request: Request) -> Digest:
    """The digest that is requested. Raises NotFound, QueryError, UsageError."""
    clause = library.clause(" ".join(request.words), request.today)
    earlier = of_name(library, request.name)
    since = request.since or digests.start(earlier, library.now)
    if request.again:
        last = _last(library, earlier, request.name)
        since = last.since
        papers = digests.papers_of(library, last)
    else:
        papers = digests.papers_since(library, clause, since, earlier)
    left = max(len(papers) - (request.limit or len(papers)), 0)
    if left:
        papers = papers[: request.limit]
    failing = _failing(library, request)
    notes = list(failing)
    if not papers:
        notes += _why_nothing(library, request, earlier, since)
    return Digest(
        request.name,
        library.now,
        request.today,
        since,
        papers,
        _reasons(library, clause, papers, request.today),
        earlier[-1].at if earlier and not request.since else "",
        request.group,
        left,
        notes,
        bool(failing),
        request.again,
    )


def _last(library: Library, earlier: Sequence[Stored], name: str) -> Stored:
    """The last digest of a name that had papers. Raises NotFound."""
    with_papers = [one for one in earlier if one.papers]
    if not with_papers:
        known = digests.names(library.settings.documents(digests.TABLE))
        hint = did_you_mean(name, known) or (
            "; papertrack digest -o FILE or --send makes the first one"
        )
        raise NotFound(f"no digest named {name} was written or sent yet{hint}")
    return with_papers[-1]


# ------------------------------------------------------------------ reasons


def _reasons(
    library: Library, clause: Clause, papers: Sequence[Paper], today: dt.date
) -> dict[str, str]:
    """Why each paper is in a digest, by key: rules, feeds, tags of the query, and the
    tags of the reader's whose papers it is like.
    """
    by_rule = {
        _reason(rule): _matching(library, rule, today)
        for rule in library.settings.rules().values()
        if papers and _is_choice(rule)
    }
    tags = [term.text.casefold() for term in query.words(clause) if _is_tag(term)]
    unmarked = [paper.key for paper in papers if not paper.tags]
    recommended = recommending.reasons(library, unmarked) if unmarked else {}
    reasons = {}
    for paper in papers:
        found = [reason for reason, keys in by_rule.items() if paper.key in keys]
        found += [f"feed {name}" for name in _feeds(paper)]
        found += [f"tag {tag}" for tag in paper.tags if _is_under(tag, tags)]
        found += [f"like {recommended[paper.key]}"] if paper.key in recommended else []
        if found:
            reasons[paper.key] = ", ".join(map(clean, found))
    return reasons


def _reason(rule: Rule) -> str:
    """`follow yann-lecun` for a rule that follows something, else `rule agents`."""
    name = follows.followed_name(rule)
    return f"follow {name}" if name else f"rule {rule.name}"


def _is_choice(rule: Rule) -> bool:
    """Whether a rule chooses papers to read: one that only hides them does not."""
    actions = rule.actions
    is_marked = actions.tags or actions.starred or actions.status == "later"
    return bool(is_marked or actions.notifies)


def _matching(library: Library, rule: Rule, today: dt.date) -> set[str]:
    """The papers that a rule matches, by main key; none where its query is wrong."""
    try:
        return set(library.index.keys(library.clause(rule.condition, today)))
    except PapertrackError:  # a fetch reports it
        return set()


def _feeds(paper: Paper) -> Iterable[str]:
    for source in paper.sources:
        if source.startswith(_FEED):
            yield source.removeprefix(_FEED)


def _is_tag(term: Text) -> bool:
    return term.field is BY_QUERY_NAME["tag"]


def _is_under(tag: str, names: Sequence[str]) -> bool:
    """Whether a tag is one of these, or below one."""
    folded = tag.casefold()
    return any(folded == name or folded.startswith(f"{name}/") for name in names)


# ------------------------------------------------------------------ nothing, and why


def _failing(library: Library, request: Request) -> list[str]:
    """A line for each source that could not be read when last tried."""
    lines = []
    for target, reading in library.settings.failing(request.first).items():
        name = hide_in_address(clean(target))
        since = local_day(clean(reading.since or reading.tried or ""))
        error = hide_in_address(excerpt(reading.error or "", 200))
        lines.append(f"{name} could not be read since {since}: {error}")
    return lines


def _why_nothing(
    library: Library, request: Request, earlier: Sequence[Stored], since: str
) -> list[str]:
    """Why a digest has no papers, in lines."""
    fetched = library.settings.fetched()
    last = earlier[-1].at if earlier else since
    if fetched is None or fetched <= last:
        when = f"since {local_day(clean(last))}" if fetched else "yet"
        return [f"nothing was fetched {when}; papertrack fetch does it"]
    added = Days(BY_QUERY_NAME["added"], since, None)
    count = library.index.count_matching(added)
    clause = library.clause(" ".join(request.words), request.today)
    matching = library.index.count_matching(And((clause, added)))
    lines = []
    if count > matching:
        others = plural(count - matching, "other new paper")
        lines.append(f"{others} did not match {' '.join(request.words)}")
    if matching:
        lines.append(f"earlier digests had {plural(matching, 'paper')} of this time")
    if request.utc_today.weekday() >= SATURDAY:
        lines.append("Hugging Face and arXiv list no papers on weekends")
    elif not count:
        lines.append("the last fetch found no new papers")
    return lines
