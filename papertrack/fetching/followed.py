"""Which followed targets a fetch reads: those that the reader named on this machine, and
others as far as they lead to the public web.

A library that was cloned, unpacked or restored may follow what a stranger chose.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shlex
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from papertrack.core.addresses import (
    host_of,
    is_private,
    is_web_url,
    names_private_host,
    web_address,
)
from papertrack.core.errors import FetchError, UsageError
from papertrack.core.secrets import hide_in_address, without_password
from papertrack.library.settings import Followed
from papertrack.sources import registry as sources

HOSTS = Path("/etc/hosts")
NO_SOURCE = "no source has this target"
PRIVATE = "its host is on a private network"
PASSWORD = "its address has a password"


class Readable(NamedTuple):
    """The targets to fetch; of those that were not named here, what did name them; and
    an error for each that is not read.
    """

    targets: list[str]
    origins: dict[str, str]
    errors: dict[str, FetchError]


NO_FEEDS = Readable([], {}, {})


def refusal(target: str) -> str | None:
    """Why a target that the reader did not name is not fetched; None if it may be."""
    address = web_address(target)
    if without_password(address) != address:
        return PASSWORD
    try:
        sources.find(address)
    except UsageError:
        return NO_SOURCE
    if is_web_url(address) and _is_private(address):
        return PRIVATE
    return None


def _is_private(address: str) -> bool:
    """Whether a web address is one of this machine or its network, by its name alone.

    What a public name resolves to is checked when it is read.
    """
    host = host_of(address).rstrip(".")
    is_short = re.fullmatch("[a-z][a-z0-9_-]*", host) is not None
    return is_short or host in local_names() or names_private_host(address)


@functools.cache
def local_names() -> frozenset[str]:
    """The names that the machine's own list gives to addresses that are not public."""
    try:
        lines = HOSTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    found: set[str] = set()
    for line in lines:
        number, *names = line.partition("#")[0].lower().split() or [""]
        with contextlib.suppress(ValueError):
            if is_private(number):
                found.update(name.removeprefix("www.") for name in names)
    return frozenset(found)


def readable(
    feeds: Iterable[Followed], named_here: Collection[str], library: str
) -> Readable:
    """What to fetch of the feeds that a library follows; `library` names its file."""
    found = Readable([], {}, {})
    for feed in feeds:
        reason = refusal(feed.target)
        is_named = feed.target in named_here
        if reason is None or (is_named and reason == PRIVATE):
            found.targets.append(feed.target)
            if not is_named:
                found.origins[feed.target] = feed.by or library
        else:
            found.errors[feed.target] = _error(feed, reason)
    return found


def _error(feed: Followed, reason: str) -> FetchError:
    shown = hide_in_address(feed.target)
    if reason == PRIVATE:
        advice = f"papertrack feed add {shlex.quote(shown)} confirms it"
    else:
        name = shlex.quote(hide_in_address(feed.name))
        advice = f"papertrack feed remove {name} unfollows it"
    return FetchError(f"{shown}: not read, {reason}; {advice}")
