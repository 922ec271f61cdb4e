"""papertrack beside what one would use instead, on the same papers: notmuch (papers as
mails), ripgrep, sqlite-utils, papis, stock TinyDB, bare Python with SQLite, `hf papers`.

    python -m tests.benchmarks.peers [--papers 10000] [--runs 5] [--at FOLDER]

The papers are made with `made.py`. sqlite-utils, papis and hf are installed with pip
into an environment of the benchmark's own, below FOLDER where one is named; notmuch and
ripgrep are those of the system. Each program loads the papers once, then each command
is a process of its own, in turn with papertrack's, A B A B …: printed is the median of
the ratios of their CPU time, pair by pair, and papertrack's own milliseconds. What a
program lacks, and a program that is missing, is named with the reason. `hf papers` asks
a server of the benchmark for its list: it stores nothing that it could search.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.finding import TOOL, Place, listing, place_in
from tests.benchmarks.made import papers
from tests.helpers.http_server import Server, response

WORDS = ("diffusion", "policy")
ACTIONS = ("load", "list", "search", "tag one", "merge 50")

TINYDB = r"""
import json, sys
from tinydb import Query, TinyDB
action, path, *words = sys.argv[1:]
database = TinyDB(path)
papers, Q = database.table("papers"), Query()
if action == "load":
    papers.insert_multiple(json.loads(line) for line in open(words[0]))
elif action == "search":
    matches = lambda text: all(word in text.lower() for word in words)
    found = papers.search(Q.title.test(matches) | Q.abstract.test(matches))
elif action == "list":
    found = papers.all()
elif action == "tag":
    papers.update({"tags": [words[1]]}, Q.id == words[0])
else:
    for line in open(words[0]):
        paper = json.loads(line)
        papers.upsert(paper, Q.id == paper["id"])
if action in ("list", "search"):
    found.sort(key=lambda paper: paper["published"], reverse=True)
    for paper in found[:30]:
        print(paper["id"], paper["published"], paper["title"], sep="\t")
