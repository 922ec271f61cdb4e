"""What is sent to services beside the requests: API keys, and the reader's address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from papertrack.cli.session import Session
from papertrack.sources.enrichment.services import Service

if TYPE_CHECKING:
    from papertrack.web.http import Addition

KEYS = {
    "semanticscholar": ("enrich.s2_key_command", "x-api-key"),
    "openalex": ("enrich.openalex_key_command", "api_key"),
}
"""The key of config.toml that names the command for a service's API key, and the name of
the header, or of OpenAlex's parameter, that it is sent as.
"""
WITH_CONTACT = ("openalex", "crossref")
"""Services that treat requests with an address for mail better."""


def base(session: Session, service: Service) -> str:
    """The base URL of a service, without a slash at the end."""
    endpoint = service.endpoint
    return session.environment.endpoint(endpoint.variable, endpoint.url)


def additions(session: Session, services: Sequence[Service]) -> list[Addition]:
    """What is added to requests to these services. Raises ConfigError where the command
    for a key fails.
    """
    from papertrack.mail.secret import of_command  # for what has a key
    from papertrack.web.http import Addition
    from papertrack.web.urls import site

    found = []
    for service in services:
        place = site(base(session, service))
        contact = session.config["contact"]
        if contact and service.name in WITH_CONTACT:
            found.append(Addition(place, "mailto", contact))
        key, name = KEYS.get(service.name, ("", ""))
        command = session.config[key] if key else None
        if command:
            secret = of_command(command, key, session.environment.variables)
            is_header = name.startswith("x-")
            found.append(Addition(place, name, secret, is_header, is_key=True))
    return found
