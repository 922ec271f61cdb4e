"""Keys of papers in BibTeX files: an imported one, else author, year and word of title.

A key belongs to the paper, not to the export: of the papers of a library with one key,
the first has it plain, the others with a piece of their own id.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.people import WHOLE_NAME
from papertrack.core.text import BASE_LETTERS, fold

_NAME_SUFFIXES = ("jr", "sr", "ii", "iii", "iv", "phd", "md")
"""What no key has as a name. Another list than that of `people`: readers cite by keys,
which must never change.
"""
_WORDS = """
    a an and are at be by can do does for from how in is of on or the to toward towards
    via what when why with
"""
_STOP_WORDS = frozenset(_WORDS.split())
_LONGEST = 60
"""Letters of a name or word in a key: longer ones are no words."""

# What ends or splits a key, for BibTeX or for \cite.
_KEY = r"""[^\s{},"#%~\\@=]{1,200}"""


def is_cite_key(text: str) -> bool:
    """Whether BibTeX and LaTeX can read `text` as a key."""
    return bool(re.fullmatch(_KEY, text)) and text.isprintable()


def named_key(text: str) -> str | None:
    """An id of another program as a cite key; None if nobody would cite by it: a URL, a
    number.
    """
    is_name = "://" not in text and re.search("[^\\W\\d_]", text)
    return text if is_name and is_cite_key(text) else None


def base_key(paper: Paper) -> str:
    """The paper's key if no other paper has the same: `tong2025thinking`."""
    if paper.cite_key and is_cite_key(paper.cite_key):
        return paper.cite_key
    return generated_key(paper) or f"paper-{_serial(paper.key)}"


def generated_key(paper: Paper) -> str:
    """First author's last name, year, first significant word of the title; "" without a
    name and a word.
    """
    name = _key_name(paper.authors[0]) if paper.authors else ""
    words = (word for part in paper.title.split() for word in _ascii(part))
    word = next((word for word in words if word not in _STOP_WORDS), "")
    year = re.match(r"\d{4}", paper.published or paper.listed or "")
    if not name and not word:
        return ""
    return f"{name[:_LONGEST]}{year[0] if year else ''}{word[:_LONGEST]}"


class Claim(NamedTuple):
    """A paper's claim to a cite key: whether the key was imported, when the paper was
    added, the paper's own key.
    """

    cite_key: str
    is_imported: bool
    added: str
    key: str


def suffixes(claims: Iterable[Claim]) -> dict[str, str]:
    """What follows the cite key of each paper, by the papers' keys.

    Of papers that claim one cite key, in capitals or not, the first has it plain: one
    whose key was imported, else the one that was added first. The others have the number
    of their arXiv id or a hash.
    """
    sharing: dict[str, list[Claim]] = {}
    for claim in claims:
        sharing.setdefault(claim.cite_key.casefold(), []).append(claim)
    result: dict[str, str] = {}
    for group in sharing.values():
        group.sort(key=lambda claim: (not claim.is_imported, claim.added, claim.key))
        taken = [""]
        result[group[0].key] = ""
        for claim in group[1:]:
            suffix = f"-{_serial(claim.key)}"
            if suffix in taken:
                suffix = f"-{_digest(claim.key, 16)}"
            taken.append(suffix)
            result[claim.key] = suffix
    return result


def _key_name(author: str) -> str:
    """The last part of the last name, in either order; the first significant word of a
    group's name.
    """
    last_first = author.partition(",")[0]
    parts = ["".join(_ascii(part)) for part in last_first.split()]
    if re.search(WHOLE_NAME, author):
        parts = [part for part in parts if part not in _STOP_WORDS][:1]
    names = (part for part in reversed(parts) if part and part not in _NAME_SUFFIXES)
    return next(names, "")


def _ascii(text: str) -> list[str]:
    """The words of `text` in lower-case ASCII, without other letters."""
    if text.isascii() and text.isalnum():
        return [text.lower()]  # most of them, in a tenth of the time
    folded = fold(text.casefold().translate(BASE_LETTERS))
    words = (re.sub("[^a-z0-9]", "", word) for word in folded.split())
    return [word for word in words if word]


def _serial(key: str) -> str:
    """A few characters of a paper's key: the number of an arXiv id, else a hash."""
    number = re.search(r"\d+$", key) if key.startswith("arxiv:") else None
    return number[0] if number else _digest(key, 6)


def _digest(key: str, length: int) -> str:
    import hashlib  # loads OpenSSL: 3 ms and 4 MB that listings do without

    return hashlib.blake2b(key.encode("utf-8", "replace")).hexdigest()[:length]
