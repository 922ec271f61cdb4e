"""`rule`: marks of new papers and of those in the library; in order, without changing
the reader's marks.
"""

import json
from pathlib import Path

import pytest

LOUD, SILENT, MANY, HIDE, WIDE, HOSTILE = (f"2306.{90000 + n}" for n in range(1, 7))


@pytest.fixture
def bring(inside, rows, home):
    """Imports the invented papers of these numbers."""

    def run(*numbers):
        path = Path(home["HOME"]) / "some.json"
        path.write_text(json.dumps([rows[number - 1] for number in numbers]))
        return inside(["import", str(path)])

    return run


@pytest.fixture
def marks(inside):
    """The marks by id: tags, then status and star."""

    def read():
        papers = json.loads(inside("list --all is:hidden or ^is:hidden --json").out)
        found = {
            p["id"]: [*p["tags"], *(["*"] if p["starred"] else []), p["status"]]
            for p in papers
        }
        return {id: " ".join(said) for id, said in found.items() if said != ["unread"]}

    return read


def rules(inside, *rows):
    for name, condition, does in rows:
        ran = inside(["rule", "add", name, "--if", condition, "--do", does])
        assert ran.code == 0, ran.err


def test_rules_mark_new_papers_only(inside, bring, marks):
    assert bring(1, 2).code == 0
    added = inside(
        [
            "rule",
            "add",
            "kettles",
            "--if",
            "kettles or whistle",
            "--do",
            "tag tea, star",
        ]
    )
    assert added.err == (
        "added the rule kettles, for new papers; papertrack rule apply kettles applies it to the "
        "1 paper already here\n"
    )
    rules(inside, ("bye", "title:hidden", "hide"), ("all", "", "tag inbox"))
    ran = bring(1, 3, 4)
    assert (
        ran.err.splitlines()[-1]
        == "rules: tagged 1, starred 1, hid 1 (papertrack undo undoes the fetch)"
    )
    assert marks() == {MANY: "tea inbox * unread", HIDE: "hidden"}
    assert bring(1, 3, 4).err.count("rules:") == 0
    undone = inside("undo").err
    assert undone.startswith("undone: added 2 papers from ")
    assert undone.endswith(", the rules kettles, bye and all marked 2 new papers\n")
    assert marks() == {}
    assert bring(1, 3, 4).err.splitlines()[0].endswith("2 new, 0 updated, 1 known")
    assert marks() == {MANY: "tea inbox * unread", HIDE: "hidden"}


def test_a_later_rule_sees_the_changes_of_an_earlier_one(inside, bring, marks):
    rules(
        inside,
        ("a", "title:kettles", "tag tea/pots"),
        ("b", "tag:tea", "star"),
        ("c", "is:starred", "mark later"),
        ("d", "^is:later upvotes:1..", "tag other"),
        ("e", "pots", "tag word"),
        ("f", "is:new ^tag:other", "tag g"),
    )
    bring(1, 2, 5)
    assert marks() == {
        LOUD: "tea/pots word g * later",
        WIDE: "other unread",
        SILENT: "g unread",
    }


def test_a_hidden_paper_is_not_matched_by_later_rules(inside, bring, marks):
    rules(
        inside,
        ("a", "title:kettles", "hide"),
        ("b", "upvotes:1..", "tag x"),
        ("c", "is:hidden", "tag late"),
    )
    bring(1, 5)
    assert marks() == {LOUD: "late hidden", WIDE: "x unread"}


def test_the_first_rule_that_sets_a_status_decides(inside, bring, marks):
    rules(inside, ("a", "upvotes:1..", "mark later"), ("b", "title:kettles", "hide"))
    inside("rule move b --before a")
    bring(1, 5)
    assert marks() == {LOUD: "hidden", WIDE: "later"}


