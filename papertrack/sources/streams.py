"""The bytes of a file, decompressed if it is gzip: in pieces, as a whole, or in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from papertrack.core.errors import Unrecognised
from papertrack.core.gunzip import MAX_PIECE, BadGzip, gunzip
from papertrack.sources.limits import HEAD, MAX_FILE, MAX_LINE

_GZIP = b"\x1f\x8b\x08"
_MB = 1024 * 1024


def decompress(body: bytes, *, name: str) -> bytes:
    """`body`, decompressed if it is gzip.

    Raises Unrecognised if that fails or exceeds MAX_FILE bytes.
    """
    if not body.startswith(_GZIP):
        return body
    return join_pieces(_gunzip([body], name), name=name)


def read_pieces(stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    """The contents of an open file, decompressed if it is gzip, 1 MB at most at a time.

    Raises Unrecognised for bad gzip data, after the pieces before that.
    """
    chunks = iter(lambda: stream.read(MAX_PIECE), b"")
    first = next(chunks, b"")
    rest = chain([first], chunks)
    return _gunzip(rest, name) if first.startswith(_GZIP) else rest


def _gunzip(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from gunzip(chunks)
    except BadGzip as error:
        raise Unrecognised(f"{name}: {error}; copy or download it again") from error


def peek(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The head of a file, which its format is detected from, and all its pieces."""
    read: list[bytes] = []
    size = 0
    for piece in pieces:
        read.append(piece)
        size += len(piece)
        if size >= HEAD:
            break
    return b"".join(read), chain(read, pieces)


def join_pieces(pieces: Iterable[bytes], *, name: str) -> bytes:
    """A whole file in memory. Raises Unrecognised if it exceeds MAX_FILE bytes."""
    parts: list[bytes] = []
    size = 0
    for part in pieces:
        size += len(part)
        if size > MAX_FILE:
            most = f"more than {MAX_FILE // _MB} MB when decompressed"
            raise Unrecognised(f"{name}: {most}; decompress and split it")
        parts.append(part)
    return b"".join(parts)


def split_lines(pieces: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """The lines of a file, without their ends, in flat memory.

    Raises Unrecognised for a line of more than MAX_LINE bytes.
    """
    pending: list[bytes] = []
    size = 0
    for piece in pieces:
        *ended, last = piece.split(b"\n")
        if ended:
            yield b"".join((*pending, ended[0]))
            yield from ended[1:]
            pending, size = [], 0
        pending.append(last)
        size += len(last)
        if size > MAX_LINE:
            most = f"a line of more than {MAX_LINE // _MB} MB"
            raise Unrecognised(f"{name}: {most}; this is not a file of JSON lines")
    if size:
        yield b"".join(pending)
