"""Reading PDFs: the address of a paper's, and its file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core import identity
from papertrack.core.addresses import is_web_url
from papertrack.core.environment import Environment
from papertrack.core.errors import PapertrackError, StoreError
from papertrack.core.model import Paper
from papertrack.core.secrets import without_password
from papertrack.sources.arxiv.services import ENDPOINT
from papertrack.storage.file_lock import held
from papertrack.storage.part_file import PartFile

if TYPE_CHECKING:
    from papertrack.web.download import Limits
    from papertrack.web.http import Http

LONGEST_WAIT = 600.0
"""Seconds to wait for another process that reads the same PDF."""


class Address(NamedTuple):
    """Where a PDF is. `origin` is what led there, unless it is a service that the reader
    chose: it may not lead to a private address.
    """

    url: str
    origin: str | None


def address(
    paper: Paper, version: int | None, environment: Environment
) -> Address | None:
    """The address of a paper's PDF, that of arXiv's host for programs; None without one."""
    named = paper.pdf or ""
    key = paper.key
    if not key.startswith("arxiv:"):
        key = identity.normalise(named) or ""
    if key.startswith("arxiv:"):
        base = environment.endpoint(ENDPOINT.variable, ENDPOINT.url)
        suffix = f"v{version}" if version else ""
        return Address(f"{base}/pdf/{identity.show(key)}{suffix}", None)
    if not is_web_url(named):
        return None
    return Address(without_password(named), "the library")


def download(
    http: Callable[[], Http],
    address: Address,
    path: Path,
    limits: Limits,
    *,
    locks: Path,
    report: Callable[[int, int], object],
    again: bool = False,
) -> None:
    """Read a PDF into `path`, resuming what an earlier run has read of it.

    `locks` is a folder for locks: another process may read the same one, whose result
    is taken unless `again`. `report` is called with the bytes that have arrived, and
    those in all or 0. Raises FetchError, StoreError.
    """
    from papertrack.web.download import PdfDownload  # with httpx 100 ms

    def busy(process: str) -> PapertrackError:
        return StoreError(f"{path}: {process} is reading it; try again later")

    # A few locks for all files: they stay in the cache.
    name = hashlib.blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=1)
    lock = locks / f"pdf-{name.hexdigest()}.lock"
    try:
        with held(lock, LONGEST_WAIT, f"waiting for {path.name}", busy):
            if path.exists() and not again:
                return
            sink = PdfDownload(PartFile(path), address.url, limits, report)
            http().download(address.url, sink, origin=address.origin)
            sink.finish()
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"{path}: {reason}; check the folder") from error
