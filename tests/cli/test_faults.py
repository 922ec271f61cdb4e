"""Every command under every fault: no traceback, the documented exit code, an error of
one line.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from papertrack.cli import command_table, typer_app
from papertrack.storage import archive

ROOT = Path(__file__).resolve().parents[2]
START = [sys.executable, "-c", "from papertrack.__main__ import main; main()"]
ID = "2511.04570"
# What each command can be run with on the sample's library: it succeeds.
GOOD = {
    "fetch": "sample",
    "add": "{file}",
    "import": "{file}",
    "feed add": "arxiv:cs.CL",
    "feed list": "",
    "feed remove": "hf",
    "status": "",
    "help": "query",
    "list": "",
    "ls": "--json",
    "search": "video",
    "show": ID,
    "similar": ID,
    "recommend": "",
    "explain": f"{ID} video",
    "open": f"{ID} --print",
    "pdf": f"{ID} --dry-run",
    "enrich": f"{ID} --dry-run",
    "tags": "",
    "stats": "",
    "trends": "video",
    "tag add": f"nlp {ID}",
    "tag list": "",
    "tag remove": f"old {ID}",
    "tag rename": "old new",
    "view save": "fresh is:unread",
    "view list": "",
    "view remove": "mine",
    "rule add": "agents --if agent* --do star",
    "rule list": "",
    "rule test": "quiet",
    "rule apply": "--yes",
    "rule move": "quiet --after loud",
    "rule remove": "quiet",
    "follow author": "Ada Quill",
    "follow org": "Qwen",
    "follow words": "owls",
    "follow list": "",
    "follow remove": "ada",
    "mark": f"read {ID}",
    "star": ID,
    "unstar": ID,
    "note": f"{ID} text",
    "remove": ID,
    "rm": ID,
    "undo": "",
    "redo": "",
    "log": "",
    "export": "",
    "digest": "",
    "doctor": "--fix",
    "backup": "",
    "restore": "--yes {backup}",
    "config get": "list.limit",
    "config set": "list.limit 20",
    "config unset": "list.limit",
    "config list": "",
    "config path": "",
    "config edit": "",
    "skill": "",
    "completion": "bash",
}
NEEDS_A_PAPER = {
    "backup",
    "show",
    "similar",
    "explain",
    "open",
    "pdf",
    "enrich",
    "tag add",
    "tag remove",
    "tag rename",
    "mark",
    "star",
    "unstar",
    "note",
    "remove",
    "rm",
}
NEEDS_ITS_LIKE = {
    "view remove",
    "rule test",
    "rule apply",
    "rule move",
    "rule remove",
    "follow remove",
}
WRITES_WITHOUT_PAPERS = {
    "feed remove",
    "fetch",
    "restore",
    "import",
    "add",
    "feed add",
    "view save",
    "rule add",
    "follow author",
    "follow org",
    "follow words",
}
READS_NO_PAPERS = {
    "log",
    "doctor",
    "restore",
    "feed add",
    "feed list",
    "feed remove",
    "view list",
    "view remove",
    "rule list",
    "rule move",
    "rule remove",
    "follow remove",
}
READS_NO_LIBRARY = {
    "skill",
    "completion",
    "help",
    "config get",
    "config set",
    "config unset",
    "config list",
    "config path",
    "config edit",
}


def tree():
    """The commands, those of groups with their group's name: `tag add`."""
    names = []
    for name in command_table.COMMANDS:
        try:
            below = getattr(typer_app.root().get_command(None, name), "commands", None)
        except AttributeError:
            below = None
        names += [f"{name} {sub}" for sub in below] if below else [name]
    return names


NEEDS_MORE = {"triage", "mcp", "read"}
"""Commands with tests of their own, which press keys, send messages or need a service."""

COMMANDS = [name for name in tree() if name not in NEEDS_MORE]
every_command = pytest.mark.parametrize("command", COMMANDS)


def test_the_table_above_names_every_command():
    assert sorted(GOOD) == sorted(COMMANDS)


