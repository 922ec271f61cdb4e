"""Listings, on a terminal and on a pipe: whole texts against golden/*.txt
(UPDATE_GOLDENS=1 rewrites them).
"""

import csv
import datetime as dt
import io
import json
import re
import sys

import pexpect
import pytest

from papertrack.render.days import day

LISTINGS = {
    "list": "list",
    "search": "search kettle*",
    "search-note": "search samovar or jealous or ada",
    "show": "show 2306.90001 2306.90006",
    "tags": "tags",
    "tags-tree": "tags --tree",
    "tags-name": "tags tea wide",
    "list-month": "list --group month",
    "list-tag": "list --group tag",
    "list-week": "list --group week -n 3 --columns title,upvotes",
    "list-author": "list --group author -n 2 --columns id,title",
}
NAMES = """
    id key title abstract summary authors author_count organization published listed updated added
    version sources categories keywords upvotes comments github stars project doi venue url pdf tags
    status starred note score comment type cite_key editors booktitle publisher school volume
    number pages withdrawn entry citations influential references venue_year
"""
CONTRACT = NAMES.split()


@pytest.mark.parametrize("name", LISTINGS)
def test_on_a_terminal(name, terminal, desk, golden):
    screen = terminal(LISTINGS[name], 80, env=desk)
    assert screen.code == 0
    golden(f"{name}.terminal", screen.text)


@pytest.mark.parametrize("name", LISTINGS)
def test_on_a_pipe(name, papertrack, desk, golden):
    ran = papertrack(LISTINGS[name], env=desk)
    assert ran.code == 0
    golden(f"{name}.pipe", f"{ran.out}--- stderr\n{ran.err}")


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_a_table_fits_the_terminal_and_shows_titles_in_two_lines(
    columns, terminal, desk, golden, rows, hostile, width
):
    screen = terminal("list is:hidden or not is:hidden", columns, env=desk)
    golden(f"list.{columns}", screen.text)
    assert all(width(line) <= columns for line in screen.lines)
    for row in rows:
        title = hostile[1] if row["title"] == hostile[0] else str(row["title"])
        words = title.split() if columns == 200 else title.split()[:9]
        assert [word for word in words if word not in screen.text] == []


@pytest.mark.parametrize("columns", [60])
@pytest.mark.parametrize(
    "command",
    ["search whistle*", "show 2306.90003", "list --group month", "tags tea", "tags"],
)
def test_every_table_fits_the_terminal(command, columns, terminal, desk, width):
    screen = terminal(command, columns, env=desk)
    assert screen.code == 0
    assert all(width(line) <= columns for line in screen.lines)


@pytest.mark.parametrize("columns", [60, 120])
def test_the_sample_fits_the_terminal(
    columns, terminal, sample_home, width, papertrack
):
    screen = terminal("list --all", columns, env=sample_home)
    assert all(width(line) <= columns for line in screen.lines)
    titles = papertrack("list --all --columns title", env=sample_home).out.splitlines()
    assert len(titles) == 40
    shown_whole = [title for title in titles if len(title) < columns - 5]
    assert len(shown_whole) > 8
    assert [
        title
        for title in shown_whole
        if any(word not in screen.text for word in title.split())
    ] == []


def test_the_variable_columns_sets_the_width(terminal, desk, width):
    assert (
        max(map(width, terminal("list", 120, env={**desk, "COLUMNS": "70"}).lines))
        <= 70
    )


def test_matches_are_highlighted_on_a_terminal(terminal, desk):
    raw = terminal("search kettles", env=desk).raw.decode()
    assert "1;91mKettles" in raw
    assert "1;91mkettles" in raw  # in the abstract of the second, whose title has none


def test_columns_are_printed_in_the_order_given(inside, desk):
    ran = inside("list --columns upvotes,id,stars -n 4 --sort upvotes", env=desk)
    assert (
        ran.out
        == "120\t2306.90001\t17\n42\t2306.90005\t\n7\t2306.90003\t\n5\t2306.90006\t\n"
    )


def test_a_table_of_narrow_columns_is_not_stretched(terminal, desk):
    assert terminal("list --columns stars,id -n 1 --sort upvotes", env=desk).lines == [
        "#      Stars  Id",
        "1  ★•     17  2306.90001",
        "1 of 5; -n N or --all shows more",
    ]


