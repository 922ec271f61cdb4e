"""A PDF that is read into a file, resumed where it was cut off, and checked.

Ranges and validators as in https://www.rfc-editor.org/rfc/rfc9110#section-14: what is
missing is requested with `Range`, and with `If-Range` only as long as the file is the
same; else the whole of it comes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from papertrack.core.errors import StoreError, Unrecognised
from papertrack.core.wording import excerpt
from papertrack.storage.part_file import PartFile
from papertrack.web.responses import Incomplete, shown

_WHOLE, _PART, _NOTHING_LEFT = 200, 206, 416
_START = b"%PDF-"
_END = b"%%EOF"
_HEAD, _TAIL = 1024, 2048
"""Bytes at the beginning and at the end that are looked at."""
_BOM = b"\xef\xbb\xbf"
MEGABYTE = 1_000_000


class Limits(NamedTuple):
    """The most bytes that a file may have, and how many are left free on the disk."""

    most: int
    free: int


class PdfDownload:
    """A `web.http.Sink` for the PDF at `url`.

    `report` is called with the bytes that have arrived, and those in all or 0.
    """

    def __init__(
        self,
        file: PartFile,
        url: str,
        limits: Limits,
        report: Callable[[int, int], object],
    ) -> None:
        self._file = file
        self._url = url
        self._limits = limits
        self._report = report

    def conditions(self) -> Mapping[str, str]:
        """The headers with which to request what is missing."""
        validator = self._validator()
        size = self._file.size
        if not validator or not size:
            return {}
        return {"Range": f"bytes={size}-", "If-Range": validator}

    def takes(self, status: int) -> bool:
        """Whether a response with this status is for `take`."""
        if status == _NOTHING_LEFT:
            return bool(self.conditions())
        return status in (_WHOLE, _PART)

    def take(
        self, url: str, status: int, headers: Mapping[str, str], body: Iterable[bytes]
    ) -> None:
        """Add a response to the file.

        Raises FetchError, StoreError; Incomplete if another attempt may get the rest.
        """
        if status == _NOTHING_LEFT:
            _, total = self._range(headers)
            if total != self._file.size or self._has_changed(headers):
                raise self._anew(url, "the file has changed")
            return
        _check_kind(url, headers)
        if status == _PART:
            start, total = self._range(headers)
            if start != self._file.size or not start or self._has_changed(headers):
                raise self._anew(url, "it sent another part than was requested")
        else:
            length = headers.get("content-length", "")
            total = int(length[:18]) if length.isdecimal() else 0
            body = _checked_start(url, body)
            self._check_size(url, total)
            self._file.begin({"url": self._url, "validator": _validator(headers)})
        self._check_space(url, total)
        self._append(url, body, total)

    def finish(self) -> None:
        """Check the whole, and give the file its name. Raises Unrecognised, StoreError."""
        head, tail = self._file.ends(_HEAD, _TAIL)
        if not _is_start(head) or _END not in tail:
            self._file.discard()
            raise Unrecognised(
                f"{shown(self._url)}: not a whole PDF, its end is missing; it was"
                " removed, try again later"
            )
        self._file.finish()

    def _append(self, url: str, body: Iterable[bytes], total: int) -> None:
        self._report(self._file.size, total)
        for size in self._file.append(body):
            self._check_size(url, size)
            self._report(size, total)
        size = self._file.size
        if size < total:
            raise Incomplete(
                f"{shown(url)}: cut off after {size:,} of {total:,} bytes; run the same"
                " command to continue"
            )
        if total and size > total:
            raise self._anew(url, "it sent more than it announced")

    def _validator(self) -> str:
        """The validator of what has arrived; "" if it can't be resumed."""
        note = self._file.note()
        validator = note.get("validator")
        if note.get("url") != self._url or not isinstance(validator, str):
            return ""
        return validator if validator.isascii() and validator.isprintable() else ""

    def _has_changed(self, headers: Mapping[str, str]) -> bool:
        """Whether a response is of another file, as a server may ignore `If-Range`."""
        validator = _validator(headers)
        return bool(validator) and validator != self._validator()

    def _range(self, headers: Mapping[str, str]) -> tuple[int, int]:
        """The first byte of a part, and the length of the whole; 0 for an unknown one."""
        text = headers.get("content-range", "")
        match = re.fullmatch(
            r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)", text
        )
        if not match:
            return 0, 0
        total = match[2]
        return int(match[1] or 0), 0 if total == "*" else int(total)

    def _anew(self, url: str, reason: str) -> Incomplete:
        """The error after which the next attempt reads the whole file."""
        self._file.discard()
        return Incomplete(f"{shown(url)}: {reason}; try again later")

    def _check_size(self, url: str, size: int) -> None:
        if size > self._limits.most:
            self._file.discard()
            most = self._limits.most // MEGABYTE
            raise Unrecognised(
                f"{shown(url)}: larger than {most:,} MB, not downloaded; the limit is"
                " the setting pdf.limit_mb"
            )

    def _check_space(self, url: str, total: int) -> None:
        missing = max(total - self._file.size, 0)
        folder = self._file.path.parent
        if shutil.disk_usage(folder).free - missing < self._limits.free:
            if not self._file.size:
                self._file.discard()
            least = self._limits.free // MEGABYTE
            raise StoreError(
                f"{folder}: {shown(url)} would leave less than {least:,} MB free; free"
                " space, or change the setting pdf.free_mb"
            )


def _validator(headers: Mapping[str, str]) -> str:
    """What identifies a file byte for byte; "" for nothing."""
    etag = headers.get("etag", "")
    if etag:
        return "" if etag.startswith("W/") else etag
    return headers.get("last-modified", "")


def _check_kind(url: str, headers: Mapping[str, str]) -> None:
    """Raise Unrecognised for a page, or for a body that is encoded."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise _not_a_pdf(url, "a web page")
    encoding = headers.get("content-encoding", "").lower()
    if encoding not in ("", "identity"):
        raise _not_a_pdf(url, f"a body encoded as {excerpt(encoding, 30)}")


def _checked_start(url: str, body: Iterable[bytes]) -> Iterator[bytes]:
    """The body, once its first bytes are those of a PDF. Raises Unrecognised."""
    chunks = iter(body)
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _HEAD or _is_start(head):
            break
    if not _is_start(head):
        raise _not_a_pdf(url, "something else" if head else "nothing")
    return _joined(head, chunks)


def _joined(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from chunks


def _is_start(head: bytes) -> bool:
    return head.removeprefix(_BOM).lstrip().startswith(_START)


def _not_a_pdf(url: str, what: str) -> Unrecognised:
    return Unrecognised(
        f"{shown(url)}: the server sent {what} instead of a PDF; open the address in a"
        " browser to see why"
    )
