"""`papertrack config`, and what config.toml changes in other commands."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from papertrack.cli import typer_app
from papertrack.cli.configured import OPTIONS
from papertrack.cli.listing import COLUMNS, SHOWN, Sort
from papertrack.config import keys
from papertrack.config.file import LARGEST

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

CONFIG = """\
# settings of a test
contact = "ada@example.org"
linked_libraries = ["/mnt/a", "/mnt/b"]

[list]
limit = 2
columns = "id,title"

[alias]
few = "list -n 1"
[key]
r = "read"
[pager]
command = "most"
"""


@pytest.fixture
def config(home) -> Path:
    """Where config.toml of the reader is; its folder exists."""
    path = Path(home["HOME"]) / ".config" / "papertrack" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def sample(home, sample_home):
    """The reader's library is the sample."""
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])


def ids(ran) -> list[str]:
    assert ran.code == 0, ran.err
    return [line.partition("\t")[0] for line in ran.out.splitlines()]


# ------------------------------------------------------------------ the commands


def test_origins(home, papertrack, config, golden):
    config.write_text(CONFIG)
    del home["PAPERTRACK_LIBRARY"]
    env = {**home, "PAPERTRACK_TIMEOUT": "5", "BROWSER": "lynx", "PAGER": "less"}
    ran = papertrack("--library books config list --origin", env=env)
    assert (ran.code, ran.err) == (0, "")
    golden("config.origins", ran.out.replace(home["HOME"], "<HOME>"))
    rows = json.loads(papertrack("config list --json", env=env).out)
    assert [row["key"] for row in rows if row["origin"] == "flag"] == []
    by_key = {row["key"]: row for row in rows}
    assert by_key["linked_libraries"]["value"] == ["/mnt/a", "/mnt/b"]
    assert by_key["fetch.timeout"]["origin"] == "env PAPERTRACK_TIMEOUT"
    assert by_key["list.limit"] == {
        "key": "list.limit",
        "value": 2,
        "origin": f"{config}:6",
    }


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_list_on_a_terminal(columns, home, terminal, config, width):
    config.write_text(CONFIG)
    screen = terminal("config list --origin", columns)
    assert all(width(line) <= columns for line in screen.lines)
    for key in keys.KEYS:
        if not key.name.endswith(keys.ANY):
            assert key.name in screen.text


def test_get_set_and_unset(inside, config, home):
    assert inside("config path").out == f"{config}\n"
    assert inside("config get list.limit").out == f"{SHOWN}\n"
    assert inside("config get contact").code == 5
    assert "config set contact ada@example.org" in inside("config get contact").err
    ran = inside("config set list.limit 7")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"set list.limit to 7 in {config}\n"
    assert inside("config get list.limit").out == "7\n"
    assert inside("config get list.limit --json").out == "7\n"
    assert "already 7; nothing changed" in inside("config set list.limit 7").err
    assert inside("config set list.columns id title").code == 0
    assert inside("config get list.columns").out == "id,title\n"
    assert inside("config set alias.today list listed:today 'a b'").code == 0
    assert inside("config get alias.today").out == "list listed:today 'a b'\n"
    assert inside("-q config unset list.limit alias.today").err == ""
    assert inside("config get alias.today").code == 5
    assert "is not set" in inside("config unset list.limit").err
    assert config.read_text() == '[list]\ncolumns = ["id", "title"]\n\n[alias]\n'
    env = {**home, "PAPERTRACK_TIMEOUT": "9"}
    ran = inside("config set fetch.timeout 3", env=env)
    assert "but env PAPERTRACK_TIMEOUT comes first: 9" in ran.err