def test_an_unknown_name_suggests_the_closest_one(inside, desk):
    for args, message in (
        (
            "list --columns upvoted",
            "unknown column upvoted; did you mean: papertrack list --columns upvotes",
        ),
        (
            "list --fields titel",
            "unknown field titel; did you mean: papertrack list --fields title",
        ),
        (
            "list --format cvs",
            "unknown format cvs; did you mean: papertrack list --format csv",
        ),
        ("search tilte:x", "unknown field tilte"),
    ):
        ran = inside(args, env=desk)
        assert (ran.code, ran.out) == (2, "")
        assert message in ran.err.replace(" - did", "; did")
        assert ran.err.startswith("papertrack: ")


def test_json_has_the_contracts_fields_in_order(inside, desk, rows):
    for command in (
        "list --json",
        "search whistle* --json",
        "show 2306.90003 2306.90001 --json",
    ):
        objects = json.loads(inside(command, env=desk).out)
        assert isinstance(objects, list)
        assert objects
        more = ["matched", "corrected"] if command.startswith("search") else []
        assert all(list(one) == [*CONTRACT, *more] for one in objects)
    first = json.loads(inside("show 2306.90001 --json", env=desk).out)[0]
    assert first["authors"] == ["Ada Quill", "Bo Reed"]
    assert (
        first["published"],
        first["listed"],
        first["upvotes"],
        first["comments"],
    ) == ("2023-06-05",) * 2 + (120, 3)
    assert (first["tags"], first["status"], first["starred"]) == (
        ["tea/kettles", "to-discuss"],
        "unread",
        True,
    )
    bare = json.loads(inside("show 2306.90002 --json", env=desk).out)[0]
    assert (
        bare["upvotes"],
        bare["organization"],
        bare["categories"],
        bare["note"],
    ) == (None, None, [], None)


def test_json_of_nothing_is_an_empty_array(inside, desk):
    ran = inside("list nothingofthekind --json", env=desk)
    assert (ran.code, json.loads(ran.out)) == (0, [])


def test_fields_are_printed_in_the_order_given(inside, desk):
    assert json.loads(inside("list --fields upvotes,id -n 1", env=desk).out) == [
        {"upvotes": 5, "id": "2306.90006"}
    ]
    assert list(
        json.loads(inside("show 2306.90001 --fields note,key", env=desk).out)[0]
    ) == ["note", "key"]


def test_csv(inside, desk):
    ran = inside("list --format csv --fields id,title,upvotes", env=desk)
    table = list(csv.reader(io.StringIO(ran.out)))
    assert table[0] == ["id", "title", "upvotes"]
    assert [row[0] for row in table[1:]] == [
        "2306.90006",
        "2306.90005",
        "2306.90003",
        "2306.90001",
        "2306.90002",
    ]
    assert ran.err == "5 papers\n"


def test_the_count_is_on_stderr(inside, sample_home):
    assert inside("list", env=sample_home).err == "30 of 40; -n N or --all shows more\n"
    few = inside("list -n 3", env=sample_home)
    assert few.err == "3 of 40; -n N or --all shows more\n"
    assert len(few.out.splitlines()) == 3
    whole = inside("list --all", env=sample_home)
    assert (len(whole.out.splitlines()), whole.err) == (40, "40 papers\n")
    assert inside("-q list -n 3", env=sample_home).err == ""
    assert inside("list -n 3 -q", env=sample_home).err == ""


def test_tags_report_the_number_of_papers(inside, desk):
    assert inside("tags tea", env=desk).err == "3 papers\n"


def test_sorting(inside, desk):
    def ids(args):
        return inside(f"{args} --format ids", env=desk).out.split()

    newest = ["2306.90006", "2306.90005", "2306.90003", "2306.90001", "2306.90002"]
    assert ids("list") == newest
    assert ids("list --reverse")[0] in ("2306.90001", "2306.90002")
    assert sorted(ids("list --reverse")) == sorted(newest)
    most = ["2306.90001", "2306.90005", "2306.90003", "2306.90006", "2306.90002"]
    assert ids("list --sort upvotes") == most
    assert (
        ids("list --sort upvotes --reverse")[:4] == most[:4][::-1]
        or ids("list --sort upvotes -r") == most[::-1]
    )
    assert ids("list --sort title")[1:3] == ["2306.90002", "2306.90001"]
    assert ids("list --sort=-title")[-3:-1] == ["2306.90001", "2306.90002"]
    assert ids("list --sort date") == ids("list --sort -date --reverse") == newest
    assert ids("list -s -date") == ids("list --reverse")
    assert ids("search tea --sort upvotes,date") == ids("search tea -s upvotes")
    assert ids("export --sort upvotes,title") == ids("list --sort upvotes,title")
    assert (
        ids("search whistle*")[0] == "2306.90001"
    )  # the one with it in its title, before abstracts


