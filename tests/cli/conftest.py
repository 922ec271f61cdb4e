"""The command line as users run it: in a subprocess or terminal, with a library in its
own folder.

All helpers are fixtures, so that no test module imports another.
"""

import contextlib
import datetime as dt
import fcntl
import io
import json
import os
import pty
import re
import shlex
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

import pexpect
import pyte
import pytest
from wcwidth import wcswidth

from papertrack.cli import app as cli
from papertrack.cli.session import Session
from tests.helpers import fork_server
from tests.helpers.fork_server import COMMAND

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = Path(__file__).with_name("golden")
HOSTILE = r"[/red] \x1b]0;x\x07 :fire: =1+1 <script> \$(touch x)".replace(
    r"\x1b", "\x1b"
).replace(r"\x07", "\x07")
CLEANED = r"[/red] ]0;x :fire: =1+1 <script> \$(touch x)"

Env = Mapping[str, str]
CLOSED = "http://127.0.0.1:9"


def _environment(folder: Path) -> dict[str, str]:
    """A reader's environment: only PATH is the machine's own."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "PAPERTRACK_LIBRARY": str(folder / "library"),
        "PAPERTRACK_CACHE": str(folder / "cache"),
        "PAPERTRACK_STATE": str(folder / "state"),
        # A request made by mistake meets a closed port, never the real service.
        "HF_ENDPOINT": CLOSED,
        "PAPERTRACK_S2_ENDPOINT": CLOSED,
        "PAPERTRACK_OPENALEX_ENDPOINT": CLOSED,
        "PAPERTRACK_CROSSREF_ENDPOINT": CLOSED,
        "PAPERTRACK_DBLP_ENDPOINT": CLOSED,
        "PAPERTRACK_ARXIV_ENDPOINT": "http://127.0.0.1:9",
    }


class Ran(NamedTuple):
    """Exit code and output of a run."""

    code: int
    out: str
    err: str


def _run(
    args: list[str] | str,
    stdin: str | bytes | None = None,
    *,
    env: Env,
    stdout: int | None = None,
) -> Ran:
    words = shlex.split(args) if isinstance(args, str) else list(args)
    data = stdin.encode() if isinstance(stdin, str) else stdin
    code, out, err = fork_server.run(words, env, data or b"", stdout=stdout)
    return Ran(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


class Screen(NamedTuple):
    """A terminal after a run: its text, the bytes sent to it, the exit code."""

    text: str
    raw: bytes
    code: int

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def _screen(raw: bytes, columns: int, lines: int) -> str:
    screen = pyte.Screen(columns, lines)
    stream = pyte.ByteStream(screen)
    stream.feed(raw)
    return "\n".join(line.rstrip() for line in screen.display).rstrip("\n") + "\n"


def _spawn(
    args: list[str] | str, *, env: Env, columns: int = 80, lines: int = 200
) -> pexpect.spawn:
    words = shlex.split(args) if isinstance(args, str) else list(args)
    return pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], *words],
        env=dict(env),
        cwd=env["HOME"],
        dimensions=(lines, columns),
        timeout=20,
        echo=False,
    )


def _terminal(
    args: list[str] | str, columns: int = 80, lines: int = 200, *, env: Env
) -> Screen:
    words = shlex.split(args) if isinstance(args, str) else list(args)
    if fork_server.can_fork(env):
        code, raw = fork_server.on_terminal(words, env, columns=columns, lines=lines)
        return Screen(_screen(raw, columns, lines), raw, code)
    child = _spawn(args, env=env, columns=columns, lines=lines)
    raw = child.read()
    child.close()
    code = (
        child.exitstatus
        if child.exitstatus is not None
        else 128 + (child.signalstatus or 0)
    )
    return Screen(_screen(raw, columns, lines), raw, code)


@pytest.fixture(scope="session")
def environment() -> Callable[[Path], dict[str, str]]:
    """`environment(folder)`: a reader's environment there."""
    return _environment


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a reader without a library."""
    return _environment(tmp_path / "home")


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a reader whose library has the sample. Read only."""
    env = _environment(tmp_path_factory.mktemp("sample"))
    assert _run("fetch sample", env=env).code == 0
    return env


@pytest.fixture
def papertrack(home: dict[str, str]) -> Callable[..., Ran]:
    """Runs `papertrack ARGS` in a process, its output into pipes or an open file, by
    default in the empty home.
    """

    def run(
        args: list[str] | str,
        stdin: str | bytes | None = None,
        *,
        env: Env = home,
        stdout: int | None = None,
    ) -> Ran:
        return _run(args, stdin, env=env, stdout=stdout)

    return run


