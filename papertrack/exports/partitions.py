"""Papers in partitions as Hive has them, which engines for large tables read: a folder
`COLUMN=VALUE` for each value (https://cwiki.apache.org/confluence/display/Hive/LanguageManual+DDL).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from papertrack.core.model import Paper
from papertrack.core.periods import month

_UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
"""What Hive calls the partition of NULL."""

_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


def _month(paper: Paper) -> str:
    """`month=2025-11`; the month of a paper may be unknown where its year is not."""
    name = month(paper.date or "")
    return f"month={name if _MONTH.fullmatch(name) else _UNKNOWN}"


PARTITIONS: dict[str, Callable[[Paper], str]] = {"month": _month}
"""The folder of a paper, by the names of --partition."""
