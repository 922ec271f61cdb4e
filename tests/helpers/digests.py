"""Days of digests, and what their tests look at."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FRIDAY = dt.datetime(2025, 11, 21, 9, tzinfo=dt.UTC)
SATURDAY = FRIDAY + dt.timedelta(days=1)
MONDAY = FRIDAY + dt.timedelta(days=3)
TUESDAY = FRIDAY + dt.timedelta(days=4)


def titles(*numbers: int) -> list[str]:
    """The titles of the invented papers of these numbers."""
    return [f"Paper number {number}" for number in numbers]


def stored(home: Mapping[str, str]) -> list[dict[str, Any]]:
    """The digests in desk.json."""
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    if not desk.exists():
        return []
    return list(json.loads(desk.read_text()).get("digests", {}).values())
