"""Usual lines are run without Typer, and do what Typer would do with them.

` --` at the end of a line means nothing to Typer, but makes a line unusual: so a line
can be run both ways, with the same errors, streams and exit codes.
"""

import datetime as dt
import re
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from papertrack.cli import command_line, typer_app
from papertrack.cli.command_line import Line
from papertrack.cli.direct import call, generate, table
from papertrack.cli.direct.call import Values
from papertrack.cli.help_format import choices
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError

ROOT: Any = typer_app.root()
READING = ("list", "search", "show", "tags")
NAMES = ("ls", *generate.DIRECT)
WORDS = (
    *("kettles", "tea whistle", "", "-", "upvotes:1..", "tag:tea", "author:quill", "☃"),
    *("2306.90001", "2306.9000", "tea", "@later", "is:unread or", '"', "zzz"),
    *("-survey", "-5", "--", "-r3", "--frob", "--help", "-h", "--lim"),
)
VALUES = (
    *("1", "3", "0", "-1", "007", "+2", " 2", "1_0", "٣", "99999999999999999999", "x"),
    *(
        "date",
        "DATE",
        "upvotes",
        "newest",
        "month",
        "Month",
        "",
        "id,title",
        "id,nosuch",
    ),
    *("json", "md", "table", "csv", "bibtex", "nosuch", "2023", "7d", "tomorrowish"),
    *("auto", "never", "always", "--json", "-n", "/", "/no/such"),
)


def _command(name: str) -> Any:
    command = ROOT
    for word in name.split():
        command = command.get_command(None, word)
    return command


def _names(name: str) -> list[str]:
    params = (*ROOT.params, *_command(name).params)
    options = [one for one in params if one.param_type_name == "option"]
    return [name for one in options for name in (*one.opts, *one.secondary_opts)]


def _pieces(name: str) -> st.SearchStrategy[list[str]]:
    """A word, or an option of a command with or without a value."""
    option, value = st.sampled_from(_names(name)), st.sampled_from(VALUES)
    word = st.sampled_from(WORDS) | st.text(max_size=4)
    return st.one_of(
        word.map(lambda one: [one]),
        option.map(lambda one: [one]),
        st.tuples(option, value).map(list),
        st.tuples(option, value).map(lambda pair: ["=".join(pair)]),
        st.tuples(option, value).map(lambda pair: ["".join(pair)]),
    )


@st.composite
def _lines(draw: st.DrawFn, names: Sequence[str] = NAMES) -> list[str]:
    name = draw(st.sampled_from(names))
    before = draw(st.lists(st.sampled_from(("-q", "-v", "--no-pager")), max_size=1))
    pieces = draw(st.lists(_pieces(name), max_size=5))
    return [*before, *name.split(), *(word for piece in pieces for word in piece)]


@st.composite
def _good_lines(draw: st.DrawFn, names: Sequence[str] = NAMES) -> list[str]:
    """Lines with the arguments of a command, and a value for each option that it takes."""
    name = draw(st.sampled_from(names))
    params = _command(name).params
    words: list[str] = []
    for param in params:
        if param.param_type_name == "argument":
            words += draw(_good_arguments(param))
    options = [one for one in params if one.param_type_name == "option"]
    options = [one for one in options if one.name != "template"]  # a file that exists
    for param in (
        draw(st.lists(st.sampled_from(options), max_size=4)) if options else ()
    ):
        words.append(draw(st.sampled_from(param.opts)))
        if not param.is_flag:
            words.append(draw(_good_values(param)))
    return [*draw(st.sampled_from(([], ["-q"], ["-v"]))), *name.split(), *words]


def _good_arguments(param: Any) -> st.SearchStrategy[list[str]]:
    least = int(param.required)
    if param.nargs == -1:
        return st.lists(st.sampled_from(WORDS[:12]), min_size=least, max_size=2)
    if param.name == "file":  # a path is left to Typer
        return st.just([])
    values: st.SearchStrategy[str] = st.sampled_from(("tea", "a/b,c", "2306.90001"))
    if choices(param) or "int" in param.type.name:
        values = _good_values(param)
    return st.lists(values, min_size=least, max_size=1)


