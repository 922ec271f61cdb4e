"""Manners towards the services, over all papertrack processes of a machine: a pace, and no page asked for twice.

Both live in the cache: a clock under a lock, and the bodies of answers beside what validates them. Whatever
can't be read or written there is passed by; the cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from papertrack.core.errors import StoreError
from papertrack.storage import layout
from papertrack.storage.atomic import write_atomically

SILENCE = 60.0
"""After a 429 that tells no time: it comes where the whole address has asked too much, and seconds don't end it."""

KEPT_BYTES = 300_000_000
_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


def _write(path: Path, body: bytes) -> None:
    with open(path, "wb", opener=layout.owner_only) as file:
        file.write(body)


class Pace:
    """At most one request at a time, and `seconds` between the end of one and the start of the next.

    Held over processes by a lock and a clock in `folder`. A clock that was set back does not hold anyone
    for longer than `seconds`. `silence` is the seconds that nobody asks for after `hush`.
    """

    def __init__(
        self, folder: Path, name: str, seconds: float, *, silence: float = SILENCE
    ) -> None:
        self._clock = folder / f"{name}.clock"
        self._lock = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False)
        self._thread = (
            threading.Lock()
        )  # a file lock does not part the threads of one process
        self._seconds, self._silence = seconds, silence
        self._hushed = False

    @contextlib.contextmanager
    def turn(self, wait: Callable[[float], object]) -> Iterator[None]:
        """This process's turn. `wait` takes seconds and tells whether all is to be broken off.

        Raises TimeoutError then.
        """
        while not self._taken():
            if wait(0.05):
                raise TimeoutError("broken off while waiting for its turn")
        try:
            wait(self._due())
            yield
        finally:
            silence, self._hushed = self._silence * self._hushed, False
            with contextlib.suppress(OSError):
                _write(self._clock, repr(time.time() + silence).encode("ascii"))
            self._lock.release()
            self._thread.release()

    def hush(self) -> None:
        """The service refuses whoever has the turn: the next one comes after the silence, of all processes."""
        self._hushed = True

    def _due(self) -> float:
        """Seconds until the next request may begin."""
        seconds = self._last() + self._seconds - time.time()
        return (
            max(seconds, 0.0)
            if seconds <= self._silence + self._seconds
            else self._seconds
        )

    def _taken(self) -> bool:
        """Whether it is our turn now: among the threads of this process, then among processes."""
        if not self._thread.acquire(blocking=False):
            return False
        try:
            self._lock.acquire(timeout=0)
        except TimeoutError:
            self._thread.release()
            return False
        except BaseException:
            self._thread.release()
            raise
        return True

    def _last(self) -> float:
        with contextlib.suppress(OSError, ValueError):
            return float(self._clock.read_text(encoding="ascii"))
        return 0.0


class Kept(NamedTuple):
    """A body that was read before, and the headers that ask whether it still stands."""

    headers: Mapping[str, str]
    body: bytes
    ask: Mapping[str, str]


class Bodies:
    """The answers that carry a validator (ETag, Last-Modified), kept in `folder`, so that they are asked for once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, url: str) -> Path:
        return (
            self._folder
            / hashlib.blake2b(
                url.encode("utf-8", "surrogateescape"), digest_size=16
            ).hexdigest()
        )

    def find(self, url: str) -> Kept | None:
        """What is kept of `url`; None for nothing, or for what can't be read whole."""
        with contextlib.suppress(
            OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error
        ):
            head, _, packed = self._path(url).read_bytes().partition(b"\n")
            told = json.loads(head)
            body = zlib.decompress(packed)
            if told["url"] == url and told["crc"] == zlib.crc32(body):
                headers = told["headers"]
                ask = {
                    asked: headers[name]
                    for name, asked in _VALIDATORS.items()
                    if name in headers
                }
                return Kept(headers, body, ask)
        return None

    def keep(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an answer that can be validated."""
        if not any(name in headers for name in _VALIDATORS):
            return
        told = {
            "url": url,
            "headers": {
                k: headers[k]
                for k in (*_VALIDATORS, "content-type", "link")
                if k in headers
            },
        }
        head = json.dumps({**told, "crc": zlib.crc32(body)}).encode()
        stored = head + b"\n" + zlib.compress(body, 1)
        with contextlib.suppress(StoreError):
            write_atomically(self._path(url), stored, private=True, durable=False)

    def prune(self, limit: int = KEPT_BYTES) -> None:
        """Drop the oldest answers beyond `limit` bytes in all."""
        with contextlib.suppress(OSError):
            stats = [(entry.stat(), entry.path) for entry in os.scandir(self._folder)]
            files = sorted((stat.st_mtime, stat.st_size, path) for stat, path in stats)
            total = sum(size for _, size, _ in files)
            for _, size, path in files:
                if total <= limit:
                    return
                Path(path).unlink(missing_ok=True)
                total -= size
