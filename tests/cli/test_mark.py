"""Marks by ids, numbers, ranges, stdin and queries: tags, status, stars, notes; and
undo.
"""

import json
import shutil
import sys

import pexpect
import pytest

ONE, TWO, FIVE = "2306.90001", "2306.90002", "2306.90005"


@pytest.fixture(autouse=True)
def _filled(desk, home):
    """A library of its own with the invented papers, without marks."""
    shutil.copytree(
        f"{desk['PAPERTRACK_LIBRARY']}/papers", f"{home['PAPERTRACK_LIBRARY']}/papers"
    )


@pytest.fixture
def marks(papertrack):
    """The mark of a paper: (tags, status, starred, note)."""

    def read(number):
        one = json.loads(papertrack(f"show {number} --json").out)[0]
        return one["tags"], one["status"], one["starred"], one["note"]

    return read


CLEAR: tuple[list[str], str, bool, None] = ([], "unread", False, None)


def test_tag_add_and_remove(papertrack, marks):
    assert papertrack(f"tag add tea,to-discuss {ONE} {TWO}").err == (
        "tagged 2 papers with tea, to-discuss (undo: papertrack undo)\n"
        "  Teaching Kettles to Whistle in Tune\n"
        "  A Paper Without Any Upvotes\n"
    )
    assert marks(ONE)[0] == ["tea", "to-discuss"]
    assert (
        papertrack(f"tag add TEA {ONE}").err == "already up to date; nothing changed\n"
    )
    assert (
        papertrack(f"tag remove to-discuss {ONE}").err
        == "took to-discuss off 1 paper (undo: papertrack undo)\n"
        "  Teaching Kettles to Whistle in Tune\n"
    )
    assert (marks(ONE)[0], marks(TWO)[0]) == (["tea"], ["tea", "to-discuss"])
    assert papertrack("tags").out.split()[:2] == ["tea", "2"]


def test_tag_remove_refuses_an_unknown_tag(inside, marks):
    inside(f"tag add tea,seen {ONE}")
    inside(f"mark hidden {ONE}")
    for tags in ("te", "tea,te"):
        ran = inside(f"tag remove {tags} {ONE} {TWO}")
        assert (ran.code, ran.err) == (
            5,
            "papertrack: unknown tag te; did you mean tea?\n",
        )
    assert marks(ONE)[0] == ["tea", "seen"]
    assert (
        inside(f"tag remove TEA {TWO}").err == "already up to date; nothing changed\n"
    )
    assert inside(f"tag remove Tea {ONE}").code == 0
    assert marks(ONE)[0] == ["seen"]


def test_tag_rename(inside, marks):
    inside(f"tag add tea,tea/kettles,teapots {ONE}")
    message = (
        "renamed tea (and 1 tag below it) to chai on 1 paper (undo: papertrack undo)\n"
    )
    assert inside("tag rename tea chai").err == message
    assert marks(ONE)[0] == ["chai", "chai/kettles", "teapots"]
    assert inside("tag rename chai chai").err == "already up to date; nothing changed\n"
    unknown = inside("tag rename teapos x")
    assert (unknown.code, unknown.err) == (
        5,
        "papertrack: unknown tag teapos; did you mean: papertrack tag rename teapots x\n",
    )


def test_renaming_to_an_existing_tag_merges(inside, marks):
    inside(f"tag add chai,chai/Kettles,x {ONE}")
    inside(f"tag add Teapots,teapots/kettles {TWO}")
    inside(f"tag add teapots,Chai {FIVE}")
    shown = inside("tag rename chai teapots --dry-run")
    assert shown.out == (
        "2306.90005\t2023-07-10\t日本語の題名と絵文字 🫖☕ 와 한국어\t-Chai\n"
        "2306.90001\t2023-06-05\tTeaching Kettles to Whistle in Tune\t"
        "+teapots; +teapots/kettles; -chai; -chai/Kettles\n"
    )
    message = (
        "merged chai (and 1 tag below it) into teapots on 2 papers, merged "
        "into teapots/kettles"
    )
    assert shown.err == f"would have {message}; nothing was changed\n"
    assert (
        inside("tag rename chai teapots").err == f"{message} (undo: papertrack undo)\n"
    )
    assert [marks(paper)[0] for paper in (ONE, TWO, FIVE)] == [
        ["teapots", "teapots/kettles", "x"],
        ["Teapots", "teapots/kettles"],
        ["teapots"],
    ]
    assert (
        inside("undo").err == "undone: merged the tag chai into teapots on 2 papers\n"
    )
    assert [marks(paper)[0] for paper in (ONE, FIVE)] == [
        ["chai", "chai/Kettles", "x"],
        ["teapots", "Chai"],
    ]