"""

SQLITE = r'''
import json, sqlite3, sys
action, path, *words = sys.argv[1:]
db = sqlite3.connect(path)
shown = "id, published, title"
if action == "load":
    db.execute("CREATE TABLE paper (n INTEGER PRIMARY KEY, id UNIQUE, title, abstract, "
        "authors, published, tags)")
    db.execute("CREATE INDEX by_day ON paper (published)")
    db.execute("CREATE VIRTUAL TABLE words USING fts5 (title, abstract, authors, "
        "content='paper', content_rowid='n', tokenize='porter')")
if action in ("load", "merge"):
    for line in open(words[0]):
        paper = json.loads(line)
        db.execute("INSERT INTO paper (id, title, abstract, authors, published) "
            "VALUES (:id, :title, :abstract, :authors, :published) ON CONFLICT (id) "
            "DO UPDATE SET title = excluded.title", paper)
    if action == "load":
        db.executescript("""
            INSERT INTO words (words) VALUES ('rebuild');
            CREATE TRIGGER added AFTER INSERT ON paper BEGIN
              INSERT INTO words (rowid, title, abstract, authors)
                VALUES (new.n, new.title, new.abstract, new.authors); END;
            CREATE TRIGGER changed AFTER UPDATE OF title ON paper BEGIN
              INSERT INTO words (words, rowid, title, abstract, authors)
                VALUES ('delete', old.n, old.title, old.abstract, old.authors);
              INSERT INTO words (rowid, title, abstract, authors)
                VALUES (new.n, new.title, new.abstract, new.authors); END;
        """)
elif action == "list":
    rows = db.execute(f"SELECT {shown} FROM paper ORDER BY published DESC LIMIT 30")
elif action == "search":
    rows = db.execute(f"SELECT {shown} FROM paper JOIN (SELECT rowid, rank FROM words "
        "WHERE words MATCH ? ORDER BY rank LIMIT 30) w ON w.rowid = n ORDER BY rank",
        [" ".join(words)])
else:
    db.execute("UPDATE paper SET tags = ? WHERE id = ?", words[::-1])
if action in ("list", "search"):
    for row in rows:
        print(*row, sep="\t")
db.commit()
'''

Command = Callable[[], list[str]]


class Peer(NamedTuple):
    """A program, its commands by action, and why it has no others."""

    name: str
    commands: Mapping[str, Command]
    lacks: str = ""


class Papers(NamedTuple):
    """The papers, in the forms that programs load: JSON lines, and mails."""

    folder: Path
    rows: list[dict[str, Any]]

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]

    @property
    def file(self) -> Path:
        return self.folder / "papers.jsonl"

    def write(self) -> None:
        """Write the JSON lines."""
        _write_lines(self.file, self.rows)

    def batch(self) -> Path:
        """A file with 50 papers, of which 30 are known."""
        stamp = time.time_ns()
        known = [{**row, "title": f"{row['title']}."} for row in self.rows[-30:]]
        new = [
            {**row, "id": f"new.{stamp}.{number}", "title": f"New {number}"}
            for number, row in enumerate(self.rows[:20])
        ]
        path = self.folder / "batch.jsonl"
        _write_lines(path, [*known, *new])
        return path


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def made(folder: Path, count: int) -> Papers:
    """So many papers, as flat rows."""
    rows = []
    for _, document in papers(count, seed=7):
        facts = document["said"]["arxiv"]
        rows.append(
            {
                "id": document["key"].partition(":")[2],
                "title": facts["title"],
                "abstract": facts["abstract"],
                "authors": "; ".join(facts["authors"]),
                "published": facts["published"],
            }
        )
    result = Papers(folder, rows)
    result.write()
    return result


def _tag() -> str:
    return f"t{time.time_ns()}"


# ------------------------------------------------------------------ programs


def papertrack(place: Place, papers: Papers) -> Peer:
    """papertrack itself."""
    ids = papers.ids
    month = papers.rows[-1]["published"][:7]
    keys = [f"arxiv:{row['id']}" for row in papers.rows if month in row["published"]]
    return Peer(
        "papertrack",
        {
            "load": lambda: [*TOOL, "-q", "import", f"{papers.file}"],
            "list": lambda: [*TOOL, "list"],
            "search": lambda: [*TOOL, "search", *WORDS],
            "tag one": lambda: [*TOOL, "tag", "add", _tag(), ids[-1]],
            "merge 50": lambda: [*TOOL, "fetch", f"{listing(place, month, keys)}"],
        },
    )


def by_script(name: str, script: str, path: Path, papers: Papers) -> Peer:
    """A script of the reader's own, in Python."""
    file = path.with_suffix(".py")
    file.write_text(script, encoding="utf-8")
    line = [sys.executable, f"{file}"]
    return Peer(
        name,
        {
            "load": lambda: [*line, "load", f"{path}", f"{papers.file}"],
            "list": lambda: [*line, "list", f"{path}"],
            "search": lambda: [*line, "search", f"{path}", *WORDS],
            "tag one": lambda: [*line, "tag", f"{path}", papers.ids[-1], _tag()],
            "merge 50": lambda: [*line, "merge", f"{path}", f"{papers.batch()}"],
        },
    )


def sqlite_utils(tool: Path, papers: Papers) -> Peer:
    """sqlite-utils, with full text kept up to date by triggers."""
    path = f"{papers.folder / 'papers.db'}"
    shown = "select id, published, title from papers"
    fts = "--fts5 --tokenize porter --create-triggers title abstract authors"
    insert = f"'{tool}' insert {path} papers '{papers.file}' --nl --pk id"
    index = f"'{tool}' create-index {path} papers published"
    enable = f"'{tool}' enable-fts {path} papers {fts}"
    add = f"'{tool}' add-column {path} papers tags text"
    query = [f"{tool}", "query", path]

    def tag() -> list[str]:
        change = f"update papers set tags = '{_tag()}' where id = '{papers.ids[-1]}'"
        return [*query, change]

    def merge() -> list[str]:
        line = [f"{tool}", "upsert", path, "papers", f"{papers.batch()}"]
        return [*line, "--nl", "--pk", "id"]

    found = [f"{tool}", "search", path, "papers", " ".join(WORDS), "--limit", "30"]
    return Peer(
        "sqlite-utils",
        {
            "load": lambda: ["sh", "-ec", f"{insert}; {index}; {add}; {enable}"],
            "list": lambda: [*query, f"{shown} order by published desc limit 30"],
            "search": lambda: found,
            "tag one": tag,
            "merge 50": merge,
        },
    )


