"""Every command form x hostile arguments: what may come back is a result or one line.

The forms are made from the commands themselves: one for each argument and each option
with a value, so that a new command is covered without being named here.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.cli import app as cli
from papertrack.cli.completion.table import commands, plain_metavar
from papertrack.cli.session import Session
from papertrack.core.text import UNWANTED
from tests.helpers import turns

MEGABYTE = 1_000_000
_STYLE = r"(?:[01234]|[39][0-7]|38;5;\d+)"
OWN = (
    rf"[\n\t]|\r(?=\n)|\x1b\[{_STYLE}(?:;{_STYLE})*m"
    r"|\x1b\]8;[^;\x1b\x07]*;https?://[!-~]*\x1b\\|\x1b\]8;;\x1b\\"
    r"|\r\x1b\[K(?:[\\|/-] (?=hf:|http:))?"
)
"""What papertrack writes itself: line breaks, colours, links, progress."""
CODES = {0, 1, 2, 3, 4, 5}
MOST_ERRORS = 5
"""A line for each page that failed, but no more of them."""
LONGEST_STDERR = 5_000
SECONDS = 20
"""Of CPU time, which a loaded machine does not change: what no command may take."""

SAMPLES = {
    "SELECT": "2511.04570",
    "QUERY": "model",
    "ID": "2511.04570",
    "TAG,TAG": "t",
    "OLD": "t",
    "NEW": "u",
    "NAME": "n",
    "status": "read",
    "shell": "bash",
    "TARGET": "hf:2025-11",
    "FILE": "ids.txt",
    "N": "n",
    "ACTIONS": "tag t",
}
"""Metavar of a required argument or option -> a value with which the command works."""

VALUES = {
    "empty": "",
    "space": " ",
    "tab": "\t",
    "line break": "a\nb",
    "carriage return": "a\rb",
    "escape": "\x1b[31mred\x1b]0;x\x07",
    "C1": "\x9b31mred",
    "DEL": "\x7f",
    "bidi": "\u202egnp.exe",
    "BOM": "\ufeffx",
    "no UTF-8": "\udcff\udcfe",
    "no UTF-8 within": "mod\udc80el",
    "no UTF-8 field": "tag:\udcff",
    "accents": "a" + "\u0301" * 300,
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "private": "\ue000\U0010ffff",
    "quote": '"',
    "quotes": "'\"'\"",
    "backslash": "\\",
    "percent": "%s%n%(x)s{0.x}",
    "dollar": "$(touch pwned)`touch pwned`",
    "semicolon": "; touch pwned",
    "glob": "*",
    "question": "?",
    "markup": "[bold red]x[/] [/red] :fire:",
    "html": "<script>alert(1)</script>&amp;",
    "sql": "' OR 1=1; DROP TABLE papers --",
    "match": "NEAR(a b) col:x",
    "dash": "-",
    "dashes": "--",
    "option": "--nonsense",
    "short option": "-x",
    "short options": "-xyz",
    "option with a value": "--limit=1",
    "help": "--help",
    "version": "--version",
    "dot": ".",
    "parent": "..",
    "root": "/",
    "missing path": "/nonexistent/folder/file",
    "traversal": "../../../../nonexistent",
    "home": "~",
    "user's home": "~nobody",
    "long name": "n" * 300,
    "null device": "/nonexistent/dev/null",
    "zero": "0",
    "minus one": "-1",
    "minus zero": "-0",
    "plus": "+1",
    "float": "1.5",
    "exponent": "1e9",
    "nan": "nan",
    "infinity": "inf",
    "billion": "1000000000",
    "32 bits": "2147483648",
    "64 bits": "9223372036854775808",
    "19 nines": "9999999999999999999",
    "minus 64 bits": "-9223372036854775809",
    "5,000 digits": "9" * 5_000,
    "other digits": "٣",
    "wide digits": "１２",
    "superscript": "²",
    "underscored": "1_000",
    "hexadecimal": "0x10",
    "range": "5-1",
    "huge range": "1-999999999999",
    "range of digits": "1-" + "9" * 5_000,
    "open range": "3-",
    "year 0": "0000",
    "year 1": "0001",
    "year 9999": "9999",
    "year 10000": "10000",
    "year -1": "-0001",
    "day 0": "0000-00-00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no day": "2025-02-30",
    "reversed": "2026..2025",
    "open years": "0001..9999",
    "no range": "..",
    "week 0": "2025-W00",
    "week 99": "9999-W53",
    "ages ago": "9999y",
    "days ago": "99999999999d",
    "field with year 0": "added:0000..0001",
    "field with last year": "listed:9999",
    "field with 5,000 digits": "upvotes:" + "9" * 5_000,
    "field with 64 bits": "upvotes:9999999999999999999..",
    "unknown field": "nonsense:x",
    "unknown view": "@nonsense",
    "empty field": "tag:",
    "regular expression": "title:/(a+)+$/",
    "broken expression": "title:/(/",
    "parentheses": "(" * 5_000,
    "pairs of parentheses": "(" * 5_000 + "a" + ")" * 5_000,
    "negations": "^" * 10_000 + "a",
    "nots": "not " * 5_000 + "a",
    "ors": " or ".join(["a"] * 5_000),
    "commas": "," * 10_000,
    "tags of levels": "a/" * 5_000 + "b",
    "colons": ":" * 10_000,
    "id": "2511.99999",
    "id of digits": "2511." + "9" * 5_000,
    "version of digits": "2511.04570v" + "9" * 5_000,
    "version of other digits": "2511.04570v٣",
    "id of other digits": "٢٥١١.٠٤٥٧٠",
    "DOI": "10.1234/" + "x" * 5_000,
    "URL": "http://127.0.0.1:9/",
    "URL without a host": "http://",
    "URL of no UTF-8": "http://127.0.0.1:9/\udcff",
    "URL of a host of no UTF-8": "http://127.0.0.1\udcff/",
    "password of no UTF-8": "http://user:\udcff@127.0.0.1:9/x",
    "URL of a bad host": "http://[::1/feed",
    "URL of a bad port": "http://127.0.0.1:999999/x",
    "URL of a long host": f"http://{'a' * 300}.invalid/",
    "URL with a control": "http://127.0.0.1:9/\x1b[2J",
    "URL of another scheme": "javascript:alert(1)",
    "file URL": "file:///nonexistent",
    "day of the future": "hf:9999-12-31",
    "day 0 of a source": "hf:0000-00-00",
    "categories": "arxiv:" + ",".join(["cs.CL"] * 3_000),
    "a megabyte": "A" * MEGABYTE,
    "a megabyte of words": "model " * (MEGABYTE // 6),
    "a megabyte of commas": "a," * (MEGABYTE // 2),
    "a megabyte of numbers": "1," * (MEGABYTE // 2) + "1",
    "a megabyte of ranges": "1-3," * (MEGABYTE // 4) + "1",
    "a megabyte of ids": "2511.04570," * (MEGABYTE // 11),
    "a megabyte of quotes": '"a" ' * (MEGABYTE // 4),
    "a megabyte of slashes": "/" * MEGABYTE,
    "a megabyte of digits": "1" * MEGABYTE,
    "a megabyte of blanks": " " * MEGABYTE,
    "a megabyte of wide letters": "語" * (MEGABYTE // 3),
    "a megabyte of accents": "a" + "\u0301" * (MEGABYTE // 2),
    "a megabyte of bytes": "\udcff" * MEGABYTE,
}
LARGE = [name for name in VALUES if name.startswith("a megabyte")]


class Form(NamedTuple):
    """A command line with a slot, where `None` stands."""

    name: str
    words: tuple[str | None, ...]

    def line(self, value: str) -> list[str]:
        """The arguments with a value in the slot."""
        return [value if word is None else word for word in self.words]


def paths() -> dict[tuple[str, ...], set[str]]:
    """Every command that can be run -> the names of its options."""
    return {
        tuple(path.split()): {name for param in command.params for name in param.opts}
        for path, command, _ in commands()
        if not hasattr(command, "commands")
    }


def forms() -> Iterator[Form]:
    """A form for each argument, and each option with a value, of each command."""
    for path, command, _ in commands():
        if hasattr(command, "commands") and path:
            continue  # a group
        if path == "ls":
            continue  # another name of a command
        for param in command.params:
            if param.param_type_name == "option" and param.is_flag:
                continue
            yield _form(path, command, param)
    yield Form("COMMAND", (None,))
    yield Form("tag COMMAND", ("tag", None))


def _form(path: str, command: Any, param: Any) -> Form:
    words: list[str | None] = []
    options: list[str | None] = []
    for other in command.params:
        name = max(other.opts, key=len)
        if other is param:
            target = options if param.param_type_name == "option" else words
            target += [name, None] if target is options else [None]
        elif other.required:
            sample = SAMPLES.get(plain_metavar(other), "x")
            if other.param_type_name == "option":
                options += [name, sample]
            else:
                words.append(sample)
        elif name in ("--yes", "--print"):
            options.append(name)
        elif path == "export" and name == "--format":
            options += [name, "markdown"]
    if path:
        return Form(
            f"{path} {plain_metavar(param)} {param.name}",
            (*path.split(), *options, *words),
        )
    return Form(f"{param.name}", (*options, "list"))


class Outcome(NamedTuple):
    """How a command line ended: its exit code, streams, CPU seconds, and what is wrong."""

    code: int
    out: str
    err: str
    seconds: float
    faults: list[str]


class _Stream(io.TextIOWrapper):
    def __init__(self, content: bytes = b"", *, terminal: bool = False) -> None:
        self.bytes = io.BytesIO(content)
        self.terminal = terminal
        super().__init__(self.bytes, "utf-8", "surrogateescape", newline="\n")

    def isatty(self) -> bool:
        return self.terminal


def environment(folder: Path) -> dict[str, str]:
    """The environment of a reader in this folder, whose requests all fail."""
    closed = "http://127.0.0.1:9"
    hosts = ("ARXIV", "S2", "OPENALEX", "CROSSREF", "DBLP")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TZ": "UTC",
        "PAPERTRACK_LIBRARY": str(folder / "library"),
        "PAPERTRACK_CACHE": str(folder / "cache"),
        "PAPERTRACK_CONFIG": str(folder / "config.toml"),
        "PAPERTRACK_STATE": str(folder / "state"),
        "BROWSER": "true",
        "EDITOR": "true",
        "PAGER": "",
        "HF_ENDPOINT": closed,
        **{f"PAPERTRACK_{host}_ENDPOINT": closed for host in hosts},
    }


SETUP = (
    "-q fetch sample",
    "-q tag add t 2511.04570",
    "-q tag add u/v 2511.04460",
    "-q star 2511.04460",
    "-q note 2511.03773 words",
    "-q mark later 2511.03773",
    "-q config set mail.from n@owls.example",
    "-q config set mail.host 127.0.0.1",
    "-q config set mail.port 9",
    "-q config set mail.security none",
    "-q digest -n 2 --send",
    "-q digest -n 2 -o digest.md",
    "-q view save n model",
    "-q rule add n --if model --do star",
    "-q feed add http://127.0.0.1:9/feed --name n --tag t",
    "-q fetch http://127.0.0.1:9/feed",
    "-q backup",
    "-q star 2511.03773",
    "-q undo",
)


def make_library(folder: Path) -> dict[str, str]:
    """A library with something of every kind; the environment of its reader."""
    folder.mkdir(parents=True)
    env = environment(folder)
    (folder / "ids.txt").write_text("2511.04570\n")
    for line in SETUP:
        run(line.split(), env)
    run(["list"], env)
    return env


def run(
    arguments: list[str],
    env: dict[str, str],
    stdin: bytes = b"",
    *,
    terminal: bool = False,
) -> Outcome:
    """Run papertrack in this process, in the folder of its reader; its faults.

    Its streams are pipes, or a `terminal`.
    """
    out, err = _Stream(terminal=terminal), _Stream(terminal=terminal)
    before, here = sys.stdin, Path.cwd()
    sys.stdin = _Stream(stdin, terminal=terminal)
    started = time.process_time()
    faults: list[str] = []
    code = -1
    turns.forget(Path(env["PAPERTRACK_CACHE"]))
    os.chdir(env["HOME"])
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run(arguments, Session(env))
    except Exception as error:
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        faults.append(
            f"raised {type(error).__name__}: {str(error)[:100]}"
            f" ({place.filename}:{place.lineno})"
        )
    finally:
        sys.stdin = before
        os.chdir(here)
    out.flush()
    err.flush()
    texts = [
        stream.bytes.getvalue().decode("utf-8", "surrogateescape")
        for stream in (out, err)
    ]
    seconds = time.process_time() - started
    if not faults:
        faults += wrong(code, texts[0], texts[1])
    if seconds > SECONDS:
        faults.append(f"took {seconds:.0f} s")
    return Outcome(code, texts[0], texts[1], seconds, faults)


def wrong(code: int, out: str, err: str, codes: set[int] = CODES) -> list[str]:
    """What is wrong with how a command ended."""
    faults = []
    # A bar of progress, which slow work draws, is cleared before the next line.
    errors = re.findall(r"(?m)(?:^|\[y/N\] |\r\x1b\[K)papertrack:\s", err)
    if code not in codes:
        faults.append(f"exit code {code}")
    if "Traceback" in err or "bug in papertrack" in err:
        faults.append(f"a traceback: {err[-300:]}")
    if code != 0 and not 1 <= len(errors) <= MOST_ERRORS:
        faults.append(f"exit code {code} with {len(errors)} errors: {err[:300]!r}")
    if code == 0 and errors:
        faults.append(f"exit code 0 with an error: {err[:300]!r}")
    # The bar of progress takes the place of itself.
    narration = re.sub(r"\r\x1b\[K[^\r\n]*(?=\r)", "", err)
    if len(narration) > LONGEST_STDERR:
        faults.append(f"{len(narration)} characters on stderr")
    for stream in (out, err):
        shown = re.sub(OWN, "", stream)
        control = re.search(UNWANTED, shown)
        if control:
            place = control.start()
            around = shown[max(place - 60, 0) : place + 20]
            faults.append(f"a control character in {around!r}")
    return faults


def copied(folder: Path, new: Path) -> dict[str, str]:
    """A copy of a reader's folder; the environment of its reader."""
    shutil.copytree(folder, new, symlinks=True)
    env = environment(new)
    run(["list"], env, terminal=True)  # its papers have numbers from now on
    return env
