"""PDFs cut at many bytes, and downloads killed at many moments: the same bytes, which
pdfinfo reads.

    python -m tests.soak.pdfs [--pdf FILE] [--cuts 50] [--kills 20]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from papertrack.storage.part_file import PartFile
from papertrack.web.download import Limits, PdfDownload
from papertrack.web.http import Http
from tests.conftest import REPLAY
from tests.helpers.pdf_server import Fault, PdfServer

RECORDED = REPLAY.parents[1] / "data" / "pdf" / "2511.99004v1.pdf"


def main() -> None:
    """Run both, and exit with 1 at the first difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdf", type=Path, default=RECORDED)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--kills", type=int, default=20)
    arguments = parser.parse_args()
    body = arguments.pdf.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.pdf")
        for number in range(arguments.cuts):
            first = len(body) * number // arguments.cuts
            second = random.Random(number).randrange(len(body) - first)
            for is_chunked in (False, True):
                faults = [Fault(cut=first), Fault(cut=second)]
                server = PdfServer(body, faults, is_chunked=is_chunked)
                download(server.url, path)
                check(path, body)
                server.close()
        print(f"{arguments.cuts} cuts, with and without a length: the same bytes")
        for number in range(arguments.kills):
            kill_and_continue(path, body, number / 100)
            check(path, body)
        print(f"{arguments.kills} kills: the same bytes")


def download(url: str, path: Path) -> None:
    """Download into `path` without pauses."""
    sink = PdfDownload(PartFile(path), url, Limits(10**9, 0), lambda *_: None)
    with Http(sleep=lambda _: None) as http:
        http.download(url, sink)
    sink.finish()


def kill_and_continue(path: Path, body: bytes, seconds: float) -> None:
    """Kill a process so long after it got the first bytes, then download the rest."""
    server = PdfServer(body, [Fault(cut=len(body) // 2, kind="hang")])
    program = (
        "import sys; from pathlib import Path; from tests.soak.pdfs import download;"
        "download(sys.argv[1], Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", program, server.url, str(path)]
    process = subprocess.Popen(command, env=os.environ)
    while not server.heads:
        time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.wait()
    download(server.url, path)
    server.close()


def check(path: Path, body: bytes) -> None:
    """Exit with a message unless the file is whole, and alone; remove it."""
    if path.read_bytes() != body or len(list(path.parent.iterdir())) != 1:
        sys.exit(f"{path}: not the same bytes, or something is left beside it")
    if shutil.which("pdfinfo"):
        subprocess.run(["pdfinfo", path], check=True, stdout=subprocess.DEVNULL)
    path.unlink()


if __name__ == "__main__":
    main()
