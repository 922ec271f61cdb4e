"""What somebody pasted, as a search reads it: the title in an entry of BibTeX or in the
name of a file, and the papers that a text names by an id, a DOI or a URL.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.identity import id_alias, keys_named, normalise
from papertrack.core.model import Paper

if TYPE_CHECKING:
    from papertrack.library.library import Library

_ENTRY = r"(?s)\s*@\w+\s*[{(]"
_TITLE = r"""(?isx) \btitle\s*=\s*
    (?: \{ ((?:[^{}]|\{[^{}]*\})*) \} | "([^"]*)" )"""
_NAMES = (
    r"(?i)(?:https?://|(?:dx\.)?doi\.org/|arxiv\.org/|doi:\s*|arxiv:\s*"
    r"|(?<![\w./])10\.[0-9]{4,9}/)[^\s,;\"'<>{}|()\[\]]+"
)
_BROKEN = r"(?<=\w)-[ \t]*\n\s*(?=\w)"
"""A word that is broken at the end of a line."""
_UNDERSCORES = 2
"""A line without spaces, but with so many of these, is the name of a file."""
_MOST_NAMED = 10


class Pasted(NamedTuple):
    """The text that is searched for, and the ids in it. `is_citation` is whether it is
    an entry, or names papers beside other words: no mistake in it is one of a query.
    """

    text: str
    ids: tuple[str, ...] = ()
    is_citation: bool = False

    @property
    def without_ids(self) -> str:
        """The text without the ids in it."""
        text = self.text
        for id in self.ids:
            text = text.replace(id, " ")
        return text


def pasted(text: str) -> Pasted:
    """How a search reads what was typed or pasted."""
    if " " not in text and text.count("_") >= _UNDERSCORES:
        return Pasted(text.replace("_", " ").removesuffix(".pdf"))
    if "\n" in text:
        text = re.sub(_BROKEN, "-", text)
    ids = _ids(text)
    if "@" in text and re.match(_ENTRY, text):
        title = re.search(_TITLE, text)
        if title is not None:
            found = title[1] or title[2] or ""
            return Pasted(" ".join(re.sub("[{}]", "", found).split()), ids, True)
    return Pasted(text, ids, bool(ids))


def _ids(text: str) -> tuple[str, ...]:
    """The ids among other words."""
    if "/" not in text and ":" not in text:
        return ()
    found = [one[0].rstrip(".:!?") for one in re.finditer(_NAMES, text)]
    if not found or normalise(text) is not None:
        return ()
    return tuple(dict.fromkeys(found[:_MOST_NAMED]))


def named(library: "Library", ids: tuple[str, ...]) -> list[Paper]:
    """The papers that have these ids, but for hidden ones."""
    keys: dict[str, None] = {}
    for id in ids:
        for key in keys_named(id):
            keys.update(dict.fromkeys(library.index.locations([key, id_alias(key)])))
    papers = library.index.cited_papers(keys)
    return [paper for paper in papers if paper.status != "hidden"]
