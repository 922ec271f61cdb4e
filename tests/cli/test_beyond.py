"""The README's recipes for groups and other programs: each runs as it is written."""

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import rispy

from tests.helpers.http_server import Server, response
from tests.helpers.shell import sh

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def recipe(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no recipe for {name}"
    return found[1]


@pytest.fixture
def members(environment, written, tmp_path):
    """Ada and Bob, each with a paper for the group and one of their own; both have
    another one.
    """
    program = tmp_path / "bin" / "papertrack"
    program.parent.mkdir()
    start = "from papertrack.__main__ import main; main()"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    program.chmod(0o755)
    members = []
    for number, name in enumerate(("ada", "bob"), 1):
        env = environment(tmp_path / name)
        for role in ("AUTHOR", "COMMITTER"):
            env[f"GIT_{role}_NAME"] = name
            env[f"GIT_{role}_EMAIL"] = f"{name}@example.org"
        written(
            env,
            {
                "id": f"2511.0000{number}",
                "tags": ["group", name],
                "note": f"Of {name}.",
            },
            {"id": "2511.00003", "tags": ["group", f"{name}-too"]},
            {"id": f"2511.0010{number}", "tags": ["private"]},
        )
        members.append({**env, "PATH": f"{program.parent}:{env['PATH']}"})
    return members


def tags(env):
    """The tags of each paper of a reader."""
    papers = json.loads(sh("papertrack list --all --json", env).stdout)
    return {paper["id"]: set(paper["tags"]) for paper in papers}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_group_through_git(members, tmp_path):
    ada, bob = members
    sh(f"git init -q --bare -b main {tmp_path}/group.git", ada)
    address = f"{tmp_path}/group.git"
    sh(recipe("group-start").replace("git@example.org:group.git", address), ada)
    sh(f"git clone -q {address} group", bob)
    for member in (ada, bob, ada, bob):
        sh(recipe("group-share"), member)
    both = {"group", "ada-too", "bob-too"}
    shared = {
        "2511.00001": {"group", "ada"},
        "2511.00002": {"group", "bob"},
        "2511.00003": both,
    }
    assert tags(ada) == {**shared, "2511.00101": {"private"}}
    assert tags(bob) == {**shared, "2511.00102": {"private"}}
    notes = json.loads(sh("papertrack show 2511.00001 --json", bob).stdout)
    assert notes[0]["note"] == "Of ada."


def test_a_group_through_a_feed(members):
    ada, bob = members
    sh(recipe("group-feed"), ada)
    feed = Path(ada["HOME"], "public/group.atom").read_bytes()
    assert b"Of ada." not in feed
    server = Server(
        lambda head: response(feed, **{"Content-Type": "application/atom+xml"})
    )
    follow, fetch = recipe("group-reader").splitlines()
    sh(follow.replace("https://example.org", server.url), bob)
    sh("papertrack feed remove hf", bob)  # as yet followed by everyone
    sh(fetch, bob)
    assert tags(bob) == {
        "2511.00001": {"group"},
        "2511.00002": {"group", "bob"},
        "2511.00003": {"group", "bob-too"},
        "2511.00102": {"private"},
    }


def test_a_group_through_zotero(members):
    ada, bob = members
    sh(recipe("zotero"), ada)
    text = Path(ada["HOME"], "group.ris").read_text(encoding="utf-8")
    assert [one["title"] for one in rispy.loads(text)] == [
        "Paper number 1",
        "Paper number 2",
    ]
    Path(bob["HOME"], "theirs.ris").write_text(text, encoding="utf-8")
    sh("papertrack import --marks theirs.ris", bob)
    assert tags(bob)["2511.00001"] == {"group", "ada"}
    assert tags(bob)["2511.00003"] == {"group", "ada-too", "bob-too"}


def test_duckdb_counts_as_stats_does(members, monkeypatch):
    ada, _ = members
    sh("papertrack fetch sample", ada)
    sh("papertrack tag add model model --yes", ada)
    sh(recipe("partition"), ada)
    monkeypatch.chdir(ada["HOME"])
    _, months, tags_ = filter(str.strip, recipe("duckdb").split(";"))
    copy = recipe("duckdb").partition(";")[0]
    with duckdb.connect() as db:
        db.execute(copy)
        by_month = dict(db.execute(months).fetchall())
        by_tag = dict(db.execute(tags_).fetchall())
    stats = json.loads(sh("papertrack stats --json", ada).stdout)
    expected: Counter[str] = Counter()
    for day in stats["days"]:
        expected[day["day"][:7]] += day["count"]
    undated = by_month.pop(None, 0)
    assert by_month == expected
    assert sum(by_month.values()) + undated == stats["papers"]
    assert by_tag == {one["name"]: one["count"] for one in stats["tags"]}
