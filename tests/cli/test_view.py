"""`view`, and `@NAME` in every query."""

import json
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _filled(inside, rows_file):
    """A library of its own with the invented papers."""
    inside(["import", str(rows_file)])


def ids(ran):
    assert ran.code == 0, ran.err
    return ran.out.split()


def edit_desk(home, change):
    path = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    desk = json.loads(path.read_text())
    change(desk)
    path.write_text(json.dumps(desk))


def test_a_view_works_in_every_query(inside):
    saved = inside("view save whistles 'title:whistle or title:kettles'")
    assert saved == (0, "", "saved @whistles: 2 papers (undo: papertrack undo)\n")
    both, one, three = ["2306.90003", "2306.90001"], ["2306.90001"], ["2306.90003"]
    assert ids(inside("list @whistles --format ids")) == both
    assert ids(inside("search @whistles upvotes:100.. --format ids")) == one
    assert ids(inside("list ^@Whistles upvotes:7.. --format ids")) == ["2306.90005"]
    assert ids(inside("export @whistles ^upvotes:100.. --format ids")) == three
    assert inside("star @whistles").code == 2
    starred = inside("star @whistles --yes").err.splitlines()
    assert starred[0] == "starred 2 papers (undo: papertrack undo)"
    assert inside("tag add loud @whistles is:starred upvotes:100..").code == 0
    inside("view save loud '@whistles tag:loud'")
    assert ids(inside("list @loud --format ids")) == one
    assert (
        ids(inside("list is:unread --since 2023-06-06 @whistles --format ids")) == three
    )


def test_saving_again_replaces_the_view(inside):
    inside("view save a title:kettles")
    assert (
        inside("view save @A title:kettles").err
        == "@a is already this query; nothing changed\n"
    )
    assert inside("view save a upvotes:1..").err == (
        "saved @a instead of title:kettles: 5 papers (undo: papertrack undo)\n"
    )
    assert inside("undo").err == "undone: saved the view @a\n"
    assert inside("view list").out == "a\t1\ttitle:kettles\n"
    inside("undo")
    assert inside("view list") == (
        0,
        "",
        "no views yet; papertrack view save NAME QUERY adds one\n",
    )


def test_all_words_are_one_query(inside):
    inside(["view", "save", "x", "upvotes:1..", "or", "title:upvotes", "^tag:x"])
    assert inside("view list").out == "x\t6\tupvotes:1.. or title:upvotes ^tag:x\n"


def test_invalid_views_are_refused(inside, home):
    before = {
        path: path.read_bytes()
        for path in Path(home["PAPERTRACK_LIBRARY"]).glob("*.json")
    }
    for args, code, message in [
        ("view save a tittle:x", 2, "did you mean: papertrack view save a title:x"),
        ("view save a '('", 2, "expected a word"),
        ("view save a @b", 5, "unknown view @b (in the view @a)"),
        ("view save a 'x @a'", 2, "the view @a leads back to itself: @a -> @a;"),
        ("view save a ''", 2, "the query is empty"),
        ("view save 'a b' x", 2, "is not a name"),
    ]:
        ran = inside(args)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.startswith(f"papertrack: {message}") or f" {message}" in ran.err
    assert {
        path: path.read_bytes()
        for path in Path(home["PAPERTRACK_LIBRARY"]).glob("*.json")
    } == before


def test_loops_are_refused_when_saved_and_when_edited(inside, home):
    inside("view save a title:kettles")
    inside("view save b '@a is:unread'")
    inside("view save c 'tag:x or @b'")
    ran = inside("view save a @c")
    loop = (
        "the view @a leads back to itself: @a -> @c -> @b -> @a; change one of "
        "them with papertrack view save"
    )
    assert (ran.code, ran.err) == (2, f"papertrack: {loop}\n")
    edit_desk(home, lambda desk: desk["views"]["1"].update(query="@c"))
    for command in ("list @b", "export @b", "star @b", "search x @b", "view save d @b"):
        ran = inside(command)
        assert (ran.code, ran.out) == (2, "")
        assert "the view @b leads back to itself: @b -> @a -> @c -> @b;" in ran.err
    shown = inside("view list")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "a\t\t@c")
    assert f"  @a fails: {loop}" in shown.err
    assert inside("view save a is:unread").code == 0  # the way out
    assert inside("list @c").code == 0


