"""The HTTP client of a run, set up from the environment."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from papertrack.core.environment import Environment
from papertrack.core.errors import ConfigError
from papertrack.sources import registry as sources
from papertrack.sources.base import RateLimit
from papertrack.sources.huggingface.source import ENDPOINT as HUGGINGFACE
from papertrack.storage import layout
from papertrack.web import http as web
from papertrack.web.cache import Cache
from papertrack.web.rate_limit import Throttle


def connect(
    environment: Environment,
    cache: Path,
    timeout: float,
    additions: Iterable[web.Addition] = (),
) -> web.Http:
    """A client that observes the sources' rate limits; responses are saved in `cache`.

    `timeout` is the number of seconds that a request may take in all. For `additions` see
    `web.Http`. Raises ConfigError.
    """
    endpoints = sources.endpoints(environment)
    base = environment.endpoint(HUGGINGFACE.variable, HUGGINGFACE.url)
    try:
        host = urlsplit(base).netloc
    except ValueError:
        raise ConfigError(
            f"{HUGGINGFACE.variable}: {base} is not a web address; set it to one, or "
            "unset it"
        ) from None
    responses = Cache(cache / "http")
    responses.prune()
    layout.private_folder(cache)

    @functools.cache
    def throttle(limit: RateLimit) -> Throttle:
        return Throttle(cache, limit.name, limit.seconds, pause_seconds=limit.pause)

    def throttle_of(url: str) -> Throttle | None:
        limit = sources.rate_limit(url, endpoints)
        return throttle(limit) if limit else None

    return web.Http(
        token=environment.hf_token,
        token_host=host,
        deadline=timeout,
        netrc=environment.netrc,
        cache=responses,
        throttle=throttle_of,
        additions=additions,
    )
