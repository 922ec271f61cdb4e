"""How many papers are new, unread and for later: after a fetch, and in `status`."""

from papertrack import render
from papertrack.cli import output
from papertrack.cli.session import Session

TOP = 5
"""So many new papers are shown after a fetch."""


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


def paper_counts(session: Session) -> str:
    """`14 new, 190 unread, 3 later`; hidden papers are left out."""
    library = session.library
    counts = []
    for state in ("new", "unread", "later"):
        clause = library.clause(f"is:{state}", session.today)
        counts.append(f"{library.index.count_matching(clause):,} {state}")
    return ", ".join(counts)
