"""`stats -o` and `trends -o`: the picture has the numbers of --json."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers import svg


@pytest.fixture
def place(sample_home, monkeypatch, tmp_path):
    """The sample; pictures are written to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    return sample_home


@pytest.fixture
def marked(home, inside, monkeypatch, tmp_path):
    """A library of its own with the sample, a tag and marks."""
    monkeypatch.chdir(tmp_path)
    assert inside("fetch sample").code == 0
    for line in ("tag add nlp language --yes", "mark read video --yes"):
        assert inside(line).code == 0
    return home


def test_stats_are_those_of_json(inside, marked):
    ran = inside("stats -o numbers.svg", env=marked)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "",
        "wrote a picture of 40 papers to numbers.svg\n",
    )
    facts = json.loads(inside("stats --json -n 10", env=marked).out)
    root = svg.parsed(Path("numbers.svg").read_text(encoding="utf-8"))
    assert svg.outside(root) == []
    tips = Counter(svg.tooltips(root))
    for day in facts["days"]:
        assert tips[f"{day['day']}: {day['count']} papers"] == 1
    assert facts["tags"]
    for name in ("sources", "tags", "organizations"):
        for one in facts[name]:
            noun = "paper" if one["count"] == 1 else "papers"
            assert tips[f"{one['name']}: {one['count']} {noun}"] == 1
    (month,) = facts["reading"]
    texts = svg.texts(root)
    at = texts.index(month["month"])
    assert texts[at + 1 : at + 3] == [str(month["added"]), str(month["read"])]
    assert f"40 papers: {facts['unread']} unread, {facts['read']} read" in texts


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_trends_are_those_of_json(inside, place, by):
    queries = ["video", "language or reasoning", "nothingofthekind"]
    args = ["trends", *queries, "--by", by]
    ran = inside([*args, "-o", "t.svg"], env=place)
    assert (ran.code, ran.err) == (0, "wrote a picture of 40 papers to t.svg\n")
    root = svg.parsed(Path("t.svg").read_text(encoding="utf-8"))
    assert svg.outside(root) == []
    tips = svg.tooltips(root)
    texts = svg.texts(root)
    for trend in json.loads(inside([*args, "--json"], env=place).out):
        for one in trend["periods"]:
            point = f"{trend['query']}, {one['period']}: {one['share']:.1%}"
            assert point in tips
            assert f"all papers, {one['period']}: {one['of']}" in tips
        at = texts.index(trend["query"])
        assert texts[at + 4] == str(trend["count"])


def test_a_query_limits_the_picture(inside, marked):
    ran = inside("stats tag:nlp -n 2 -o -", env=marked)
    count = json.loads(inside("stats tag:nlp --json", env=marked).out)["papers"]
    assert (ran.code, ran.err) == (0, f"{count} papers\n")
    texts = svg.texts(svg.parsed(ran.out))
    assert texts[0] == "tag:nlp"
    assert texts[1].startswith(f"{count} papers: ")
    at = texts.index("Organisations")
    assert texts[at + 5] == "Reading", "two organisations, with their counts"


@pytest.mark.parametrize(
    ("args", "title"),
    [
        ("", "Papers in the library"),
        ("video model", "video model"),
        ("--since 2025-11-04", "Papers in the library, since 2025-11-04"),
        ("video --until 2025-11-06", "video, until 2025-11-06"),
        (
            "--since 2025-W45 --until 2025",
            "Papers in the library, since 2025-W45, until 2025",
        ),
    ],
)
def test_the_title_names_the_papers(inside, place, args, title):
    root = svg.parsed(inside(f"stats {args} -o -", env=place).out)
    assert root.findtext(f"{svg.SVG}title") == title


@pytest.mark.parametrize(
    ("out", "next_step"),
    [
        ("x.png", "use -o x.svg, or --json"),
        ("a/b.pdf", "use -o a/b.svg, or --json"),
        ("plain", "use -o plain.svg, or --json"),
        ("x.svg.gz", "use -o x.svg.svg, or --json"),
        (".", "use -o papers.svg, or --json"),
        ("folder", "use -o folder/papers.svg, or --json"),
        ("x.json", "use -o x.svg, or --json"),
    ],
)
@pytest.mark.parametrize("command", ["stats", "trends video"])
def test_another_suffix_names_what_is_possible(inside, place, command, out, next_step):
    Path("folder").mkdir()
    ran = inside(f"{command} -o {out}", env=place)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"papertrack: {out}: pictures are SVG; {next_step} for the numbers\n"
    )
    assert not Path("x.svg").exists()
    assert not list(Path("folder").iterdir())


@pytest.mark.parametrize("out", ["x.svg", "a b.SVG"])
def test_an_export_to_a_picture_names_the_command(inside, place, out):
    ran = inside(["export", "video", "-o", out], env=place)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"papertrack stats -o {shlex.quote(out)} draws it\n")
    assert not Path(out).exists()


@pytest.mark.parametrize("command", ["stats", "trends video"])
def test_what_can_not_be_written(inside, place, command):
    Path("x.svg").mkdir()
    Path("file").write_text("")
    for out in ("x.svg", "file/x.svg"):
        ran = inside(f"{command} -o {out}", env=place)
        assert (ran.code, ran.out) == (1, ""), out
        assert ran.err.startswith("papertrack: ")
        assert f"{out}: " in ran.err
        assert ran.err.count("\n") == 1
    assert list(Path("x.svg").iterdir()) == []
    ran = inside(f"{command} -o x.svg --json", env=place)
    assert (ran.code, ran.err) == (2, "papertrack: use either --json or -o, not both\n")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ("stats nosuchword", "no paper of 40 matches nosuchword"),
        ("trends video --since 2030", "none of 40 papers is from these days"),
    ],
)
def test_no_papers_are_a_picture_with_a_reason(inside, place, args, reason):
    ran = inside(f"{args} -o x.SVG", env=place)
    assert ran.code == 0
    assert ran.err == f"wrote a picture of 0 papers to x.SVG\n{reason}\n"
    assert svg.parsed(Path("x.SVG").read_text(encoding="utf-8")) is not None


def test_the_page_counts_as_stats_do(inside, home, written, tmp_path):
    """Also of tags that differ in case, and of papers without a whole day."""
    days = ["2025-11-03", "2025-11-03", "2024-02-29", "2025-11", "2025", "2025-11-07"]
    tags = [["Tea", "b"], ["tea"], ["TEA", "a/c"], [], ["b"], ["tea/green"]]
    papers = [
        {"id": f"2511.0000{number}", "title": "T", "published": day, "tags": names}
        for number, (day, names) in enumerate(zip(days, tags, strict=True))
    ]
    hidden = {"id": "2511.00009", "title": "T", "tags": ["b"], "status": "hidden"}
    written(home, *papers, {**hidden, "published": "2025-11-03"})
    path = tmp_path / "p.html"
    assert inside(["export", "-o", str(path)]).code == 0
    page = path.read_text(encoding="utf-8")
    tips = re.findall("<title>(.*?: [0-9]+) papers?</title>", page)
    facts = json.loads(inside("stats --json").out)
    counts = [(one["day"], one["count"]) for one in facts["days"]]
    counts += [(one["name"], one["count"]) for one in facts["tags"]]
    recent = [(name, count) for name, count in counts if name != "2024-02-29"]
    assert len(recent) == 6
    assert sorted(tips) == sorted(f"{name}: {count}" for name, count in recent)
