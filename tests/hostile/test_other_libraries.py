"""Libraries that others wrote: joined, restored, cloned. They bring papers and marks, and
lead nowhere.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from papertrack.fetching import followed
from papertrack.storage.layout import stamp_of
from tests.helpers.http_server import response

AT = "2025-01-01T00:00:00Z"
FEED = response(
    b'<rss version="2.0"><channel><title>t</title><link>/</link>'
    b"<item><title>A Paper</title><link>/posts/1</link></item></channel></rss>",
    Content_Type="text/xml",
)
PRIVATE_HOSTS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0",
    "0x7f000001",
    "017700000001",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "１２７.0.0.1",
    "127。0。0。1",
    "a.localhost",
    "printer.local",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00::1]",
    "wiki",
    "intranet.owls.example",  # by the machine's own list of hosts
    "INTRANET.owls.example.",
)
NO_FEEDS = (
    "/etc/passwd",
    "notes.txt",
    "-",
    "",
    "file:///etc/passwd",
    "ftp://owls.example/f",
    "gopher://owls.example/",
    "javascript:alert(1)",
    "--help",
    "sample",
    "https://ann:geheim@owls.example/feed",
    "http://N:ge/heim@owls.example/feed",
)
RULE = {"key": "hide", "if": "agents", "do": "hide, tag owned", "at": AT, "place": 1}
PAPER = {
    "key": "arxiv:2511.00001",
    "keys": ["arxiv:2511.00001"],
    "added": AT,
    "said": {"hf": {"title": "Agents of Owls", "ids": ["arxiv:2511.00001"]}},
}


def put_library(root: Path, feeds: Mapping[str, str], **tables: dict[str, Any]) -> Path:
    """A library as anybody can write it: one paper, a mark, a view, feeds by name."""
    documents = [
        {"key": target, "name": name, "at": AT} for name, target in feeds.items()
    ]
    desk = {
        "format": {"1": {"version": 1}},
        "feeds": {str(n): one for n, one in enumerate(documents, 1)},
        "rules": {"1": RULE},
        "views": {"1": {"key": "owls", "query": "owls", "at": AT}},
        "sources": {"1": {"key": "hf", "day": "2099-01-01", "read": AT}},
        **tables,
    }
    mark = {"key": PAPER["key"], "tags": ["theirs"], "marked": AT}
    (root / "papers").mkdir(parents=True)
    (root / "papers/2025-11.json").write_text(json.dumps({"papers": {"1": PAPER}}))
    (root / "desk.json").write_text(json.dumps(desk))
    (root / "marks.json").write_text(json.dumps({"marks": {"1": mark}}))
    return root


def desk_of(home: Mapping[str, str], table: str) -> list[dict[str, Any]]:
    path = Path(home["PAPERTRACK_LIBRARY"], "desk.json")
    return list(json.loads(path.read_text()).get(table, {}).values())


@pytest.fixture(autouse=True)
def hosts(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that calls a host of its network `intranet.owls.example`."""
    path = tmp_path / "hosts"
    path.write_text(
        "127.0.0.1 localhost # here\n\n10.1.2.3\tother intranet.owls.example\n"
        "broken\n8.8.8.8 owls.example\n"
    )
    monkeypatch.setattr(followed, "HOSTS", path)
    followed.local_names.cache_clear()
    yield
    followed.local_names.cache_clear()


@pytest.fixture
def library(home) -> Path:
    return Path(home["PAPERTRACK_LIBRARY"])


# ------------------------------------------------------------------ joining


def test_joining_brings_papers_marks_and_views_and_lists_the_rest(
    run, home, tmp_path
) -> None:
    other = put_library(tmp_path / "other", {"owls": "https://owls.example/f"})
    ran = run("import", str(other))
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [
            f"{other}: 1 new, 0 updated, 0 known",
            "  1 mark, 1 view joined (undo: papertrack undo)",
            "  its feeds and rules are proposals, not taken; papertrack import"
            f" {other} --with feeds,rules takes them:",
            "    feed owls: https://owls.example/f",
            "    rule hide: agents: tag owned, hide",
        ],
    )
    assert run("list", "tag:theirs", "--format", "ids").out == "2511.00001\n"
    assert run("view", "list").out.startswith("owls\t")
    for table in ("feeds", "rules", "sources"):
        assert desk_of(home, table) == []


@pytest.mark.parametrize(
    ("requested", "feeds", "rules"),
    [("feeds", 1, 0), ("rules", 0, 1), ("feeds,rules", 1, 1), ("ALL", 1, 1)],
)
def test_what_is_requested_is_taken(
    run, home, tmp_path, requested: str, feeds: int, rules: int
) -> None:
    other = put_library(tmp_path / "other", {"owls": "https://owls.example/f"})
    assert run("import", str(other), "--with", requested).code == 0
    assert len(desk_of(home, "feeds")) == feeds
    assert len(desk_of(home, "rules")) == rules
    assert desk_of(home, "sources") == []  # the state of a feed that nobody follows
    again = run("import", str(other), "--with", requested)
    assert again.code == 0
    assert "feed owls" not in again.err or not feeds
    run("undo")
    assert desk_of(home, "feeds") == desk_of(home, "rules") == []