def test_a_folder_is_saved_absolute_and_home_as_typed(papertrack, config, home):
    assert papertrack("config set library books").code == 0
    assert papertrack("config get library", env=home).out == (
        f"{home['PAPERTRACK_LIBRARY']}\n"
    )
    assert config.read_text() == f'library = "{home["HOME"]}/books"\n'
    assert papertrack("config set library '~/books'").code == 0
    assert config.read_text() == 'library = "~/books"\n'
    del home["PAPERTRACK_LIBRARY"]
    assert papertrack("config get library").out == f"{home['HOME']}/books\n"


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            "get lits.limit",
            2,
            "key lits.limit; did you mean: papertrack config get list.limit",
        ),
        (
            "set limit 3",
            2,
            "key limit; did you mean: papertrack config set list.limit 3",
        ),
        (
            "unset timeout",
            2,
            "unknown key timeout; did you mean fetch.timeout or mail.timeout?",
        ),
        ("set zzzzz 3", 2, "unknown key zzzzz; papertrack help config lists the keys"),
        ("set list.limit many", 4, "list.limit must be a whole number from 1 up"),
        ("set list.columns id,titel", 4, "list.columns must be a list, each of"),
        ("set fetch.timeout 1e9", 4, "fetch.timeout must be a number of seconds"),
        ("set library ''", 4, "library must be a folder"),
        ("set mail.password x", 4, "use mail.password_command with a command"),
        ("set s2_key x", 4, "use s2_key_command with a command"),
        ("set alias.list 'search x'", 2, "list is a command, which an alias never"),
        ("set alias.x '!rm'", 4, "alias.x must be a command line of papertrack"),
        ("set list.query '(a'", 2, ""),
        ("set", 2, "missing argument"),
    ],
)
def test_mistakes(args, code, message, inside, config):
    ran = inside(f"config {args}")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"papertrack: {message}") or message in ran.err
    assert not config.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"[list\n",
        b"\xff",
        b"list = 3\n",
        b"[list]\nlimit = 'x'\n",
        b"#" * (LARGEST + 1),
        b"a = \x00",
        b"password = 'x'\n",
    ],
    ids=range(7),
)
def test_a_broken_file_stops_commands_but_neither_help_nor_repair(body, inside, config):
    config.write_bytes(body)
    for args in ("list", "search x", "tags", "unknown-word", "config list"):
        ran = inside(args)
        assert (ran.code, ran.out) == (4, ""), args
        assert ran.err.startswith(f"papertrack: {config}")
        assert ran.err.count("\n") == 1
    for args in ("list --help", "help", "help query", "--version", "config path"):
        assert inside(args).code == 0, args
    assert config.read_bytes() == body


def test_a_wrong_value_is_repaired_by_set_and_unset(inside, config):
    for args in ("set list.limit 4", "unset list.limit"):
        config.write_text("# kept\n[list]\nlimit = 'x'\n")
        assert inside(f"config {args}").code == 0
        assert inside("config list").code == 0
        assert config.read_text().startswith("# kept\n[list]\n")


# ------------------------------------------------------------------ the editor


def editor(home, script: str) -> None:
    """Make a shell script the reader's editor; its argument is the file."""
    program = Path(home["HOME"]) / "an editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    home["EDITOR"] = f"'{program}'"


def test_edit_opens_a_template_with_every_key(papertrack, home, config):
    editor(home, 'cp "$1" "$HOME/seen"')
    ran = papertrack("config edit")
    assert ran.err == f"{config}: nothing changed\n"
    assert not config.exists()
    template = (Path(home["HOME"]) / "seen").read_text()
    editor(home, """sed -i 's/^# \\(.* = \\)/\\1/' "$1" """)
    ran = papertrack("config edit")
    assert (ran.code, ran.err) == (0, f"saved {config}\n")
    rows = json.loads(papertrack("config list --json").out)
    set_here = [row["key"] for row in rows if row["origin"].startswith(str(config))]
    assert len(set_here) == len(keys.KEYS) - 1  # a variable names the library
    assert all(key.help in template for key in keys.KEYS)


