"""papertrack beside what one would use instead, on the same papers: stock TinyDB,
ripgrep, sqlite-utils, papis.

    python -m tests.benchmarks.beside [--papers 10000] [--runs 9] [--at FOLDER]

The library is made with `made.py`; sqlite-utils and papis are installed from PyPI into
an environment of the benchmark's own, below FOLDER where one is named. Each command is
a process of its own, run in turn with papertrack's, A B A B …: what is printed is the
median of the ratios of their CPU time, pair by pair; a missing tool is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.finding import HERE, TOOL, Place, listing

WORDS = ("diffusion", "policy")
TINYDB = r"""
import json, sys
from tinydb import Query, TinyDB
action, path, *words = sys.argv[1:]
papers, Q = TinyDB(path).table("papers"), Query()
if action == "search":
    matches = lambda text: all(word in text.lower() for word in words)
    found = papers.search(Q.title.test(matches) | Q.abstract.test(matches))
    found.sort(key=lambda paper: paper["published"], reverse=True)
    for paper in found[:30]:
        print(paper["id"], paper["published"], paper["title"], sep="\t")
elif action == "tag":
    papers.update({"tags": [words[1]]}, Q.id == words[0])
else:
    for row in json.load(open(words[0])):
        paper = row["paper"]
        stored = {
            "id": paper["id"],
            "title": paper["title"],
            "abstract": paper["summary"],
            "published": row["publishedAt"][:10],
            "upvotes": paper["upvotes"],
        }
        papers.upsert(stored, Q.id == paper["id"])
