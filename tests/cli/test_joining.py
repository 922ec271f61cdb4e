"""Two machines: `import OTHER/LIBRARY`, from either side."""

import json
import shutil
from pathlib import Path

import pytest

from papertrack.library.settings import Followed
from papertrack.query.views import View
from tests.helpers.libraries import Library

ALL = ("--with", "feeds,rules")
ID, OTHER, THIRD = "2511.04570", "2511.04460", "2511.04217"


@pytest.fixture
def two(sample_home, rows_file, home, papertrack, tmp_path):
    """Environments of two machines that have the sample and different changes."""

    def machine(name, now, marks, view, feed):
        root = tmp_path / name
        shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], root)
        library = Library(root, tmp_path / f"{name}.cache", now=now)
        for key, change in marks.items():
            library.marking.mark(
                [f"arxiv:{key}"],
                lambda mark, change=change: mark._replace(**change),
                what=str,
            )
        library.settings.save_view(View("v", view, now), what="saved v")
        library.settings.follow([Followed(feed, feed)])
        library.index.close()
        return {
            **home,
            "PAPERTRACK_LIBRARY": str(root),
            "PAPERTRACK_CACHE": str(library.cache),
            "PAPERTRACK_STATE": str(library.cache.with_name("state")),
        }

    noted = {"tags": ("nlp", "shared"), "status": "read", "note": "first"}
    one = machine(
        "one",
        "2025-11-24T12:00:00Z",
        {ID: noted, OTHER: {"starred": True}},
        "is:read",
        "arxiv:cs.CL",
    )
    noted = {"tags": ("vision", "shared"), "note": "second"}
    other = machine(
        "other",
        "2025-11-25T12:00:00Z",
        {ID: noted, THIRD: {"tags": ("more",)}},
        "is:starred",
        "hf",
    )
    assert papertrack(["import", str(rows_file)], env=other).code == 0
    return one, other


def state(papertrack, env):
    """The papers of a library (without `added`), its views and feeds."""
    listed = json.loads(papertrack("list --all --json", env=env).out)
    papers = sorted(
        ({**paper, "added": None} for paper in listed), key=lambda paper: paper["key"]
    )
    views, feeds = (
        papertrack(f"{what} list", env=env).out.splitlines()
        for what in ("view", "feed")
    )
    return papers, sorted(views), sorted(line.split("\t")[1] for line in feeds)


def test_joining_from_either_side_gives_the_same_library(papertrack, two):
    one, other = two
    before = {
        name: Path(other["PAPERTRACK_LIBRARY"], name).read_bytes()
        for name in ("marks.json", "desk.json")
    }
    ran = papertrack(["import", other["PAPERTRACK_LIBRARY"], *ALL], env=one)
    assert ran.code == 0
    assert ran.err == (
        f"{other['PAPERTRACK_LIBRARY']}: 6 new, 0 updated, 40 known\n"
        "  2 marks, 2 views, 1 feed joined (undo: papertrack undo)\n"
    )
    for name, body in before.items():
        assert Path(other["PAPERTRACK_LIBRARY"], name).read_bytes() == body
    assert papertrack(["import", one["PAPERTRACK_LIBRARY"], *ALL], env=other).code == 0
    papers, views, feeds = state(papertrack, one)
    assert (papers, views, feeds) == state(papertrack, other)
    assert len(papers) == 46
    paper = next(paper for paper in papers if paper["id"] == ID)
    assert (paper["tags"], paper["note"], paper["status"]) == (
        ["nlp", "shared", "vision"],
        "first\n\nsecond",
        "read",
    )
    assert [view.split("\t")[0::2] for view in views] == [
        ["v", "is:starred"],
        ["v-2", "is:read"],
    ]
    assert feeds == ["arxiv:cs.CL", "hf"]
    again = papertrack(["import", other["PAPERTRACK_LIBRARY"], *ALL], env=one)
    assert again.err == f"{other['PAPERTRACK_LIBRARY']}: 0 new, 0 updated, 46 known\n"


