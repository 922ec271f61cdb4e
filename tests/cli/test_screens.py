"""Whole screens of each command on terminals of 60, 80, 120 and 200 columns, on one
fixed day.

Compared with golden/screens.COLUMNS.txt (UPDATE_GOLDENS=1 rewrites them); read what you
change.
"""

from __future__ import annotations

import re

import pexpect
import pyte
import pytest

KETTLES = (
    "Kettles that whistle in tune are happier, and so are those who hear them "
    "from two rooms away. "
)
PAPERS = [
    {
        "id": "2511.00001",
        "listed": "2025-11-24",
        "title": "Teaching Kettles to Whistle in Tune",
        "upvotes": 120,
        "comments": 3,
        "authors": ["Ada Quill", "Bo Reed"],
        "organization": "Tea Institute",
        "abstract": KETTLES * 3,
        "summary": "Kettles, in tune.",
        "github": "https://github.com/invented/kettles",
        "stars": 1700,
        "keywords": ["kettles", "tuning"],
        "project": "https://kettles.example/",
        "added": "2025-11-24T08:00:00Z",
    },
    {
        "id": "2511.00002",
        "listed": "2025-11-23",
        "title": "日本語の題名と絵文字 🫖☕, 그리고 한국어도 함께",
        "upvotes": 42,
        "authors": ["山田 太郎", "Émile Çelik"],
        "organization": "東京茶道大学",
        "added": "2025-11-23T08:00:00Z",
    },
    {
        "id": "2511.00003",
        "listed": "2025-11-20",
        "upvotes": 7,
        "authors": [f"Hand Number{n:02}" for n in range(1, 31)],
        "title": "Thirty Hands on One Whistle: A Collaboration of Unusual Breadth, "
        "Told at Full Length So That No Table "
        "Can Show It on a Single Line",
        "categories": ["cs.CL"],
        "added": "2025-11-20T08:00:00Z",
    },
    {
        "id": "2511.00004",
        "published": "2025-10-02",
        "source": "arxiv",
        "title": "A Paper Without Any Upvotes",
        "authors": ["Cy Nobody"],
        "categories": ["cs.CL", "cs.LG"],
        "added": "2025-10-03T08:00:00Z",
    },
    {
        "id": "2406.00005",
        "listed": "2024-06-07",
        "upvotes": 3,
        "authors": ["Last, First and others"],
        "title": "Unbreakable_identifiers_in_titles_are_folded_within_"
        "wherever_a_column_ends_and_nothing_is_lost",
        "added": "2025-10-03T08:00:00Z",
    },
    {
        "id": "2511.00006",
        "listed": "2025-11-21",
        "upvotes": 1,
        "title": "A Kettle to Be Hidden",
        "authors": ["Dee"],
        "added": "2025-11-21T08:00:00Z",
    },
]
SAID = [
    "tag add tea/kettles,to-discuss 2511.00001",
    "tag add tea 2511.00002 2511.00004",
    "tag add tea/whistles 2511.00003",
    "mark read 2511.00004",
    "mark later 2511.00003",
    "mark hidden 2511.00006",
    "star 2511.00001",
    "note 2511.00001 'Compare with the samovar; ask Bo about table 2.'",
    "view save fresh is:unread listed:7d..",
    "view save 'tea-talk' 'tag:tea (kettle* or whistle*) ^survey'",
    "feed add arxiv:cs.CL",
    "feed add hf",
    "feed add https://example.org/a/blog/with/a/long/address/feed.xml --name blog",
    "rule add noise --if 'title:survey ^@fresh' --do hide",
    "rule add tea --if '(kettle* or whistle*) upvotes:20..' --do 'tag tea, star, mark later'",
]
VIEWS = [
    "list",
    "search 'kettle* or whistle*'",
    "list --group tag -n 3",
    "list --group week --columns title,authors",
    "show 2511.00001 2511.00003",
    "tags",
    "tags --tree --sort papers",
    "tags tea -n 2",
    "stats",
    "trends kettle* whistle* tag:tea --by week",
    "status",
    "feed list",
    "view list",
    "rule list",
    "log",
    "tag add x 2511.00001 2511.00002 --dry-run",
    "list nosuchword",
    "list '(kettle'",
    "show 2511.99999",
    "tags whistle",
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory, written, environment, drawn):
    """A reader who has worked with these papers; read only."""
    env = environment(tmp_path_factory.mktemp("screens"))
    written(env, *PAPERS)
    for command in SAID:
        screen = drawn(command, 80, env=env)
        assert screen.code == 0, screen.text
    return env


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_screens(columns, drawn, reader, golden, width):
    texts = []
    for args in VIEWS:
        screen = drawn(args, columns, env=reader)
        assert "Traceback" not in screen.text
        lines = re.sub(
            "\x1b\\][^\x1b]*\x1b\\\\|\x1b\\[[0-9;]*m", "", screen.raw.decode()
        ).split("\r\n")
        assert [line for line in lines if width(line) > columns] == [], args
        # How long the library's path is differs from run to run, and with it where its
        # line breaks.
        text = re.sub(r"(?s)papers in\s.*?library", "papers in LIBRARY", screen.text)
        texts.append(f"$ papertrack {args}\n{text}")
    golden(f"screens.{columns}", "\n".join(texts))


def test_the_pager_can_be_left_at_once(spawn, reader):
    """A screen of ten lines, with `less` as installed: the first page, the next, and
    quit.
    """
    child = spawn(
        "show 2511.00001", env={**reader, "LESS": "FRX"}, columns=80, lines=10
    )
    screen = pyte.Screen(80, 10)
    stream = pyte.ByteStream(screen)

    def after(key, last):
        child.send(key)
        while last not in screen.display[-1] or not any(
            line.strip() for line in screen.display[:-1]
        ):
            stream.feed(child.read_nonblocking(4096, timeout=10))
        return [line.rstrip() for line in screen.display]

    first = after("", ":")
    assert first[0] == "Teaching Kettles to Whistle in Tune"
    assert first[2:4] == [
        "Id            2511.00001",
        "Authors       Ada Quill, Bo Reed",
    ]
    child.send(" ")
    while "Organisation" in "".join(screen.display):
        stream.feed(child.read_nonblocking(4096, timeout=10))
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert (child.exitstatus, child.signalstatus) == (0, None)