@pytest.fixture
def inside(
    home: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Ran]:
    """Runs `papertrack ARGS` in this process, ten times faster than a process of its
    own; `now` sets its clock.
    """

    def run(
        args: list[str] | str,
        stdin: str = "",
        *,
        env: Env = home,
        now: dt.datetime | None = None,
    ) -> Ran:
        words = shlex.split(args) if isinstance(args, str) else list(args)
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = cli.run(words, Session(env, now=now))
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def terminal(home: dict[str, str]) -> Callable[..., Screen]:
    """Runs `papertrack ARGS` on a terminal of that size; returns its screen."""

    def run(
        args: list[str] | str, columns: int = 80, lines: int = 200, *, env: Env = home
    ) -> Screen:
        return _terminal(args, columns, lines, env=env)

    return run


def _command(args: list[str], env: Env, now: dt.datetime) -> NoReturn:
    """Run papertrack on the terminal of this process, and exit."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(env)
        os.chdir(env["HOME"])
        encoding = env.get("PYTHONIOENCODING", "utf-8")
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(number, mode, encoding=encoding, errors="replace", closefd=False)
            for number, mode in enumerate("rww")
        )
        time.tzset()
        code = cli.run(args, Session(os.environ, now=now))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _read(terminal: int) -> bytes:
    """All that is written to a terminal until its last process ends."""
    raw = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            raw += piece
    return raw


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Screen]:
    """`drawn(ARGS, COLUMNS, env=ENV)` runs papertrack on a terminal, at noon of
    2025-11-24.

    The process is a fork of this one, which has imported Rich, so that screens are
    fast.
    """
    for name in ("find", "tags", "stats", "trends", "groups"):
        import_module(f"papertrack.cli.{name}")
    for name in ("papers", "tags", "stats", "sources"):
        import_module(f"papertrack.render.{name}")

    def run(args: str, columns: int, lines: int = 100, *, env: Env) -> Screen:
        pid, terminal = pty.fork()
        if not pid:
            fcntl.ioctl(
                0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0)
            )
            _command(
                shlex.split(args), env, dt.datetime(2025, 11, 24, 12, tzinfo=dt.UTC)
            )
        raw = _read(terminal)
        os.close(terminal)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return Screen(_screen(raw, columns, lines), raw, code)

    return run


@pytest.fixture
def spawn(home: dict[str, str]) -> Callable[..., pexpect.spawn]:
    """Starts `papertrack ARGS` on a terminal, for a dialogue."""

    def run(
        args: list[str] | str, *, env: Env = home, columns: int = 80, lines: int = 200
    ) -> pexpect.spawn:
        return _spawn(args, env=env, columns=columns, lines=lines)

    return run


@pytest.fixture(scope="session")
def hostile() -> tuple[str, str]:
    """A title that attacks terminals, and the same without its control characters."""
    return HOSTILE, CLEANED


@pytest.fixture(scope="session")
def width() -> Callable[[str], int]:
    """The number of terminal columns that a line takes."""
    return wcswidth


def _row(
    number: int, day: str, title: str, abstract: str, authors: list[str], **more: object
) -> dict[str, object]:
    row: dict[str, object] = {
        name: more.pop(name) for name in ("numComments", "organization") if name in more
    }
    paper: dict[str, object] = {
        "id": f"2306.{90000 + number}",
        "title": title,
        "summary": abstract,
        "authors": [{"name": name, "hidden": False} for name in authors],
        "publishedAt": f"{day}T00:00:00.000Z",
        "submittedOnDailyAt": f"{day}T01:02:03.000Z",
        **more,
    }
    return {
        "paper": paper,
        "title": title,
        "publishedAt": f"{day}T00:00:00.000Z",
        "numComments": 0,
        **row,
    }


@pytest.fixture(scope="session")
def rows() -> list[dict[str, object]]:
    """Six invented papers in the format of Hugging Face's API."""
    return [
        _row(
            1,
            "2023-06-05",
            "Teaching Kettles to Whistle in Tune",
            "We tune 40 kettles. Whistling kettles are "
            "happier. A kettle that whistles in tune is heard from two rooms away, "
            "and the tea does not suffer.",
            ["Ada Quill", "Bo Reed"],
            upvotes=120,
            numComments=3,
            githubRepo="https://github.com/invented/kettles",
            githubStars=17,
            projectPage="https://kettles.example/",
            ai_summary="Kettles, in tune.",
            ai_keywords=["kettles", "tuning"],
            organization={"name": "tea", "fullname": "Tea Institute"},
        ),
        _row(
            2,
            "2023-06-05",
            "A Paper Without Any Upvotes",
            "Nobody voted, and so it stays.",
            ["Cy Nobody"],
        ),
        _row(
            3,
            "2023-06-06",
            "Thirty Hands on One Whistle: A Collaboration of Unusual Breadth, Told at Full Length "
            "So That No Table Can Show It on a Single Line",
            "Thirty people blew one whistle; kettles were jealous.",
            [f"Hand Number{n:02}" for n in range(1, 31)],
            upvotes=7,
            numComments=1,
        ),
        _row(
            4,
            "2023-06-07",
            "To Be Hidden",
            "The reader hides this one.",
            ["Dee Hidden"],
            upvotes=1,
        ),
        _row(
            5,
            "2023-07-10",
            "日本語の題名と絵文字 🫖☕ 와 한국어",
            "Wide letters whistle too.",
            ["山田 太郎", "Émile Çelik"],
            upvotes=42,
        ),
        _row(
            6,
            "2023-07-11",
            HOSTILE,
            f"The abstract says {HOSTILE} as well.",
            ["Eve <b>Hostile</b>", "=cmd|' /C calc'!A0"],
            upvotes=5,
            organization={"name": "x", "fullname": "[bold]Org[/bold] \x1b[2J"},
        ),
    ]


