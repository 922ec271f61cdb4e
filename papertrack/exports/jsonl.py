"""JSON lines: an object per paper."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.exports.json import encoded, selected


def dumps(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """An object a line; nothing for no papers."""
    return "".join(encoded(selected(paper, fields)) for paper in papers)
