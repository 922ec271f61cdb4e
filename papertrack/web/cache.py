"""The HTTP cache: bodies that carry a validator (ETag, Last-Modified), so that each is
transferred once.

What can't be read or written there is skipped; the cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import read_cached
from papertrack.storage.pruning import prune

LARGEST = 300_000_000
"""Bytes of all cached responses."""

_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_STORED_HEADERS = (*_CONDITIONS, "content-type", "link")


class Cached(NamedTuple):
    """A body that was read before, and the request headers that ask if it is still current."""

    headers: Mapping[str, str]
    body: bytes
    conditions: Mapping[str, str]


class Cache:
    """The responses cached in `folder`: a line of JSON each, then the compressed body."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, url: str) -> Path:
        name = hashlib.blake2b(url.encode("utf-8", "surrogateescape"), digest_size=16)
        return self._folder / name.hexdigest()

    def find(self, url: str) -> Cached | None:
        """The cached response for `url`; None for none, or one that is damaged."""
        try:
            head, _, packed = read_cached(self._path(url)).partition(b"\n")
            stored = json.loads(head)
            body = zlib.decompress(packed)
        except (OSError, ValueError, zlib.error):
            return None
        if not isinstance(stored, dict) or stored.get("url") != url:
            return None
        headers = stored.get("headers")
        if not isinstance(headers, dict) or stored.get("crc") != zlib.crc32(body):
            return None
        conditions: dict[str, str] = {}
        for name, condition in _CONDITIONS.items():
            if name in headers:
                conditions[condition] = headers[name]
        return Cached(headers, body, conditions)

    def store(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """Store a response that has a validator."""
        if not any(name in headers for name in _CONDITIONS):
            return
        stored = {
            "url": url,
            "headers": {k: v for k, v in headers.items() if k in _STORED_HEADERS},
            "crc": zlib.crc32(body),
        }
        content = json.dumps(stored).encode() + b"\n" + zlib.compress(body, 1)
        with contextlib.suppress(StoreError):
            write_atomically(self._path(url), content, private=True, durable=False)

    def prune(self, limit: int = LARGEST) -> None:
        """Delete the oldest responses beyond `limit` bytes in all."""
        prune(self._folder, limit)