def test_an_unknown_request_is_reported(run, tmp_path) -> None:
    other = put_library(tmp_path / "other", {})
    ran = run("import", str(other), "--with", "hooks")
    assert (ran.code, ran.err) == (
        2,
        "papertrack: --with hooks: it takes feeds, rules or all\n",
    )


@pytest.mark.parametrize("target", [f"http://{host}/f" for host in PRIVATE_HOSTS])
def test_feeds_on_private_hosts_are_left_out_even_on_request(
    run, home, tmp_path, target: str
) -> None:
    other = put_library(tmp_path / "other", {"x": target})
    ran = run("import", str(other), "--with", "feeds,rules")
    assert ran.code == 0
    assert "left out" in ran.err
    assert "its host is on a private network" in ran.err
    assert desk_of(home, "feeds") == []


@pytest.mark.parametrize("target", NO_FEEDS)
def test_what_is_no_feed_is_left_out_even_on_request(
    run, home, tmp_path, target: str
) -> None:
    other = put_library(tmp_path / "other", {"x": target})
    ran = run("import", str(other), "--with", "all")
    assert ran.code == 0
    assert "left out" in ran.err
    assert desk_of(home, "feeds") == []
    shutil.rmtree(other)
    assert "geheim" not in ran.err + str(desk_of(home, "undo"))
    assert not any(word in ran.err for word in ("ge/", "heim"))


def test_many_proposals_are_listed_in_part(run, tmp_path) -> None:
    feeds = {f"f{n}": f"https://owls.example/{n}" for n in range(50)}
    ran = run("import", str(put_library(tmp_path / "other", feeds)))
    assert "    and 31 more" in ran.err.splitlines()


# ------------------------------------------------------------------ cloned, unpacked


@pytest.mark.parametrize("target", [f"http://{host}/f" for host in PRIVATE_HOSTS[:8]])
def test_a_cloned_library_leads_to_no_private_host(run, library, target: str) -> None:
    put_library(library, {"x": target, "category": "hf"})
    ran = run("fetch")
    expected = f"papertrack: {target}: not read, its host is on a private network; "
    assert expected in ran.err
    assert f"papertrack feed add {target} confirms it" in ran.err.replace("'", "")


@pytest.mark.parametrize("target", NO_FEEDS)
def test_a_cloned_library_reads_no_file(run, library, target: str) -> None:
    put_library(library, {"x": target})
    ran = run("fetch")
    assert ran.code == 1
    assert "not read, " in ran.err
    assert "papertrack feed remove x unfollows it" in ran.err
    assert "Unexpected" not in ran.err


def test_a_file_with_the_name_of_a_followed_source_is_not_read(
    run, library, tmp_path, monkeypatch
) -> None:
    put_library(library, {"x": "hf"})
    monkeypatch.chdir(tmp_path)
    Path("hf").write_text("2511.09999")
    ran = run("fetch")
    assert "hf: 0 new" in ran.err
    assert run("list", "--format", "ids").out == "2511.00001\n"


def test_what_was_named_here_is_read_and_the_rest_is_reported(
    run, home, library, serving
) -> None:
    server = serving(lambda path: FEED)
    mine, theirs = f"{server.url}/mine", f"{server.url}/theirs"
    put_library(library, {"theirs": theirs})
    assert run("feed", "add", mine).code == 0
    ran = run("fetch")
    assert ran.code == 3
    assert [head.split()[1] for head in server.heads] == ["/mine"]
    assert f"papertrack: {theirs}: not read" in ran.err
    assert run("feed", "add", theirs).code == 0  # confirmed
    assert run("fetch").code == 0
    assert [head.split()[1] for head in server.heads][1:] == ["/theirs", "/mine"]


