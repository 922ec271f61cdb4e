"""How long a fetch of many pages takes, against curl with 8 connections on the same pages.

    python -m tests.benchmarks.crawl [--months 7] [--latency 100] [--runs 3]

Months of Hugging Face are read, each day two pages: ten papers, and none. A server on
this machine answers each request after so many milliseconds. Printed are the median of
the ratios of elapsed times, pair by pair, and papertrack's CPU seconds. The targets:
1.15 times, and 4 seconds for 402 pages.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.finding import TOOL, Place, place_in
from tests.helpers.http_server import Respond, Server, path_of, response

CONNECTIONS = 8
PAPERS = 10


def delayed(latency: float) -> Respond:
    """A response that is sent after so many seconds."""

    def respond(connection: socket.socket, head: str) -> None:
        day = head.partition("date=")[2][:10]
        papers = PAPERS if "p=0" in head.split()[1] else 0
        body = json.dumps([_row(day, number) for number in range(papers)])
        time.sleep(latency)
        answer = response(body.encode(), Content_Type="application/json")
        connection.sendall(answer)

    return respond


def _row(day: str, number: int) -> dict[str, object]:
    id = f"{day[2:4]}{day[5:7]}.{day[8:10]}{number:03}"
    moment = f"{day}T00:00:00.000Z"
    paper = {
        "id": id,
        "title": f"Owls that read number {id}",
        "summary": "We study how owls read papers. " * 40,
        "authors": [{"name": "Ada Roe"}, {"name": "Bo Ek"}],
        "publishedAt": moment,
        "submittedOnDailyAt": moment,
        "upvotes": number,
    }
    return {"paper": paper, "publishedAt": moment, "numComments": 1}


def measure(place: Place, server: Server, months: int, runs: int) -> None:
    """Print the line of a crawl of so many months."""
    config = place.folder / "curl.txt"
    curl = ["curl", "-sZ", "--parallel-max", f"{CONNECTIONS}", "-K", f"{config}"]
    targets = [f"hf:2024-{month:02}" for month in range(1, months + 1)]
    pairs = []
    pages = 0
    for _ in range(runs):
        for folder in (place.library, place.cache, place.folder / "state"):
            shutil.rmtree(folder, ignore_errors=True)
        server.heads.clear()
        own = place.run([*TOOL, "-q", "fetch", *targets])
        paths = [path_of(head) for head in server.heads]
        pages = len(paths)
        lines = (f'url = "{server.url}{one}"\noutput = "/dev/null"\n' for one in paths)
        config.write_text("".join(lines), encoding="utf-8")
        pairs.append((own, place.run(curl)))
    ratio = statistics.median(one.elapsed / other.elapsed for one, other in pairs)
    seconds = statistics.median(one.seconds for one, _ in pairs)
    peak = max(one.peak for one, _ in pairs)
    print(
        f"{pages} pages: {ratio:.2f} times curl (target 1.15), {seconds:.1f} s of CPU "
        f"(target {4 * pages / 402:.1f}), {peak:.0f} MB"
    )


def main() -> None:
    """Print the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--months", type=int, default=7, choices=range(1, 13))
    parser.add_argument("--latency", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    if shutil.which("curl") is None:
        raise SystemExit("curl is not installed")
    respond = delayed(arguments.latency / 1000)
    server = Server(lambda head: respond)
    with tempfile.TemporaryDirectory() as temporary:
        place = place_in(Path(temporary), "crawl", 0)
        place.folder.mkdir()
        place.environment["HF_ENDPOINT"] = server.url
        measure(place, server, arguments.months, arguments.runs)


if __name__ == "__main__":
    main()
