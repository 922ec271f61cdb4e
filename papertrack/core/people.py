"""What belongs to a person's name besides the names: `Jr.`, `III`."""

from __future__ import annotations

from papertrack.core.lazy_regex import pattern

_SUFFIX = pattern(r"(?i:[JS]n?r)\.?|I{2,3}|IV|VI{1,3}|2nd|3rd|4th")


def is_name_suffix(text: str) -> bool:
    """Whether `text` can only be `Jr.`, `III` or the like.

    `V` and degrees may be initials as well.
    """
    return bool(_SUFFIX.fullmatch(text))