def test_joining_is_one_step_of_the_log(papertrack, two):
    one, other = two
    papers, views, feeds = state(papertrack, one)
    papertrack(["import", other["PAPERTRACK_LIBRARY"], *ALL], env=one)
    assert "joined the library" in papertrack("undo", env=one).err
    after, *desk = state(papertrack, one)
    assert desk == [views, feeds]
    assert [paper for paper in after if not paper["id"].startswith("2306.")] == papers


def test_a_dry_run_writes_nothing(papertrack, two):
    one, other = two
    files = {
        path: path.read_bytes()
        for path in Path(one["PAPERTRACK_LIBRARY"]).rglob("*.json")
    }
    ran = papertrack(
        ["import", "--dry-run", other["PAPERTRACK_LIBRARY"], *ALL], env=one
    )
    assert ran.err.endswith(
        "6 new, 0 updated, 40 known (dry run)\n  2 marks, 2 views, 1 feed joined\n"
    )
    assert {
        path: path.read_bytes()
        for path in Path(one["PAPERTRACK_LIBRARY"]).rglob("*.json")
    } == files


@pytest.mark.parametrize("broken", ["marks.json", "desk.json", "papers/2025-11.json"])
def test_an_unreadable_library_is_reported_and_changes_nothing(papertrack, two, broken):
    one, other = two
    path = Path(other["PAPERTRACK_LIBRARY"], broken)
    path.write_text('{"x"')
    before = {
        path: path.read_bytes()
        for path in Path(one["PAPERTRACK_LIBRARY"]).rglob("*.json")
    }
    ran = papertrack(["import", other["PAPERTRACK_LIBRARY"], *ALL], env=one)
    assert ran.code == 1
    assert f"papertrack: {path}: line 1 column 5" in ran.err
    assert {
        path: path.read_bytes()
        for path in Path(one["PAPERTRACK_LIBRARY"]).rglob("*.json")
    } == before


def test_a_folder_that_is_not_a_library_is_reported(papertrack, home, tmp_path):
    (tmp_path / "folder").mkdir()
    ran = papertrack(["import", str(tmp_path / "folder")])
    assert ran.code == 1
    assert "is not a library" in ran.err


@pytest.mark.parametrize(
    ("theirs", "before", "expected"),
    [
        # A new library follows what the other one does.
        ([], [], ["hf"]),
        (["feed add cs.CL"], [], ["arxiv:cs.CL", "hf"]),
        (["feed add cs.CL", "feed remove hf"], [], ["arxiv:cs.CL"]),
        (["feed add hf:trending", "feed remove hf"], [], ["hf:trending"]),
        # What was followed here stays, by default, by config.toml or by feed add.
        (["feed add cs.CL", "feed remove hf"], ["fetch hf"], ["arxiv:cs.CL", "hf"]),
        (
            ["feed add cs.CL", "feed remove hf"],
            ["config set sources cs.LG"],
            ["arxiv:cs.CL", "arxiv:cs.LG"],
        ),
        (
            ["feed add cs.CL", "feed remove hf"],
            ["feed add cs.LG"],
            ["arxiv:cs.CL", "arxiv:cs.LG", "hf"],
        ),
        (["feed add cs.CL"], ["feed remove hf"], ["arxiv:cs.CL", "hf"]),
    ],
)
def test_what_is_followed_after_an_import_with_feeds(
    theirs, before, expected, inside, home, tmp_path
):
    other = {**home, "PAPERTRACK_LIBRARY": str(tmp_path / "other"), "HOME": "/nowhere"}
    for line in ("fetch sample", *theirs):
        assert inside(line, env=other).code == 0
    for line in before:
        inside(line)
    followed = inside("feed list").out
    ran = inside(["import", other["PAPERTRACK_LIBRARY"], "--with", "feeds"])
    assert ran.code == 0, ran
    names = [line.split("\t")[1] for line in inside("feed list").out.splitlines()]
    assert sorted(names) == expected
    assert inside("undo").code == 0
    assert inside("feed list").out == followed