def test_a_broken_text_is_saved_beside_and_edited_again(papertrack, home, config):
    config.write_text("# mine\n")
    editor(home, """printf '\\n[list]\\nlimit = "x"\\n' >> "$1" """)
    ran = papertrack("config edit")
    broken = config.with_name("config.toml.broken")
    assert ran.code == 4
    assert ran.err.startswith(f"papertrack: {broken}:4: list.limit must be a whole")
    assert ran.err.endswith("config.toml was not changed)\n")
    assert config.read_text() == "# mine\n"
    assert broken.read_text() == '# mine\n\n[list]\nlimit = "x"\n'
    editor(home, """sed -i 's/"x"/5/' "$1" """)
    assert papertrack("config edit").code == 0
    assert config.read_text() == "# mine\n\n[list]\nlimit = 5\n"
    assert not broken.exists()


def test_what_changed_during_the_edit_is_not_lost(papertrack, home, config):
    config.write_text("# mine\n")
    python = f"{sys.executable} -m papertrack"
    editor(home, f'{python} config set list.limit 3; echo "# edited" >> "$1"')
    ran = papertrack("config edit")
    assert (ran.code, "was changed meanwhile" in ran.err) == (4, True)
    assert config.read_text() == "# mine\n\n[list]\nlimit = 3\n"
    assert "# edited" in config.with_name("config.toml.broken").read_text()


def test_a_failing_editor_changes_nothing(papertrack, home, config):
    config.write_text("# mine\n")
    editor(home, 'echo x >> "$1"; exit 3')
    assert papertrack("config edit").code == 1
    assert config.read_text() == "# mine\n"


# ------------------------------------------------------------------ what it changes


def test_defaults_of_list_and_search(sample, inside, config):
    everything = ids(inside("list --all"))
    config.write_text('[list]\nlimit = 3\nsort = "upvotes"\n')
    top = ids(inside("list"))
    assert (len(everything), len(top)) == (40, 3)
    assert top == ids(inside("ls -s upvotes")) != everything[:3]
    assert ids(inside("list -n 5 --sort date")) == everything[:5]
    assert len(ids(inside("list --all"))) == 40
    assert len(ids(inside("search video"))) == 3


def test_the_query_of_list_holds_where_none_is_typed(sample, inside, config):
    config.write_text('[list]\nquery = "upvotes:50.."\n')
    ran = inside("list")
    assert len(ids(ran)) == 2
    assert ran.err == "2 papers (list.query: upvotes:50..)\n"
    assert len(ids(inside("list -n 1"))) == 1
    assert len(ids(inside("list ''"))) == 30
    assert len(ids(inside("list upvotes:..5 --all"))) > 2
    assert len(ids(inside("search video --all"))) > 2
    for query in ("(a", "@unknown", "nonsense:::", "upvotes:x"):
        config.write_text(f'[list]\nquery = "{query}"\n')
        ran = inside("list")
        if ran.code:
            assert ran.code == 4, ran.err
            assert ran.err.startswith(f"papertrack: {config}:2: list.query: ")


def test_columns_are_those_of_tables(sample, inside, terminal, config):
    piped = inside("list").out
    config.write_text('[list]\ncolumns = ["upvotes", "title"]\n')
    assert inside("list").out == piped
    screen = terminal("list -n 3")
    assert re.search(r"^# +▲ +Title$", screen.lines[0])
    assert "Date" in terminal("list -n 3 --columns title,date").lines[0]


def test_colors_are_those_of_the_theme_and_the_reader(sample, drawn, home, config):
    def raw(**variables):
        return drawn("list -n 1", 80, env={**home, **variables}).raw.decode()

    plain = raw()
    assert "\x1b[1mThinking" in plain
    assert re.findall(r"\x1b\[[\d;]*(?:38|48);", plain) == []
    config.write_text("[colors]\nid = 'bold magenta'\nvotes = '#d75f00'\n")
    own = raw()
    assert "\x1b[1;35m2511.04570" in own
    assert "38;2;215;95;0" in own
    config.write_text("[colors]\ntheme = 'dark'\nid = 'underline'\n")
    assert "\x1b[4m2511.04570" in raw()
    assert "\x1b[32m" in raw()
    config.write_text("[colors]\ntheme = 'light'\n")
    assert "\x1b[34m2511.04570" in raw()
    config.write_text("[colors]\ntheme = 'none'\n")
    assert "\x1b[" not in raw()
    assert "\x1b[" in raw(FORCE_COLOR="1")
    codes = r"\x1b\[[\d;]*m|\x1b]8;.*?\x1b\\"
    for styled in (own, raw()):
        assert re.sub(codes, "", styled) == re.sub(codes, "", plain)


