"""What an entry of BibTeX states besides the facts that every bibliography has: its type
and key, where it was published, and all its fields as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from papertrack.core.cite_keys import is_cite_key
from papertrack.core.latex import plain
from papertrack.core.text import clean, pairs
from papertrack.sources.bibliography.bibtex_syntax import Block

_TYPES = dict(
    pairs("""
    article          article
    periodical       article
    suppperiodical   article
    inproceedings    conference-paper
    conference       conference-paper
    book             book
    mvbook           book
    booklet          book
    manual           book
    collection       book
    mvcollection     book
    reference        book
    mvreference      book
    proceedings      book
    mvproceedings    book
    inbook           chapter
    bookinbook       chapter
    suppbook         chapter
    incollection     chapter
    suppcollection   chapter
    inreference      chapter
    thesis           thesis
    phdthesis        thesis
    mastersthesis    thesis
    masterthesis     thesis
    bachelorthesis   thesis
    techreport       report
    report           report
    unpublished      preprint
    preprint         preprint
    dataset          dataset
    data             dataset
    software         software
    softwareversion  software
    online           webpage
    electronic       webpage
    www              webpage
    webpage          webpage
""")
)
_MAYBE_PREPRINT = ("article", "webpage", "other")


def facts(
    block: Block,
    own: Mapping[str, str],
    values: Mapping[str, str],
    *,
    is_preprint: bool,
) -> dict[str, Any]:
    """The facts of an entry, by their names. `own` are its fields, `values` those that
    it inherits as well.
    """
    type = _TYPES.get(block.kind, "other")
    if is_preprint and type in _MAYBE_PREPRINT:
        type = "preprint"

    def first(*names: str) -> str | None:
        texts = (clean(plain(values.get(name, ""))) for name in names)
        return next(filter(None, texts), None)

    institution = first("institution", "organization")
    pages = first("pages")
    return {
        "type": type,
        "cite_key": block.key if is_cite_key(block.key) else None,
        "booktitle": first("booktitle"),
        "publisher": first("publisher") or (institution if type != "thesis" else None),
        "school": first("school") or (institution if type == "thesis" else None),
        "volume": first("volume"),
        "number": first("number", "issue"),
        "pages": re.sub(r"\s*[-–—]+\s*", "-", pages) if pages else None,
        "entry": tuple(_entry(block.kind, own, values)),
    }


def _entry(
    kind: str, own: Mapping[str, str], values: Mapping[str, str]
) -> Iterator[str]:
    """The entry's type and its fields, as they are written; what it inherits is its own.

    A library would be twice as large with every abstract twice: one that is the same
    without LaTeX is only named.
    """
    yield f"entrytype = {kind}"
    inherits = values.keys() > own.keys()
    for name, value in {**own, **values}.items():
        if inherits and name in ("crossref", "xdata"):
            continue
        if name == "abstract" and clean(plain(value)) == clean(value):
            yield name
        else:
            yield f"{name} = {value}"