def test_an_error_in_a_view_shows_its_position(inside, home):
    inside("view save a title:kettles")
    edit_desk(home, lambda desk: desk["views"]["1"].update(query="x titel:kettles"))
    ran = inside("list 'is:unread @a'")
    assert ran == (
        2,
        "",
        "papertrack: in the view @a: unknown field titel; did you mean title:kettles?\n"
        "  x titel:kettles\n    ^\n",
    )


def test_removing_views(inside):
    for name, text in (("a", "title:kettles"), ("b", "@a is:unread"), ("c", "@b")):
        inside(["view", "save", name, text])
    for args, code, message in [
        ("view remove a", 2, "@a is used by the view @b; change or remove that first"),
        (
            "view remove a c",
            2,
            "@a is used by the view @b; change or remove that first",
        ),
        ("view remove ab", 5, "unknown view @ab; did you mean "),
        ("list @ab", 5, "unknown view @ab; did you mean: papertrack list @a"),
    ]:
        ran = inside(args)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.startswith(f"papertrack: {message}")
    assert (
        inside("view remove @B a c").err
        == "removed @b, @a, @c (undo: papertrack undo)\n"
    )
    assert inside("list @a").err.startswith(
        "papertrack: unknown view @a; papertrack view save a QUERY makes one"
    )
    inside("undo")
    assert len(inside("view list").out.splitlines()) == 3


def test_edited_names_with_capitals(inside, home):
    inside("view save a title:kettles")
    inside("rule add r --if @a --do star")
    for table in ("views", "rules"):
        edit_desk(
            home,
            lambda desk, table=table: desk[table]["1"].update(
                key=desk[table]["1"]["key"].upper()
            ),
        )
    assert inside("view save a upvotes:1..").err.startswith(
        "saved @a instead of title:kettles: 5 papers"
    )
    assert inside("view list").out == "a\t5\tupvotes:1..\n"
    inside("rule add r --if @a --do hide")
    assert inside("rule list").out == "r\t@a\thide\n"
    inside("undo 2")
    assert inside("rule remove R").code == 0
    assert inside("view remove a").code == 0
    assert inside("view list").out + inside("rule list").out == ""


def test_names_are_written_for_completion(inside, home):
    folder = Path(home["PAPERTRACK_CACHE"]) / "complete"
    inside("view save a title:kettles")
    inside("feed add arxiv:cs.CL --name ling")
    assert (folder / "views.tsv").read_text() == "a\ttitle:kettles\n"
    assert (folder / "feeds.tsv").read_text() == "hf\thf\nling\tarxiv:cs.CL\n"
    (folder / "views.tsv").unlink()
    inside("list")
    assert (folder / "views.tsv").read_text() == "a\ttitle:kettles\n"


def test_following_can_be_undone(inside):
    inside("feed add arxiv:cs.CL --name ling")
    inside("feed add hf:trending")
    inside("feed remove ling")
    assert inside("undo").err == "undone: no longer followed arxiv:cs.CL\n"
    assert sorted(inside("feed list").out.splitlines()) == [
        "hf\thf\t",
        "hf:trending\thf:trending\t",
        "ling\tarxiv:cs.CL\t",
    ]
    assert inside("undo").err == "undone: followed hf:trending\n"
    assert inside("feed list").out == "hf\thf\t\nling\tarxiv:cs.CL\t\n"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_screens(columns, inside, terminal, golden, width, hostile, home):
    inside("view save kettles title:kettles")
    inside(
        "view save 日本/読む 'has:note or title:日本語 or upvotes:1.. ^is:read "
        "listed:2023-06..2023-07'"
    )
    edit_desk(
        home,
        lambda desk: desk["views"].update(
            {"9": {"key": hostile[0], "query": hostile[0]}}
        ),
    )
    screen = terminal("view list", columns)
    assert all(width(line) <= columns for line in screen.lines)
    golden(f"view.{columns}", screen.text)
    if columns == 80:
        piped, data = inside("view list"), inside("view list --json")
        golden("view.piped", piped.out + piped.err + data.out)