def test_the_pager_and_its_variables(sample, home, terminal, config):
    pager = Path(home["HOME"]) / "pager"
    pager.write_text('#!/bin/sh\necho "paged by $1"\ncat > /dev/null\n')
    pager.chmod(0o755)
    config.write_text(f'[pager]\ncommand = "{pager} config"\n')
    for variables, paged in (
        ({}, "paged by config"),
        ({"PAGER": f"{pager} PAGER"}, "paged by config"),
        ({"PAPERTRACK_PAGER": f"{pager} own"}, "paged by own"),
    ):
        screen = terminal("list --all", 80, 20, env={**home, **variables})
        assert paged in screen.text
    config.write_text("")
    env = {**home, "PAGER": f"{pager} PAGER"}
    assert "paged by PAGER" in terminal("list --all", 80, 20, env=env).text


def test_programs_that_open_pages_and_pdfs(sample, home, papertrack, config):
    program = Path(home["HOME"]) / "program"
    program.write_text('#!/bin/sh\necho "$@" >> "$HOME/opened"\n')
    program.chmod(0o755)
    config.write_text(f"[open]\nbrowser = '{program} browser'\npdf = '{program} pdf'\n")
    assert papertrack("open 2511.04570 --pdf --code").code == 0
    assert papertrack("open 2511.04570", env={**home, "BROWSER": "false"}).code == 0
    opened = (Path(home["HOME"]) / "opened").read_text().splitlines()
    assert [line.split()[0] for line in opened] == ["pdf", "browser", "browser"]
    config.write_text("[open]\nbrowser = '/no/such'\n")
    ran = papertrack("open 2511.04570")
    assert ran.code == 1
    assert ran.err.splitlines()[-1].startswith("papertrack: open.browser: /no/such")


def test_sources_are_what_is_followed_at_first(inside, home, config):
    page = Path(home["HOME"]) / "page.txt"
    page.write_text("arXiv:2511.04570\n")
    assert json.loads(inside("status --json").out)[0]["target"] == "hf"
    config.write_text('sources = ["arxiv:cs.CL,cs.LG", "hf:trending"]\n')
    listed = [one["target"] for one in json.loads(inside("status --json").out)]
    assert listed == ["arxiv:cs.CL,cs.LG", "hf:trending"]
    assert inside("feed add hf").code == 0
    listed = [one["target"] for one in json.loads(inside("status --json").out)]
    assert listed == ["arxiv:cs.CL,cs.LG", "hf:trending", "hf"]


@pytest.mark.parametrize("source", ["arxiv:", "ftp://x.example", "hf:2025-13", "zzz"])
def test_a_source_that_cant_be_fetched_names_the_file(source, inside, config):
    config.write_text(f'\nsources = ["hf", "{source}"]\n')
    ran = inside("fetch")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith(f"papertrack: {config}:2: sources: ")


# ------------------------------------------------------------------ aliases

ALIASES = """\
[alias]
top = "list --sort upvotes -n 2"
quiet-top = "-q top"
videos = "search 'language model' video"
books = "--library other list"
list = "search nothing"
loop = "pool"
pool = "loop"
typo = "lits x"
"""


