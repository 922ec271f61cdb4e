"""The time to parse arXiv's responses to Facts, against ElementTree's bare parse of the
same bytes.

    python -m tests.benchmarks.parsing [--entries 2000] [--runs 15] [FILE…]

The responses are generated, or files (gzip too). The two run in turn; printed are the
median of the ratios pair by pair, and the entries a second of CPU time. Ratios are
comparable between machines, the figures are not.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

from papertrack.sources.arxiv.formats import parse as recognise

ABSTRACT = (
    "We ask what owls read when nobody looks, and find that it is mostly letters.\n"
    + (
        "All of it was measured twice, in the dark and\nby lamplight, with no "
        "difference worth telling. " * 13
    )
)
MATHS = "  Our estimate of $\\sum_{i} \\alpha_i &lt; 10^{-3}$ books holds on 12\\% of the shelves. "
ACCENTS = 'So it does for na\\"{\\i}ve readers of Schr\\"odinger – if they are owls. '
ATOM = """<entry><id>http://arxiv.org/abs/{id}v2</id><title>Owls Read in the Dark, Part {n}</title>
<updated>2025-11-08T10:00:00Z</updated><link href="https://arxiv.org/abs/{id}v2" rel="alternate" type="text/html"/>
<link href="https://arxiv.org/pdf/{id}v2" rel="related" type="application/pdf" title="pdf"/>
<summary>{abstract}</summary>
<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/><category term="cs.LG"
scheme="http://arxiv.org/schemas/atom"/><published>2025-11-07T10:00:00Z</published>
<arxiv:comment>9 pages</arxiv:comment>
<arxiv:primary_category term="cs.CL"/><arxiv:doi>10.1234/owl.{n}</arxiv:doi>{people}</entry>"""  # noqa: E501
OAI = """<record><header><identifier>oai:arXiv.org:{id}</identifier><datestamp>2025-11-08</datestamp>
<setSpec>cs</setSpec></header><metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{id}</id><created>2025-11-07</created>
<updated>2025-11-08</updated><authors>{people}</authors><title>Owls Read in the Dark, Part {n}</title>
<categories>cs.CL cs.LG</categories><comments>9 pages</comments><doi>10.1234/owl.{n}</doi>
<abstract>{abstract}</abstract></arXiv></metadata></record>"""  # noqa: E501
NAMES = ("Ada Roe", "Bo Ek", "Carla Dias", "Dimitri A. Petrov", "Elif Yılmaz")


def abstract(number: int) -> str:
    """Like arXiv's: 1,300 characters, a backslash in 13 of 100 of them, a letter
    outside ASCII in 4.
    """
    return (
        ABSTRACT
        + (MATHS if number % 8 == 0 else "")
        + (ACCENTS if number % 25 == 0 else "")
    )


def atom(entries: int) -> bytes:
    """A response of the API."""
    people = "".join(f"<author><name>{name}</name></author>" for name in NAMES)
    body = "".join(
        ATOM.format(id=f"2511.{n:05}", n=n, abstract=abstract(n), people=people)
        for n in range(entries)
    )
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    return f"{head}<id>http://arxiv.org/api/made</id>{body}</feed>".encode()


def oai(entries: int) -> bytes:
    """A page of a harvest."""
    pairs = (name.rsplit(maxsplit=1) for name in NAMES)
    people = "".join(
        f"<author><keyname>{last}</keyname><forenames>{first}</forenames></author>"
        for first, last in pairs
    )
    body = "".join(
        OAI.format(id=f"2511.{n:05}", n=n, abstract=abstract(n), people=people)
        for n in range(entries)
    )
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
    return f"{head}{body}</ListRecords></OAI-PMH>".encode()


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one run."""
    before = time.process_time()
    work()
    return time.process_time() - before


def row(name: str, body: bytes, runs: int) -> str:
    """A line of the table."""

    def ours() -> object:
        return recognise(body, {})

    def plain() -> object:
        return ElementTree.fromstring(body)

    count = len(recognise(body, {}).facts)
    cpu(ours), cpu(plain)
    pairs = [(cpu(ours), cpu(plain)) for _ in range(runs)]
    seconds, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(ours / max(plain, 1e-9) for ours, plain in pairs)
    return (
        f"{name:12} {count:6} {count / seconds:12,.0f} "
        f"{count / max(bare, 1e-9):12,.0f} {ratio:8.2f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    bodies = {"Atom": atom(arguments.entries), "OAI-PMH": oai(arguments.entries)}
    if arguments.files:
        read = {path.name: path.read_bytes() for path in arguments.files}
        bodies = {
            name: gzip.decompress(body) if name.endswith(".gz") else body
            for name, body in read.items()
        }
    print(f"{'':12} {'papers':>6} {'papers/s':>12} {'ElementTree':>12} {'ratio':>8}")
    for name, body in bodies.items():
        print(row(name, body, arguments.runs))


if __name__ == "__main__":
    main()
