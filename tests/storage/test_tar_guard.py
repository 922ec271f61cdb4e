"""Archives of unknown origin: what they contain is bounded before `tarfile` reads it."""

from __future__ import annotations

import gzip
import tarfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage import archive
from tests.helpers.growth import grows_linearly

MANIFEST = "papertrack/manifest.json"


def _member(
    content: bytes = b"",
    name: str = MANIFEST,
    *,
    kind: bytes = tarfile.REGTYPE,
    link: str = "",
    size: bytes = b"",
) -> bytes:
    """A header and what follows it; `size` is the field of the header, as it stands."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    info.size = len(content)
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    if size:
        header[124:136] = size.ljust(12, b"\0")
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header[:512])
    return bytes(header) + content + b"\0" * (-len(content) % 512)


def _extended(content: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    return _member(content, "x", kind=kind)


def _record(text: str) -> bytes:
    length = len(text.encode()) + 2
    length += len(str(length + len(str(length))))
    return f"{length} {text}\n".encode()


PAPERS = _member(b"{}", "papertrack/papers/2025-11.json")

HOSTILE: dict[str, bytes] = {
    "a symbolic link": _member(kind=tarfile.SYMTYPE, link="/etc/passwd"),
    "a hard link": _member(kind=tarfile.LNKTYPE, link="x"),
    "a device": _member(kind=tarfile.CHRTYPE),
    "a block device": _member(kind=tarfile.BLKTYPE),
    "a pipe": _member(kind=tarfile.FIFOTYPE),
    "a folder": _member(kind=tarfile.DIRTYPE),
    "a sparse file": _member(b"x" * 512, kind=tarfile.GNUTYPE_SPARSE),
    "a contiguous file": _member(b"{}", kind=tarfile.CONTTYPE),
    "a volume": _member(kind=b"V"),
    "a long name": _member(b"x" * 3000, kind=tarfile.GNUTYPE_LONGNAME),
    "a long link": _member(b"x" * 3000, kind=tarfile.GNUTYPE_LONGLINK),
    "an unknown kind": _member(b"{}", kind=b"Z"),
    "a header for all": _extended(_record("path=x"), tarfile.XGLTYPE) + PAPERS,
    "a header of Solaris": _extended(_record("path=x"), tarfile.SOLARIS_XHDTYPE),
    "a negative size": _member(size=b"\xff" * 11 + b"\xfe"),
    "a large size": _member(size=b"\x80" + b"\xff" * 11),
    "a size with a sign": _member(size=b"-0000000001"),
    "a size of letters": _member(size=b"zzz"),
    "no size": _member(size=b" " * 12),
    "8 GB": _member(size=b"77777777777"),
    "an extended header of a negative size": _member(
        kind=tarfile.XHDTYPE, size=b"\xff" * 11 + b"\xfe"
    ),
    "a size in an extended header": _extended(_record("size=0")) + PAPERS,
    "a sparse file in one": _extended(_record("GNU.sparse.major=1")) + PAPERS,
    "two records": _extended(_record("path=a") + _record("size=9")) + PAPERS,
    "two extended headers": _extended(_record("path=a")) * 2 + PAPERS,
    "thousands of them": _extended(_record("path=a")) * 5000 + PAPERS,
    "digits": _extended(b"1" * 2000) + PAPERS,
    "only the beginning of a header": PAPERS[:300],
    "another sum": PAPERS[:148] + b"0" * 8 + PAPERS[156:],
    "text": b"x" * 5000,
    "nothing": b"",
}


def _archive(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "backup.tar.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(content)
    return path


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_is_refused(kind: str, tmp_path: Path) -> None:
    path = _archive(tmp_path, HOSTILE[kind] + b"\0" * 1024)
    with pytest.raises(StoreError, match=r"nothing was changed") as caught:
        archive.check(path)
    assert "\n" not in str(caught.value)


def _zeros(size: int) -> bytes:
    return _extended(b"\0" * size)


def _digits(size: int) -> bytes:
    return _extended(b"1" * size)


def _many(size: int) -> bytes:
    return _extended(_record("path=a")) * (size // 1024)


def _names(size: int) -> bytes:
    return _member(b"x" * size, kind=tarfile.GNUTYPE_LONGNAME)


def _manifest(size: int) -> bytes:
    return _member(b'{"papertrack":1,"files":[' + b"1," * (size // 2))


def _depth(size: int) -> bytes:
    return _member(b"[" * size)


def _number(size: int) -> bytes:
    return _member(b'{"papertrack":%s}' % (b"9" * size))


@pytest.mark.parametrize(
    "make", [_zeros, _digits, _many, _names, _manifest, _depth, _number]
)
def test_time_and_memory_are_bounded(
    make: Callable[[int], bytes], tmp_path: Path
) -> None:
    def check(size: int) -> None:
        with pytest.raises(StoreError):
            archive.check(paths[size])

    paths: dict[int, Path] = {}
    for size in (250_000, 1_000_000):
        folder = tmp_path / str(size)
        folder.mkdir()
        paths[size] = _archive(folder, make(size) + b"\0" * 1024)
    assert grows_linearly(check, 1_000_000)
    tracemalloc.start()
    try:
        began = time.process_time()
        check(1_000_000)
        assert time.process_time() - began < 20
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