@pytest.fixture
def filled(sample_home, home):
    """A writable home with the sample, a tag `old`, a source that is followed, a view
    and rules.
    """
    for name in ("PAPERTRACK_LIBRARY", "PAPERTRACK_CACHE"):
        shutil.copytree(sample_home[name], home[name])
    key = "arxiv:2511.04460"
    marks = {
        "marks": {"1": {"key": key, "tags": ["old"]}},
        "format": {"1": {"version": 1}},
    }
    (Path(home["PAPERTRACK_LIBRARY"]) / "marks.json").write_text(json.dumps(marks))
    desk = {
        "feeds": {"1": {"key": "hf", "name": "hf"}},
        "views": {"1": {"key": "mine", "query": "video"}},
        "rules": {
            "1": {"key": "quiet", "if": "video", "do": "tag seen", "place": 1},
            "2": {"key": "loud", "if": "image", "do": "star", "place": 2},
            "3": {"key": "follow-ada", "if": "x", "do": "tag follow/ada", "place": 3},
        },
        "format": {"1": {"version": 1}},
    }
    (Path(home["PAPERTRACK_LIBRARY"]) / "desk.json").write_text(json.dumps(desk))
    home["EDITOR"] = "true"
    return home


@pytest.fixture
def words(rows_file, sample_home, tmp_path):
    """The words of a command that succeeds on the sample's library."""
    backup = tmp_path / "backup.tar.gz"

    def make(command):
        if command == "restore":
            archive.pack(
                Path(sample_home["PAPERTRACK_LIBRARY"]),
                backup,
                now="2025-11-24T12:00:00Z",
            )
        return [
            *command.split(),
            *shlex.split(GOOD[command].format(file=rows_file, backup=backup)),
        ]

    return make


def no_traceback(err):
    assert "Traceback" not in err
    assert "Exception" not in err
    assert "Error:" not in err


def one_error(ran, *codes):
    """One line `papertrack: …` is the error; progress may precede it, a query and
    its caret after it.
    """
    no_traceback(ran.err)
    assert ran.code in codes, ran
    lines = [line for line in ran.err.splitlines() if line.startswith("papertrack: ")]
    assert len(lines) == 1, ran.err
    return lines[0]


@every_command
def test_on_an_empty_library(command, papertrack, home, words):
    ran = papertrack(words(command), env={**home, "EDITOR": "true"})
    if command in NEEDS_A_PAPER | NEEDS_ITS_LIKE:
        one_error(ran, 5)
    else:
        no_traceback(ran.err)
        assert ran.code == 0, ran.err
    if command not in WRITES_WITHOUT_PAPERS:
        assert not list(Path(home["PAPERTRACK_LIBRARY"]).glob("**/*.json"))


@every_command
def test_an_unknown_option_is_named(command, papertrack, home):
    error = one_error(papertrack([*command.split(), "--no-such-option"]), 2)
    assert "--no-such-option" in error
    assert f"papertrack {command} --help" in error


@every_command
def test_every_command_has_help(command, papertrack, home):
    ran = papertrack([*command.split(), "-h"])
    assert ran.code == 0
    assert f"papertrack {command}" in ran.out
    no_traceback(ran.err)


@pytest.mark.parametrize(
    "args",
    [
        "nosuch",
        "tag nosuch",
        "mark bogus 1",
        "mark",
        "show",
        "search",
        "tag add x",
        "tag rename x",
        "note",
        "list -n 0",
        "list --sort x",
        "list --group x",
        "import",
        "--color maybe list",
        "export --format x",
        "list --columns ,",
        "tag add 'a b' 1",
        "list 'is:nosuch'",
        "list 'upvotes:many'",
        "list '(((('",
        "list 'title:/(/'",
        "completion tcsh",
        "fetch nosuch:target",
        "undo now",
    ],
)
def test_wrong_usage_is_an_error_of_one_line(args, papertrack, filled):
    ran = papertrack(args, env=filled)
    one_error(ran, 2)
    assert ran.out == ""


@pytest.mark.parametrize(
    "args",
    [
        f"{command} 2511.99999"
        for command in ("show", "star", "mark read", "tag add x", "export", "note")
    ]
    + [
        "show 10.1234/none",
        "star 99999",
        "show hep-th/9901001",
        "show 1-5",
        "show https://arxiv.org/abs/2511.99999",
    ],
)
def test_missing_papers_are_reported(args, papertrack, filled):
    one_error(papertrack(args, env=filled), 5)


