"""The cite key of each paper, which no other paper of the library has."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from papertrack.core.cite_keys import Claim, base_key, is_cite_key, suffixes
from papertrack.core.model import Paper


def with_cite_keys(db: sqlite3.Connection, papers: Iterable[Paper]) -> list[Paper]:
    """The papers, each with the key that is its own in the library."""
    papers = list(papers)
    claims = _claims(db, [paper.key for paper in papers])
    bases = {claim.key: claim.cite_key for claim in claims}
    suffix = suffixes(claims)
    result = []
    for paper in papers:
        imported = paper.cite_key
        base = bases.get(paper.key)
        # SQLite's JSON ends a text at a NUL, which a hand may have put into a key.
        if base is None or (imported is not None and is_cite_key(imported)):
            base = base_key(paper)
        result.append(paper._replace(cite_key=f"{base}{suffix.get(paper.key, '')}"))
    return result


def _claims(db: sqlite3.Connection, keys: list[str]) -> list[Claim]:
    """The claims of these papers and of those that share a cite key with them.

    Their cite keys are folded.
    """
    rows = db.execute(
        "SELECT cite_key, imported_key, coalesce(added, ''), key FROM paper"
        " WHERE cite_key IN"
        " (SELECT cite_key FROM json_each(?)"
        "  JOIN alias ON alias = value JOIN paper USING (rid))",
        (json.dumps(keys),),
    )
    return [Claim(*row) for row in rows]
