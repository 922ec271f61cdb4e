"""A fault of a library, and what repairs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from papertrack.core import identity
from papertrack.storage.transaction import Transaction

Repair = Callable[[Transaction], object]


class Finding(NamedTuple):
    """A fault: the check that found it, where, what; `repair` says what `fix` does.

    With a `question` the reader decides: `fix` if the answer is yes, else `otherwise`.
    """

    check: str
    where: str
    what: str
    repair: str | None = None
    fix: Repair | None = None
    question: str | None = None
    otherwise: Repair | None = None

    def as_json(self) -> dict[str, str | None]:
        """The finding for `--json`."""
        return {
            "check": self.check,
            "where": self.where,
            "what": self.what,
            "mend": self.repair,
        }


def first_ids(keys: Sequence[str]) -> str:
    """The ids of the first of these papers."""
    shown = list(map(identity.show, keys[:3]))
    if len(keys) > 3:
        shown.append("…")
    return ", ".join(shown)
