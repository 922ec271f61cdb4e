"""The command `tags`: counts, order, trees, the papers of tags; into a pipe and on a
terminal.
"""

from __future__ import annotations

import json
import shutil

import pytest

# id -> (day, tags, status)
PAPERS = {
    "2401.00001": ("2024-01-01", ["llm", "Vision/Video"], "unread"),
    "2401.00002": ("2024-01-02", ["llm/agents", "llm/agents/tools"], "read"),
    "2401.00003": ("2024-01-03", ["llm/agents/tools", "llm"], "unread"),
    "2401.00004": ("2024-01-04", ["llm-old"], "later"),
    "2401.00005": ("2024-01-05", ["llm", "secret"], "hidden"),
    "2401.00006": ("2024-01-06", ["日本語", "vision/video"], "later"),
    "2401.00007": ("2024-01-07", [], "unread"),
}
TABLE = """\
llm	2	2	0	2024-01-03
llm-old	1	0	1	2024-01-04
llm/agents	1	0	0	2024-01-02
llm/agents/tools	2	1	0	2024-01-03
Vision/Video	2	1	1	2024-01-06
日本語	1	0	1	2024-01-06
"""
TREE = """\
llm	3	2	0	2024-01-03
llm/agents	2	1	0	2024-01-03
llm/agents/tools	2	1	0	2024-01-03
llm-old	1	0	1	2024-01-04
Vision	2	1	1	2024-01-06
Vision/Video	2	1	1	2024-01-06
日本語	1	0	1	2024-01-06
"""


@pytest.fixture
def tagged(home, written):
    """A library with these papers."""
    written(
        home,
        *(
            {"id": id, "listed": day, "tags": tags, "status": status}
            for id, (day, tags, status) in PAPERS.items()
        ),
    )
    return home


def names(ran):
    return [line.partition("\t")[0] for line in ran.out.splitlines()]


def test_the_table_of_tags(inside, tagged):
    ran = inside("tags")
    assert (ran.code, ran.out, ran.err) == (0, TABLE, "6 tags\n")
    assert inside("tags -n 2").err == "2 of 6 tags\n"
    first = json.loads(inside("tags --json").out)[0]
    assert first == {
        "name": "llm",
        "count": 2,
        "unread": 2,
        "later": 0,
        "newest": "2024-01-03",
    }


def test_a_parent_counts_the_papers_below_it_once(inside, tagged):
    ran = inside("tags --tree")
    assert (ran.out, ran.err) == (TREE, "7 tags\n")
    assert [tag["count"] for tag in json.loads(inside("tags --tree --json").out)] == [
        3,
        2,
        2,
        1,
        2,
        2,
        1,
    ]


def test_sort_options(inside, tagged):
    def order(args):
        ran = inside(f"tags {args}")
        assert ran.code == 0, ran.err
        return names(ran)

    assert order("--sort papers") == [
        "llm",
        "llm/agents/tools",
        "Vision/Video",
        "llm-old",
        "llm/agents",
        "日本語",
    ]
    assert order("-s unread -n 3") == ["llm", "llm/agents/tools", "Vision/Video"]
    assert order("--sort newest")[:3] == ["Vision/Video", "日本語", "llm-old"]
    assert (
        order("--reverse")
        == [line.partition("\t")[0] for line in TABLE.splitlines()][::-1]
    )
    assert order("--tree --sort newest") == [
        "Vision",
        "Vision/Video",
        "日本語",
        "llm-old",
        "llm",
        "llm/agents",
        "llm/agents/tools",
    ]


def test_papers_of_a_tag_and_their_other_tags(inside, tagged):
    ran = inside("tags LLM vision/video -n 2")
    assert [line.split("\t")[:3] for line in ran.out.splitlines()] == [
        ["llm", "2401.00003", "2024-01-03"],
        ["llm", "2401.00002", "2024-01-02"],
        ["Vision/Video", "2401.00006", "2024-01-06"],
        ["Vision/Video", "2401.00001", "2024-01-01"],
    ]
    assert ran.err == "4 of 5; -n N or --all shows more\n"
    assert inside("tags llm vision/video --all").err == "4 papers\n"
    (whole,) = json.loads(inside("tags llm --json --fields id,tags -n 1").out)
    assert whole == {
        "name": "llm",
        "count": 3,
        "unread": 2,
        "later": 0,
        "newest": "2024-01-03",
        "together": [
            {"name": "llm/agents/tools", "count": 2},
            {"name": "llm/agents", "count": 1},
            {"name": "Vision/Video", "count": 1},
        ],
        "papers": [{"id": "2401.00003", "tags": ["llm/agents/tools", "llm"]}],
    }
    assert inside("tags llm llm/agents --format ids").out.split() == [
        "2401.00003",
        "2401.00002",
        "2401.00001",
    ]
    assert inside("tags vision -r --fields id").out.count("2401.0000") == 2


def test_thirty_papers_of_each_tag_are_shown(inside, sample_home, home):
    """The sample's library, in a folder of its own."""
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    inside("tag add all listed:2000.. --yes")
    shown = inside("tags all")
    assert (len(shown.out.splitlines()), shown.err) == (
        30,
        "30 of 40; -n N or --all shows more\n",
    )
    assert len(inside("tags all --all").out.splitlines()) == 40


def test_unknown_and_hidden_tags(inside, tagged):
    ran = inside("tags llm llm/agnets")
    assert (ran.code, ran.out) == (5, "")
    assert ran.err == (
        "papertrack: unknown tag llm/agnets; did you mean: papertrack tags llm"
        " llm/agents\n"
    )
    ran = inside("tags secret")
    assert (ran.code, ran.out) == (0, "")
    assert (
        ran.err
        == "no paper shown: all 1 that match are hidden; papertrack list is:hidden shows them\n"
    )
    ran = inside("tags x")
    assert ran.err.startswith("papertrack: unknown tag x; known: llm, ")


def test_options_that_do_not_apply_are_refused(inside, tagged):
    for args in ("llm --tree", "--fields id", "--sort x"):
        ran = inside(f"tags {args}")
        assert (ran.code, ran.out) == (2, ""), args
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal(columns, drawn, tagged, golden, width):
    texts = []
    for args in ("tags", "tags --tree --sort papers", "tags vision llm -n 2"):
        screen = drawn(args, columns, env=tagged)
        assert screen.code == 0
        assert all(width(line) <= columns for line in screen.lines)
        texts.append(f"$ {args}\n{screen.text}")
    golden(f"tagged.{columns}", "\n".join(texts))
