"""A sitting of 46 papers on a real terminal: every key, sizes, pastes, other programs."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path

import pytest

UP, DOWN, PAGE_DOWN = "\x1b[A", "\x1bOB", "\x1b[6~"
STATUSES = {"status": "read"}


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def copied(raw: bytes) -> list[str]:
    """What was copied to the clipboard."""
    found = re.findall(b"\x1b]52;c;([^\x07]*)\x07", raw)
    return [base64.b64decode(one).decode() for one in found]


def test_a_sitting_with_every_key(triage, library, marks, steps, papertrack, tmp_path):
    opened = tmp_path / "opened"
    env = {
        **library,
        "EDITOR": script(tmp_path / "editor", 'echo "written by hand" > "$1"'),
        "BROWSER": script(tmp_path / "browser", f'echo "$1" >> {opened}'),
    }
    before = marks(env)
    shown = triage(env)
    shown.until("Teaching Kettles")
    assert "1 of 46" in shown.text
    assert "0 decided" in shown.text
    # moving, and what is shown
    shown.say("j", "2 of 46")
    shown.say(" ", "3 of 46")
    shown.say(DOWN, "4 of 46")
    shown.say("k", "3 of 46")
    shown.say(UP, "2 of 46")
    shown.say("k", "1 of 46")
    shown.say("kk", "Sentence number 1 ")
    shown.say(PAGE_DOWN * 20, "number 30 of")
    shown.say("\x1b[5~" * 20, "Sentence number 1 ")
    shown.say("v", lambda text: "Sentence" not in text)
    shown.say("v", "Sentence number 1 ")
    assert "save and quit" in shown.say("?", "show the keys")
    shown.say("x", lambda text: "show the keys" not in text)
    # decisions
    shown.say("j", "2 of 46")
    shown.say("r", "3 of 46")
    shown.say("l", "4 of 46")
    shown.say("h", "5 of 46")
    shown.say("s", "6 of 46")
    shown.say("t", "tags:")
    shown.say("te\t", "tags: tea/kettles")
    shown.say(", new\r", "7 of 46")
    shown.say("t", "tags:")
    shown.say("no good", "no good")
    shown.say("\r", "is not a tag")
    shown.say("\x1b", lambda text: "tags: " not in text)
    assert "7 of 46" in shown.text
    # a resize in the middle
    shown.resize(100, 30)
    shown.say("t", "tags:")
    shown.resize(20, 5)
    shown.until("needed. q quits.")
    shown.resize(60, 12)
    shown.say("new\r", "8 of 46")
    shown.resize(80, 24)
    shown.until("Paper number 8: Kettles")
    # undo and redo
    shown.say("u", "7 of 46")
    shown.say("u", "6 of 46")
    shown.say("U", "redone")
    shown.say("u", "6 of 46")
    shown.say("UU", lambda text: "7 of 46" in text and "#new" in text)
    # other programs, and the clipboard
    shown.say("n", "note changed")
    shown.say("o", "opened")
    shown.say(
        "p", lambda text: "opened" in text and opened.read_text().count("\n") == 2
    )
    shown.say("y", "copied 2511.00007")
    shown.say("b", "copied its BibTeX entry")
    # search
    shown.say("/", "search:")
    shown.say("titel:9\r", "unknown field titel")
    shown.say("\x15", lambda text: "nr:" not in text)
    shown.say("title:9\r", "Paper number 9")
    assert "is:unread / title:9" in shown.text
    shown.say("/\r", "9 of 46")
    shown.say("/zzz\r", "no paper here matches zzz")
    shown.say("/x", "search: x")
    shown.say("\x1b", lambda text: "search:" not in text and "9 of 46" in text)
    shown.say("h", "10 of 46")
    shown.press("q")
    assert shown.end() == 0
    summary = "1 read, 1 later, 2 hidden, 1 starred, 2 tagged, 1 with a note"
    assert shown.printed == f"{summary} (undo: papertrack undo)"

    assert marks(env) == before | {
        2: {"status": "read"},
        3: {"status": "later"},
        4: {"status": "hidden"},
        5: {"starred": True},
        6: {"tags": ["tea/kettles", "new"]},
        7: {"tags": ["new"], "note": "written by hand"},
        9: {"status": "hidden"},
    }
    assert opened.read_text().split() == [
        "https://arxiv.org/abs/2511.00007",
        "https://arxiv.org/pdf/2511.00007",
    ]
    identifier, entry = copied(shown.raw)
    assert identifier == "2511.00007"
    assert entry == papertrack("-q export 2511.00007 --format bibtex", env=env).out
    # one sitting is one step
    assert len(steps(env)) == 1
    assert papertrack("undo", env=env).code == 0
    assert marks(env) == before


def test_thirty_papers_take_45_keys(triage, thirty, marks):
    """Five for later, two stars, two tags; and starred and tagged papers are read, too."""
    keys: list[str] = []
    letters = 0
    for number in range(1, 31):
        if number % 6 == 0:
            keys += "l"
        elif number in (3, 13):
            keys += ["s", "k", "r"]
        elif number in (4, 14):
            keys += ["t", "\r", "k", "r"]
            letters += len("nlp")
        else:
            keys += "r"
    keys += "q"
    assert len(keys) <= 45
    shown = triage(thirty)
    for number, key in enumerate(keys):
        shown.press(key)
        if key == "t":
            shown.until("tags:")
            shown.press("nlp" if keys[number + 1] == "\r" else "")
    assert shown.end() == 0
    found = marks(thirty)
    statuses = [mark.get("status") for mark in found.values()]
    assert (statuses.count("later"), statuses.count("read")) == (5, 25)
    assert [n for n, mark in found.items() if mark.get("starred")] == [3, 13]
    assert [n for n, mark in found.items() if "nlp" in mark.get("tags", ())] == [4, 14]


@pytest.mark.parametrize(
    ("pasted", "decided"),
    [
        ("r" * 500, 46),
        ("rlhs" * 125, 46),
        ("\x1b[200~" + "r" * 500 + "\x1b[201~", 0),
        ("\x1b[200~r\x1b[201~" * 100, 0),
        ("r\x1b[200~" + "日本\x1b[Ar\n" * 100 + "\x1b[201~l", 2),
    ],
    ids=["500 keys", "of four kinds", "marked", "100 marked", "in the middle"],
)
def test_a_paste(pasted, decided, triage, library, marks, steps):
    """500 typed keys are 500 keys; of a paste that the terminal marks, none is one."""
    before = marks(library)
    shown = triage(library)
    shown.press(pasted)
    shown.until(f"{decided} decided")
    if decided == 46:
        shown.until("That was the last paper.")
    shown.press("q")
    assert shown.end() == 0
    changed = {n for n, mark in marks(library).items() if mark != before.get(n)}
    assert len(changed) == decided
    assert len(steps(library)) == min(decided, 1)


def test_a_pasted_text_is_typed_into_a_line(triage, library, marks):
    shown = triage(library)
    shown.say("jt", "tags:")
    shown.say("\x1b[200~one,\n two\x1b]0;x\x07\x1b[201~", "tags: one, two]0;x")
    shown.say("\x7f" * 4, lambda text: "]0;" not in text)
    shown.say("\r", "3 of 46")
    shown.press("q")
    assert shown.end() == 0
    assert marks(library)[2] == {"tags": ["one", "two"]}