def test_rules_do_not_change_marks_of_the_reader(inside, bring, marks):
    bring(1, 2, 3, 5)
    inside(f"mark read {LOUD} {SILENT} {WIDE}")
    inside(f"mark unread {WIDE}")
    inside(f"tag add TEA {WIDE} {LOUD}")
    rules(inside, ("a", "", "tag tea, mark later"))
    assert (
        inside("rule apply --yes").err
        == "rules: tagged 2, marked 2 later (undo: papertrack undo)\n"
    )
    before = marks()
    # A paper marked unread again counts as never marked.
    assert before == {
        LOUD: "TEA read",
        SILENT: "tea read",
        MANY: "tea later",
        WIDE: "TEA later",
    }
    assert inside("rule apply --yes").err == "already up to date; nothing changed\n"
    assert marks() == before
    inside("undo")
    assert marks() == {LOUD: "TEA read", SILENT: "read", WIDE: "TEA unread"}


def test_papers_saved_by_a_killed_fetch_are_marked_by_the_next(
    inside, bring, marks, home
):
    rules(inside, ("a", "", "tag in"))
    bring(1)
    path = Path(home["PAPERTRACK_LIBRARY"])
    desk = json.loads((path / "desk.json").read_text())
    desk["ruled"]["1"]["at"] = "2020-01-01T00:00:00Z"
    (path / "desk.json").write_text(json.dumps(desk))
    month = path / "papers" / "2023-06.json"
    month.write_text(
        month.read_text().replace(
            '"added":"20', '"added":"2020-06-06T00:00:00Z","was":"20'
        )
    )
    inside(f"tag remove in {LOUD}")
    bring(2)
    assert marks() == {LOUD: "in unread", SILENT: "in unread"}


def test_apply_shows_confirms_and_is_one_step(inside, bring, marks):
    bring(1, 2, 3, 4, 5)
    rules(
        inside,
        ("a", "title:kettles", "tag tea"),
        ("b", "tag:tea or upvotes:42", "star"),
    )
    shown = inside("rule apply --dry-run")
    assert shown.out == (
        "2306.90005\t2023-07-10\t日本語の題名と絵文字 🫖☕ 와 한국어\tstarred\n"
        "2306.90001\t2023-06-05\tTeaching Kettles to Whistle in Tune\t+tea; starred\n"
    )
    assert (
        shown.err == "would change 2 papers: tagged 1, starred 2; nothing was changed\n"
    )
    assert marks() == {}
    assert (
        inside("rule apply").err
        == "papertrack: this would change 2 papers; add --yes to do it\n"
    )
    assert inside("rule apply a").err == "rules: tagged 1 (undo: papertrack undo)\n"
    assert (
        inside("rule test b").err
        == "would change 2 papers, of 2 that match; nothing was changed\n"
    )
    assert (
        inside("rule apply a b --yes").err
        == "rules: starred 2 (undo: papertrack undo)\n"
    )
    assert inside("undo").err == "undone: applied the rule b to 2 papers\n"
    assert marks() == {LOUD: "tea unread"}


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "the rule r0"),
        (2, "the rules r0 and r1"),
        (3, "the rules r0, r1 and r2"),
        (5, "the rules r0, r1, r2, r3 and r4"),
        (6, "the rules r0, r1, r2, r3 and 2 more"),
    ],
)
def test_the_log_names_the_rules_that_changed_a_paper(inside, bring, count, named):
    made = [(f"r{number}", "upvotes:1..", f"tag t{number}") for number in range(count)]
    rules(inside, *made, ("idle", "title:nowhere", "star"))
    bring(1)
    done = f"{named} marked 1 new paper"
    assert inside("log -n 1").out.strip().endswith(f", {done}")
    inside("tag remove t0 tag:t0 --yes")
    inside("rule apply --yes")
    applied = inside("log -n 1").out.split("\t")[-1].strip()
    assert applied == "applied the rule r0 to 1 paper"