def papis(tool: Path, papers: Papers) -> Peer:
    """papis: a folder for each paper, which the benchmark writes; loading is papis's own
    index of them.
    """
    root = papers.folder / "papis"
    for row in papers.rows:
        below = root / row["id"].replace("/", "_")
        below.mkdir(parents=True)
        facts = {**row, "papis_id": row["id"].replace(".", "")}
        facts["author"] = facts.pop("authors")
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in facts.items())
        (below / "info.yaml").write_text("".join(lines), encoding="utf-8")
    config = papers.folder / "papis-config" / "papis"
    config.mkdir(parents=True)
    text = f"[settings]\ndefault-library = papers\n[papers]\ndir = {root}\n"
    (config / "config").write_text(text, encoding="utf-8")
    line = [
        "env",
        f"XDG_CONFIG_HOME={config.parent}",
        f"XDG_CACHE_HOME={papers.folder}/papis-cache",
        f"{tool}",
    ]
    words = " ".join(f"abstract:{word}" for word in WORDS)
    named = f"papis_id:{papers.ids[-1].replace('.', '')}"
    return Peer(
        "papis",
        {
            "load": lambda: [*line, "cache", "reset"],
            "list": lambda: [*line, "list", "--all", "--sort", "published"],
            "search": lambda: [*line, "list", "--all", words],
            "tag one": lambda: [*line, "tag", "--batch", "--add", _tag(), named],
        },
        "merge 50: papis adds one paper at a time",
    )


def notmuch(tool: Path, papers: Papers) -> Peer:
    """notmuch, with a mail for each paper."""
    root = papers.folder / "mail"
    root.mkdir()
    for row in papers.rows:
        _write_mail(root, row)
    config = papers.folder / "notmuch-config"
    text = f"[database]\npath={root}\n[new]\ntags=unread\n[search]\nexclude_tags=\n"
    config.write_text(text, encoding="utf-8")
    line = ["env", f"NOTMUCH_CONFIG={config}", f"{tool}"]
    found = [*line, "search", "--limit=30"]
    named = f"id:{papers.ids[-1]}@arxiv"

    def merge() -> list[str]:
        for number, row in enumerate(papers.rows[:20]):
            _write_mail(root, {**row, "id": f"new.{time.time_ns()}.{number}"})
        return [*line, "new", "--quiet"]

    return Peer(
        "notmuch",
        {
            "load": lambda: [*line, "new", "--quiet"],
            "list": lambda: [*found, "--sort=newest-first", "*"],
            "search": lambda: [*found, " and ".join(WORDS)],
            "tag one": lambda: [*line, "tag", f"+{_tag()}", "--", named],
            "merge 50": merge,
        },
        "merge 50: a known mail never changes, so only the 20 new ones are added",
    )


def _write_mail(root: Path, row: Mapping[str, str]) -> None:
    mail = EmailMessage()
    mail["Message-ID"] = f"<{row['id']}@arxiv>"
    mail["From"] = "papers@example.org"
    mail["Subject"] = row["title"]
    mail["Date"] = time.strftime(
        "%a, %d %b %Y %H:%M:%S +0000", time.strptime(row["published"], "%Y-%m-%d")
    )
    mail.set_content(f"{row['authors']}\n\n{row['abstract']}\n")
    (root / f"{row['id']}.eml").write_bytes(bytes(mail))


def ripgrep(tool: Path, papers: Papers) -> Peer:
    """ripgrep over the JSON lines."""
    both = "|".join((".*".join(WORDS), ".*".join(reversed(WORDS))))
    return Peer(
        "ripgrep",
        {"search": lambda: [f"{tool}", "-i", both, f"{papers.file}"]},
        "load, list, tag one, merge 50: it only searches, and ranks nothing",
    )


