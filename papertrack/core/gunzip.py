"""Decompressing gzip piece by piece, with one limit for files and for responses."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

MAX_PIECE = 1 << 20
"""Bytes decompressed at a time."""

INPUT_PIECE = 1 << 14
"""Bytes read at a time: what follows the end of a member is copied for each member."""

ALWAYS_ALLOWED, MAX_RATIO = 50_000_000, 50
"""More bytes than the first must not be more than MAX_RATIO times the compressed ones.

Text and JSON shrink 3 to 30 times; 10 MB of blanks 1,000 times.
"""


class BadGzip(ValueError):
    """The data is damaged, or made to fill the memory."""


class CutOff(BadGzip):
    """The data ends too early."""


MAGIC = b"\x1f\x8b"
"""What gzip data begins with; nothing else that is read does."""


def gunzip_if_packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of data that is gzip, once or twice; other data as it is.

    Raises BadGzip.
    """
    for _ in range(2):
        start, chunks = _peek(chunks)
        if not start.startswith(MAGIC):
            break
        chunks = gunzip(chunks)
    yield from chunks


def _peek(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, at least two of them if there are, and all of them."""
    iterator = iter(chunks)
    start = b""
    for chunk in iterator:
        start += chunk
        if len(start) >= len(MAGIC):
            break
    return start, chain([start], iterator)


def gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of gzip members that follow each other; nothing for no data.

    Zeros that pad the end are skipped. Raises BadGzip, after the pieces before the fault.
    """
    member = zlib.decompressobj(wbits=31)
    is_begun = False
    read = produced = 0
    for chunk in _small(chunks):
        read += len(chunk)
        rest = chunk
        while rest:
            if member.eof:
                if not rest.strip(b"\0"):
                    break
                member = zlib.decompressobj(wbits=31)
            try:
                piece = member.decompress(rest, MAX_PIECE)
            except zlib.error as error:
                raise BadGzip(f"the gzip data is damaged ({error})") from None
            is_begun = True
            rest = member.unused_data if member.eof else member.unconsumed_tail
            produced += len(piece)
            if produced > max(ALWAYS_ALLOWED, MAX_RATIO * read):
                raise BadGzip("the gzip data is made to fill the memory")
            if piece:
                yield piece
    rest = member.flush()
    if rest:
        yield rest
    if is_begun and not member.eof:
        raise CutOff("the gzip data is cut off")


def _small(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), INPUT_PIECE):
            yield chunk[start : start + INPUT_PIECE]
