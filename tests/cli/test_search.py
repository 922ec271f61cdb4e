"""`search`: what somebody half remembers or pastes is found, and it is said how."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Env = Mapping[str, str]
Inside = Callable[..., Any]

TITLES = (
    "Whistle or Hum? What Kettles Do Not Say",
    "Quiet Kettles: Boiling without a Whistle",
    'Beyond "I am boiling": kettles that wait',
    "Kettles -- a survey (of lids",
    "Lids for wide spouts",
    "note: boiling slowly",
    "Steam @ home * and ^away",
    "Steam and sense; or, how lids rattle",
)
"""Titles with what a query reads as operators, quotes, fields."""


@pytest.fixture
def kitchen(home: Env, inside: Inside, tmp_path: Path) -> Env:
    """A library of papers about kettles, numbered from 1."""
    lines = []
    for number, title in enumerate(TITLES, 1):
        paper = {
            "id": f"2511.0000{number}",
            "title": title,
            "abstract": f"We heat water, {number} times, efficiently.",
            "authors": ["Ada Quill"],
        }
        lines.append(json.dumps(paper))
    file = tmp_path / "kettles.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    assert inside(["import", str(file)], env=home).code == 0
    return home


def ids(ran: Any) -> str:
    """The last figure of each id, best first."""
    return "".join(line.split("\t")[0][-1] for line in ran.out.splitlines())


@pytest.mark.parametrize("number", range(1, len(TITLES) + 1))
@pytest.mark.parametrize("form", ["{}", "  {} ", "{}."])
def test_a_pasted_title_finds_its_paper_first(
    number: int, form: str, kitchen: Env, inside: Inside
) -> None:
    ran = inside(["search", form.format(TITLES[number - 1])], env=kitchen)
    assert ran.code == 0
    assert ids(ran)[0] == str(number)


@pytest.mark.parametrize(
    "text",
    [
        "llmet: kettles, and how",
        "kettles that whistle or",
        "not kettles and",
        'the "kettles that',
        "kettles (2025",
        "kettles) are",
        "(kettles",
        "— kettles –",
        "kettles | spouts & lids",
        "kettles " * 300,
        "kettles " + "(" * 40,
        "kettles " + "x" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_pasted_text_is_no_mistake(text: str, kitchen: Env, inside: Inside) -> None:
    ran = inside(["search", text], env=kitchen)
    assert ran.code == 0, ran.err
    assert ids(ran)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("auhtor:li kettles", "did you mean: papertrack search 'author:li kettles'"),
        ("kettles (author:li", "this parenthesis is never closed"),
        ("kettles is:unraed", "papertrack search 'kettles is:unread'"),
        ("kettles upvotes:many", "upvotes takes a number"),
    ],
)
def test_a_query_with_fields_can_be_wrong(
    query: str, message: str, kitchen: Env, inside: Inside
) -> None:
    ran = inside(["search", query], env=kitchen)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


READINGS = {
    "a word too many": ("wide lids submarine", "in no paper: submarine\n"),
    "a slip": (
        "spuots lids",
        "corrected: spuots -> spouts (--strict searches as it is typed)\n",
    ),
    "stop words": ("what kettles do not say", ""),
    "only stop words": ("without a", ""),
    "no query": (
        "survey (of lids",
        "this parenthesis is never closed; all of it is taken as words\nleft out: of\n",
    ),
    "operators": (
        "wide not spouts",
        "nothing matches as a query; taken as words\nleft out: not\n",
    ),
}


@pytest.mark.parametrize("name", READINGS)
def test_how_it_was_read_is_reported(name: str, kitchen: Env, inside: Inside) -> None:
    query, reading = READINGS[name]
    ran = inside(["search", query], env=kitchen)
    assert ran.err.startswith(reading)
    assert inside(["search", "-q", query], env=kitchen).err == ""


def test_papers_with_fewer_words_come_below_the_others(
    kitchen: Env, inside: Inside
) -> None:
    ran = inside("search kettles boiling", env=kitchen)
    assert set(ids(ran)[:2]) == {"2", "3"}
    assert set(ids(ran)[2:]) == {"1", "4", "6"}
    assert ran.err == "2 papers with all the words, 3 with some\n"


def test_a_limit_bounds_all_of_them(kitchen: Env, inside: Inside) -> None:
    assert len(ids(inside("search kettles boiling -n 3", env=kitchen))) == 3
    both = inside("search kettles boiling -n 2", env=kitchen)
    assert set(ids(both)) == {"2", "3"}
    assert both.err == "2 papers\n"


@pytest.mark.parametrize(
    "options",
    ["--strict", "--all", "--sort date", "--reverse", "--group month", "--count"],
)
def test_what_is_not_a_page_of_the_best_has_all_the_words(
    options: str, kitchen: Env, inside: Inside
) -> None:
    ran = inside(f"search kettles boiling {options}", env=kitchen)
    if options == "--count":
        assert ran.out == "2\n"
    else:
        assert set(re.findall(r"2511\.0000(\d)", ran.out)) == {"2", "3"}
    wrong = inside(f"search kettels spouts {options}", env=kitchen)
    assert wrong.out in ("", "0\n")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"wide spouts" submarine', ""),
        ('"wide spouts" lids submarine', "5"),
        ("title:lids submarine steam", "8"),
        ("lids submarine ^steam", ""),
        ("lids or submarine", "458"),
        ("submar* lids", ""),
        ("tag:none lids", ""),
        ("boiling kettles score:0..", "23"),
        ("boiling kettles score:100..", ""),
    ],
)
def test_what_is_stated_stays_exact(
    query: str, expected: str, kitchen: Env, inside: Inside
) -> None:
    ran = inside(["search", query], env=kitchen)
    assert "".join(sorted(ids(ran))) == expected


def test_json_names_the_words_of_each_paper(kitchen: Env, inside: Inside) -> None:
    ran = inside("search boiling ketles wide-spouts --json", env=kitchen)
    rows = json.loads(ran.out)
    found = {row["id"][-1]: row["matched"] for row in rows}
    assert found == {
        "1": ["kettles"],
        "2": ["boiling", "kettles"],
        "3": ["boiling", "kettles"],
        "4": ["kettles"],
        "5": ["wide-spouts"],
        "6": ["boiling"],
    }
    assert all(row["corrected"] == {"ketles": "kettles"} for row in rows)
    scores = [row["score"] for row in rows]
    assert all(score >= 0 for score in scores)


def test_hidden_papers_stay_hidden(kitchen: Env, inside: Inside) -> None:
    assert inside("mark hidden 2511.00002 --yes", env=kitchen).code == 0
    assert "2" not in ids(inside("search boiling kettles", env=kitchen))
    assert "2" not in ids(inside(["search", TITLES[1]], env=kitchen))
    shown = inside("search boiling kettles is:hidden", env=kitchen)
    assert ids(shown) == "2"


@pytest.mark.parametrize("columns", [80, 120])
def test_a_filled_search_on_a_terminal(
    columns: int,
    kitchen: Env,
    drawn: Callable[..., Any],
    golden: Callable[[str, str], None],
) -> None:
    screen = drawn("search boiling ketles for submarines", columns, env=kitchen)
    golden(f"search-filled.{columns}", screen.text)
