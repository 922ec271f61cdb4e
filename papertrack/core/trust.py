"""How far each source is believed: of differing facts, the most trusted is shown.

The order is one list, as each place in it means something only beside the others; and
it is here, as a command that only marks papers would import all sources for it (15 ms).
"""

from __future__ import annotations

TRUST = (
    "arxiv",
    "arxiv-oai",
    "arxiv-snapshot",
    "arxiv-rss",
    "arxiv-list",
    "hf",
    "crossref",
    "dblp",
    "openalex",
    "semanticscholar",
    "feed",
    "bibliography",
    "import",
    "sample",
    "text",
)
"""The sources, most trusted first; a source not listed is trusted like `feed`."""


def rank(source: str) -> tuple[int, str]:
    """The sort key of a source (`hf`, `feed:NAME`); less is more trusted."""
    family = source if source in TRUST else source.partition(":")[0]
    return TRUST.index(family if family in TRUST else "feed"), source
