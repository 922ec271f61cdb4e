"""Names of people in parts, for formats that keep the last name apart."""

from __future__ import annotations

import re
from typing import NamedTuple

from bibtexparser.middlewares.names import parse_single_name_into_parts

from papertrack.core.people import WHOLE_NAME, is_name_suffix
from papertrack.core.text import clean

_TEX = re.compile(r"[{}\\~]")


class Name(NamedTuple):
    """A person's name. A group has a family name only."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def last_first(self) -> str:
        """`van der Berg, Bo, Jr`."""
        family = " ".join(filter(None, [self.particle, self.family]))
        return ", ".join(filter(None, [family, self.given, self.suffix]))


def parts(text: str) -> Name:
    """The parts of a name in either order, as BibTeX splits them.

    >>> parts("Bo van der Berg"), parts("Quill, Jr., Ada").last_first
    (Name(family='Berg', given='Bo', particle='van der', suffix=''), 'Quill, Ada, Jr.')
    """
    text = clean(text)
    if re.search(WHOLE_NAME, text) or _TEX.search(text):
        return Name(text)
    words = text.split()
    suffix = ""
    if "," not in text and len(words) > 2 and is_name_suffix(words[-1]):
        suffix = words.pop()
    split = parse_single_name_into_parts(" ".join(words), strict=False)
    given, particle, family, junior = (
        " ".join(part) for part in (split.first, split.von, split.last, split.jr)
    )
    if not family:
        return Name(text)
    return Name(family, given, particle, junior or suffix)
