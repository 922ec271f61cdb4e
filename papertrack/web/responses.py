"""What an answer says: its body decoded within bounds, its pauses, its errors in words of ours.

Nothing here reaches the network: `web` hands in headers, and the bytes as they come.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from papertrack.core import addresses
from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.gunzip import BadGzip, CutOff, gunzip
from papertrack.core.text import clean, shorten

TRANSIENT = frozenset({429, 500, 502, 503, 504})


class CutShort(FetchError):
    """A body that ended before the length that its headers tell."""


def decoded(
    raw: Iterable[bytes], headers: Mapping[str, str], cap: int, url: str
) -> Iterator[bytes]:
    """The bytes of a body of at most `cap` bytes, decompressed as they arrive.

    Raises CutShort, FetchError, Unrecognised.
    """
    coding = headers.get("content-encoding", "identity").lower()
    if coding not in ("gzip", "x-gzip", "identity", ""):
        raise FetchError(
            f"{shown(url)}: the response is encoded as {shorten(coding, 30)!r}, which "
            "was not requested; try again later"
        )
    received = produced = 0

    def counted() -> Iterator[bytes]:
        nonlocal received
        for chunk in raw:
            received += len(chunk)
            yield chunk

    is_cut_off = False
    try:
        for piece in gunzip(counted()) if "gzip" in coding else counted():
            produced += len(piece)
            if produced > cap:
                raise FetchError(
                    f"{shown(url)}: the response is larger than {cap:,} bytes; not read"
                )
            yield piece
    except CutOff:
        is_cut_off = True
    except BadGzip as error:
        raise Unrecognised(f"{shown(url)}: {error}; try again later") from error
    length = headers.get("content-length", "")
    if length.isdecimal() and received < int(length[:18]):
        missing = f"after {received:,} of {int(length[:18]):,} bytes"
        raise CutShort(f"{shown(url)}: the response ended {missing}; try again later")
    if is_cut_off:
        raise Unrecognised(
            f"{shown(url)}: the compressed response is cut off; try again later"
        )


def own_words(body: bytes) -> str | None:
    """The text of a server's `{"error": …}`, cleaned and shortened; None for any other body."""
    with suppress(ValueError, RecursionError):
        told = json.loads(body)
        words = told.get("error") if isinstance(told, dict) else None
        return (
            shorten(clean(words), 160).rstrip(".") or None
            if isinstance(words, str)
            else None
        )
    return None


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "an answer of an unknown kind"


def next_step(status: int) -> str:
    if status in (401, 403, 407):
        return "check HF_TOKEN, the proxy, or whether this may be read at all"
    if status in TRANSIENT:
        return "try again later"
    return "check what was asked for"


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: `Retry-After`, or Hugging Face's `RateLimit: "api";r=0;t=55`."""
    pauses = []
    after = headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,9}", after):
        pauses.append(float(after))
    elif after:
        with suppress(ValueError, TypeError, OverflowError):
            when = parsedate_to_datetime(after)
            when = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
            pauses.append(max((when - dt.datetime.now(dt.UTC)).total_seconds(), 0.0))
    limit = headers.get("ratelimit", "")
    if re.search(r";\s*r=0\b", limit) and (
        match := re.search(r";\s*t=([0-9]{1,9})\b", limit)
    ):
        pauses.append(float(match[1]) + 1)
    return max(pauses, default=None)


def authorization(path: Path | None, url: str) -> str | None:
    """The Authorization for a URL's host from a netrc file; None where it has none."""
    import netrc  # imports shlex; for a 401 only

    if path is None:
        return None
    try:
        entry = netrc.netrc(str(path)).authenticators(urlsplit(url).hostname or "")
    except (OSError, netrc.NetrcParseError, ValueError):
        return None
    if entry is None:
        return None
    user, _, password = entry
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def back_off(attempt: int) -> float:
    """Seconds before the next attempt: 0.5, 1, 2, …, a quarter more or less, so that many don't come at once."""
    return float(0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))


def come_again(error: PapertrackError, pause: float) -> PapertrackError:
    when = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(pause, 30 * 86_400.0))
    what = str(error).rpartition(";")[0] or str(error)
    message = f"{what}; come again in {round(pause / 60) or 1} minutes, at {when:%Y-%m-%d %H:%M} UTC"
    return (
        Refused(message, error.status)
        if isinstance(error, Refused)
        else FetchError(message)
    )


def shown(url: str) -> str:
    return shorten(clean(addresses.shown(url)), 300)
