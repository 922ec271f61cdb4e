"""How many papers are new, unread and for later: after a fetch, and in `status`."""

from papertrack import render
from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.wording import excerpt, plural
from papertrack.query.language import Clause

TOP = 5
"""So many new papers are shown after a fetch."""
RECOMMENDED = 3
"""So many of those that fit the reader's tags are named."""
LONGEST_TITLE = 60


def show_new(session: Session) -> None:
    """After a fetch on a terminal: its papers with most votes, numbered, and the counts."""
    if not session.on_terminal or session.quiet:
        return
    library = session.library
    new = library.clause("is:new", session.today)
    papers = library.index.search(new, sort="upvotes", limit=TOP).papers
    if papers:
        library.number(papers)
        table = render.papers.listing(
            papers,
            columns=("title", "upvotes", "id"),
            today=session.today,
            width=session.width,
        )
        output.draw(session, table)
    if library.index.count():
        session.narrate(paper_counts(session))
    _recommend(session, new)


def _recommend(session: Session, new: Clause) -> None:
    """Name the new papers that fit the reader's tags and stars best, if any do."""
    from papertrack.library import recommending  # 2 ms, on a terminal only

    index = session.library.index
    keys = index.keys(recommending.unmarked(new))
    reasons = recommending.reasons(session.library, keys) if keys else {}
    for key in [*reasons][:RECOMMENDED]:
        paper = session.library.get(key)
        title = excerpt(paper.title, LONGEST_TITLE)
        session.narrate(f"for you: {title} ({reasons[key]})")
    if len(reasons) > RECOMMENDED:
        more = plural(len(reasons) - RECOMMENDED, "more paper")
        session.narrate(f"{more} for you: papertrack recommend is:new")


def paper_counts(session: Session) -> str:
    """`14 new, 190 unread, 3 later`; hidden papers are left out."""
    library = session.library
    counts = []
    for state in ("new", "unread", "later"):
        clause = library.clause(f"is:{state}", session.today)
        counts.append(f"{library.index.count_matching(clause):,} {state}")
    return ", ".join(counts)
