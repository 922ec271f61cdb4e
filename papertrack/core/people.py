"""Names of people: the family name, and what belongs to a name besides: `Jr.`, `III`."""

from __future__ import annotations

import re

from papertrack.core.lazy_regex import pattern

WHOLE_NAME = r"(?i)\b(?:team|collaboration|consortium|community|group|and|others)\b"
"""Names that are not split into first and last: groups, and what BibTeX would take for
more than one name.
"""

_SUFFIX = pattern(r"(?i:[JS]n?r)\.?|I{2,3}|IV|VI{1,3}|2nd|3rd|4th")


def family_name(name: str) -> str:
    """The family name of a person, in either order; a group's name as it is.

    >>> family_name("Bo van der Berg"), family_name("Quill, Ada"), family_name("A B Jr.")
    ('van der Berg', 'Quill', 'B')
    """
    if re.search(WHOLE_NAME, name):
        return name
    words = name.partition(",")[0].split()
    if "," in name or not words:
        return " ".join(words)
    while len(words) > 1 and is_name_suffix(words[-1]):
        words.pop()
    start = len(words) - 1
    # Particles are in lower case; the first word is a given name all the same.
    while start > 1 and words[start - 1].islower():
        start -= 1
    return " ".join(words[start:])


def is_name_suffix(text: str) -> bool:
    """Whether `text` can only be `Jr.`, `III` or the like.

    `V` and degrees may be initials as well.
    """
    return bool(_SUFFIX.fullmatch(text))
