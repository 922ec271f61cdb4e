"""Papers, each once, with the keys by which they are cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from papertrack.core.cite_keys import Claim, base_key, suffixes
from papertrack.core.model import Paper
from papertrack.core.progress import Progress


def distinct(papers: Iterable[Paper]) -> list[Paper]:
    """The papers, each once."""
    return list({paper.key: paper for paper in papers}.values())


def cited(papers: Iterable[Paper], progress: Progress) -> Iterator[tuple[Paper, str]]:
    """The papers, each once and with its key; their writing is reported."""
    papers = distinct(papers)
    counted = progress.counted(papers, "writing", "papers")
    return zip(counted, cite_keys(papers), strict=True)


def cite_keys(papers: Sequence[Paper]) -> list[str]:
    """A key for each paper, `tong2025thinking`.

    Papers of a library have keys of their own; of others that share one, the first has
    it plain.
    """
    claims = []
    for paper in papers:
        is_imported = bool(paper.cite_key)
        added = paper.added or ""
        claims.append(Claim(base_key(paper), is_imported, added, paper.key))
    suffix = suffixes(claims)
    return [claim.cite_key + suffix[claim.key] for claim in claims]