def test_sorting_by_several_fields_is_refused_where_one_is_wrong(inside, desk):
    refused = {
        "list --sort date,votes": "; did you mean: papertrack list --sort date,upvotes",
        "search tea -s -votes,titel": "search tea -s -upvotes,title",
        "export --sort=upvotse,date": "did you mean: papertrack export --sort=upvotes,",
        "list --sort date,nosuch": "unknown --sort nosuch; known: date, relevance, ",
        "list --sort ,": "unknown --sort ; known: date, relevance, ",
        "search tea --sort relevance,date": "relevance can't be combined with other",
        "list --sort recommended,hot": "recommended can't be combined with other",
        "list --sort date,-relevance": "relevance can't be combined with other fields",
    }
    for line, message in refused.items():
        ran = inside(line, env=desk)
        assert (ran.code, ran.out) == (2, ""), line
        assert message in ran.err, line


def test_since_and_until(inside, desk):
    def ids(args):
        return inside(f"list {args} --format ids", env=desk).out.split()

    assert ids("--since 2023-07") == ["2306.90006", "2306.90005"]
    assert ids("--until 2023-06-05") == ["2306.90001", "2306.90002"]
    assert ids("--since 2023-06-06 --until 2023-06") == ["2306.90003"]
    assert ids("--since 2023-W28") == ["2306.90006", "2306.90005"]
    assert ids("--since 7d") == []
    assert inside("list --since neverday", env=desk).code == 2


def test_an_empty_result_explains_why(inside, desk):
    assert "the library is empty; papertrack fetch" in inside("list").err
    assert inside("list").code == 0
    hidden = inside("list title:hidden", env=desk)
    assert (hidden.code, hidden.out) == (0, "")
    assert "hidden; add is:hidden" in hidden.err
    assert inside("search xyzzy", env=desk).err == "no paper of 6 matches xyzzy\n"
    near = inside("search whislte tag:tee", env=desk)
    assert (
        near.err
        == "no paper of 6 matches whislte tag:tee; did you mean: papertrack search"
        " whistle tag:tea\n"
    )
    assert (
        inside("list ketles", env=desk).err
        == "no paper of 6 matches ketles; did you mean: papertrack list kettles\n"
    )
    assert inside("list ketles -q", env=desk).err == ""


def test_a_query_error_is_marked_with_a_caret(inside, desk):
    ran = inside(["list", "kettles (whistle"], env=desk)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "papertrack: this parenthesis is never closed",
        "  kettles (whistle",
        "          ^",
    ]


def test_days_are_shown_relative_to_today():
    today = dt.date(2026, 3, 4)
    for iso, shown in {
        "2026-03-04": "today",
        "2026-03-03": "yesterday",
        "2026-03-02": "2 days ago",
        "2026-02-26": "6 days ago",
        "2026-02-25": "Feb 25",
        "2026-01-01": "Jan 1",
        "2025-12-31": "2025-12-31",
        "2023-06-05": "2023-06-05",
        "2026-03-05": "Mar 5",
        "2027-01-01": "2027-01-01",
        "": "",
    }.items():
        assert day(iso, today) == shown
    assert day(None, today) == ""


def test_a_long_listing_goes_through_the_pager(terminal, sample_home, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED; head -2\n")
    pager.chmod(0o755)
    assert terminal(
        "list --all", 100, 20, env={**sample_home, "PAGER": str(pager)}
    ).text.startswith("PAGED\n #")
    assert (
        "PAGED"
        not in terminal(
            "list -n 3", 100, 40, env={**sample_home, "PAGER": str(pager)}
        ).text
    )
    missing = terminal(
        "list -n 9", 100, 8, env={**sample_home, "PAGER": "/no/such/pager"}
    )
    assert missing.code == 0
    assert "Traceback" not in missing.raw.decode()


def test_a_word_with_a_dash_explains_how_to_exclude_words(inside, desk):
    ran = inside("search kettles -survey", env=desk)
    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err
        == "papertrack: unknown option -survey; to exclude a word, type ^survey or not survey\n"
    )


