"""`similar`, `recommend` and `explain` as a reader meets them.

The screens are compared with golden/recommend.COLUMNS.txt (UPDATE_GOLDENS=1 rewrites
them); read what you change.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

KINDS = {
    "kettles": "A kettle whistles in tune as its water boils. Steam pressure shapes the "
    "pitch of the whistle.",
    "otters": "Sea otters hold hands while they sleep. We count otters in a kelp forest "
    "from the air.",
    "lanterns": "Paper lanterns drift on warm air. Lantern festivals are mapped by "
    "drones.",
    "mosses": "Mosses grow on the north side of stones. We sequence moss genomes.",
}
ADDED = {"added": "2025-11-24T23:00:00Z"}
HOSTILE = '\x1b[2J [red]x[/red] " OR title : "* =1+1 \u202e kettle whistle'


@pytest.fixture(scope="module")
def marked(tmp_path_factory, environment, written):
    """40 papers of four kinds; five of kettles and six of otters have a tag, and a
    paper on lanterns is hidden.
    """
    env = environment(tmp_path_factory.mktemp("marked"))
    written(env, *papers_of_four_kinds())
    return env


def papers_of_four_kinds():
    papers = []
    for number in range(40):
        kind = list(KINDS)[number % 4]
        paper = {
            "id": f"2511.{number:05}",
            "listed": f"2025-11-{20 - number // 4:02}",
            "title": f"On {kind} and their {number}th property",
            "abstract": f"{KINDS[kind]} Study {number} adds a few observations.",
            "authors": [f"Ada Quill{number % 3}", "Bo Reed"],
            "upvotes": number,
            "added": "2025-11-20T08:00:00Z",
        }
        if number // 4 >= 5 and kind == "kettles":
            paper |= {"tags": ["tea"], "status": "read"}
        if number // 4 >= 4 and kind == "otters":
            paper |= {"tags": ["Sea/Otters"]}
        if number == 2:
            paper |= {"status": "hidden"}
        papers.append(paper)
    papers[8]["title"] = HOSTILE
    return papers


def ids(text):
    return [line.split("\t")[0] for line in text.splitlines()]


def kind_of(id):
    return list(KINDS)[int(id[5:]) % 4]


@pytest.mark.parametrize("id", [f"2511.{number:05}" for number in range(4, 9)])
def test_similar_papers_are_of_the_same_kind(id, inside, marked):
    ran = inside(f"similar {id} -n 8", env=marked)
    found = ids(ran.out)
    assert ran.code == 0
    assert id not in found
    assert "2511.00002" not in found, "it is hidden"
    assert {kind_of(one) for one in found} == {kind_of(id)}
    assert found == ids(inside(f"similar {id} -n 8", env=marked).out)


def test_recommended_are_unmarked_papers_of_the_tags(inside, marked):
    ran = inside("recommend --json", env=marked)
    papers = json.loads(ran.out)
    assert {paper["status"] for paper in papers} == {"unread"}
    assert not any(paper["tags"] or paper["starred"] for paper in papers)
    best = papers[:9]
    assert {kind_of(paper["id"]) for paper in best} == {"kettles", "otters"}
    for paper in best:
        expected = {"kettles": "tea", "otters": "Sea/Otters"}[kind_of(paper["id"])]
        assert paper["tag"] == expected
        assert len(paper["words"]) == 3
    scores = [paper["score"] for paper in papers]
    assert scores == sorted(scores, reverse=True)
    assert kind_of(papers[-1]["id"]) == "lanterns", "one of them is hidden"


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("lanterns", {"lanterns"}),
        ("otters", {"otters"}),
        ("listed:2025-11-20", {"kettles", "otters", "mosses"}),
        ("--since 2025-11-20", {"kettles", "otters", "mosses"}),
        ("id:2511.00003", {"mosses"}),
    ],
)
def test_a_query_selects_what_is_ranked(words, kinds, inside, marked):
    ran = inside(f"recommend {words} --format ids", env=marked)
    assert {kind_of(id) for id in ids(ran.out)} == kinds


@pytest.mark.parametrize("tagged", range(5))
def test_with_few_marks_it_says_what_to_do(tagged, inside, home, written):
    papers = [{"id": f"2511.{n:05}", "tags": ["x"][: n < tagged]} for n in range(9)]
    written(home, *papers)
    for command in ("recommend", "explain 2511.00008"):
        ran = inside(command, env=home)
        assert (ran.code, ran.out) == (0, "")
        assert "takes 5 with a tag or a star" in ran.err
        assert "papertrack tag add TAG" in ran.err


def test_an_id_is_needed(inside, marked):
    for command in ("similar", "explain"):
        ran = inside(f"{command} kettles", env=marked)
        assert ran.code == 2
        assert "papertrack search kettles" in ran.err
        assert inside(f"{command} 2511.99999", env=marked).code == 5


def test_a_search_is_explained(inside, marked):
    ran = inside("explain 2511.00004 kettle otters whistel --json", env=marked)
    found = json.loads(ran.out)
    assert found["corrected"] == {"whistel": "whistle"}
    by_word = {word["text"]: word["fields"] for word in found["words"]}
    assert by_word["kettle"] == ["abstract", "title"] or by_word["kettle"]
    assert by_word["otters"] == []
    assert found["matches"] is False


def test_hostile_text_is_harmless(inside, drawn, marked):
    for command in ("similar 2511.00008", "explain 2511.00008", "recommend"):
        ran = inside(command, env=marked)
        assert ran.code == 0
        screen = drawn(command, 80, env=marked)
        assert screen.code == 0
        assert b"\x1b[2J" not in screen.raw
        assert "\u202e" not in screen.text


def saved_ranking(env):
    (saved,) = Path(env["PAPERTRACK_CACHE"]).glob("ranking-*.db")
    return saved


@pytest.mark.parametrize(
    "damage",
    [b"", b"[]", b"SQLite format 3\0 and no more", b"\0" * 9000, b"\xff" * 20],
)
def test_a_damaged_cache_of_models_is_made_anew(damage, inside, marked):
    before = inside("recommend", env=marked).out
    saved_ranking(marked).write_bytes(damage)
    assert inside("recommend", env=marked).out == before
    assert inside("recommend", env=marked).out == before
    assert saved_ranking(marked).stat().st_size > len(damage)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE model SET body = '[]'",
        "UPDATE model SET body = 'x', scores = x'00'",
        "UPDATE model SET papers = x'0011', terms = NULL",
        "UPDATE model SET weights = x'00'; DELETE FROM vector",
        "UPDATE vector SET terms = x'0011'; DELETE FROM model",
        "UPDATE vector SET terms = 'text'; UPDATE model SET stamp = 0",
        "DROP TABLE vector",
        "ALTER TABLE model RENAME TO other",
        "PRAGMA user_version = 99",
    ],
)
def test_a_cache_with_other_values_is_made_anew(change, inside, marked):
    before = inside("recommend", env=marked).out
    with contextlib.closing(sqlite3.connect(saved_ranking(marked))) as db:
        db.executescript(change)
    assert inside("recommend", env=marked).out == before
    assert inside("recommend 'not xyz'", env=marked).out == before


def test_each_change_ranks_as_an_empty_cache_does(inside, home, written):
    written(home, *papers_of_four_kinds())
    steps = (
        "hide 2511.00003",
        "tag add tea 2511.00004",
        "star 2511.00012",
        "tag rm tea 2511.00004",
        "mark unread 2511.00003",
    )
    for step in steps:
        assert inside(step, env=home).code == 0
        found = inside("recommend --json", env=home).out
        saved_ranking(home).unlink()
        assert inside("recommend --json", env=home).out == found, step


@pytest.mark.parametrize(
    "command", ["list", "search 'kettles or otters or mosses'", "export --format ids"]
)
def test_listings_are_sorted_by_what_is_recommended(command, inside, marked):
    ran = inside(f"{command} --sort recommended", env=marked)
    found = ids(ran.out)
    assert {kind_of(id) for id in found[:12]} == {"kettles", "otters"}
    assert ran.code == 0
    backwards = ids(inside(f"{command} --sort recommended --reverse", env=marked).out)
    assert not {kind_of(id) for id in backwards[:5]} & {"kettles", "otters"}


def test_without_marks_it_is_sorted_by_date(inside, home, written):
    papers = []
    for number in (3, 9):
        paper = {"id": f"2511.{number:05}", "listed": f"2025-11-{number:02}"}
        papers.append(paper | ADDED)
    written(home, *papers)
    ran = inside("list --sort recommended", env=home)
    assert ids(ran.out) == ["2511.00009", "2511.00003"]
    assert "sorted by date" in ran.err


@pytest.mark.parametrize(
    ("sort", "command", "first"),
    [
        ("recommended", "list", {"kettles", "otters"}),
        ("recommended", "ls is:unread", {"kettles", "otters"}),
        ("-recommended", "list is:unread", {"mosses", "lanterns"}),
        ("recommended", "list --sort hot is:unread", {"lanterns", "mosses"}),
        ("recommended", "list --reverse is:unread", {"mosses", "lanterns"}),
    ],
)
def test_it_can_be_the_order_of_list(sort, command, first, inside, home, written):
    written(home, *papers_of_four_kinds())
    assert inside(["config", "set", "--", "list.sort", sort], env=home).code == 0
    found = ids(inside(command, env=home).out)
    assert {kind_of(id) for id in found[:2]} <= first


def test_hot_papers_have_many_votes_of_late(inside, home, written):
    votes = {"1": (20, "2025-11-20"), "2": (60, "2025-11-18"), "3": (9, "2025-11-24")}
    votes |= {"4": (400, "2025-07-01"), "5": (0, "2025-11-24"), "6": (19, "2025-11-20")}
    papers = [
        {"id": f"2511.0000{n}", "upvotes": count, "listed": day} | ADDED
        for n, (count, day) in votes.items()
    ]
    written(home, *papers)
    found = ids(inside("list --sort hot", env=home).out)
    assert [id[-1] for id in found] == ["2", "1", "6", "3", "4", "5"]


def test_a_digest_names_the_tag_that_a_paper_is_like(inside, marked):
    ran = inside("digest --since 2025-11-01", env=marked)
    assert "like #Sea/Otters: count, " in ran.out
    assert "like #tea: " in ran.out


@pytest.mark.parametrize("columns", [80, 120])
def test_on_a_terminal(columns, drawn, marked, golden, width):
    texts = []
    for args in (
        "recommend -n 3",
        "similar 2511.00004 -n 2",
        "explain 2511.00004",
        "explain 2511.00006",
        "explain 2511.00004 kettle otters whistel",
    ):
        screen = drawn(args, columns, env=marked)
        assert screen.code == 0
        assert all(width(line) <= columns for line in screen.lines)
        texts.append(f"$ {args}\n{screen.text}")
    golden(f"recommend.{columns}", "\n".join(texts))
