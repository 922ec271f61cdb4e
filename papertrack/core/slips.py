"""Errors for a name that does not exist, with the known name of which it is a slip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from papertrack.core.errors import PapertrackError, Slip
from papertrack.core.wording import did_you_mean

Error = TypeVar("Error", bound=PapertrackError)


def unknown(
    kind: type[Error],
    reason: str,
    name: str,
    known: Iterable[str],
    *,
    hint: str | None = None,
) -> Error:
    """The error `REASON; did you mean X?` for an unknown name.

    `hint` is what follows the reason, if not the closest of the known names.
    """
    from papertrack.core.nearest import nearest  # for mistakes only

    names = list(known)
    if hint is None:
        hint = did_you_mean(name, names)
    error = kind(f"{reason}{hint}")
    near = nearest(name, names)
    if len(near) == 1:
        error.slip = Slip(reason, name, near[0])
    return error


def unknown_among(
    kind: type[Error], what: str, names: Sequence[str], known: Sequence[str]
) -> Error:
    """The error for names joined by commas, of which at least one is unknown.

    The slip is corrected in all of them, or in none.
    """
    from papertrack.core.nearest import nearest

    wrong = [name for name in names if name not in known]
    error = unknown(kind, f"unknown {what} {wrong[0]}", wrong[0], known)
    error.slip = None
    right: dict[str, str] = {}
    for name in dict.fromkeys(wrong):
        near = nearest(name, known)
        if len(near) != 1:  # a long list of words ends at the first
            return error
        right[name] = near[0]
    corrected = ",".join(right.get(name, name) for name in names)
    reason = f"unknown {what} {', '.join(wrong)}"
    error.slip = Slip(reason, ",".join(names), corrected)
    return error
