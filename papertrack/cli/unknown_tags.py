"""What to do about a tag that no paper has."""

from papertrack.core.errors import NotFound
from papertrack.core.slips import unknown
from papertrack.core.wording import did_you_mean

ADD_HINT = "papertrack tag add TAG ID adds one"


def no_tag(name: str, known: list[str]) -> NotFound:
    """The error for an unknown tag, with the closest of those that are known."""
    hint = did_you_mean(name, known)
    if not hint:
        hint = f"; {ADD_HINT}"
    elif "mean" not in hint and len(known) > 8:
        hint = "; papertrack tags shows them all"
    return unknown(NotFound, f"unknown tag {name}", name, known, hint=hint)
