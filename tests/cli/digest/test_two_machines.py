"""Digests of two machines, and of a library that is restored: what was sent stays sent,
and nothing that another library contains is sent from here.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.helpers.digests import MONDAY, TUESDAY, stored, titles
from tests.helpers.mail_server import papers_of

SEND = "digest --send"


def shown(text):
    return sorted(line for line in text.splitlines() if line.startswith("Paper number"))


@pytest.fixture
def other(home, tmp_path):
    """`other()` copies the library to another machine; its environment."""

    def copy():
        root = tmp_path / "other" / "library"
        shutil.copytree(home["PAPERTRACK_LIBRARY"], root)
        places = {
            f"PAPERTRACK_{name}": str(tmp_path / name) for name in ("CACHE", "STATE")
        }
        return {**home, **places, "PAPERTRACK_LIBRARY": str(root)}

    return copy


def test_what_the_other_machine_sent_is_not_new_here(
    server, inside, fetched, home, other
):
    fetched(1, 2)
    there = other()
    assert inside(SEND, env=there, now=MONDAY).code == 0
    assert inside(["import", there["PAPERTRACK_LIBRARY"]], now=MONDAY).code == 0
    fetched(3)
    assert inside(SEND, now=TUESDAY).code == 0
    assert sorted(papers_of(server.received)) == titles(1, 2, 3)
    assert inside("undo 2", now=TUESDAY).code == 0
    assert len(server.received) == 2


def test_what_waits_on_the_other_machine_is_sent_there(
    server, inside, fetched, home, other
):
    fetched(1)
    there = other()
    server.refused["ada@example.org"] = "452 later"
    assert inside(SEND, env=there, now=MONDAY).code == 1
    server.refused.clear()
    assert inside(["import", there["PAPERTRACK_LIBRARY"]], now=MONDAY).code == 0
    assert all("message" not in one for one in stored(home))
    assert inside(SEND, now=MONDAY).err.startswith("Nothing new")
    assert inside(SEND, env=there, now=TUESDAY).code == 0
    assert papers_of(server.received) == titles(1)


def test_a_copy_of_what_waits_here_does_not_end_the_wait(
    server, inside, fetched, home, other
):
    fetched(1)
    server.refused["ada@example.org"] = "452 later"
    assert inside(SEND, now=MONDAY).code == 1
    server.refused.clear()
    there = other()
    assert inside(SEND, env=there, now=MONDAY).code == 0
    assert inside(["import", there["PAPERTRACK_LIBRARY"]], now=MONDAY).code == 0
    assert inside(SEND, now=TUESDAY).code == 0
    first, second = server.received
    assert first == second


@pytest.mark.parametrize("since", ["9999", "2026-01-01T00:00:00Z", "\x1b[2J", ""])
def test_times_of_another_library_hide_no_papers(since, inside, fetched, home, other):
    fetched(1)
    there = other()
    path = Path(there["PAPERTRACK_LIBRARY"]) / "desk.json"
    content = json.loads(path.read_text())
    digest = {"key": "k", "name": "default", "papers": []}
    content["digests"] = {"1": {**digest, "at": "9999", "since": since}}
    path.write_text(json.dumps(content))
    assert inside(["import", there["PAPERTRACK_LIBRARY"]], now=MONDAY).code == 0
    ran = inside("digest", now=MONDAY)
    assert shown(ran.out) == titles(1)
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("waits", [False, True])
def test_what_was_sent_after_a_backup_stays_sent(
    waits, server, inside, fetched, home, tmp_path
):
    backup = str(tmp_path / "backup.tar.gz")
    fetched(1)
    if waits:
        server.refused["ada@example.org"] = "452 later"
    assert inside(SEND, now=MONDAY).code == waits
    assert inside(["backup", backup], now=MONDAY).code == 0
    server.refused.clear()
    fetched(2)
    assert inside(SEND, now=MONDAY).code == 0
    assert inside(["restore", backup, "--yes"], now=TUESDAY).code == 0
    fetched(2, 3, now=TUESDAY)
    assert inside(SEND, now=TUESDAY).code == 0
    assert sorted(papers_of(server.received)) == titles(1, 2, 3)
    assert len(server.received) == len(server.ids) == 3
    assert inside("undo 2", now=TUESDAY).code == 0
    assert shown(inside("digest", now=TUESDAY).out) == []
