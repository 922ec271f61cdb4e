"""PDFs against a server that cuts, changes and refuses: the same bytes, or nothing."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from papertrack.core.errors import FetchError, StoreError, Unrecognised
from papertrack.storage.part_file import PartFile
from papertrack.web.download import Limits, PdfDownload
from papertrack.web.http import Http
from tests.helpers.http_server import ScriptedServer, Server, header, response
from tests.helpers.pdf_server import Fault, PdfServer, made_pdf, page

SIZE = 200_000
BODY = made_pdf(SIZE)
OTHER = made_pdf(SIZE + 77, seed=2)
PLENTY = Limits(most=10**9, free=0)


def download(
    url: str,
    path: Path,
    *,
    limits: Limits = PLENTY,
    tries: int = 4,
    deadline: float = 30.0,
    origin: str | None = None,
) -> list[tuple[int, int]]:
    """Download as papertrack does, without pauses; what was reported."""
    reports: list[tuple[int, int]] = []
    sink = PdfDownload(
        PartFile(path), url, limits, lambda *report: reports.append(report)
    )
    with Http(sleep=lambda _: None, tries=tries, deadline=deadline) as http:
        http.download(url, sink, origin=origin)
    sink.finish()
    return reports


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "pdf"
    folder.mkdir()
    return folder / "a.pdf"


CUTS = [1, 4, 9, 1023, 65_536, SIZE // 2, SIZE - 2049, SIZE - 1]


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_download_resumes_at_the_byte(
    path: Path, cut: int, is_chunked: bool
) -> None:
    server = PdfServer(BODY, [Fault(cut=cut)], is_chunked=is_chunked)
    download(server.url, path)
    assert path.read_bytes() == BODY
    assert left_in(path.parent) == ["a.pdf"]
    assert server.ranges[0] is None
    # Fewer bytes than a PDF begins with are not saved.
    assert server.ranges[1:] == [None if cut < 5 else f"bytes={cut}-"]
    assert header(server.heads[1], "If-Range") == ('"one"' if cut >= 5 else None)


@pytest.mark.parametrize("name", ["a.pdf", "a [1] * {b}.pdf"])
def test_what_a_killed_process_left_of_its_note_is_removed(
    path: Path, name: str
) -> None:
    path = path.with_name(name)
    others = [path.with_name(".b.pdf.part.json.0a.tmp"), path.with_name("x.tmp")]
    for left in (*others, path.with_name(f".{name}.part.json.0a1b2c3d.tmp")):
        left.write_bytes(b"{")
    download(PdfServer(BODY).url, path)
    assert left_in(path.parent) == sorted([name, *(other.name for other in others)])


def test_a_later_run_resumes_what_an_earlier_one_got(path: Path) -> None:
    server = PdfServer(BODY, [Fault(cut=50_000)])
    with pytest.raises(FetchError):
        download(server.url, path, tries=1)
    assert left_in(path.parent) == ["a.pdf.part", "a.pdf.part.json"]
    reports = download(server.url, path)
    assert path.read_bytes() == BODY
    assert server.ranges == [None, "bytes=50000-"]
    assert reports[0] == (50_000, SIZE)
    assert reports[-1] == (SIZE, SIZE)


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(cut=70_000), Fault(kind="norange")],
        [Fault(cut=70_000), Fault(kind="wrongrange")],
        [Fault(cut=70_000), Fault(cut=10), Fault(cut=10)],
        [Fault(cut=70_000), Fault(reply=response(b"", "503 Service Unavailable"))],
        [
            Fault(cut=70_000),
            Fault(
                reply=response(
                    b"", "416 Range Not Satisfiable", Content_Range="bytes */7"
                )
            ),
        ],
        [
            Fault(cut=70_000),
            Fault(reply=response(OTHER[70_000:], "206 Partial Content")),
        ],
        [
            Fault(cut=70_000),
            Fault(
                reply=response(
                    OTHER[70_000:],
                    "206 Partial Content",
                    ETag='"two"',
                    Content_Range=f"bytes 70000-{len(OTHER) - 1}/{len(OTHER)}",
                )
            ),
        ],
        [Fault(cut=70_000), Fault(reply=response(BODY[:70_000], ETag='"one"'))],
    ],
    ids=[
        *("no range", "another range", "cut again", "refused once", "another 416"),
        *("206 without a range", "206 of another file", "announces too little"),
    ],
)
def test_what_a_server_does_wrong_once_is_made_good(
    path: Path, faults: list[Fault], request: pytest.FixtureRequest
) -> None:
    server = PdfServer(BODY, faults)
    if request.node.callspec.id == "announces too little":
        with pytest.raises(Unrecognised, match="its end is missing"):
            download(server.url, path)
        assert left_in(path.parent) == []
        return
    download(server.url, path)
    assert path.read_bytes() == BODY


@pytest.mark.parametrize("etag", ['"two"', 'W/"two"', ""])
def test_a_file_that_has_changed_is_read_anew(path: Path, etag: str) -> None:
    server = PdfServer(BODY, [Fault(cut=60_000)])
    with pytest.raises(FetchError):
        download(server.url, path, tries=1)
    server.body, server.etag = OTHER, etag
    download(server.url, path)
    assert path.read_bytes() == OTHER


@pytest.mark.parametrize("etag", ['W/"one"', ""])
def test_without_a_strong_validator_nothing_is_resumed(path: Path, etag: str) -> None:
    server = PdfServer(BODY, [Fault(cut=60_000)], etag=etag)
    download(server.url, path)
    assert path.read_bytes() == BODY
    assert server.ranges == [None, None]


def test_a_part_of_another_address_is_not_resumed(path: Path) -> None:
    server = PdfServer(BODY, [Fault(cut=60_000)])
    with pytest.raises(FetchError):
        download(f"{server.url}/v1", path, tries=1)
    server.body = OTHER
    download(f"{server.url}/v2", path)
    assert path.read_bytes() == OTHER
    assert server.ranges == [None, None]


def test_a_part_that_is_whole_is_finished(path: Path) -> None:
    """As by a process that was killed before it gave the file its name."""
    server = PdfServer(BODY)
    file = PartFile(path)
    file.begin({"url": server.url, "validator": '"one"'})
    assert list(file.append([BODY])) == [SIZE]
    download(server.url, path)
    assert path.read_bytes() == BODY
    assert server.ranges == [f"bytes={SIZE}-"]


NO_PDFS = {
    "a page": (page("text/html"), "a web page instead of a PDF"),
    "a page with its charset": (
        page("text/html; charset=utf-8"),
        "a web page instead of a PDF",
    ),
    "a page as a PDF": (page("application/pdf"), "something else instead of a PDF"),
    "a page of XHTML": (page("application/xhtml+xml"), "a web page instead of a PDF"),
    "nothing": (
        response(b"", Content_Type="application/pdf"),
        "nothing instead of a PDF",
    ),
    "a first word": (response(b"%PDF"), "something else instead of a PDF"),
    "JSON before it": (response(b"{}" + BODY), "something else instead of a PDF"),
    "no last line": (response(BODY[:-7]), "its end is missing"),
    "zeros at its end": (response(BODY[:-20] + b"\0" * 3000), "its end is missing"),
    "gzip": (
        response(gzip.compress(BODY), Content_Encoding="gzip"),
        "a body encoded as gzip",
    ),
    "not found": (response(b"no", "404 Not Found"), "Not Found"),
    "no range": (response(b"", "416 Range Not Satisfiable"), "HTTP 416"),
}


@pytest.mark.parametrize(("reply", "message"), NO_PDFS.values(), ids=NO_PDFS)
def test_what_is_no_whole_pdf_is_refused_and_nothing_is_left(
    path: Path, reply: bytes, message: str
) -> None:
    with pytest.raises(FetchError, match=message):
        download(ScriptedServer(reply).url, path)
    assert left_in(path.parent) == []


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
def test_a_larger_file_than_the_limit_is_refused(path: Path, is_chunked: bool) -> None:
    server = PdfServer(BODY, is_chunked=is_chunked)
    limits = Limits(most=SIZE - 1, free=0)
    with pytest.raises(FetchError, match=r"pdf\.limit_mb"):
        download(server.url, path, limits=limits)
    assert left_in(path.parent) == []
    download(server.url, path, limits=Limits(most=SIZE, free=0))


def test_the_disk_is_not_filled(path: Path) -> None:
    with pytest.raises(StoreError, match=r"pdf\.free_mb"):
        download(PdfServer(BODY).url, path, limits=Limits(most=10**9, free=10**18))
    assert left_in(path.parent) == []


def test_the_part_is_not_written_through_a_link(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    for name in ("a.pdf", "a.pdf.part", "a.pdf.part.json"):
        path.with_name(name).symlink_to(victim)
    download(PdfServer(BODY).url, path)
    assert victim.read_bytes() == b"mine"
    assert path.read_bytes() == BODY
    assert not path.is_symlink()


def test_a_private_address_is_not_read_for_a_library(path: Path) -> None:
    server = PdfServer(BODY)
    with pytest.raises(FetchError, match="private address"):
        download(server.url, path, origin="the library")
    assert server.heads == []


# ------------------------------------------------------------------ slow servers


def dripping(chunk: bytes, pause: float) -> Server:
    """A server that sends a PDF in chunks of this length."""

    def send(connection: socket.socket, _: str) -> None:
        connection.sendall(response(BODY)[: -len(BODY)])
        for start in range(0, SIZE, len(chunk)):
            connection.sendall(BODY[start : start + len(chunk)])
            time.sleep(pause)

    return Server(lambda _: send)


def test_what_arrives_steadily_may_take_longer_than_a_request(path: Path) -> None:
    download(dripping(b" " * 20_000, 0.05).url, path, deadline=0.3, tries=1)
    assert path.read_bytes() == BODY


def test_a_few_bytes_a_second_are_too_slow(path: Path) -> None:
    with pytest.raises(FetchError, match="no complete response"):
        download(dripping(b" " * 10, 0.05).url, path, deadline=0.3, tries=1)


# ------------------------------------------------------------------ two processes

PROGRAM = """
import sys
from pathlib import Path
from papertrack.storage.part_file import PartFile
from papertrack.web.download import Limits, PdfDownload
from papertrack.web.http import Http
from papertrack.web.rate_limit import Throttle
folder, name, url = sys.argv[1:]
throttle = Throttle(Path(folder), "arxiv", 0.4)
with Http(throttle=lambda url: throttle) as http:
    for number in range(2):
        path = Path(folder, "pdf", f"{name}{number}.pdf")
        sink = PdfDownload(PartFile(path), url, Limits(10**9, 0), lambda *_: None)
        http.download(url, sink)
        sink.finish()
"""


def test_two_processes_share_the_rate_limit(tmp_path: Path) -> None:
    times: list[float] = []

    class Timed(PdfServer):
        def _respond(self, head: str):  # type: ignore[no-untyped-def]
            times.append(time.monotonic())
            return super()._respond(head)

    # Retries are requests as well.
    server = Timed(BODY, [Fault(cut=1000)])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), name, server.url]
        )
        for name in "ab"
    ]
    for process in processes:
        assert process.wait(timeout=60) == 0
    assert len(times) == 5
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4
    assert {path.read_bytes() for path in (tmp_path / "pdf").iterdir()} == {BODY}
