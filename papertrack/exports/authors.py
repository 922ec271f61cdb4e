"""The authors of a paper on one line."""

from __future__ import annotations

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural


def line(paper: Paper, most: int) -> str:
    """The first `most` authors and how many others there are; "" if nothing is known."""
    count = max(len(paper.authors), paper.author_count or 0)
    shown = [clean(author) for author in paper.authors[:most]]
    if not shown:
        return plural(count, "author") if count else ""
    # Bibliographies have names as `Last, First`.
    separator = "; " if any("," in author for author in shown) else ", "
    authors = separator.join(shown)
    others = count - len(shown)
    return f"{authors} and {plural(others, 'other')}" if others else authors