def hf_papers(tool: Path, place: Place, papers: Papers) -> Peer:
    """`hf papers`, which asks a server."""
    day = listing(place, "2026-09", [f"arxiv:{id}" for id in papers.ids[-30:]])
    body = day.read_bytes()

    def respond(head: str) -> bytes:
        found = body if "daily_papers" in head else b"{}"
        return response(found, Content_Type="application/json")

    server = Server(respond)
    line = ["env", f"HF_ENDPOINT={server.url}", f"HF_HOME={papers.folder}/hf"]
    return Peer(
        "hf papers",
        {"list": lambda: [*line, f"{tool}", "papers", "ls", "--limit", "30"]},
        "load, tag one, merge 50: it stores nothing; search: only the Hub can",
    )


# ------------------------------------------------------------------ the table


def peers(place: Place, papers: Papers) -> Iterator[Peer]:
    """The programs that are there; the others are named."""
    commands = _installed(papers.folder)
    stock = papers.folder / "stock.json"
    yield by_script("TinyDB", TINYDB, stock, papers)
    yield by_script("Python, SQLite", SQLITE, papers.folder / "bare.db", papers)
    makers: dict[str, Callable[[Path], Peer]] = {
        "sqlite-utils": lambda tool: sqlite_utils(tool, papers),
        "papis": lambda tool: papis(tool, papers),
        "notmuch": lambda tool: notmuch(tool, papers),
        "rg": lambda tool: ripgrep(tool, papers),
        "hf": lambda tool: hf_papers(tool, place, papers),
    }
    for name, make in makers.items():
        found = shutil.which(name, path=f"{commands}") or shutil.which(name)
        if found:
            yield make(Path(found))
        else:
            print(f"left out: {name} is not installed")


def _installed(folder: Path) -> Path:
    """The commands of an environment with sqlite-utils, papis and hf."""
    commands = folder.parent / "peers" / "bin"
    if not (commands / "hf").exists():
        subprocess.run([sys.executable, "-m", "venv", f"{commands.parent}"], check=True)
        install = [f"{commands / 'pip'}", "install", "-q"]
        wanted = ["sqlite-utils", "papis", "huggingface_hub"]
        if subprocess.run([*install, *wanted]).returncode:
            print("left out: pip could not install sqlite-utils, papis and hf")
    return commands


def compared(place: Place, peer: Peer, own: Peer, action: str, runs: int) -> str:
    """The median of the ratios of a peer's CPU time to papertrack's."""
    theirs, ours = peer.commands.get(action), own.commands[action]
    if theirs is None:
        return ""
    place.run(theirs()), place.run(ours())
    ratios = []
    for _ in range(runs):
        ratios.append(place.run(theirs()).seconds / place.run(ours()).seconds)
    return f"{statistics.median(ratios):.2g}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--at", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        place = place_in(folder, "papers", arguments.papers)
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir(parents=True)
        papers = made(place.folder, arguments.papers)
        own = papertrack(place, papers)
        seconds = place.run(own.commands["load"]()).seconds
        print(f"{arguments.papers:,} papers, times of papertrack's CPU time\n")
        print(f"| | {' | '.join(ACTIONS)} |\n|{' --- |' * (len(ACTIONS) + 1)}")
        lacking = []
        for peer in peers(place, papers):
            cells = [_loaded(place, peer, seconds)]
            for action in ACTIONS[1:]:
                cells.append(compared(place, peer, own, action, arguments.runs))
            print(f"| {peer.name} | {' | '.join(cells)} |", flush=True)
            if peer.lacks:
                lacking.append(f"{peer.name}: {peer.lacks}")
        own_times = [f"{seconds * 1e3:.0f} ms"]
        for action in ACTIONS[1:]:
            runs = [place.run(own.commands[action]()).seconds for _ in range(3)]
            own_times.append(f"{statistics.median(runs) * 1e3:.0f} ms")
        print(f"| papertrack itself | {' | '.join(own_times)} |\n")
        print("\n".join(lacking))


def _loaded(place: Place, peer: Peer, seconds: float) -> str:
    load = peer.commands.get("load")
    return f"{place.run(load()).seconds / seconds:.2g}" if load else ""


if __name__ == "__main__":
    main()
