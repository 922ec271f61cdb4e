"""The sources, in order: the first one that matches a target fetches it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from papertrack.core.environment import Environment
from papertrack.core.errors import UsageError
from papertrack.core.secrets import hide_in_address
from papertrack.core.wording import excerpt
from papertrack.sources.arxiv.oai import ArxivOai
from papertrack.sources.arxiv.source import Arxiv
from papertrack.sources.base import Endpoint, RateLimit, Source
from papertrack.sources.enrichment.services import SERVICES
from papertrack.sources.feeds.source import Feed
from papertrack.sources.huggingface.source import HuggingFace

REGISTRY: tuple[Source, ...] = (HuggingFace(), Arxiv(), ArxivOai(), Feed())


def find(target: str) -> Source:
    """The source of a target. Raises UsageError naming the forms that targets have."""
    for source in REGISTRY:
        if source.matches(target):
            return source
    shown = excerpt(hide_in_address(target), 100) or "an empty target"
    forms = ", ".join(source.forms() for source in REGISTRY)
    raise UsageError(
        f"no source for {shown}; a target is one of: {forms}, a file, -, sample"
    )


def all_endpoints() -> Iterator[Endpoint]:
    """The endpoints of all sources, and of the services that enrich papers."""
    yield from (source.endpoint for source in REGISTRY if source.endpoint)
    yield from (service.endpoint for service in SERVICES)


def endpoints(environment: Environment) -> dict[str, str]:
    """The base URLs set in the environment, by their variables; see `Context`."""
    variables = {endpoint.variable for endpoint in all_endpoints()}
    urls = {variable: environment.endpoint(variable) for variable in variables}
    return {variable: url for variable, url in urls.items() if url}


def rate_limit(url: str, endpoints: Mapping[str, str]) -> RateLimit | None:
    """The rate limit of the service that a URL belongs to; None if it has none."""
    for endpoint in all_endpoints():
        limit = endpoint.rate_limit
        if limit and limit.applies(url, endpoints.get(endpoint.variable)):
            return limit
    return None
