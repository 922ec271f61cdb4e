"""`emit`: one result as a table, as tab-separated rows, or as JSON."""

import json

import pytest

from papertrack.cli.output import emit
from papertrack.cli.session import Session

ROWS = [("a\tb", None, True), (("x", "y"), 3, "café")]


def never():
    raise AssertionError("this form is not wanted")


@pytest.fixture
def session(home):
    return Session(home)


def test_rows_into_a_pipe(session, capsys):
    emit(session, table=never, rows=ROWS, objects=never)
    assert capsys.readouterr().out == "a b\t\tyes\nx; y\t3\tcafé\n"


def test_json(session, capsys):
    emit(session, table=never, rows=[], objects=lambda: ["\x1b", "é"], json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == ["\x1b", "é"]
    assert "\x1b" not in out
    assert "é" in out


def test_a_table_on_request(session, capsys):
    emit(session, table=lambda: "drawn", rows=ROWS, as_table=True)
    assert capsys.readouterr().out == "drawn\n"


def test_a_table_on_a_terminal(session, capsys):
    session.on_terminal = True
    emit(session, table=lambda: "drawn", rows=iter(ROWS))
    assert capsys.readouterr().out == "drawn\n"


def test_no_table_without_rows(session, capsys):
    session.on_terminal = True
    emit(session, table=never, rows=[])
    assert capsys.readouterr().out == ""
