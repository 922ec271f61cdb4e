"""Papers, each once, with the keys by which they are cited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from papertrack.core.cite_keys import Claim, base_key, suffixes
from papertrack.core.many_texts import Seen
from papertrack.core.model import Paper
from papertrack.core.progress import Progress


def cited(papers: Collection[Paper], progress: Progress) -> Iterator[tuple[Paper, str]]:
    """The papers, each once and with its key, `tong2025thinking`; their writing is
    reported.

    Papers of a library have keys of their own; of others that share one, the first has
    it plain.
    """
    suffix = shared_suffixes(papers)
    passed: set[str] = set()
    for paper in progress.counted(papers, "writing", "papers"):
        if paper.key in suffix:
            if paper.key in passed:
                continue
            passed.add(paper.key)
        yield paper, base_key(paper) + suffix.get(paper.key, "")


def shared_suffixes(papers: Collection[Paper]) -> dict[str, str]:
    """What follows the cite keys of the papers that share one, by the papers' keys."""
    return suffixes(_claims(papers, _shared(papers)).values())


def _shared(papers: Iterable[Paper]) -> set[str]:
    """The cite keys that several papers have, case-folded; as a paper has that is among
    them twice. One that no other paper has, which may be among them, does no harm.
    """
    known = Seen()
    cite_keys = (base_key(paper).casefold() for paper in papers)
    return {cite_key for cite_key in cite_keys if not known.add(cite_key)}


def _claims(papers: Iterable[Paper], shared: set[str]) -> dict[str, Claim]:
    """The claims to these cite keys, by the papers' keys."""
    claims: dict[str, Claim] = {}
    if not shared:
        return claims
    for paper in papers:
        cite_key = base_key(paper)
        if cite_key.casefold() in shared:
            is_imported = bool(paper.cite_key)
            added = paper.added or ""
            claims[paper.key] = Claim(cite_key, is_imported, added, paper.key)
    return claims
