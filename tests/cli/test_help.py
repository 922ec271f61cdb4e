"""Help: the overview, the help of each command, and the topics of `papertrack help`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from papertrack.cli import typer_app
from papertrack.cli.command_table import COMMANDS, ENTRIES, GROUPS
from papertrack.cli.help_format import SAME, SYMBOLS, wrap
from papertrack.cli.help_topics import EXAMPLES, EXIT_CODES, TOPICS, fields, language
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.fields import HAS, IS
from papertrack.query.language import parse
from papertrack.render.rows import MARKS


def commands() -> Iterator[tuple[str, Any, Any]]:
    """(path, command, context) of every command and sub-command."""
    root: Any = typer_app.root()
    top = typer.Context(root, info_name="papertrack", obj=Session({}))
    for entry in ENTRIES:
        command = root.get_command(top, entry.name)
        context = typer.Context(command, info_name=entry.name, parent=top)
        yield entry.name, command, context
        for name, below in getattr(command, "commands", {}).items():
            yield (
                f"{entry.name} {name}",
                below,
                typer.Context(below, info_name=name, parent=context),
            )


ALL = {path: (command, context) for path, command, context in commands()}
each_command = pytest.mark.parametrize("path", ALL)


# ------------------------------------------------------------------ the overview


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_overview_on_a_terminal(columns, terminal, golden, width):
    screen = terminal("--help", columns)
    assert screen.code == 0
    assert all(width(line) <= columns for line in screen.lines)
    golden(f"help.{columns}", screen.text)


def test_overview_into_a_pipe(papertrack, golden):
    ran = papertrack("--help")
    assert (ran.code, ran.err) == (0, "")
    golden("help.pipe", ran.out)
    lines = ran.out.splitlines()
    assert len(lines) <= len(ENTRIES) + len(GROUPS) + 13
    assert max(map(len, lines)) <= 80


def test_overview_names_all_commands(papertrack):
    text = papertrack("--help").out
    for entry in ENTRIES:
        (line,) = re.findall(
            rf"^[A-Z ].{{8}}{entry.name}(?:, \w+)?  +(.*)$", text, re.M
        )
        assert line == entry.summary
        command, _ = ALL[entry.name]
        below = "|".join(getattr(command, "commands", {}))
        assert not below or f"{entry.name} {below}" in entry.summary


def test_overview_explains_the_symbols_of_tables(papertrack):
    meanings = {symbol: status for status, symbol in MARKS.items()}
    meanings |= {"★": "starred", "⊘": "withdrawn"}
    shown = dict(part.split() for part in SYMBOLS.split("   "))
    assert shown == meanings
    assert all(f"{a} {b}" in papertrack("--help").out for a, b in meanings.items())


def test_colors_are_for_terminals_only(papertrack, terminal):
    assert b"\x1b[1m" in terminal("list --help").raw
    assert "\x1b" not in papertrack("list --help").out
    assert "\x1b[1m" in papertrack("--color always tag add --help").out


# ------------------------------------------------------------------ commands


@each_command
def test_help_of_a_command_is_plain(path):
    command, context = ALL[path]
    lines = command.get_help(context).splitlines()
    text = "\n".join(lines)
    examples = text.partition("Examples:\n")[2].splitlines()
    assert lines[0].startswith(f"Usage: papertrack {path}")
    assert not re.search(r"[ \t]$|[│╭╰─]", text, re.M)
    assert not [line for line in lines if len(line) > 80 and line not in examples]
    for param in command.params:
        for name in (*param.opts, *param.secondary_opts):
            assert name in text or param.param_type_name == "argument"
        for choice in getattr(param.type, "choices", ()):
            assert re.search(rf"\b{getattr(choice, 'value', choice)}\b", text)


def test_lines_break_outside_commands_and_values():
    text = "See papertrack rule apply, `papertrack list is:unread` or view save|list|remove."
    for columns in range(26, 90):
        for whole in (
            "papertrack rule apply",
            "`papertrack list is:unread`",
            "view save|list|remove.",
        ):
            assert any(whole in line for line in wrap(text, columns))


def test_help_of_a_command_is_the_same_as_its_option(papertrack):
    assert papertrack("help").out == papertrack("--help").out
    assert papertrack("help list").out == papertrack("list --help").out
    assert papertrack("help tag add").out == papertrack("tag add --help").out


def test_unknown_help_topic(papertrack):
    ran = papertrack("help serach")
    message = "papertrack: no help for serach; did you mean search?\n"
    assert (ran.code, ran.out, ran.err) == (2, "", message)
    ran = papertrack("help tag ad")
    message = "papertrack: no help for tag ad; did you mean add?\n"
    assert (ran.code, ran.out, ran.err) == (2, "", message)


def test_unknown_command(papertrack):
    ran = papertrack("serach kettles")
    message = (
        "papertrack: unknown command serach; did you mean: papertrack search kettles\n"
    )
    assert (ran.code, ran.err) == (2, message)
    ran = papertrack("tag ad x 1")
    assert "unknown command ad; did you mean: papertrack tag add x 1\n" in ran.err
    ran = papertrack("xyzzy")
    assert ran.err == "papertrack: unknown command xyzzy (see papertrack --help)\n"


def test_groups_accept_the_names_of_other_programs(papertrack):
    groups = {path.partition(" ")[0] for path in ALL if " " in path}
    below = {
        group: {path.partition(" ")[2] for path in ALL if path.startswith(f"{group} ")}
        for group in groups
    }
    for group, names in below.items():
        command, context = ALL[group]
        for same in SAME:
            own = [name for name in same if name in names]
            for name in same:
                found = command.get_command(context, name)
                wanted = name if name in names else next(iter(own), None)
                assert found is (command.commands[wanted] if wanted else None), name
    assert papertrack("config ls").code == papertrack("view ls").code == 0
    assert papertrack("view new fresh is:unread").code == 0
    assert papertrack("view rm fresh").code == 0
    assert "did you mean: papertrack tag add x 1" in papertrack("tag ad x 1").err


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("path", ["completion", "tag", "tag add"])
def test_help_of_a_command_on_a_terminal(path, columns, terminal, golden, width):
    screen = terminal(f"{path} --help", columns)
    assert screen.code == 0
    assert all(width(line) <= columns for line in screen.lines)
    golden(f"help-{path.replace(' ', '-')}.{columns}", screen.text)


# ------------------------------------------------------------------ topics


@pytest.mark.parametrize("columns", [80, 60])
def test_query_language_on_a_terminal(columns, terminal, golden, width):
    screen = terminal("help query", columns)
    assert screen.code == 0
    assert all(width(line) <= columns for line in screen.lines)
    golden(f"help-query.{columns}", screen.text)


def test_query_language_is_one_screen(papertrack, golden):
    ran = papertrack("help query")
    assert (ran.code, ran.err) == (0, "")
    golden("help-query.pipe", ran.out)
    lines = ran.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_fields(papertrack, golden):
    golden("help-fields.pipe", papertrack("help fields").out)


def test_query_language_names_all_fields_and_states():
    names = language(80).split()
    assert [f"{name}:" for name in BY_QUERY_NAME if f"{name}:" not in names] == []
    assert [name for name in (*IS, *HAS) if name not in names] == []
    assert len(fields(80).splitlines()) == len(BY_QUERY_NAME) + len(IS) + len(HAS) + 1


@pytest.mark.parametrize("example", [example for example, _ in EXAMPLES])
def test_every_example_is_a_valid_query(example):
    assert parse(example, dt.date(2025, 11, 24))


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_fit_80_columns(topic, papertrack):
    ran = papertrack(f"help {topic}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\n")
    assert not re.search(r"[ \t]$", ran.out, re.M)
    assert max(map(len, ran.out.splitlines())) <= 80


def test_topics_are_listed_and_only_one_is_a_command_too(papertrack):
    assert set(TOPICS) & set(COMMANDS) == {"config"}
    whole = papertrack("help config").out
    assert whole == papertrack("config --help").out + "\n" + TOPICS["config"](80)
    assert all(topic in papertrack("help --help").out for topic in TOPICS)


def test_exit_codes_are_those_of_the_errors():
    codes = {"0", "2", "130", *(str(error.exit_code) for error in all_errors())}
    assert codes == {code for code, _ in EXIT_CODES}


def all_errors(
    error: type[PapertrackError] = PapertrackError,
) -> Iterator[type[PapertrackError]]:
    yield error
    for below in error.__subclasses__():
        yield from all_errors(below)
