"""`add`, short targets, and the tags and the status that a fetch or an import gives."""

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.helpers import turns
from tests.helpers.http_server import Server, path_of, response

ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/abs/{id}v1</id><title>Kettles {id}</title><summary>Tea.</summary>
<published>2025-11-06T00:00:00Z</published><updated>2025-11-06T00:00:00Z</updated>
<author><name>Ann Onymous</name></author></entry></feed>"""


@pytest.fixture
def arxiv(home):
    """arXiv, with a paper for every id."""

    def respond(head):
        number = path_of(head).partition("id_list=")[2].partition("&")[0]
        return response(ATOM.format(id=number.partition("v")[0]).encode())

    server = Server(respond)
    home["PAPERTRACK_ARXIV_ENDPOINT"] = server.url
    yield server
    server.close()


def marks(inside):
    papers = json.loads(inside("list is:hidden or not is:hidden --json").out)
    return {one["id"]: " ".join([*one["tags"], one["status"]]) for one in papers}


@pytest.mark.parametrize(
    "target",
    [
        "2511.04570",
        "arXiv:2511.04570",
        "https://www.alphaxiv.org/abs/2511.04570",
        "https://arxiv.org/pdf/2511.04570v1.pdf",
        "10.48550/arXiv.2511.04570",
    ],
)
def test_a_paper_is_added_by_any_form_of_its_id(inside, arxiv, target):
    ran = inside(["add", target])
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "arxiv:2511.04570: 1 new, 0 updated, 0 known\n"
    assert marks(inside) == {"2511.04570": "unread"}


def test_tags_and_status_are_given_to_known_papers_too(inside, arxiv, home):
    first = inside("add 2511.04570 --tag video,to-read --mark later")
    assert first.err == "arxiv:2511.04570: 1 new, 0 updated, 0 known, 1 marked\n"
    turns.forget(Path(home["PAPERTRACK_CACHE"]))
    inside("add 2511.03773")
    turns.forget(Path(home["PAPERTRACK_CACHE"]))
    inside("fetch 2511.04570 2511.03773 --tag agents --mark read")
    assert marks(inside) == {
        "2511.04570": "video to-read agents later",
        "2511.03773": "agents read",
    }
    inside("undo")
    assert marks(inside) == {
        "2511.04570": "video to-read later",
        "2511.03773": "unread",
    }


BIB = """@article{a, title={Tea}, year={2020}, keywords={kettles}}
@article{b, title={Milk}, year={2021}}
"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--tag mine", ["mine unread"] * 2),
        ("--mark read", ["read"] * 2),
        ("--mark unread", ["unread"] * 2),
        ("--tag a/b,c --mark hidden", ["a/b c hidden"] * 2),
        ("--tag mine --mark read --dry-run", []),
    ],
)
@pytest.mark.parametrize("command", ["import", "fetch"])
def test_an_import_gives_tags_and_a_status(
    inside, tmp_path, command, options, expected
):
    file = tmp_path / "refs.bib"
    file.write_text(BIB)
    assert inside([command, str(file), *options.split()]).code == 0
    assert sorted(marks(inside).values()) == sorted(expected)
    if "--dry-run" not in options:
        again = inside([command, str(file), *options.split()])
        assert again.err.splitlines()[0] == f"{file}: 0 new, 0 updated, 2 known"


def test_tags_are_added_to_those_of_an_export(inside, tmp_path):
    file = tmp_path / "refs.bib"
    file.write_text(BIB)
    inside(["import", str(file), "--marks", "--tag", "mine", "--mark", "later"])
    assert sorted(marks(inside).values()) == ["kettles mine later", "mine later"]


UNDATED = {
    "a.bib": "@misc{a, title={Aged Tea}}\n@misc{b, title={Old Milk}}\n",
    "a.ris": "TY  - GEN\nTI  - Aged Tea\nER  - \n\nTY  - GEN\nTI  - Old Milk\nER  - \n",
    "a.csv": "title,upvotes\nAged Tea,900\nOld Milk,1000\n",
    "a.json": json.dumps([{"title": "Aged Tea"}, {"title": "Old Milk"}]),
    "a.txt": "10.1234/aged-tea\n10.1234/old-milk\n",
    "ids.txt": "0704.0001\n0704.0002\n",
}


@pytest.mark.parametrize("name", UNDATED)
@pytest.mark.parametrize("days", [0, 1, 3, 6])
def test_undated_imports_are_below_the_listing(inside, tmp_path, rows, name, days):
    """Also below a listing of some days ago, as after a weekend."""
    today = dt.datetime(2025, 11, 24, 12, tzinfo=dt.UTC)
    listed = (today - dt.timedelta(days=days)).date().isoformat()
    listing = tmp_path / "listing.json"
    paper = {**rows[1]["paper"], "submittedOnDailyAt": f"{listed}T01:00:00.000Z"}
    listing.write_text(json.dumps([{**rows[1], "paper": paper}]))
    file = tmp_path / name
    file.write_text(UNDATED[name])
    inside(["fetch", str(listing)], now=today)
    assert inside(["import", str(file)], now=today).code == 0
    order = inside("list --format ids", now=today).out.split()
    assert len(order) == 3
    assert order[0] == "2306.90002"
    oldest_first = inside("list --format ids --reverse", now=today).out.split()
    assert oldest_first[-1] == "2306.90002"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("add", "missing argument"),
        ("add 2511.04570 --mark seen", "--mark"),
        ("add 2511.04570 --tag (", "not a tag"),
        ("add 2511.04570 --tag ,", "no tag given"),
        ("import {library} --tag x", "is a library"),
        ("add nothing-like-this", "no source for nothing-like-this"),
    ],
)
def test_mistakes(inside, home, line, message):
    Path(home["PAPERTRACK_LIBRARY"]).mkdir()
    ran = inside(line.format(library=home["PAPERTRACK_LIBRARY"]))
    assert ran.code == 2
    assert message in ran.err


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("2511.04570", "arxiv:2511.04570"),
        ("today", "hf:today"),
        ("cs.CL", "arxiv:cs.CL"),
        ("2025-11", "hf:2025-11"),
        ("2025-W45", "hf:2025-W45"),
    ],
)
def test_a_file_comes_before_a_short_form(inside, tmp_path, monkeypatch, name, meaning):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(BIB)
    ran = inside(["fetch", name])
    hint = f"{name} is a file here; for the papers type {meaning}"
    assert ran.err.splitlines()[:2] == [hint, f"{name}: 2 new, 0 updated, 0 known"]
    followed = inside(["feed", "add", name])
    assert (followed.code, followed.err) == (2, f"papertrack: {hint}\n")


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("cs.CL", "arxiv:cs.CL"),
        ("trending", "hf:trending"),
        ("cs.CL,cs.LG", "arxiv:cs.CL,cs.LG"),
    ],
)
def test_short_forms_are_followed_under_their_full_name(inside, typed, target):
    inside(["feed", "add", typed])
    assert f"{target}\t{target}\t" in inside("feed list").out
    assert inside(["feed", "remove", typed]).code == 0
    assert target not in inside("feed list").out
