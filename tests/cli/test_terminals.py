"""Links, colours and plain characters on several terminals; tables of hard titles."""

from __future__ import annotations

import re

import pytest

LINK = "\x1b]8;"
HARD = [
    "日本語の題名がとても長くて一行には収まらない場合にも列は揃っていなければならない",
    "👨‍👩‍👧 Families of 🇯🇵 flags, ❤️ hearts and 👍🏽 thumbs",
    "नमस्ते to क्षि: Combining Marks and zalgo z̷̢̛a̸l̶g̴o̷",
    "Supercalifragilisticexpialidocious-unbreakable_token_that_is_longer_than_any_narrow_column_could_ever_be_made",
    "עברית with English, and العربية",
    "A plain title about video",
]


@pytest.fixture(scope="module")
def hard(tmp_path_factory, written, environment):
    """A library of hard titles, authors and tags; read only."""
    env = environment(tmp_path_factory.mktemp("hard"))
    more = {"tags": ["日本/語", "emoji-🫖"], "abstract": "A video, described."}
    written(
        env,
        *(
            {
                "id": f"2511.0000{number}",
                "title": title,
                "listed": f"2025-11-{18 + number}",
                "upvotes": 9**number,
                "authors": [title[:12], "山田 太郎"],
                **more,
            }
            for number, title in enumerate(HARD, 1)
        ),
    )
    return env


VIEWS = (
    "list",
    "list --group tag",
    "search video",
    "show 2511.00001",
    "tags --tree",
    "stats",
    "trends video 日本語",
)


def plain(raw):
    """The text without links and colours, line by line."""
    return re.sub("\x1b\\][^\x1b]*\x1b\\\\|\x1b\\[[0-9;]*m", "", raw.decode()).split(
        "\r\n"
    )


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_tables_of_hard_titles_stay_within_the_screen(columns, drawn, hard, width):
    for args in VIEWS:
        screen = drawn(args, columns, env=hard)
        assert screen.code == 0
        assert [line for line in plain(screen.raw) if width(line) > columns] == [], args


def test_a_tiny_screen_causes_no_error(drawn, hard):
    for args in VIEWS:
        assert drawn(args, 20, env=hard).code == 0


@pytest.mark.parametrize("columns", [80, 120])
def test_columns_are_aligned(columns, drawn, hard, width):
    lines = plain(drawn("list", columns, env=hard).raw)
    ends = {
        width(line)
        for line in lines[1:]
        if re.search(r"(\d days ago|yesterday|today|Nov \d+)$", line)
    }
    assert ends == {width(lines[0])}


def test_relative_dates(drawn, hard):
    dates = [
        re.split(r"\s{2,}", line)[-1]
        for line in plain(drawn("list", 120, env=hard).raw)
        if line[:1].isdigit()
    ]
    assert dates[:6] == [
        "today",
        "yesterday",
        "2 days ago",
        "3 days ago",
        "4 days ago",
        "5 days ago",
    ]


LINKED = [
    {},
    {"TERM": "tmux-256color"},
    {"VTE_VERSION": "7600"},
    {"TERM": "linux", "FORCE_HYPERLINK": "1"},
]
UNLINKED = [
    {"TERM": "linux"},
    {"VTE_VERSION": "4804"},
    {"FORCE_HYPERLINK": "0"},
    {"NO_COLOR": "1"},
    {"TERM": "dumb"},
]


@pytest.mark.parametrize("variables", LINKED + UNLINKED, ids=str)
def test_links_only_on_terminals_that_support_them(variables, drawn, hard):
    raw = drawn("list -n 1", 80, env={**hard, **variables}).raw.decode()
    assert (LINK in raw) is (variables in LINKED)
    if LINK in raw:
        assert re.findall("\x1b]8;[^;]*;([^\x1b]*)\x1b\\\\", raw) == [
            "https://arxiv.org/abs/2511.00006",
            "",
        ]
    assert "A plain title about video" in raw


def test_tables_in_ascii(drawn, hard):
    env = {**hard, "PYTHONIOENCODING": "ascii"}
    shown = "".join(
        drawn(args, 80, env=env).text
        for args in ("list", "tags", "stats", "trends video --by day")
    )
    assert shown.isascii()
    # As wide as the letters are.
    assert re.search(
        "1   [*]  2511.00006  A plain title about video .*\n +#[?][?][?][?]/[?][?] #",
        shown,
    )
    for expected in ("6   *  2511.00001", "# unread - others", "Wed #\n", "######"):
        assert expected in shown


def test_terminals_of_sixteen_colours(drawn, hard):
    """On a terminal without 256 colours, the nearest of its colours are used, never
    more.
    """
    raw = drawn("list", 80, env={**hard, "TERM": "xterm", "COLORTERM": ""}).raw.decode()
    assert "\x1b[" in raw
    assert "38;5;" not in raw
