"""Bytes to keys, wherever reads divide them; and a line that is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.cli.triage.keys import LONGEST_PASTE, Decoder, Paste
from papertrack.cli.triage.line import LONGEST, Line, TagNames
from papertrack.config.triage_keys import ACTIONS, NAMED, bindings, is_key

KEYS = [
    (b"rl\r\n\t\x7f ", ["r", "l", "enter", "enter", "tab", "backspace", "space"]),
    (b"\x1b[A\x1bOA\x1b[1;5A", ["up", "up", "up"]),
    (b"\x1b[5~\x1b[6;2~\x1b[3~", ["pageup", "pagedown", "delete"]),
    (b"\x1b[H\x1bOF\x1b[1~\x1b[8~", ["home", "end", "home", "end"]),
    (b"\x1bOP\x1b[15~\x1b[17~\x1b[24~\x1b[Z", ["f1", "f5", "f6", "f12", "backtab"]),
    (b"\x01\x0e\x1a", ["ctrl-a", "ctrl-n", "ctrl-z"]),
    ("日é🫖".encode(), ["日", "é", "🫖"]),
    (b"\xff\xfeq", ["�", "�", "q"]),
    (b"\x1bx\x1b[<0;3;4M\x1b[99~q", ["q"]),
    (b"\x1b]11;rgb:0/0/0\x07\x1bP1$r\x1b\\q", ["q"]),
    (b"\x1b[200~r\nq\x1b[201~q", [Paste("r\nq"), "q"]),
    (b"\x1b[200~\x1b[20\x1b[201~", [Paste("\x1b[20")]),
    (b"\x00\x1b[201~q", ["q"]),
]


@pytest.mark.parametrize(("data", "keys"), KEYS, ids=lambda value: repr(value)[:30])
def test_keys(data, keys):
    assert Decoder().feed(data) == keys
    one_by_one = Decoder()
    found = [key for byte in data for key in one_by_one.feed(bytes([byte]))]
    assert found == keys
    assert not one_by_one.is_waiting


@pytest.mark.parametrize(
    ("begun", "after"),
    [
        (b"\x1b", ["escape"]),
        (b"\x1b[", []),
        (b"\x1b[1;5", []),
        (b"\x1bO", []),
        (b"\x1b]52;c", []),
        (b"", []),
    ],
    ids=repr,
)
def test_a_sequence_that_does_not_go_on(begun, after):
    decoder = Decoder()
    assert decoder.feed(begun) == []
    assert decoder.is_waiting == bool(begun)
    assert decoder.flush() == after
    assert decoder.feed(b"q") == ["q"]


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_any_bytes(pieces):
    """Nothing raises, every key has a name, and the decoder does not collect them."""
    decoder = Decoder()
    for piece in pieces:
        for key in decoder.feed(piece):
            assert isinstance(key, Paste) or is_key(key) or key in NAMED + CONTROLS
    decoder.flush()
    decoder.feed(b"\x1b[201~")
    assert decoder.feed(b"\x18" + b"q")[-1:] == ["q"]


CONTROLS = tuple(f"ctrl-{chr(letter)}" for letter in range(ord("a"), ord("z") + 1))


def test_long_sequences_and_pastes_are_cut():
    decoder = Decoder()
    decoder.feed(b"\x1b[" + b"1;" * 10_000)
    assert not decoder.is_waiting
    keys = decoder.feed(b"q\x1b[200~" + b"x" * 1_000_000 + b"\x1b[201~r")
    assert keys[-2:] == [Paste("x" * LONGEST_PASTE), "r"]


def test_bindings():
    usual = bindings({})
    assert {usual[key] for key in usual} == {*ACTIONS} - {"nothing"}
    own = bindings({"r": "later", "x": "read"})
    assert (own["r"], own["x"], own["l"]) == ("later", "read", "later")
    assert all(is_key(key) for key in usual)
    assert not any(map(is_key, ["control-x", "ctrl-c", "", "ab", "\x1b"]))


def typed(line, *keys):
    for key in keys:
        line.press(key)
    return line.text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["a", "b", "left", "c"], "acb"),
        (["a", "b", "backspace", "backspace", "backspace"], ""),
        (["a", "b", "home", "delete", "end", "c"], "bc"),
        (["a", "space", "b", "ctrl-w", "c"], "a c"),
        (["n", "l", "p", "/", "x", "ctrl-w", "y"], "nlp/y"),
        (["a", "b", "left", "ctrl-u"], "b"),
        (["a", "b", "ctrl-a", "ctrl-k", "c"], "c"),
        (["日", "本", "left", "right", "right", "é"], "日本é"),
        (["up", "f1", "escape", "insert"], ""),
        ([Paste(" a\n\x1b[31mb\u202e "), "c"], "a [31mbc"),
        ([Paste("x" * 3 * LONGEST)], "x" * LONGEST),
    ],
)
def test_a_line(keys, text):
    assert typed(Line("search"), *keys) == text


@pytest.mark.parametrize(
    ("text", "keys", "completed"),
    [
        ("", ["n", "tab"], "nlp"),
        ("", ["n", "tab", "tab"], "nlp/parsing"),
        ("", ["n", "tab", "tab", "tab", "tab"], "n"),
        ("", ["n", "backtab"], "Nox"),
        ("", ["N", "tab", "backtab"], "N"),
        ("vision, ", ["n", "l", "tab"], "vision, nlp"),
        ("nlp,", ["n", "tab"], "nlp, nlp/parsing"),
        ("", ["x", "tab"], "x"),
        ("", ["tab"], ""),
    ],
)
def test_completion_of_tags(text, keys, completed):
    names = TagNames(["nlp/parsing", "vision", "nlp"])
    names.add(["Nox"])
    assert typed(Line("tags", text, names), *keys) == completed
