"""What readers of other programs type: it works, or the line that is suggested does.

`typed_lines.txt` has what is typed, and after two spaces the line that papertrack
suggests, or `works`. 3 stands for a paper of the sample.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.cli import typer_app
from papertrack.cli.command_table import COMMANDS, UNSUGGESTED
from papertrack.cli.typed import answers, mistakes, patterns, table
from papertrack.core.nearest import nearest
from papertrack.core.wording import did_you_mean
from tests.cli.conftest import Env, Ran, _environment, _run

LINES = [
    re.split(r"\s{2,}", line.strip(), maxsplit=1)
    for line in Path(__file__).with_name("typed_lines.txt").read_text().splitlines()
]
ROOT: Any = typer_app.root()
PAPER = "2511.04570"
NOT_HERE = ("fetch", "add", "pdf", "read ", "triage", "note 3", "sync")
"""Lines that need a service or a whole terminal: they are parsed, not run."""

DESTRUCTIVE = re.compile(
    r"\b(?:did you mean:? |see: )(?:papertrack )?(?:-\S+ )*"
    r"(?:(?:tag|view|rule|feed|config|follow) )?"
    r"(?:remove|rm|delete|unset|unstar|restore|undo|redo)\b"
)


@pytest.fixture(scope="module")
def desk_of_sample(tmp_path_factory: pytest.TempPathFactory) -> Env:
    """The environment of a reader of the sample, with a tag, a view and a rule."""
    folder = tmp_path_factory.mktemp("typed")
    env = {**_environment(folder), "BROWSER": "true", "EDITOR": "true"}
    for line in (
        "fetch sample",
        "tag add nlp,old,older video --yes",
        "view save fresh is:unread",
        "rule add noise --if survey --do hide",
    ):
        assert _run(line, env=env).code == 0
    (folder / "FILE.bib").write_text("@book{a, title={A Kettle}, author={Quill, Ada}}")
    (folder / "FILE.opml").write_text(
        '<opml version="2.0"><body><outline type="rss" text="a"'
        ' xmlUrl="https://owls.example/feed.xml"/></body></opml>'
    )
    return env


def words(line: str) -> list[str]:
    """The words of a line, with an id in the place of 3."""
    return [PAPER if word == "3" else word for word in shlex.split(line)]


def suggestion(ran: Ran) -> str:
    """The line that a message suggests, without `papertrack`; empty if none."""
    found = re.search(r"(?:did you mean|see): papertrack (.*)", ran.err)
    return found[1] if found else ""


def test_there_are_enough_lines() -> None:
    assert len({line for line, _ in LINES}) == len(LINES) >= 250


@pytest.mark.parametrize(("line", "expected"), LINES, ids=lambda text: str(text)[:40])
def test_it_works_or_the_suggested_line_does(
    line: str,
    expected: str,
    inside: Callable[..., Ran],
    desk_of_sample: Env,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(desk_of_sample["HOME"])
    ran = inside(words(line), env=desk_of_sample)
    if expected == "works":
        assert (ran.code, suggestion(ran)) == (0, "")
        return
    assert shlex.split(suggestion(ran)) == words(expected)
    assert DESTRUCTIVE.search(ran.err) is None
    if ran.code:
        assert ran.code in (2, 5)
        assert ran.out == ""
    if expected.startswith(NOT_HERE):
        assert mistakes.first(ROOT, words(expected)) is None
        return
    again = inside(words(expected), env=desk_of_sample)
    assert again.code == 0, again.err
    assert suggestion(again) == ""


@pytest.mark.parametrize(
    "line",
    [
        "remov 3",
        "undoo",
        "rmeove 3",
        "restor x",
        "reddo",
        "unstra 3",
        "tag remov nlp 3",
        "tag rn nlp 3",
        "view remve fresh",
        "config unst list.limit",
        "feed rmove hf",
        "rule delte noise",
        "remove --unread",
        "rm 3 --force",
        "tag rm nlp --unread",
        "tags remove nlp 3",
        "help remov",
        "help undoo",
        "list --yess",
        "undo --yess",
    ],
)
def test_nothing_is_suggested_that_removes_or_undoes(
    line: str, inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside(words(line), env=desk_of_sample)
    assert ran.code in (2, 5)
    assert DESTRUCTIVE.search(ran.err) is None
    assert suggestion(ran) == ""


@pytest.mark.parametrize(
    "line",
    ["xyzzy", "report-card", "firstly", "show --zebra 3", "zebra 3", "list --page 2"],
)
def test_no_suggestion_is_better_than_a_wrong_one(
    line: str, inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside(words(line), env=desk_of_sample)
    assert ran.code == 2
    assert "mean" not in ran.err
    assert "--help)" in ran.err


def test_an_option_of_other_commands(
    inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside("show --sort date 2511.04570", env=desk_of_sample)
    assert ran.code == 2
    assert "unknown option --sort of papertrack show; it works with list, " in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("list -n ten", "--limit takes a whole number, not ten (see papertrack list"),
        ("undo x", "count takes a whole number, not x (see papertrack undo --help)"),
        ("tag add", "missing argument 'TAG[,TAG]' (see papertrack tag add --help)"),
        ("list -n", "option '-n' requires an argument (see papertrack list --help)"),
        ("list --group zebra", "unknown --group zebra; known: tag, day, "),
        (
            "rule add x --if y --do later",
            "'later'; did you mean: papertrack rule add x --if y --do 'mark later'",
        ),
        (
            "list --columns titel",
            "column titel; did you mean: papertrack list --columns title\n",
        ),
    ],
)
def test_other_mistakes_of_a_line(
    line: str, message: str, inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside(line, env=desk_of_sample)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list --columns id,titel,authros", "list --columns id,title,authors"),
        ("list --fields=titel titel --json", ""),
        ("list titel --fields=titel", ""),
        ("search video --fields titl,id", "search video --fields title,id"),
        ("list --columns zebra,titel", ""),
        ("export --format=bibtx video", "export --format=bibtex video"),
        ("list -n 3 --format markdwon -q", "-q list -n 3 --format markdown"),
        ("config get lits.limit", "config get list.limit"),
        ("config set fetch.timout 3", "config set fetch.timeout 3"),
        ("config unset fetch.timout", ""),
        ("config set colors.theme drak", "config set colors.theme dark"),
        ("config set list.sort upvotse", "config set list.sort upvotes"),
        ("config set list.sort date,upvotse", "config set list.sort date,upvotes"),
        ("config set list.sort upvotse,titel", ""),
        ("config set list.sort zebra", ""),
        ("config set key.x lter", "config set key.x later"),
        ("tags nlpp", "tags nlp"),
        ("tags npl --json", "tags nlp --json"),
        ("tag remove nlpp video", ""),
        ("list '@fesh has:code'", "list '@fresh has:code'"),
        ("rule test nosie", "rule test noise"),
        ("list vidoe", "list video"),
        ("list multimodla tag:nlp,x", "list multimodal tag:nlp,x"),
        ("list tag:nlpp,x", "list tag:nlp,x"),
    ],
)
def test_slips_in_names(
    line: str, expected: str, inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside(line, env=desk_of_sample)
    assert ran.out == ""
    assert suggestion(ran) == expected
    if expected:
        again = inside(expected, env=desk_of_sample)
        assert again.code == 0
        assert suggestion(again) == ""


def test_a_line_that_is_too_long_to_print_is_not_suggested(
    inside: Callable[..., Ran], desk_of_sample: Env
) -> None:
    ran = inside(["find", "kettle " * 200], env=desk_of_sample)
    assert "unknown command find (see papertrack --help)" in ran.err
    assert suggestion(inside(["find", "kettle " * 20], env=desk_of_sample))


def test_global_options_stay(inside: Callable[..., Ran], desk_of_sample: Env) -> None:
    library = desk_of_sample["PAPERTRACK_LIBRARY"]
    ran = inside(["--library", library, "later", PAPER, "-q"], env=desk_of_sample)
    assert suggestion(ran) == f"--library {library} -q mark later {PAPER}"


def test_numbers_of_a_listing(inside: Callable[..., Ran], desk_of_sample: Env) -> None:
    for line, expected in (
        ("later 3 5-7", "mark later 3 5-7"),
        ("1-5,8", "show 1-5,8"),
        ("tag 3 nlp", "tag add nlp 3"),
        ("mark 1-5 done", "mark read 1-5"),
        ("list 12", "show 12"),
    ):
        assert suggestion(inside(line, env=desk_of_sample)) == expected


TYPED = sorted(
    {
        *COMMANDS,
        *UNSUGGESTED,
        *(
            word
            for row in patterns.rows(table.LINES)
            for part in row.pattern[:2]
            for word in part.split("|")
            if word.islower()
        ),
    }
)


@st.composite
def slips(draw: st.DrawFn) -> list[str]:
    """Up to three words, each of them with a slip or two."""
    line = []
    for word in draw(st.lists(st.sampled_from(TYPED), min_size=1, max_size=3)):
        for _ in range(draw(st.integers(0, 2))):
            at = draw(st.integers(0, len(word)))
            letter = draw(st.sampled_from("abcdeilmnorstuv-"))
            kind = draw(st.sampled_from(("add", "drop", "swap")))
            if kind == "add":
                word = word[:at] + letter + word[at:]
            elif kind == "drop":
                word = word[:at] + word[at + 1 :]
            else:
                word = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        line.append(word.lstrip("-") or "x")
    return [*line, *draw(st.sampled_from(([], [PAPER], ["3"], ["--unread"])))]


@settings(max_examples=200, deadline=None)
@given(slips())
def test_slips_are_never_met_with_a_removal(line: list[str]) -> None:
    meant = answers.instead(ROOT, line)
    if meant is None:
        return
    message = f"did you mean: papertrack {shlex.join(meant)}"
    assert DESTRUCTIVE.search(message) is None
    assert meant == ["--version"] or mistakes.first(ROOT, meant) is None


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("serach", ["search", "show"], ["search"]),
        ("lst", ["list", "log"], ["list"]),
        ("hsow", ["show"], ["show"]),
        ("xport", ["export"], ["export"]),
        ("report", ["export", "import"], []),
        ("first", ["list"], []),
        ("how", ["show"], []),
        ("statu", ["status", "stats", "star"], ["status", "stats"]),
        ("limit", ["list.limit", "list.sort"], ["list.limit"]),
        ("parsnig", ["nlp/parsing"], ["nlp/parsing"]),
        ("te", ["tea", "tag"], ["tea"]),
        ("x", ["ls", "rm"], []),
        ("LSIT", ["list"], ["list"]),
        ("", ["list"], []),
    ],
)
def test_nearest(name: str, known: list[str], expected: list[str]) -> None:
    assert nearest(name, known) == expected


def test_did_you_mean() -> None:
    assert did_you_mean("lsit", ["list", "show"]) == "; did you mean list?"
    assert did_you_mean("statu", ["stats", "status"]).endswith("stats or status?")
    assert did_you_mean("zebra", ["list", "show"]) == "; known: list, show"
    assert did_you_mean("undoo", ["undo", "log"], UNSUGGESTED) == ""
    assert did_you_mean("list", []) == ""
