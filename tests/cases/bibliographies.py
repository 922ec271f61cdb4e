"""One paper of a bibliography, for the tables of its kinds."""

from __future__ import annotations

import json
from typing import Any

from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import bibtex, csl, ris


def bib(fields: str, kind: str = "article") -> Facts:
    """The facts of an entry with a title and these fields."""
    body = f"@{kind}{{k1,\n  title = {{Warm Kettles}},\n  {fields}\n}}\n"
    return only(bibtex.parse(body.encode(), name="a.bib"))


def ris_record(*lines: str) -> Facts:
    """The facts of a record with a title and these lines."""
    body = "\n".join(["TY  - JOUR", "TI  - Warm Kettles", *lines, "ER  - ", ""])
    return only(ris.parse(body.encode(), name="a.ris"))


def csl_item(**fields: Any) -> Facts:
    """The facts of an item with a title and these fields."""
    item = {"id": "k1", "type": "article", "title": "Warm Kettles", **fields}
    return only(csl.parse(json.dumps([item]).encode(), name="a.json"))


def only(listing: Listing) -> Facts:
    """The one paper of a listing without problems."""
    assert listing.problems == ()
    (facts,) = listing.facts
    return facts
