"""CSV for spreadsheets: RFC 4180, with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.exports.rows import rows


def dumps(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """A header and a row per paper, of `fields` or of the usual columns."""
    out = io.StringIO()
    csv.writer(out).writerows(rows(papers, fields))
    return out.getvalue()
