"""A tar archive of unknown origin, checked block by block before `tarfile` reads it.

`tarfile` reads a header of any size into memory, and took the square of its length for
one of digits (CVE-2024-6232). A backup has regular files only, each at most after one
extended header with the name of the file.
"""

from __future__ import annotations

import io
import re

BLOCK = 512
"""The bytes of a header; contents are filled up to a multiple of them."""

MAX_FILE_BYTES = 1 << 26
"""For a file of an archive; a month's file is split at 4 MB, 100,000 marks take 15."""

MAX_NAME_BYTES = 2048
"""For an extended header."""

_NOT_A_FILE = "a part of it is not a file that a backup contains"
_FILES = (b"0", b"\0")
_EXTENDED = b"x"
_SIZE = re.compile(rb"[0-7]{1,11}")
_NAME = re.compile(rb"\d{1,4} path=[^\n\0]{1,1000}\n")


class TarGuard(io.RawIOBase):
    """The blocks of a decompressed archive, for `tarfile.open(mode="r|")`."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._checked = b""
        self._content_left = 0
        self._is_named = False
        self._is_at_end = False

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; fewer at the end, or where the archive is cut off.

        Raises ValueError for what a backup does not contain.
        """
        pieces: list[bytes] = []
        while size > 0:
            piece = self._next(size)
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _next(self, size: int) -> bytes:
        """The next bytes that were checked, at most `size`; none at the end."""
        if self._content_left:
            piece = self._stream.read(min(size, self._content_left))
            self._content_left -= len(piece)
            return piece
        if not self._checked and not self._is_at_end:
            self._checked = self._header()
        piece = self._checked[:size]
        self._checked = self._checked[size:]
        return piece

    def _header(self) -> bytes:
        """The next header, with its content if that is a name."""
        header = self._stream.read(BLOCK)
        if not header.strip(b"\0"):
            self._is_at_end = True
            return header
        if len(header) < BLOCK:
            raise ValueError("cut off")
        kind = header[156:157]
        size = _size_of(header)
        filled = -(-size // BLOCK) * BLOCK
        if kind in _FILES and size <= MAX_FILE_BYTES:
            self._content_left = filled
            self._is_named = False
            return header
        if kind != _EXTENDED or size > MAX_NAME_BYTES or self._is_named:
            raise ValueError(_NOT_A_FILE)
        self._is_named = True
        content = self._stream.read(filled)
        if not _NAME.fullmatch(content[:size]):
            raise ValueError(_NOT_A_FILE)
        return header + content


def _size_of(header: bytes) -> int:
    """The size that a header states. Raises ValueError unless it is a few octal digits."""
    digits = header[124:136].strip(b" \0")
    if not _SIZE.fullmatch(digits):
        raise ValueError("a size that is not a number")
    return int(digits, 8)
