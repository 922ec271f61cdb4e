"""What an answer says: its body decoded within bounds, its pauses, its errors in words of ours.

Nothing here reaches the network: `web` hands in headers, and the bytes as they come.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from papertrack.core import addresses
from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.text import clean, shorten

TRANSIENT = frozenset({429, 500, 502, 503, 504})
_STEP = 1 << 20
# Text and JSON shrink 3 to 30 times; 10 MB of blanks 1,000 times.
_BOMB_BYTES, _BOMB_RATIO = 4_000_000, 200


class CutShort(FetchError):
    """A body that ended before the length that its headers tell."""


def decoded(
    raw: Iterable[bytes], headers: Mapping[str, str], cap: int, url: str
) -> Iterator[bytes]:
    """The body's bytes, decoded and counted as they come; memory stays within `cap`."""
    coding = headers.get("content-encoding", "identity").lower()
    if coding not in ("gzip", "x-gzip", "identity", ""):
        raise FetchError(
            f"{shown(url)}: answers in {shorten(coding, 30)!r}, which was not asked for; try again later"
        )
    told, seen, given = headers.get("content-length", ""), 0, 0
    unzip = _Gzip() if "gzip" in coding else None
    for chunk in raw:
        seen += len(chunk)
        for part in (chunk,) if unzip is None else unzip.parts(chunk, url):
            given += len(part)
            if given > cap or (given > _BOMB_BYTES and given > _BOMB_RATIO * seen):
                raise FetchError(
                    f"{shown(url)}: the answer is larger than {cap:,} bytes or made to be; not read"
                )
            yield part
    if told.isdecimal() and seen < int(told[:18]):
        lacking = f"after {seen:,} of {int(told[:18]):,} bytes"
        raise CutShort(f"{shown(url)}: the answer broke off {lacking}; try again later")
    if unzip is not None and not unzip.whole:
        raise Unrecognised(
            f"{shown(url)}: the compressed answer is cut short; try again later"
        )


class _Gzip:
    """A gzip stream, a bounded piece at a time; members may follow each other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether the stream has ended; no byte at all is an empty body."""
        return self._member.eof or not self._begun

    def parts(self, chunk: bytes, url: str) -> Iterator[bytes]:
        self._begun = True
        try:
            while chunk:
                if self._member.eof:
                    if not chunk.startswith(b"\x1f"):
                        return
                    self._member = zlib.decompressobj(31)
                yield self._member.decompress(chunk, _STEP)
                chunk = (
                    self._member.unused_data
                    if self._member.eof
                    else self._member.unconsumed_tail
                )
        except zlib.error as error:
            raise Unrecognised(
                f"{shown(url)}: the compressed answer is damaged; try again later"
            ) from error


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
