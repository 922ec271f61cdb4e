"""How far each source is believed: of differing facts, the most trusted is shown.

Sources declare it (`base.Source.trust`), and so do the formats of files.
"""

from __future__ import annotations

from functools import cache

LIKE = "feed"
"""The source like which those are believed that declare nothing."""


def rank(source: str) -> tuple[int, str]:
    """The sort key of a source (`hf`, `feed:NAME`); less is more trusted."""
    trust = declared()
    name = source if source in trust else source.partition(":")[0]
    return -trust.get(name, trust[LIKE]), source


@cache
def declared() -> dict[str, int]:
    """The trust of all sources, by the names under which their facts are stored."""
    # What settles no paper (`list`, `tag add`) does without these, 11 ms of imports.
    from papertrack.sources import sample
    from papertrack.sources.formats import FORMATS
    from papertrack.sources.registry import REGISTRY

    trust = dict(sample.trust)
    for source in REGISTRY:
        trust |= source.trust
    for format in FORMATS:
        trust |= format.trust
    return trust