@pytest.fixture(scope="session")
def rows_file(
    rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The invented papers in a file."""
    path = tmp_path_factory.mktemp("rows") / "rows.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def desk(rows_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a reader with tags, marks, stars and notes on the invented
    papers. Read only.
    """
    env = _environment(tmp_path_factory.mktemp("desk"))
    for command in (
        ["fetch", str(rows_file)],
        ["tag", "add", "tea/kettles,to-discuss", "2306.90001"],
        ["tag", "add", "tea", "2306.90002", "2306.90003"],
        ["tag", "add", "wide", "2306.90005"],
        ["mark", "read", "2306.90002"],
        ["mark", "later", "2306.90003"],
        ["mark", "hidden", "2306.90004"],
        ["star", "2306.90001"],
        ["note", "2306.90001", "Compare with the samovar."],
    ):
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            code = cli.run(command, Session(env))
        assert code == 0, stderr.getvalue()
    return env


@pytest.fixture(scope="session")
def written() -> Callable[..., None]:
    """`written(env, *papers)` writes a library by hand, as its files are stored.

    A paper is a mapping with an `id` (arXiv's), `source`, `added`, the fields of a
    mark, and facts.
    """

    def write(env: Env, *papers: Mapping[str, object]) -> None:
        months: dict[str, dict[str, object]] = {}
        marks: dict[str, object] = {}
        for number, fields in enumerate(papers, 1):
            paper = {
                "title": f"Paper number {number}",
                "source": "hf",
                "added": "2024-03-01T00:00:00Z",
                **fields,
            }
            key = f"arxiv:{paper.pop('id')}"
            mark = {
                name: paper.pop(name)
                for name in ("tags", "status", "starred", "note", "marked")
                if name in paper
            }
            added, source = paper.pop("added"), str(paper.pop("source"))
            record = {
                "key": key,
                "keys": [key],
                "added": added,
                "said": {source: {"ids": [key], **paper}},
            }
            month = str(paper.get("listed") or paper.get("published") or "undated")[:7]
            months.setdefault(month, {})[str(number)] = record
            marks[str(number)] = {"key": key, **mark}
        root = Path(env["PAPERTRACK_LIBRARY"])
        (root / "papers").mkdir(parents=True)
        form = {"1": {"version": 1}}
        for month, records in months.items():
            (root / "papers" / f"{month}.json").write_text(
                json.dumps({"format": form, "papers": records})
            )
        (root / "marks.json").write_text(json.dumps({"format": form, "marks": marks}))

    return write


@pytest.fixture(scope="session")
def golden() -> Callable[[str, str], None]:
    """Asserts that a text equals golden/NAME.txt; UPDATE_GOLDENS=1 writes it there
    instead.
    """

    def check(name: str, text: str) -> None:
        # The time of import differs from run to run.
        text = re.sub(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<ADDED>", text)
        path = GOLDENS / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDENS"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"{path} is missing; UPDATE_GOLDENS=1 writes it"
        assert text == path.read_bytes().decode()

    return check