def _good_values(param: Any) -> st.SearchStrategy[str]:
    values = choices(param)
    if values and param.metavar == "A,B":
        return st.sampled_from((*values, "title,-date", "-stars"))
    if values:
        return st.sampled_from(values)
    if "int" in param.type.name:
        return st.sampled_from(("1", "2", "3"))
    known = {
        "FORMAT": ("json", "csv", "md"),
        "D": ("2023", "7d"),
        "A,B": ("id,title",),
        "T[,T]": ("tea", "tea/kettles,wide"),
        "feeds,rules": ("feeds", "rules,feeds"),
        "FILE": ("new.svg", "-", "new/papers.md"),
        "N": ("morning",),
        "NAME": ("tea",),
        "QUERY": ("kettles",),
        "RULE": ("tea",),
        "N|NAME": ("2", "Results"),
        None: ("Two words",),
    }
    return st.sampled_from(known[param.metavar])


def _line(words: Sequence[str]) -> Line:
    """The line of some words; an example with words that are refused is passed over."""
    try:
        return command_line.line(Session({}), words)
    except PapertrackError:
        assume(False)
        raise


def _of_typer(line: Line) -> tuple[typer.Context, typer.Context]:
    """What Typer reads in a line: the options of papertrack, and the command's."""
    root = ROOT.make_context(
        "papertrack", [*line.options, *line.words], obj=Session({})
    )
    name, command, arguments = ROOT.resolve_command(root, line.words)
    while hasattr(command, "commands"):
        name, command, arguments = command.resolve_command(root, arguments)
    return root, command.make_context(name, list(arguments), parent=root)


def test_the_table_is_current() -> None:
    written = Path(str(table.__file__)).read_text(encoding="utf-8")
    assert written == generate.table(), "run what papertrack/cli/direct says"


@settings(max_examples=400)
@given(_lines() | _good_lines())
def test_values_are_those_of_typer(words: list[str]) -> None:
    line = _line(words)
    usual = call.read(line)
    assume(usual is not None)
    assert usual is not None
    root, context = _of_typer(line)
    defaults = usual.parameters.defaults
    _compare({**table.GLOBAL.defaults, **usual.shared}, root, usual.shared)
    _compare({**defaults, **usual.values}, context, usual.values)


def _compare(values: Values, theirs: typer.Context, typed: Values) -> None:
    """Compare all values with those that Typer reads, and where they are from."""
    for name, read in theirs.params.items():
        if name == "version":  # an action
            continue
        assert _plain(values[name]) == _plain(read), name
        source = theirs.get_parameter_source(name)
        assert source is not None
        assert (name in typed) == (source.name == "COMMANDLINE"), name


def _plain(value: object) -> object:
    """A value in the form in which both ways have it: Typer makes enums of it later."""
    if value is None or isinstance(value, tuple | list):
        return list(value or ())
    return str(value)


@given(_good_lines())
def test_usual_lines_are_read(words: list[str]) -> None:
    assert call.read(command_line.line(Session({}), words)) is not None


