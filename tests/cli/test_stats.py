"""The library in numbers, and trends: on a pipe, as JSON, on terminals; compared with
the papers.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

PAPERS = [
    {
        "id": "2311.00001",
        "listed": "2023-11-30",
        "organization": "Tea Institute",
        "tags": ["tea"],
        "title": "Kettles",
        "status": "read",
        "marked": "2024-01-05T10:00:00Z",
        "added": "2023-12-01T00:00:00Z",
    },
    {
        "id": "2401.00001",
        "listed": "2024-01-01",
        "organization": "tea institute",
        "tags": ["Tea", "tune"],
        "title": "Kettles in tune",
        "starred": True,
        "added": "2024-01-02T00:00:00Z",
    },
    {
        "id": "2401.00002",
        "listed": "2024-01-01",
        "organization": "日本語 Lab",
        "title": "Whistles",
        "status": "later",
        "added": "2024-01-02T00:00:00Z",
        "marked": "2024-01-03T00:00:00Z",
    },
    {
        "id": "2401.00003",
        "published": "2024-01-07",
        "source": "arxiv",
        "title": "A kettle whistles",
        "status": "read",
        "marked": "2024-02-29T23:59:59Z",
        "added": "2024-01-08T00:00:00Z",
    },
    {
        "id": "2401.00004",
        "listed": "2024-01-08",
        "title": "A hidden kettle",
        "status": "hidden",
        "tags": ["tea"],
        "organization": "Hidden Lab",
        "marked": "2024-01-09T00:00:00Z",
        "added": "2024-01-09T00:00:00Z",
    },
    {
        "id": "2402.00001",
        "listed": "2024-02-29",
        "title": "Teapots",
        "added": "2024-03-01T00:00:00Z",
    },
    {
        "id": "2402.00002",
        "published": "2024",
        "source": "import",
        "title": "Undated kettle",
        "added": "2024-03-02T00:00:00Z",
    },
]
STATS = """\
total	papers	6
total	unread	3
total	read	2
total	later	1
total	hidden	1
total	starred	1
day	2023-11-30	1
day	2024-01-01	2
day	2024-01-07	1
day	2024-02-29	1
source	hf	4
source	arxiv	1
source	import	1
tag	Tea	2
tag	tune	1
organization	Tea Institute	2
organization	日本語 Lab	1
added	2023-12	1
added	2024-01	3
added	2024-02	0
added	2024-03	2
read	2023-12	0
read	2024-01	1
read	2024-02	1
read	2024-03	0
"""
TRENDS = """\
kettle	2023-11	1	1	1.0000
kettle	2023-12	0	0	-
kettle	2024-01	2	3	0.6667
kettle	2024-02	0	1	0.0000
tag:tune or whistles	2023-11	0	1	0.0000
tag:tune or whistles	2023-12	0	0	-
tag:tune or whistles	2024-01	3	3	1.0000
tag:tune or whistles	2024-02	0	1	0.0000
"""


@pytest.fixture
def counted(home, written):
    """A library with these papers."""
    written(home, *PAPERS)
    return home


def test_stats_on_a_pipe(inside, counted):
    ran = inside("stats")
    assert (ran.code, ran.out, ran.err) == (0, STATS, "6 papers\n")


def test_stats_of_a_query(inside, counted):
    rows = inside("stats kettles --since 2024-01-02 -n 1").out.splitlines()
    assert rows[:4] == [
        "total\tpapers\t1",
        "total\tunread\t0",
        "total\tread\t1",
        "total\tlater\t0",
    ]
    assert "source\tarxiv\t1" in rows
    hidden = inside("stats is:hidden or title:teapots").out.splitlines()
    assert {
        "total\tpapers\t2",
        "organization\tHidden Lab\t1",
        "day\t2024-01-08\t1",
    } <= set(hidden)
    assert inside("stats 'title:/^kettle/'").out.startswith("total\tpapers\t2\n")


def test_stats_as_json_agree_with_the_papers(inside, sample_home):
    """The counts of SQL are those of the papers."""
    papers = json.loads(inside("list --all --json", env=sample_home).out)
    stats = json.loads(inside("stats --json", env=sample_home).out)
    assert stats["papers"] == len(papers) == 40
    assert {one["day"]: one["count"] for one in stats["days"]} == Counter(
        paper["listed"] for paper in papers
    )
    lists = (
        ("sources", lambda paper: paper["sources"]),
        ("organizations", lambda paper: [paper["organization"]]),
    )
    for name, values in lists:
        counts = Counter(value for paper in papers for value in values(paper) if value)
        assert {one["name"]: one["count"] for one in stats[name]} == counts
        assert [one["count"] for one in stats[name]] == sorted(
            counts.values(), reverse=True
        )
    assert stats["tags"] == []
    assert [sorted(month) for month in stats["reading"]] == [["added", "month", "read"]]


def test_trends_on_a_pipe(inside, counted):
    ran = inside(["trends", "kettle", "tag:tune or whistles"])
    assert (ran.code, ran.out, ran.err) == (
        0,
        TRENDS.replace("\t-\n", "\t\n"),
        "5 papers\n",
    )
    weeks = [
        line.split("\t")[1:4]
        for line in inside(
            "trends kettle --by week --since 2024 --until 2024-01"
        ).out.splitlines()
    ]
    assert weeks == [["2024-W01", "2", "3"]]
    days = inside("trends is:hidden --by day").out.splitlines()
    assert (days[0], len(days)) == ("is:hidden\t2023-11-30\t0\t1\t0.0000", 92)
    assert all(line.split("\t")[2] == "0" for line in days)


def test_trends_as_json(inside, counted):
    (stats,) = json.loads(inside("trends kettle --json").out)
    assert (stats["query"], stats["count"]) == ("kettle", 3)
    assert stats["periods"][1:3] == [
        {"period": "2023-12", "count": 0, "of": 0, "share": None},
        {"period": "2024-01", "count": 2, "of": 3, "share": 0.6667},
    ]


def test_an_empty_library_and_query_errors(inside, home):
    assert inside("stats").err.startswith("the library is empty; papertrack fetch")
    ran = inside("trends x --json")
    assert (ran.code, json.loads(ran.out)) == (
        0,
        [{"query": "x", "count": 0, "periods": []}],
    )
    ran = inside(["trends", "good", "titel:x"])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[1:] == ["  titel:x", "  ^"]
    assert inside("trends").code == 2


def test_no_match_is_reported(inside, counted):
    assert inside("stats nosuchword").err == "no paper of 7 matches nosuchword\n"
    assert (
        inside("trends kettle --since 2030").err
        == "none of 7 papers is from these days\n"
    )


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_on_a_terminal(columns, drawn, sample_home, counted, golden, width):
    texts = []
    for args, env in (
        ("stats", sample_home),
        ("trends video 'language or reasoning' --by day", sample_home),
        ("stats", counted),
        ("trends kettle whistles --same-scale", counted),
    ):
        screen = drawn(args, columns, env=env)
        assert screen.code == 0
        assert all(width(line) <= columns for line in screen.lines)
        # The sample was imported today: the row of this month differs from run to run.
        lines = [
            line
            for line in screen.lines
            if not (env is sample_home and line.startswith("20"))
        ]
        texts.append(f"$ {args}\n" + "\n".join(lines) + "\n")
    golden(f"stats.{columns}", "\n".join(texts))