@pytest.mark.parametrize(
    "args", ["list @nosuch", "tags nosuch", "tag rename nosuch new", "star tag:nosuch"]
)
def test_unknown_tags_and_views_are_reported(args, papertrack, filled):
    assert "nosuch" in one_error(papertrack(args, env=filled), 5)


@pytest.mark.parametrize("args", ["", "tag", "--help", "--version"])
def test_no_command_prints_the_overview(args, papertrack, home):
    ran = papertrack(args)
    assert ran.code == (2 if args == "tag" else 0)
    assert ran.out
    assert ran.err == ""


# ------------------------------------------------------------------ outputs that fail


@every_command
def test_a_closed_pipe_ends_quietly(command, papertrack, filled, words):
    reading, writing = os.pipe()
    os.close(reading)
    ran = papertrack(words(command), env=filled, stdout=writing)
    os.close(writing)
    no_traceback(ran.err)
    assert ran.code == 0
    assert "papertrack: " not in ran.err


@pytest.mark.parametrize(
    "args", ["list --all --json", "export --format jsonl", "list -n 1"]
)
def test_a_pipe_closed_after_some_bytes_ends_quietly(args, filled):
    start = shlex.join(START)
    done = subprocess.run(
        ["sh", "-c", f"{start} {args} | head -c 1"],
        env=filled,
        cwd=filled["HOME"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(done.stdout) == 1
    no_traceback(done.stderr)
    assert "papertrack: " not in done.stderr


@pytest.mark.parametrize(
    "command",
    ["fetch", "list", "ls", "search", "show", "tags", "star", "export", "completion"],
)
def test_a_full_output_device_is_reported(command, papertrack, filled, words):
    with Path("/dev/full").open("w") as full:
        ran = papertrack(words(command), env=filled, stdout=full.fileno())
    no_traceback(ran.err)
    if any(line.startswith("papertrack: ") for line in ran.err.splitlines()):
        assert ran.code == 1
        assert "standard output: No space left on device" in ran.err
    else:
        assert command in (
            "fetch",
            "import",
            "tag add",
            "tag remove",
            "tag rename",
            "mark",
            "star",
            "unstar",
            "note",
            "undo",
            "redo",
            "log",
        )
        assert ran.code == 0


@pytest.mark.parametrize("closing", [">&-", "2>&-", "<&-"])
@pytest.mark.parametrize("command", ["fetch", "list", "ls", "show", "star"])
def test_a_closed_stream_causes_no_traceback(command, closing, filled, words):
    line = f"{shlex.join([*START, *words(command)])} {closing}"
    done = subprocess.run(
        ["sh", "-c", line],
        env=filled,
        cwd=filled["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    no_traceback(done.stderr)
    # Where data can't go anywhere, failing with one line is as good as silence.
    assert done.returncode in ((0, 1) if closing == ">&-" else (0,))


# ------------------------------------------------------------ terminals and environments


@every_command
def test_in_a_small_terminal(command, terminal, filled, words, width):
    filled["PAGER"] = ""
    screen = terminal(words(command), 60, env=filled)
    assert screen.code == 0
    assert "Traceback" not in screen.text
    assert all(width(line) <= 60 for line in screen.lines)


@pytest.mark.parametrize("columns", [1, 30])
def test_in_a_tiny_terminal(columns, terminal, filled):
    for args in ("list -n 2", f"show {ID}", "tags"):
        screen = terminal(args, columns, env=filled)
        assert screen.code == 0
        assert "Traceback" not in screen.raw.decode()


@pytest.mark.parametrize("columns", ["0", "wide", "99999999999999999999", "１２０"])
@pytest.mark.parametrize("args", ["list -n 2", "--help"])
def test_an_invalid_columns_variable_is_ignored(
    columns, args, terminal, papertrack, filled
):
    env = {**filled, "COLUMNS": columns}
    screen = terminal(args, 80, env=env)
    assert screen.code == 0
    assert "Traceback" not in screen.text
    assert len(screen.text.strip()) > 30  # something is shown
    ran = papertrack(args, env=env)
    no_traceback(ran.err)
    assert ran.code == 0
    assert ran.out


@pytest.mark.parametrize(
    "command", ["list", "search", "show", "fetch", "note", "export"]
)
def test_output_in_ascii_has_no_other_characters(
    command, papertrack, terminal, filled, words, rows_file
):
    env = {**filled, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    assert papertrack(["import", str(rows_file)], env=env).code == 0
    ran = papertrack(words(command), env=env)
    no_traceback(ran.err)
    assert ran.code == 0, ran.err
    if command in ("list", "show"):
        screen = terminal(words(command), env=env)
        assert screen.code == 0
        assert "Traceback" not in screen.text


@pytest.mark.parametrize("args", ["search video", f"show {ID}"])
def test_colour_is_as_requested(args, terminal, papertrack, filled):
    assert b"\x1b[" in terminal(args, env=filled).raw
    for env in (
        {"NO_COLOR": "1"},
        {"TERM": "dumb"},
        {"NO_COLOR": "1", "FORCE_COLOR": "1"},
    ):
        screen = terminal(args, env={**filled, **env})
        assert screen.code == 0
        assert b"\x1b" not in screen.raw, env
    assert b"\x1b" not in terminal(f"{args} --color never", env=filled).raw
    plain = papertrack(args, env=filled)
    forced = papertrack(args, env={**filled, "FORCE_COLOR": "1"})
    # Off a terminal data stays data: whole values with tabs, whatever is forced.
    assert (forced.code, forced.out) == (0, plain.out)
    assert "\x1b" not in forced.out


# ---------------------------------------------------------- libraries that can't be read

BROKEN = {
    "marks.json": b"",
    "papers/2025-11.json": b'{"format":{"1":{"version":1}},\n"papers":{\n"1":{"key":"arxiv:25',
    "papers/2025-12.json": b"\xef\xbb\xbf[1, 2]",
    "papers/2026-01.json": b'{"format":{"1":{"version":99}},"papers":{}}',
}


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (name, command)
        for name in BROKEN
        for command in COMMANDS
        if command not in READS_NO_PAPERS
        and ("2025-11" in name or command in ("list", "star"))
    ]
    + [
        ("marks.json", command)
        for command in ("fetch", "tags", "tag rename", "note", "undo", "export")
    ],
)
def test_an_unreadable_file_is_reported(name, command, papertrack, filled, words):
    if command == "undo":
        assert papertrack(f"star {ID}", env=filled).code == 0
    path = Path(filled["PAPERTRACK_LIBRARY"]) / name
    path.write_bytes(BROKEN[name])
    before = contents(filled)
    ran = papertrack(words(command), env=filled)
    if command in READS_NO_LIBRARY:
        assert ran.code == 0, ran.err
    else:
        error = one_error(ran, 1)
        assert str(path) in error
    assert contents(filled) == before


def contents(env):
    return {
        path: path.read_bytes()
        for path in Path(env["PAPERTRACK_LIBRARY"]).glob("**/*.json")
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads and writes everything")
def test_an_unwritable_library_is_reported(papertrack, filled):
    root = Path(filled["PAPERTRACK_LIBRARY"])
    root.chmod(0o500)
    try:
        assert papertrack("list", env=filled).code == 0
        assert str(root) in one_error(papertrack(f"star {ID}", env=filled), 1)
    finally:
        root.chmod(0o700)


@pytest.mark.parametrize("command", ["list", "tags", "fetch", "star"])
def test_a_library_that_is_a_file_is_reported(command, papertrack, home, words):
    path = Path(home["PAPERTRACK_LIBRARY"])
    path.write_text("not a folder")
    ran = papertrack(words(command))
    no_traceback(ran.err)
    if command not in READS_NO_LIBRARY:
        assert ran.code == 1, ran
        assert str(path) in one_error(ran, 1)
    assert path.read_text() == "not a folder"


@pytest.mark.parametrize(
    "garbage", [b"garbage" * 1000, b"", b"SQLite format 3\x00" + b"\x00" * 4000]
)
def test_a_garbage_index_is_rebuilt(garbage, papertrack, filled):
    whole = papertrack("list", env=filled)
    cache = Path(filled["PAPERTRACK_CACHE"])
    for path in cache.rglob("*"):
        if path.is_file():
            path.write_bytes(garbage)
    assert papertrack("list", env=filled) == whole
    shutil.rmtree(cache)
    cache.write_text("a file where the folder should be")
    assert papertrack("list", env=filled) == whole


def test_an_interrupt_at_a_confirmation_is_reported(spawn, filled):
    child = spawn("star video", env=filled)
    child.expect_exact("[y/N]")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert b"Traceback" not in child.before