@pytest.mark.parametrize("status", ["read", "later", "hidden"])
def test_mark(status, papertrack, marks):
    marked = papertrack(f"mark {status} {ONE} {FIVE}").err.splitlines()
    assert marked[0] == f"marked 2 papers {status} (undo: papertrack undo)"
    assert marked[1] == "  Teaching Kettles to Whistle in Tune"
    assert (marks(ONE)[1], marks(FIVE)[1], marks(TWO)[1]) == (status, status, "unread")
    assert papertrack(f"list is:{status} --format ids").out.split() == [FIVE, ONE]
    shown = papertrack("list --format ids").out.split()
    assert (ONE in shown) == (status != "hidden")
    assert papertrack(f"mark unread {ONE}").code == 0
    assert marks(ONE) == CLEAR


def test_star_and_unstar(papertrack, marks):
    assert papertrack(f"star {ONE}").err == (
        "starred 1 paper (undo: papertrack undo)\n"
        "  Teaching Kettles to Whistle in Tune\n"
    )
    assert marks(ONE)[2] is True
    assert papertrack("list is:starred --format ids").out == f"{ONE}\n"
    assert papertrack(f"unstar {ONE}").code == 0
    assert marks(ONE) == CLEAR


def test_note_by_text_and_stdin(papertrack, marks):
    wrote = papertrack(["note", ONE, "Compare", "with the samovar."])
    assert wrote.err.startswith("wrote a note on 1 paper (undo: papertrack undo)\n")
    assert marks(ONE)[3] == "Compare with the samovar."
    assert (
        papertrack(f"note {ONE} -", "First line\n\n  Second — ünïcode 🫖\n").code == 0
    )
    assert marks(ONE)[3] == "First line\n\n  Second — ünïcode 🫖"
    assert papertrack("search samovar").out == ""
    assert papertrack("list has:note note:second --format ids").out == f"{ONE}\n"
    assert (
        papertrack(["note", ONE, ""]).err
        == "removed the note of 1 paper (undo: papertrack undo)\n"
        "  Teaching Kettles to Whistle in Tune\n"
    )
    assert marks(ONE) == CLEAR
    no_editor = papertrack(f"note {ONE}")
    assert no_editor.code == 2
    assert "no terminal" in no_editor.err
    assert papertrack("note title:kettles text").code == 2


def editor(tmp_path, script):
    path = tmp_path / "an editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"'{path}' --wait"


def edit(spawn, home, tmp_path, script):
    child = spawn(f"note {ONE}", env={**home, "EDITOR": editor(tmp_path, script)})
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before.decode()


def test_note_in_an_editor(spawn, home, tmp_path, marks, papertrack):
    assert (
        edit(
            spawn,
            home,
            tmp_path,
            'cp "$2" seen; printf "From the editor\\nline two\\n" > "$2"',
        )[0]
        == 0
    )
    assert marks(ONE)[3] == "From the editor\nline two"
    seen = edit(spawn, home, tmp_path, f'cp "$2" {tmp_path}/seen')  # left as it is
    assert seen[0] == 0
    assert "already up to date; nothing changed" in seen[1]
    text = (tmp_path / "seen").read_text()
    assert text.startswith("From the editor\nline two\n")
    assert "Teaching Kettles" in text
    assert edit(spawn, home, tmp_path, "exit 3")[0] == 1
    assert marks(ONE)[3] == "From the editor\nline two"
    assert edit(spawn, home, tmp_path, 'rm "$2"')[0] in (0, 1)
    assert marks(ONE)[3] == "From the editor\nline two"
    code, message = edit(spawn, {**home, "VISUAL": "/no/such/editor"}, tmp_path, "true")
    assert code in (1, 2)
    assert "/no/such/editor" in message
    assert edit(spawn, home, tmp_path, ': > "$2"')[0] == 0
    assert marks(ONE) == CLEAR


def test_an_editor_that_removes_the_file_causes_no_traceback(spawn, home, tmp_path):
    code, message = edit(spawn, home, tmp_path, 'rm "$2"')
    assert code in (0, 1)
    assert "Traceback" not in message


def test_every_change_can_be_undone(papertrack, marks):
    papertrack(f"tag add start {ONE}")
    before = marks(ONE)
    for command in (
        f"tag add more {ONE}",
        f"tag remove start {ONE}",
        "tag rename start stop",
        f"mark later {ONE}",
        f"star {ONE}",
        f"note {ONE} hello",
    ):
        assert not papertrack(command).err.startswith("already")
        assert papertrack("undo").err.startswith("undone: ")
        assert marks(ONE) == before
    papertrack(f"star {ONE}")
    papertrack(f"unstar {ONE}")
    papertrack("undo")
    assert marks(ONE)[2] is True
    papertrack("undo")
    papertrack("undo")
    assert marks(ONE) == CLEAR
    assert papertrack("undo") == (0, "", "nothing to undo\n")