def test_groups_as_json(inside, desk):
    groups = json.loads(inside("list --group tag --json --fields id", env=desk).out)
    assert [
        (one["group"], one["count"], [paper["id"] for paper in one["papers"]])
        for one in groups
    ] == [
        ("tea", 2, ["2306.90003", "2306.90002"]),
        ("tea/kettles", 1, ["2306.90001"]),
        ("to-discuss", 1, ["2306.90001"]),
        ("wide", 1, ["2306.90005"]),
        ("Untagged", 1, ["2306.90006"]),
    ]
    assert json.loads(inside("list nosuchword --group day --json", env=desk).out) == []


def test_a_group_counts_all_that_match_not_what_is_shown(inside, desk):
    def counts(args):
        groups = json.loads(inside(f"list {args} --json --fields id", env=desk).out)
        return {one["group"]: (one["count"], len(one["papers"])) for one in groups}

    assert counts("--group month -n 2") == {"2023-07": (2, 2), "2023-06": (3, 2)}
    assert counts("--group tag -n 1") == {
        "tea": (2, 1),
        "tea/kettles": (1, 1),
        "to-discuss": (1, 1),
        "wide": (1, 1),
        "Untagged": (1, 1),
    }
    assert counts("--group source -n 2 is:hidden or upvotes:42") == {"hf": (2, 2)}
    assert counts("--group org -n 2") == {
        "[bold]Org[/bold] [2J": (1, 1),
        "Tea Institute": (1, 1),
        "No organisation": (3, 2),
    }
    assert counts("--group day -n 1 -r") == {
        "2023-07-11": (1, 1),
        "2023-07-10": (1, 1),
        "2023-06-06": (1, 1),
        "2023-06-05": (2, 1),
    }
    assert counts("--group week -n 1 whistle*") == {
        "2023-W28": (1, 1),
        "2023-W23": (2, 1),
    }


def test_the_count_mentions_papers_in_several_groups(inside, desk):
    message = "5 papers in 5 groups; a paper with several tags is in each of them\n"
    assert inside("list --group tag", env=desk).err == message
    assert inside("list --group org", env=desk).err == "5 papers in 3 groups\n"
    assert (
        inside("list --group month -n 1", env=desk).err
        == "2 of 5 in 2 groups; -n N or --all shows more\n"
    )
    names = [
        line.split("\t")[0]
        for line in inside(
            "list --group author --columns id", env=desk
        ).out.splitlines()
    ]
    assert len(names) == 37
    assert (names[0], names[-1]) == ("=cmd|' /C calc'!A0", "山田 太郎")


MANY = "'a or the or of or with'"


@pytest.mark.parametrize("command", ["list", f"search {MANY}"])
def test_a_wider_terminal_never_takes_more_lines(command, drawn, sample_home):
    heights = [
        len(drawn(command, columns, env=sample_home).lines)
        for columns in range(60, 201, 20)
    ]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < heights[0]


def test_matches_take_as_many_lines_as_requested(drawn, sample_home):
    lines = {
        number: drawn(
            f"search {MANY} --snippets {number}", 80, 200, env=sample_home
        ).lines
        for number in range(4)
    }
    assert lines[1] == drawn(f"search {MANY}", 80, env=sample_home).lines
    assert lines[1][-1].startswith("30 of ")
    assert len(lines[1]) <= 95
    heights = list(map(len, lines.values()))
    assert heights == sorted(set(heights))
    assert len(drawn(f"list {MANY} --snippets 1", 80, env=sample_home).lines) > 32


def test_show_names_the_number_in_the_last_listing_of_the_terminal(
    drawn, desk, tmp_path, inside
):
    env = {**desk, "PAPERTRACK_CACHE": str(tmp_path / "cache")}
    assert "number" not in drawn("show 2306.90003", 80, env=env).text
    program = f"{sys.executable} -m papertrack"
    script = (
        f"{program} list -n 3; {program} show 2306.90003; {program} show 2306.90001"
    )
    child = pexpect.spawn("sh", ["-c", script], env=env, dimensions=(60, 80))
    text = re.sub(r"\x1b\[[0-9;]*m", "", child.read().decode())
    child.close()
    (number,) = re.findall(r"(?m)^(\d+) .* 2306\.90003 ", text)
    assert re.findall(r"number (\d+) of the last listing", text) == [number]
    piped = inside("show 2306.90003 --format table", env=env)
    assert piped.code == 0
    assert re.search(r"(?m)^Id +2306.90003$", piped.out)