@pytest.mark.usefixtures("without_daily_papers")
def test_an_approval_is_of_this_machine_and_of_this_library(
    run, home, library, serving, tmp_path
) -> None:
    server = serving(lambda path: FEED)
    target = f"{server.url}/f"
    assert run("feed", "add", target).code == 0
    copy = tmp_path / "copy"
    shutil.copytree(library, copy)
    assert run("fetch", PAPERTRACK_LIBRARY=str(copy)).code == 1
    assert run("fetch", PAPERTRACK_STATE=str(tmp_path / "elsewhere")).code == 1
    assert server.heads == []
    shutil.rmtree(home["PAPERTRACK_CACHE"])
    assert run("fetch").code == 0
    assert len(server.heads) == 1
    approvals = list(Path(home["PAPERTRACK_STATE"]).rglob("*.json"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in approvals)


def test_a_password_is_sent_only_to_feeds_that_were_named_here(
    run, home, library, serving, monkeypatch
) -> None:
    server = serving(lambda path: response(b"", "401 Unauthorized"))
    target = f"{server.url}/f"
    netrc = Path(home["HOME"]) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login ann password geheim\n")
    netrc.chmod(0o600)
    put_library(library, {"x": target})
    monkeypatch.setattr(
        "papertrack.fetching.followed.names_private_host", lambda url: False
    )
    monkeypatch.setattr("papertrack.web.urls.is_private", lambda address: False)
    monkeypatch.setattr("papertrack.web.transport.is_private", lambda address: False)
    ran = run("fetch")
    assert f"papertrack feed add {target} confirms it" in ran.err
    assert not any("Authorization" in head for head in server.heads)
    assert run("feed", "add", target).code == 0
    assert "was not sent" not in run("fetch").err
    assert "Authorization" in server.heads[-1]


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["status", "--all"],
        ["feed", "list"],
        ["rule", "list"],
        ["search", "owls"],
        ["doctor"],
        ["export", "--format", "opml"],
    ],
)
def test_reading_a_cloned_library_contacts_no_host(
    run, library, serving, words: list[str]
) -> None:
    server = serving(lambda path: FEED)
    put_library(library, {"x": f"{server.url}/f"})
    before = {path: stamp_of(path.stat()) for path in library.rglob("*.json")}
    run(*words)
    assert server.heads == []
    assert {path: stamp_of(path.stat()) for path in library.rglob("*.json")} == before


# ------------------------------------------------------------------ backups


def backup_of(run, home, root: Path, out: Path) -> Path:
    """A backup of the library at `root` that another machine makes."""
    ran = run(
        "backup",
        str(out),
        PAPERTRACK_LIBRARY=str(root),
        PAPERTRACK_STATE=str(root.with_name("their-state")),
        PAPERTRACK_CACHE=str(root.with_name("their-cache")),
    )
    assert ran.code == 0, ran.err
    return out


@pytest.mark.usefixtures("without_daily_papers")
def test_a_backup_from_elsewhere_proposes(run, home, tmp_path, library) -> None:
    feeds = {"owls": "https://owls.example/f", "x": "http://127.1/f"}
    undo = {"1": {"key": "1", "at": AT, "what": "x", "changes": []}}
    other = put_library(tmp_path / "other", feeds, undo=undo)
    backup = backup_of(run, home, other, tmp_path / "a.tar.gz")
    assert run("feed", "add", "arxiv:cs.CL").code == 0
    ran = run("restore", str(backup), "--yes")
    assert ran.code == 0
    assert "    feed owls: https://owls.example/f" not in ran.err  # one level less
    assert "  feed owls: https://owls.example/f\n" in ran.err
    assert "  rule hide: agents: tag owned, hide\n" in ran.err
    assert "  feed x: http://127.1/f: its host is on a private network\n" in ran.err
    assert [one["key"] for one in desk_of(home, "feeds")] == ["arxiv:cs.CL"]
    assert desk_of(home, "rules") == desk_of(home, "sources") == []
    assert run("list", "tag:theirs", "--format", "ids").out == "2511.00001\n"
    assert run("undo").code == 0
    assert run("list", "--all", "--format", "ids").out == ""


def test_a_backup_from_elsewhere_brings_all_on_request(run, home, tmp_path) -> None:
    feeds = {"owls": "https://owls.example/f", "x": "http://127.1/f"}
    other = put_library(tmp_path / "other", feeds)
    backup = backup_of(run, home, other, tmp_path / "a.tar.gz")
    assert run("restore", str(backup), "--yes", "--with", "all").code == 0
    assert [one["name"] for one in desk_of(home, "feeds")] == ["owls"]
    assert [one["key"] for one in desk_of(home, "rules")] == ["hide"]


@pytest.mark.parametrize("place", ["outside", "inside"])
def test_an_own_backup_brings_everything_back(
    run, home, tmp_path, library, serving, place: str
) -> None:
    server = serving(lambda path: FEED)
    put_library(library, {"category": "arxiv:cs.CL"})
    assert run("feed", "add", f"{server.url}/f").code == 0
    out = [str(tmp_path / "a.tar.gz")] if place == "outside" else []
    backup = run("backup", *out).out.strip()
    assert run("feed", "remove", "1", "2").code == 0
    assert run("rule", "remove", "hide").code == 0
    ran = run("restore", backup, "--yes")
    assert ran.code == 0
    assert "proposals" not in ran.err
    assert len(desk_of(home, "feeds")) == 2
    assert len(desk_of(home, "rules")) == 1


def test_a_changed_backup_is_one_from_elsewhere(run, home, tmp_path, library) -> None:
    put_library(library, {"category": "arxiv:cs.CL"})
    backup = tmp_path / "a.tar.gz"
    assert run("backup", str(backup)).code == 0
    assert run("feed", "remove", "1").code == 0
    state = Path(home["PAPERTRACK_STATE"])
    (key,) = state.glob("*.key")
    assert key.stat().st_mode & 0o077 == 0
    key.rename(key.with_suffix(".old"))
    ran = run("restore", str(backup), "--yes")
    assert "  feed category: arxiv:cs.CL\n" in ran.err
    assert desk_of(home, "feeds") == []