def test_order_and_names(inside):
    rules(inside, *((name, name, "star") for name in "abc"))
    listed = lambda: "".join(line[0] for line in inside("rule list").out.splitlines())  # noqa: E731
    for args, order in [
        ("rule add d --if d --do star --before b", "adbc"),
        ("rule move a --after c", "dbca"),
        ("rule move 4 --before 1", "adbc"),
        ("rule add d --if e --do star", "adbc"),
        ("rule add C --if c --do star --before a", "cadb"),
        ("rule remove d b", "ca"),
        ("undo", "cadb"),
        ("undo", "adbc"),
    ]:
        ran = inside(args)
        assert (ran.code, listed()) == (0, order), ran.err
    assert (
        inside("rule add a --if a --do star").err
        == "the rule a is already like that; nothing changed\n"
    )


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            "rule add a --if titel:x --do star",
            2,
            "unknown field titel; did you mean: papertrack rule add a --if title:x"
            " --do star",
        ),
        ("rule add a --if @nosuch --do star", 5, "unknown view @nosuch"),
        (
            "rule add a --if x --do sta",
            2,
            "unknown action 'sta'; did you mean: papertrack rule add a --if x --do star",
        ),
        ("rule add a --if x --do ''", 2, "an action is empty"),
        ("rule add a --if x --do 'tag a(b'", 2, "'a(b' is not a tag"),
        ("rule add a --if x --do 'hide, mark later'", 2, "sets two statuses"),
        ("rule add 'a b' --if x --do star", 2, "is not a name"),
        (
            "rule add a --if x --do star --before b --after b",
            2,
            "--before or --after, not both",
        ),
        (
            "rule add a --if x --do star --before nosuch",
            5,
            "unknown rule nosuch; known: agents, noise",
        ),
        ("rule move agents", 2, "where should it go?"),
        ("rule test agent", 5, "rule agent; did you mean: papertrack rule test agents"),
        (
            "rule apply agent --yes",
            5,
            "unknown rule agent; did you mean: papertrack rule apply agents --yes",
        ),
        ("rule remove agent", 5, "unknown rule agent; did you mean agents?"),
        (
            "view remove fresh",
            2,
            "@fresh is used by the rule agents; change or remove that first",
        ),
    ],
)
def test_invalid_rules_are_refused(args, code, message, inside):
    inside("view save fresh is:unread")
    rules(inside, ("agents", "@fresh agents", "star"), ("noise", "survey", "hide"))
    ran = inside(args)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert len(inside("rule list").out.splitlines()) == 2


def test_a_rule_broken_by_hand_does_not_stop_a_fetch(inside, bring, marks, home):
    rules(inside, ("a", "kettles", "star"), ("b", "kettles", "tag tea"))
    path = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    desk = json.loads(path.read_text())
    desk["rules"]["1"]["if"] = "titel:x"
    desk["rules"]["7"] = {"key": "c", "if": "kettles", "do": "explode"}
    path.write_text(json.dumps(desk))
    ran = bring(1)
    assert ran.code == 0
    assert ran.err.splitlines()[1:] == [
        "the rule a was skipped: unknown field titel; did you mean title:x?",
        "rules: tagged 1 (papertrack undo undoes the fetch)",
    ]
    assert marks() == {LOUD: "tea unread"}
    assert inside("rule apply --yes").code == 2


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_screens(columns, inside, terminal, golden, width, bring, home):
    rules(
        inside,
        (
            "whistles",
            "title:whistle or title:kettles",
            "tag tea/whistles, star, mark later",
        ),
        ("from-ada", "author:quill listed:2023-06..2023-07 ^tag:tea", "tag ada"),
        ("inbox", "", "tag inbox"),
    )
    inside("undo")
    inside(["rule", "add", "inbox", "--if", "", "--do", "tag inbox"])
    screens = [
        terminal("rule list", columns),
        terminal("rule apply --dry-run", columns),
    ]
    bring(1, 2, 3, 4, 5, 6)
    (Path(home["PAPERTRACK_LIBRARY"]) / "marks.json").unlink()
    screens += [
        terminal("rule apply --dry-run", columns),
        terminal("rule test whistles", columns),
    ]
    text = "".join(screen.text for screen in screens)
    assert all(width(line) <= columns for line in text.splitlines())
    golden(f"rule.{columns}", text)
    if columns == 80:
        piped, data, tried = (
            inside("rule list"),
            inside("rule list --json"),
            inside("rule test inbox"),
        )
        golden("rule.piped", piped.out + piped.err + data.out + tried.out + tried.err)
