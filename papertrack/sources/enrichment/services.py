"""The services at which papers are looked up: where, how often, and what they know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.services import SERVICES as TITLES
from papertrack.sources.base import Endpoint, RateLimit
from papertrack.sources.huggingface.source import ENDPOINT as HUGGING_FACE

if TYPE_CHECKING:
    from papertrack.sources.enrichment.lookups import Lookup
    from papertrack.sources.enrichment.subjects import Subject

VENUE, CITATIONS, CODE = "venue", "citations", "code"


class Service(NamedTuple):
    """A service: under which name its facts are stored, what it knows.

    `takes` are the ids of papers that it is searched for; without any, it is the title.
    """

    name: str
    endpoint: Endpoint
    plan: str
    """The name of its function in `lookups`."""
    knows: frozenset[str]
    takes: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.name]

    def lookups(self, subjects: Sequence[Subject], base: str) -> Iterator[Lookup]:
        """The lookups of those papers that it takes the ids of; `base` is its URL."""
        # The parsers of responses: 60 ms that every other command does without.
        from papertrack.sources.enrichment import lookups

        plan: lookups.Plan = getattr(lookups, self.plan)
        return plan(subjects, base)


SERVICES = (
    Service(
        "semanticscholar",
        Endpoint(
            "PAPERTRACK_S2_ENDPOINT",
            "https://api.semanticscholar.org",
            "base URL of Semantic Scholar's API",
            # One a second with a key; without one all share a pool, which is often full.
            RateLimit("s2", 1.0, "semanticscholar.org", ("/graph/",), pause=5.0),
        ),
        "semantic_scholar_lookups",
        frozenset({VENUE, CITATIONS}),
        takes=("arxiv", "doi"),
    ),
    Service(
        "openalex",
        Endpoint(
            "PAPERTRACK_OPENALEX_ENDPOINT",
            "https://api.openalex.org",
            "base URL of OpenAlex's API",
            RateLimit("openalex", 0.1, "openalex.org", ("/works/doi:",), pause=5.0),
        ),
        "openalex_lookups",
        frozenset({VENUE, CITATIONS}),
        takes=("arxiv", "doi"),
    ),
    Service(
        "crossref",
        Endpoint(
            "PAPERTRACK_CROSSREF_ENDPOINT",
            "https://api.crossref.org",
            "base URL of Crossref's API",
            # With an address for mail ten a second are allowed, without one fewer.
            RateLimit("crossref", 0.2, "crossref.org", ("/works/",), pause=5.0),
        ),
        "crossref_lookups",
        frozenset({VENUE, CITATIONS}),
        takes=("doi",),
    ),
    Service(
        "dblp",
        Endpoint(
            "PAPERTRACK_DBLP_ENDPOINT",
            "https://dblp.org",
            "base URL of DBLP",
            RateLimit("dblp", 2.0, "dblp.org", ("/search/publ/",)),
        ),
        "dblp_lookups",
        frozenset({VENUE}),
        takes=(),
    ),
    Service(
        "huggingface",
        HUGGING_FACE,
        "hugging_face_lookups",
        frozenset({CODE}),
        takes=("arxiv",),
    ),
)
"""In the order in which they are read: Crossref needs a DOI that others may know."""
