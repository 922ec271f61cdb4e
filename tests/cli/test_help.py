"""`help`: the query language on one screen, and what `--help` says of each command."""

import datetime as dt

import pytest

from papertrack.cli.app import COMMANDS
from papertrack.cli.help import EXAMPLES, fields, language
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.fields import HAS, IS
from papertrack.query.language import parse


@pytest.mark.parametrize("columns", [80, 60])
def test_the_language_on_a_terminal(columns, terminal, golden, width):
    screen = terminal("help query", columns)
    assert screen.code == 0
    assert all(width(line) <= columns for line in screen.lines)
    golden(f"help-query.{columns}", screen.text)


def test_the_language_is_one_screen_on_a_pipe_too(papertrack, golden):
    ran = papertrack("help query")
    assert (ran.code, ran.err) == (0, "")
    golden("help-query.pipe", ran.out)
    lines = ran.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_the_fields(papertrack, golden):
    golden("help-fields.pipe", papertrack("help fields").out)


def test_the_language_names_all_there_is():
    names = language().split()
    assert [f"{name}:" for name in BY_QUERY_NAME if f"{name}:" not in names] == []
    assert [name for name in (*IS, *HAS) if name not in names] == []
    assert len(fields().splitlines()) == len(BY_QUERY_NAME) + len(IS) + len(HAS)


@pytest.mark.parametrize("example", [example for example, _ in EXAMPLES])
def test_an_example_is_a_query(example):
    assert parse(example, dt.date(2025, 11, 24))


def test_help_of_a_command_is_what_its_option_says(papertrack):
    assert papertrack("help").out == papertrack("--help").out
    assert papertrack("help list").out == papertrack("list --help").out
    assert papertrack("help tag add").out == papertrack("tag add --help").out
    assert papertrack("help help").out.count("help query") == 1


def test_no_help_on_what_is_no_command(papertrack):
    ran = papertrack("help serach")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        "papertrack: no help on serach; did you mean search?\n",
    )
    ran = papertrack("help tag ad")
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        "papertrack: no help on tag ad; did you mean add?\n",
    )
    assert "help" in COMMANDS


def test_an_unknown_command_is_told_with_the_nearest(papertrack):
    told = "papertrack: no such command 'serach'; did you mean search? (papertrack --help tells more)\n"
    assert papertrack("serach kettles")[::2] == (2, told)
    assert (
        "'ad'; did you mean add? (papertrack tag --help tells more)"
        in papertrack("tag ad x 1").err
    )
    assert (
        papertrack("xyzzy").err
        == "papertrack: no such command 'xyzzy' (papertrack --help tells more)\n"
    )