def test_numbers_and_ranges_of_the_last_table(papertrack, terminal, marks):
    nothing = papertrack("star 1")
    assert nothing.code == 5
    assert "nothing was listed yet" in nothing.err
    shown = terminal("list").lines
    assert shown[2].split()[0] == "2"
    assert papertrack("star 2").code == 0
    assert marks(FIVE)[2] is True
    papertrack("list -n 1")  # a pipe numbers nothing: the table's numbers stay
    assert papertrack("tag add x 2-4 6").err.startswith("tagged 4 papers with x")
    out = papertrack("star 7")
    assert out.code == 5
    assert "1-6" in out.err
    assert papertrack("star 4-2").code == 5
    terminal("search kettles")
    papertrack("mark read 1")
    assert marks(ONE)[1] == "read"


def test_tables_of_groups_and_tags_are_numbered(papertrack, terminal, marks):
    papertrack(f"tag add x {TWO}")
    terminal("tags x")
    papertrack("star 1")
    assert marks(TWO)[2] is True
    screen = terminal("list --group month")
    last = [line for line in screen.lines if line[:1].isdigit() and "2306." in line][-1]
    papertrack(f"mark later {last.split()[0]}")
    assert marks(last.split("2306.")[1].split()[0].join(["2306.", ""]))[1] == "later"


@pytest.mark.parametrize(
    "form",
    [
        f"{ONE}v2",
        f"arXiv:{ONE}",
        f"https://arxiv.org/abs/{ONE}",
        f"https://arxiv.org/pdf/{ONE}v1",
        f"https://huggingface.co/papers/{ONE}",
        f"https://www.alphaxiv.org/abs/{ONE}",
        f"https://doi.org/10.48550/arXiv.{ONE}",
    ],
)
def test_all_forms_of_ids(form, papertrack, home):
    assert (
        papertrack(["show", form, "--fields", "id"]).out
        == f'[\n  {{\n    "id": "{ONE}"\n  }}\n]\n'
    )


def test_ids_on_stdin(papertrack, marks):
    assert papertrack("mark read -", f"{ONE}\n\n{TWO}\tsome title\n").err.startswith(
        "marked 2 papers read"
    )
    piped = papertrack("list is:unread").out
    assert papertrack("star -", piped).err.startswith("starred 4 papers")
    before = marks(ONE)
    wrong = papertrack("tag add x -", f"{ONE}\n2306.99999\n")
    assert wrong.code == 5
    assert "2306.99999" in wrong.err
    assert marks(ONE) == before
    assert papertrack("tag add x -", "not an id\n").code == 5
    assert papertrack("tag add x -", "").code in (0, 5)


def test_a_query_needs_confirmation(papertrack, marks):
    refused = papertrack("mark read title:whistle or title:kettles or upvotes:1..")
    assert refused.code == 2
    assert "would mark 5 papers as read" in refused.err
    assert "--yes" in refused.err
    assert papertrack("list is:read").out == ""
    assert papertrack("mark read upvotes:1.. --yes").code == 0
    assert len(papertrack("list is:read").out.splitlines()) == 5
    assert papertrack("star title:teaching").code == 0  # one paper needs no asking
    assert marks(ONE)[2] is True


@pytest.mark.parametrize(
    ("answer", "done"),
    [("y", True), ("yes", True), ("n", False), ("", False), ("\x04", False)],
)
def test_confirmation_on_a_terminal(answer, done, spawn, home, marks):
    child = spawn("star upvotes:1..", env=home)
    child.expect_exact("star 5 papers? [y/N]")
    child.sendline(answer) if answer != "\x04" else child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert marks(ONE)[2] is done
    assert (child.exitstatus == 0) is done
    assert ("nothing was changed" in child.before.decode()) is not done


def test_an_empty_selection_is_an_error(papertrack):
    for args in (
        "star 2306.99999",
        "mark read xyzzy",
        "tag add x tag:none",
        "note 2306.99999 x",
        "show nosuchword",
    ):
        ran = papertrack(args)
        assert ran.code == 5
        assert ran.err.startswith(("papertrack: no paper", "papertrack: unknown paper"))


def test_ids_after_two_dashes_or_with_spaces(papertrack, marks):
    assert papertrack(f"star -- {ONE}").code == 0
    assert papertrack(["star", f" {TWO} "]).code == 0
    assert marks(TWO)[2] is True


def test_a_fetch_keeps_marks(papertrack, rows_file, marks):
    papertrack(f"tag add keep {ONE}")
    papertrack(f"note {ONE} mine")
    papertrack(["fetch", str(rows_file)])
    papertrack(["fetch", "sample"])
    assert marks(ONE) == (["keep"], "unread", False, "mine")


