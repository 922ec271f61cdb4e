"""What a source is, and what it may know about the run that fetches from it.

A source declares its name, its targets, the endpoint that it reads from and that
service's rate limit, and how far it is believed; and it plans: `start` turns a target
into the first requests. What is read next, a parser itself reports in `Listing.follow`.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from papertrack.core.errors import FetchError, UsageError
from papertrack.core.facts import Request
from papertrack.core.model import Reading


class Target(NamedTuple):
    """An example of a target, and what it fetches; `complete` if Tab offers it."""

    example: str
    help: str
    complete: bool = False


class RateLimit(NamedTuple):
    """One request at a time, `seconds` from the end of one to the start of the next.

    All papertrack processes of a machine share it, under `name`. It applies to
    `domain`, to its subdomains, and to `paths` below an endpoint that replaces them.
    After a refusal (429) without a time the next request waits `pause` seconds.
    """

    name: str
    seconds: float
    domain: str
    paths: tuple[str, ...]
    pause: float = 60.0

    def applies(self, url: str, endpoint: str | None) -> bool:
        """Whether `url` is one of this service; `endpoint` is the base set by the user."""
        if endpoint and url.startswith(tuple(endpoint + path for path in self.paths)):
            return True
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        return f".{host}".endswith(f".{self.domain}")


class Endpoint(NamedTuple):
    """A service: its base URL, the environment variable that replaces it, its help."""

    variable: str
    url: str
    help: str
    rate_limit: RateLimit | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a source may need to know about this run. Days are in UTC.

    `endpoints` maps variables of the environment to the base URLs set in them, without a
    slash at the end. `since` and `until` are the first and last day requested. `readings`
    report when and how far each target was last read. `kinds` are the announcements
    wanted (arXiv's new, cross, replace, replace-cross). `names` are the reader's names of
    followed targets, `homes` the first addresses of those that moved. `origins` are the
    files that name targets that the reader did not. `local_today` is the reader's own
    day, no later than `today`: the base of `hf:yesterday`. `listed_since` is the first
    day, of the last two weeks, of which the library has Daily Papers.
    """

    today: dt.date
    endpoints: Mapping[str, str] = field(default_factory=dict)
    since: dt.date | None = None
    until: dt.date | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)
    kinds: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    local_today: dt.date | None = None
    listed_since: dt.date | None = None

    def base(self, endpoint: Endpoint) -> str:
        """The base URL of a service, without a slash at the end."""
        return self.endpoints.get(endpoint.variable, endpoint.url)

    def read_to(self, target: str) -> dt.date | None:
        """The last day read of a target; None if it was never read or has no days."""
        reading = self.readings.get(target)
        if reading is None or not reading.day:
            return None
        try:
            day = dt.date.fromisoformat(reading.day)
        except ValueError:  # desk.json was edited by hand
            return None
        # Days before it are computed from it, and no source is older than arXiv.
        return day if day.year > 1990 else None


def check_days(
    shown: str, first: dt.date | None, last: dt.date | None, today: dt.date
) -> None:
    """Raise UsageError for a first day after the last, FetchError for one to come."""
    if first and last and first > last:
        raise UsageError(f"{shown}: {first} is after {last}; swap --since and --until")
    if first and first > today:
        raise FetchError(f"{shown}: {first} is in the future, today is {today} in UTC")


class Source(ABC):
    """Something that papers can be fetched from.

    `trust` has the names that its listings give as their source, each with how far it is
    believed: 80 to 100 is who publishes the papers, above 40 who describes papers of
    others with care, 40 a feed and whatever declares nothing, below it what readers
    collect themselves. A change of it changes what is shown of stored papers: count
    `index.schema.SETTLED` up.
    """

    name: ClassVar[str]
    targets: ClassVar[tuple[Target, ...]]
    endpoint: ClassVar[Endpoint | None] = None
    trust: ClassVar[Mapping[str, int]] = {}

    @abstractmethod
    def matches(self, target: str) -> bool:
        """Whether a target is one of this source."""

    @abstractmethod
    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target.

        Raises UsageError if the target is malformed, FetchError if there is nothing to
        read yet.
        """

    @classmethod
    def forms(cls) -> str:
        """The examples of its targets, for messages."""
        return ", ".join(target.example for target in cls.targets)