@pytest.mark.parametrize(
    "line",
    [
        *("list --help", "list -h", "list -n", "list -n x", "list -n5", "list -rn 5"),
        *("list --limi 5", "list --json=yes", "list --frob", "list -- kettles"),
        *("list --sort nosuch", "list --sort DATE", "list --columns", "search"),
        *("list --sort date,nosuch", "list --sort ,"),
        *("search --json", "show", "tags --snippets 1", "--version", "-V list", ""),
        *("--library /no/such list", "--color pink list", "--color"),
        *("list --snippets 9", "list -n 0", "list -n 9999999999", "help list"),
        *(
            "tag",
            "tag --help",
            "tag list x",
            "tag add",
            "tag add x",
            "tag add x --frob 1",
        ),
        *("tag rename a", "mark", "mark read", "mark blue 1", "mark --yes 1", "star"),
        *("note", "note --dry-run", "undo x", "undo 0", "undo 1 2", "redo --dry-run"),
        *("fetch --limit 0", "fetch --mark blue", "add", "add --tag x", "import"),
        *("backup .", "doctor x", "doctor --fix=1", "tag add x 1 --help"),
        *("export -o https://tea.example/a.md", "export --partition year", "status x"),
        *("export --template /no/such", "digest --group colour", "explain", "open"),
        *("view", "view save", "view save tea", "view list x", "log -n 0", "feed"),
        *(
            "config",
            "config get",
            "config set list.limit",
            "config edit",
            "config path x",
        ),
        *("rule add tea --if tea --do star", "rule move", "follow", "follow author"),
        *("read", "read 1 2", "feed add --tag", "digest --name", "open --frob 1"),
    ],
)
def test_other_lines_are_left_to_typer(line: str) -> None:
    assert call.read(command_line.line(Session({}), shlex.split(line))) is None


# ------------------------------------------------------------------ whole commands


def _same(ran: Any) -> tuple[int, str, str]:
    """What a run printed, without ` --` in the lines that it suggests."""
    return ran.code, ran.out, re.sub(r" --$", "", ran.err, flags=re.MULTILINE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=_lines(READING) | _good_lines(READING))
def test_commands_do_what_they_do_through_typer(
    words: list[str], inside: Callable[..., Any], desk: dict[str, str]
) -> None:
    assume(call.read(_line(words)) is not None)
    run = inside(words, env=desk)
    assert _same(run) == _same(inside([*words, "--"], env=desk))


@pytest.mark.parametrize(
    "line",
    [
        *("tag add a,b 2306.90001 1", "-q tag add tea/kettles kettles --yes"),
        *("tag add 5 2306.90001", "tag add x nosuch", "tag add x kettles --dry-run"),
        *("tag add '' 2306.90001", "tag remove tea tag:tea -y", "tag remove nosuch 1"),
        *("tag remove tea 2306.90002 --dry-run", "tag remove Wide 2306.90005"),
        *("mark read 2306.90001 2306.90003", "mark hide 2306.90002", "hide 2306.90001"),
        *("mark later kettles --dry-run", "mark unread is:read --yes", "mark read 99"),
        *("star 2306.90002", "star tea", "unstar 2306.90001", "unstar is:starred -y"),
        *("note 2306.90001 two words", "note 2306.90002 --dry-run x", "note 99 x"),
        *("undo", "undo 3", "undo --dry-run 2", "redo", "redo 2", "undo 99"),
        *("fetch sample", "fetch sample --json --tag a/b --mark later -n 3"),
        *("fetch nosuch.html", "fetch sample --date nosuch", "add nosuchtarget"),
        *("import sample --dry-run", "import /no/such", "import sample --with birds"),
        *("doctor", "doctor --json", "doctor --fix", "backup"),
        *("stats", "stats tea --json", "stats zzz", "stats '\"' -n 1", "trends tea"),
        *("trends tea kettles --by week", "trends tea --votes --json", "trends '\"'"),
        *("similar 2306.90001", "similar 99", "similar 2306.90002 --json -n 1"),
        *("recommend", "recommend tea --json", "remove 2306.90001", "rm nosuch"),
        *("remove tea --dry-run", "remove tea --yes", "stats --limit 2 -q"),
        *(
            "stats -o /dev/null",
            "stats -o -",
            "trends tea -o -",
            "log",
            "log --json -a",
        ),
        *("status", "status --all --json", "explain 2306.90001", "explain 1 kettles"),
        *("explain nosuch", "explain 2306.90001 kettles --json", "open --print 1"),
        *("open nosuch", "open 2306.90001 --print --pdf --code", "read nosuch"),
        *("feed list", "feed list --json", "feed add nosuch:x", "feed remove nosuch"),
        *("view list", "view save tea is:unread kettles", "view save '' tea"),
        *("view save tea '\"'", "view remove later --dry-run", "view remove nosuch"),
        *(
            "tag list",
            "tag rename tea brew",
            "tag rename nosuch x",
            "tag rename tea ''",
        ),
        *("export", "export tea --format bibtex", "export -o - --json -n 1 -s title"),
        *("export kettles --count", "export --format nosuch", "export -o x.nosuch"),
        *("export --group tag --title 'Two words'", "export -o /dev/null/x.md"),
        *("digest", "digest tea --group org", "digest --format html -n 1 --since 2023"),
        *("config get list.limit", "config get nosuch", "config list --origin"),
        *("config path", "config set list.limit x", "config set list.limit 5"),
        *("config unset list.limit", "rule list --json", "rule test nosuch"),
        *(
            "rule apply",
            "rule move tea --before x",
            "rule remove nosuch",
            "follow list",
        ),
        *("follow author Quill --name q", "follow org Tea --with kettles"),
        *("follow words 'tea kettle'", "follow words '\"'", "follow remove nosuch"),
        *("digest --again", "digest --name nosuch", "digest --format nosuch"),
    ],
)
def test_changes_are_those_of_typer(
    line: str, inside: Callable[..., Any], desk: dict[str, str], tmp_path: Path
) -> None:
    words = shlex.split(line)
    assert call.read(_line(words)) is not None
    home = tmp_path / "reader"
    env = {key: text.replace(desk["HOME"], str(home)) for key, text in desk.items()}
    now = dt.datetime(2026, 11, 7, 12, tzinfo=dt.UTC)

    def outcome(words: Sequence[str]) -> tuple[object, dict[Path, bytes]]:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(desk["HOME"], home)
        ran = _same(inside(words, env=env, now=now))
        library = Path(env["PAPERTRACK_LIBRARY"])
        return ran, {
            path.relative_to(library): path.read_bytes()
            for path in library.rglob("*.json")
        }

    assert outcome(words) == outcome([*words, "--"])


