"""CSV for spreadsheets: RFC 4180, with a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.exports.rows import rows


def dumps(
    papers: Sequence[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> str:
    """A header and a row per paper, of `fields` or of the usual columns."""
    out = io.StringIO()
    counted = progress.counted(papers, "writing", "papers")
    csv.writer(out).writerows(rows(counted, fields))
    return out.getvalue()
