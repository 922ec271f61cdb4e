"""What another library or a backup from elsewhere proposes, as the commands report it."""

from __future__ import annotations

from collections.abc import Iterator

from papertrack.core.errors import UsageError
from papertrack.core.wording import excerpt
from papertrack.fetching.followed import refusal
from papertrack.library.proposals import KINDS, Proposals, Terms

SHOWN = 20
"""At most so many feeds and rules are listed."""


def terms(requested: str | None, *, by: str) -> Terms:
    """What `--with feeds,rules` requests. Raises UsageError."""
    words = [word.strip().lower() for word in (requested or "").split(",")]
    kinds = list(filter(None, words))
    if "all" in kinds:
        kinds = list(KINDS)
    for kind in kinds:
        if kind not in KINDS:
            raise UsageError(
                f"--with {excerpt(kind, 40)}: it takes {', '.join(KINDS)} or all"
            )
    return Terms(frozenset(kinds), refusal, by)


def report(proposals: Proposals, command: str) -> Iterator[str]:
    """Lines that list what was not taken, and how to take it."""
    if proposals.offered:
        yield (
            "its feeds and rules are proposals, not taken; "
            f"{command} --with feeds,rules takes them:"
        )
        yield from _listed(proposals.offered)
    if proposals.refused:
        yield "left out; papertrack feed add TARGET follows what you trust:"
        yield from _listed(proposals.refused)


def _listed(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines[:SHOWN]:
        yield f"  {line}"
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more"