# ------------------------------------------------------------------ selecting


@pytest.mark.parametrize(
    ("selection", "changed"),
    [
        ("{ONE} {TWO} is:unread", ["2306.90001", "2306.90002"]),
        ("{ONE} {TWO} title:kettles", ["2306.90001"]),
        ("title:kettles {ONE} {TWO}", ["2306.90001"]),
        ("{ONE} {TWO} ^title:kettles", ["2306.90002"]),
        ("1-30 ^is:later", []),
        ("{ONE} {FIVE} is:later", []),
        ("{ONE} {TWO} @kettles", ["2306.90001"]),
    ],
)
def test_ids_with_a_query_are_those_that_match(
    selection, changed, papertrack, marks, terminal
):
    papertrack("view save kettles title:kettles")
    query = selection.format(ONE=ONE, TWO=TWO, FIVE=FIVE)
    ran = papertrack(f"mark read {query} --yes")
    read = papertrack("list is:read --format ids").out.split()
    assert sorted(read) == changed
    assert ran.code == (0 if changed else 5)


def test_a_named_paper_may_be_hidden(papertrack, marks):
    papertrack(f"mark hidden {ONE}")
    assert papertrack(f"star {ONE} {TWO} upvotes:1.. --yes").code == 0
    assert marks(ONE)[2] is True
    assert marks(TWO)[2] is False


def test_a_question_names_the_papers(spawn, home):
    child = spawn("mark read upvotes:1.. or ^upvotes:1..", env=home)
    child.expect_exact("mark 6 papers as read? [y/N]")
    lines = child.before.decode().splitlines()
    assert len(lines) == 6
    assert lines[-1].strip() == "and 1 more"
    assert "  Teaching Kettles to Whistle in Tune" in lines
    child.sendline("n")
    child.expect(pexpect.EOF)


def test_a_single_match_is_confirmed_on_a_terminal(spawn, home, marks):
    child = spawn("star title:kettles", env=home)
    child.expect_exact("Teaching Kettles")
    child.expect_exact("star 1 paper? [y/N]")
    child.sendline("y")
    child.expect(pexpect.EOF)
    assert marks(ONE)[2] is True


@pytest.mark.parametrize("tag", ["3", "2025", "x,7", "٣"])
def test_a_new_tag_of_digits_is_questioned(tag, papertrack, spawn, home, marks):
    refused = papertrack(["tag", "add", tag, ONE])
    assert refused.code == 2
    assert f"papertrack tag add {ONE}" in refused.err
    child = spawn(["tag", "add", tag, ONE], env=home)
    child.expect_exact("[y/N]")
    child.sendline("n")
    child.expect(pexpect.EOF)
    assert marks(ONE)[0] == []
    assert papertrack(["tag", "add", tag, ONE, "--yes"]).code == 0
    assert sorted(marks(ONE)[0]) == sorted(tag.split(","))
    assert papertrack(["tag", "add", tag, TWO]).code == 0


def test_numbers_belong_to_their_terminal(papertrack, home):
    """Two shells on two terminals, each with a listing of its own."""
    shells = []
    for query in ("title:kettles", "upvotes:1.. --sort upvotes"):
        shell = pexpect.spawn("/bin/sh", env=home, timeout=60, echo=False)
        shell.sendline(f"{sys.executable} -m papertrack list {query}; echo 'do''ne'")
        shell.expect_exact("done")
        shells.append(shell)
    for shell, title in zip(shells, ("Teaching Kettles", "Any Upvotes"), strict=True):
        shell.sendline(f"{sys.executable} -m papertrack show 1; echo 'do''ne'")
        shell.expect_exact("done")
        shown = shell.before.decode()
        assert (title in shown) == (title == "Teaching Kettles")
    third = pexpect.spawn("/bin/sh", env=home, timeout=60, echo=False)
    third.sendline(f"{sys.executable} -m papertrack show 1; echo 'do''ne'")
    third.expect_exact("nothing was listed yet")
    third.expect_exact("done")
    for shell in (*shells, third):
        shell.close()


@pytest.mark.parametrize(
    "line",
    [
        "mark read - is:unread --yes",
        "tag add x - upvotes:0.. --yes",
        "star - --yes",
        "remove - is:unread --yes",
        "export - --format ids",
        "export - is:unread --format ids",
        "show -",
    ],
)
@pytest.mark.parametrize("stdin", ["", "\n \n"])
def test_no_ids_on_stdin_select_no_papers(line, stdin, inside):
    ran = inside(line, stdin)
    message = "papertrack: standard input contains no ids; nothing was done\n"
    assert ran == (5, "", message)
    assert inside("log").out == ""