@pytest.mark.parametrize(
    "line",
    [
        "list",
        "ls -q kettles --sort upvotes -r --json",
        "list --sort -date,title",
        "search whistel",
        "search 'tea or'",
        "show 2306.90001 --format bibtex",
        "show 1",
        "tags --tree",
        "tags nosuch",
        "list @nosuch",
        "list --columns nosuch",
        "list --group month -n 1",
    ],
)
def test_processes_do_what_they_do_through_typer(
    line: str, papertrack: Callable[..., Any], desk: dict[str, str]
) -> None:
    words = shlex.split(line)
    assert call.read(_line(words)) is not None
    run = papertrack(words, env=desk)
    assert _same(run) == _same(papertrack([*words, "--"], env=desk))


@pytest.mark.parametrize("line", ["list", "search kettle", "tags", "show 2306.90001"])
def test_screens_are_those_of_typer(
    line: str, terminal: Callable[..., Any], desk: dict[str, str]
) -> None:
    screens = [terminal(words, 80, env=desk).raw for words in (line, f"{line} --")]
    first, second = (re.sub(rb"8;id=\d+", b"8;id=", raw) for raw in screens)
    assert first == second


@pytest.mark.parametrize(
    "config",
    [
        "list.limit = 2",
        'list.sort = "title"',
        'list.sort = ["upvotes", "-date"]',
        'list.query = "kettles"',
        'list.columns = ["id"]',
        "list.limit = 0",
        'list.sort = "nosuch"',
        "not toml",
        "nosuch = 1",
        'library = "/nonexistent"',
    ],
)
@pytest.mark.parametrize("line", ["list", "ls -n 1", "search tea", "list --group day"])
def test_settings_apply_as_through_typer(
    config: str,
    line: str,
    inside: Callable[..., Any],
    desk: dict[str, str],
    tmp_path: Path,
) -> None:
    (tmp_path / "config.toml").write_text(config)
    env = {**desk, "PAPERTRACK_CONFIG": str(tmp_path / "config.toml")}
    run = inside(line, env=env)
    assert _same(run) == _same(inside(f"{line} --", env=env))