"""

Case = tuple[str, Callable[[], Sequence[str]], Callable[[], list[str]]]
"""Its name, the other program's command, papertrack's command."""


def flat(library: Path) -> list[dict[str, object]]:
    """The papers of a library as flat documents."""
    found = []
    for path in sorted((library / "papers").glob("*.json")):
        for document in json.loads(path.read_text(encoding="utf-8"))["papers"].values():
            said = document["said"].get("arxiv") or next(
                iter(document["said"].values())
            )
            found.append(
                {
                    "id": document["key"].partition(":")[2],
                    "title": said["title"],
                    "abstract": said.get("abstract", ""),
                    "authors": said.get("authors", []),
                    "published": said.get("published", ""),
                }
            )
    return found


def tinydb(folder: Path, papers: list[dict[str, Any]]) -> Path:
    """One TinyDB file with all papers, and the script that queries it."""
    path = folder / "tinydb.json"
    path.write_text(
        json.dumps({"papers": {str(n): paper for n, paper in enumerate(papers, 1)}}),
        encoding="utf-8",
    )
    (folder / "stock.py").write_text(TINYDB, encoding="utf-8")
    return path


def others(folder: Path) -> Path:
    """The folder of commands of an environment with sqlite-utils and papis."""
    commands = folder / "beside" / "bin"
    if not (commands / "papis").exists():
        subprocess.run(
            [sys.executable, "-m", "venv", str(folder / "beside")], check=True
        )
        subprocess.run(
            [str(commands / "pip"), "install", "-q", "sqlite-utils", "papis"],
            check=True,
        )
    return commands


def sqlite_utils(commands: Path, folder: Path, papers: list[dict[str, Any]]) -> Path:
    """A database with full text, as sqlite-utils makes it."""
    path = folder / "papers.db"
    path.unlink(missing_ok=True)
    rows = "\n".join(
        json.dumps({**paper, "authors": "; ".join(paper["authors"])})
        for paper in papers
    )
    tool = str(commands / "sqlite-utils")
    subprocess.run(
        [tool, "insert", str(path), "papers", "-", "--nl", "--pk", "id"],
        input=rows.encode(),
        check=True,
    )
    subprocess.run(
        [
            tool,
            "enable-fts",
            str(path),
            "papers",
            "title",
            "abstract",
            "authors",
            "--fts5",
            "--tokenize",
            "porter",
        ],
        check=True,
    )
    return path


def papis(folder: Path, papers: list[dict[str, Any]]) -> dict[str, str]:
    """A papis library, a folder a paper; the environment in which papis finds it."""
    root = folder / "papis"
    if not root.exists():
        for paper in papers:
            below = root / str(paper["id"]).replace("/", "_")
            below.mkdir(parents=True)
            said = {
                **paper,
                "papis_id": f"{abs(hash(below)):032x}",
                "author": "; ".join(paper["authors"]),
            }
            lines = [
                f"{name}: {json.dumps(value)}"
                for name, value in said.items()
                if name != "authors"
            ]
            (below / "info.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "papis-config" / "papis").mkdir(parents=True, exist_ok=True)
    text = f"[settings]\ndefault-library = papers\n[papers]\ndir = {root}\n"
    (folder / "papis-config" / "papis" / "config").write_text(text, encoding="utf-8")
    return {
        "XDG_CONFIG_HOME": f"{folder}/papis-config",
        "XDG_CACHE_HOME": f"{folder}/papis-cache",
    }


def cases(place: Place, folder: Path) -> list[Case]:
    """The cases that are compared."""
    papers = flat(place.library)
    ids = [str(paper["id"]) for paper in papers]
    stock, commands = tinydb(folder, papers), others(folder)
    base = sqlite_utils(commands, folder, papers)
    place.environment.update(papis(folder, papers))
    newest = max((place.library / "papers").glob("????-??.json"))
    keys = [
        document["key"]
        for document in json.loads(newest.read_text(encoding="utf-8"))[
            "papers"
        ].values()
    ]
    script = [sys.executable, str(folder / "stock.py")]

    def day() -> str:
        return str(listing(place, newest.stem, keys))

    def search() -> list[str]:
        return [*TOOL, "search", *WORDS]

    def tag() -> list[str]:
        return [*TOOL, "tag", "add", f"t{time.time_ns()}", ids[-1]]

    def fetch() -> list[str]:
        return [*TOOL, "fetch", day()]

    both = "|".join((".*".join(WORDS), ".*".join(reversed(WORDS))))
    return [
        (
            "search two words: TinyDB",
            lambda: [*script, "search", str(stock), *WORDS],
            search,
        ),
        (
            "search two words: ripgrep",
            lambda: ["rg", "-i", both, str(place.library / "papers")],
            search,
        ),
        (
            "search two words: sqlite-utils",
            lambda: [
                str(commands / "sqlite-utils"),
                "search",
                str(base),
                "papers",
                " ".join(WORDS),
                "--limit",
                "30",
            ],
            search,
        ),
        (
            "search two words: papis",
            lambda: [
                str(commands / "papis"),
                "list",
                "--all",
                " ".join(f"abstract:{word}" for word in WORDS),
            ],
            search,
        ),
        (
            "tag one paper: TinyDB",
            lambda: [*script, "tag", str(stock), ids[-1], f"t{time.time_ns()}"],
            tag,
        ),
        (
            "merge 50 papers: TinyDB",
            lambda: [*script, "merge", str(stock), day()],
            fetch,
        ),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--at", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        environment = {
            **os.environ,
            "PAPERTRACK_LIBRARY": f"{folder}/library",
            "PAPERTRACK_CACHE": f"{folder}/cache",
            "PAPERTRACK_STATE": f"{folder}/state",
            "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
            "NO_COLOR": "1",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        place = Place("beside", arguments.papers, folder, environment)
        if not place.library.exists():
            made = [str(HERE / "made.py"), str(arguments.papers), str(place.library)]
            subprocess.run([sys.executable, *made], check=True)
        print(
            f"{arguments.papers:,} papers{'':20} {'times':>7} {'min':>7} {'max':>7} "
            f"{'ms':>8} {'papertrack':>11}"
        )
        for name, theirs, ours in cases(place, folder):
            if shutil.which(theirs()[0]):
                print(
                    f"{name:32} {_compared(place, theirs, ours, arguments.runs)}",
                    flush=True,
                )


def _compared(
    place: Place,
    theirs: Callable[[], Sequence[str]],
    ours: Callable[[], list[str]],
    runs: int,
) -> str:
    place.run(theirs()), place.run(ours())
    pairs = [
        (place.run(theirs()).seconds, place.run(ours()).seconds) for _ in range(runs)
    ]
    ratios = [other / mine for other, mine in pairs]
    other, mine = (statistics.median(side) * 1e3 for side in zip(*pairs, strict=True))
    return (
        f"{statistics.median(ratios):7.1f} {min(ratios):7.1f} {max(ratios):7.1f} "
        f"{other:8.0f} {mine:11.0f}"
    )


if __name__ == "__main__":
    main()
