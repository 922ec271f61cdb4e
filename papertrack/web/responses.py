"""Reading a response: its body decoded within limits, the pause it requests, its error
as a message.

Nothing here reaches the network: `web.http` passes headers, and the bytes as they come.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.gunzip import BadGzip, CutOff, gunzip_if_packed
from papertrack.core.secrets import hide_in_address
from papertrack.core.wording import excerpt, plural

TRANSIENT = frozenset({429, 500, 502, 503, 504})
_OTHER_ENCODINGS = ("br", "brotli", "zstd", "dcb", "dcz", "deflate", "compress", "exi")
_LONGEST_PAUSE = 30 * 86_400.0


class Incomplete(FetchError):
    """A body that ended before the length in its headers."""


def decoded(
    chunks: Iterable[bytes],
    headers: Mapping[str, str],
    cap: int,
    url: str,
) -> Iterator[bytes]:
    """The bytes of a body of at most `cap` bytes, decompressed as they arrive.

    Whether it is gzip is seen from its first bytes: some servers do not declare it, or
    declare it twice, or name a charset as the encoding. Raises FetchError for a body
    that is too large or encoded otherwise, Incomplete for one that ends early,
    Unrecognised for damaged gzip.
    """
    declared = headers.get("content-encoding", "")
    if any(name.strip() in _OTHER_ENCODINGS for name in declared.lower().split(",")):
        raise FetchError(
            f"{shown(url)}: the response is encoded as {excerpt(declared, 30)!r}, which"
            " was not requested; try again later"
        )
    received = produced = 0

    def counted() -> Iterator[bytes]:
        nonlocal received
        for chunk in chunks:
            received += len(chunk)
            yield chunk

    is_cut_off = False
    try:
        for piece in gunzip_if_packed(counted()):
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
    expected = int(length[:18]) if length.isdecimal() else 0
    if received < expected:
        missing = f"after {received:,} of {expected:,} bytes"
        raise Incomplete(f"{shown(url)}: the response ended {missing}; try again later")
    if is_cut_off:
        raise Unrecognised(
            f"{shown(url)}: the compressed response is cut off; try again later"
        )


def server_message(body: bytes) -> str | None:
    """The text of a server's `{"error": …}`, cleaned and shortened; None for any other body."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    message = document.get("error")
    if not isinstance(message, str):
        return None
    return excerpt(message, 160).rstrip(".") or None


def refusal(
    url: str,
    status: int,
    body: bytes,
    takes_token: bool,
) -> Refused:
    """What an error status means, in the server's own words where it has some.

    `takes_token` is whether the host is the one that HF_TOKEN is for.
    """
    reason = server_message(body)
    if reason is None:
        try:
            reason = HTTPStatus(status).phrase
        except ValueError:
            reason = "unknown status"
    advice = _advice(status, takes_token)
    return Refused(f"{shown(url)}: {reason} (HTTP {status}); {advice}", status)


def _advice(status: int, takes_token: bool) -> str:
    if status == 407:
        return "check the user and the password of the proxy"
    if status in (401, 403) and takes_token:
        return "check HF_TOKEN, and whether you may read this"
    if status in (401, 403):
        return "check the address, and your password for it in ~/.netrc"
    if status in TRANSIENT:
        return "try again later"
    if status == 410:
        return "it was removed for good"
    return "check the address or the id"


def requested_pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait; None where it does not.

    Read from `Retry-After`, or Hugging Face's `RateLimit: "api";r=0;t=55`, or OpenAlex's
    seconds until the day's budget is reset.
    """
    pause = _retry_after(headers.get("retry-after", ""))
    limit = headers.get("ratelimit", "")
    reset = re.search(r";\s*t=([0-9]{1,9})\b", limit)
    if not reset or not re.search(r";\s*r=0\b", limit):
        return _budget_reset(headers) if pause is None else pause
    return max(float(reset[1]) + 1, pause or 0.0)


def _budget_reset(headers: Mapping[str, str]) -> float | None:
    reset = headers.get("x-ratelimit-reset", "")
    is_spent = headers.get("x-ratelimit-remaining") == "0"
    return float(reset) if is_spent and re.fullmatch("[0-9]{1,6}", reset) else None


def _retry_after(text: str) -> float | None:
    """The seconds in `120` or until `Mon, 02 Jan 2006 15:04:05 GMT`."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return max((when - dt.datetime.now(dt.UTC)).total_seconds(), 0.0)


def back_off(attempt: int) -> float:
    """Seconds before the next attempt: 0.5, 1, 2, …, a quarter more or less, so that
    not all come at once.
    """
    return float(0.5 * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))


def try_again_at(error: PapertrackError, pause: float) -> PapertrackError:
    """The error with the time at which to try again, `pause` seconds from now."""
    seconds = min(pause, _LONGEST_PAUSE)
    when = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    what = str(error).rpartition(";")[0] or str(error)
    minutes = plural(round(pause / 60) or 1, "minute")
    message = f"{what}; try again in {minutes}, at {when:%Y-%m-%d %H:%M} UTC"
    if isinstance(error, Refused):
        return Refused(message, error.status)
    return FetchError(message)


def shown(url: str) -> str:
    """A URL for a message: without secrets, cleaned and shortened."""
    return excerpt(hide_in_address(url), 300)