def test_aliases_run(sample, inside, config, home):
    config.write_text(ALIASES.replace('list = "search nothing"\n', ""))
    expected = inside("list --sort upvotes -n 2")
    assert inside("top") == expected
    assert inside("quiet-top --json").err == ""
    assert ids(inside("-q top upvotes:..20")) == ids(
        inside("list -s upvotes -n 2 upvotes:..20")
    )
    assert inside("videos") == inside("search 'language model' video")
    assert inside("top -n 1 --sort date") == inside("list -n 1 --sort date")
    assert "the library is empty" in inside("books").err
    assert inside("top --help").out == inside("list --help").out
    assert inside("show top").code == 5, "an alias is a first word only"
    assert inside("help top").out == (
        "top is an alias of: papertrack list --sort upvotes -n 2\n"
    )
    assert re.search(r"^Aliases  top +list --sort", inside("--help").out, re.M)


@pytest.mark.parametrize(
    ("args", "line", "message"),
    [
        ("loop", 7, "the alias loop leads back to itself (loop -> pool -> loop)"),
        ("-q pool x", 8, "the alias pool leads back to itself (pool -> loop -> pool)"),
        ("typo", 9, "the alias typo begins with lits, an unknown command; did you"),
    ],
)
def test_mistakes_of_aliases_are_one_line(args, line, message, inside, config):
    config.write_text(ALIASES)
    ran = inside(args)
    assert (ran.code, ran.out) == (4, "")
    assert f"papertrack: {config}:{line}: {message}" in ran.err.splitlines()[-1]


def test_an_alias_never_replaces_a_command(sample, inside, config):
    plain = inside("list -n 3")
    config.write_text(ALIASES)
    ran = inside("list -n 3")
    assert ran.out == plain.out
    warning, count = ran.err.splitlines()
    assert warning == (
        f"papertrack: {config}:6: the alias list is ignored: list is a command; choose"
        " another name"
    )
    assert f"{count}\n" == plain.err
    assert inside("-q list -n 3").err == ""


def test_an_unknown_key_is_one_warning(sample, papertrack, config):
    config.write_text("[list]\nlimt = 3\n")
    for _ in range(2):
        ran = papertrack("list -n 3")
        assert ran.code == 0
        warning, _ = ran.err.splitlines()
        assert warning == (
            f"papertrack: {config}:2: unknown key list.limt is ignored; did you mean"
            " list.limit?"
        )
    assert papertrack("-q list -n 3").err == ""


# ------------------------------------------------------------------ many at once


def test_two_processes_that_set_keys_lose_nothing(home, config):
    config.write_text("# mine\n")
    command = [sys.executable, "-m", "papertrack", "config", "set"]
    running = [
        subprocess.Popen(
            [*command, f"alias.a{number}", "list"],
            env=home,
            cwd=home["HOME"],
            stderr=subprocess.DEVNULL,
        )
        for number in range(6)
    ]
    assert [one.wait(120) for one in running] == [0] * 6
    text = config.read_text()
    assert sorted(re.findall(r"^(a\d) =", text, re.M)) == [f"a{n}" for n in range(6)]
    assert text.startswith("# mine\n")


# ------------------------------------------------------------------ documentation


def test_every_key_is_in_the_help_and_in_the_readme(inside):
    text = " ".join(inside("help config").out.split())
    for key in keys.KEYS:
        assert f"{key.shown_name} {key.help}" in text
        assert f"| `{key.shown_name}` | {key.help} | `{key.example}` |\n" in README
    table = re.search(r"\| key \| what it sets \|.*\n\| --- .*\n((?:\|.*\n)+)", README)
    assert table
    assert table[1].count("\n") == len(keys.KEYS)


def test_defaults_are_those_of_the_options():
    root: Any = typer_app.root()
    for name, options in OPTIONS.items():
        command = root.get_command(None, name)
        defaults = {param.name: param.default for param in command.params}
        for option, key in options.items():
            assert defaults[option] == keys.default_of(keys.BY_NAME[key])
    sort: Any = keys.BY_NAME["list.sort"].kind
    assert set(sort.names) <= {each.value for each in Sort}
    columns: Any = keys.BY_NAME["list.columns"].kind
    assert set(columns.of.names) == set(COLUMNS)
