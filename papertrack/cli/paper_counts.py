"""How many papers are new, unread and for later: after a fetch, and in `status`."""

from papertrack.cli.session import Session


def paper_counts(session: Session) -> str:
    """`14 new, 190 unread, 3 later`; hidden papers are left out."""
    library = session.library
    counts = []
    for state in ("new", "unread", "later"):
        clause = library.clause(f"is:{state}", session.today)
        counts.append(f"{library.index.count_matching(clause):,} {state}")
    return ", ".join(counts)
