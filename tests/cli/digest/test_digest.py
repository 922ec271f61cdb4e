"""`digest`: what is new since the last one; looking changes nothing, writing is
remembered.
"""

import hashlib
import json
from pathlib import Path

import pytest

from tests.helpers.digests import FRIDAY, MONDAY, SATURDAY


def shown(text):
    return [line for line in text.splitlines() if line.startswith("Paper number")]


def files(home):
    root = Path(home["PAPERTRACK_LIBRARY"])
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*.json"))
    }


LOOKS = (
    "",
    "--group tag",
    "--format markdown",
    "--format html",
    "-o x.md --dry-run",
    "--since 7d",
    "--empty",
    "--name other",
    "upvotes:3.. -n 1",
)


@pytest.mark.parametrize("looks", LOOKS)
def test_looking_changes_nothing(looks, inside, fetched, home, monkeypatch):
    monkeypatch.chdir(home["HOME"])
    fetched(1, 2)
    before = files(home)
    first = inside(f"digest {looks}", now=FRIDAY)
    assert first.code == 0
    assert "Paper number 1" in first.out + " Paper number 1" * looks.count("-n 1")
    assert inside(f"digest {looks}", now=FRIDAY) == first
    assert files(home) == before
    assert not list(Path(home["HOME"]).glob("x.*"))


@pytest.mark.parametrize("target", ["new.txt", "new.md", "new.html", "-"])
def test_what_was_written_is_not_new_again(
    target, inside, fetched, home, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    fetched(1, 2)
    ran = inside(["digest", "-o", target], now=FRIDAY)
    written = ran.out if target == "-" else (tmp_path / target).read_text()
    assert "Paper number 1" in written
    where = "standard output" if target == "-" else target
    assert f"wrote 2 new papers to {where} (undo: papertrack undo)" in ran.err
    assert shown(inside("digest", now=MONDAY).out) == []
    fetched(3, now=MONDAY)
    assert shown(inside("digest", now=MONDAY).out) == ["Paper number 3"]
    assert shown(inside("digest --again", now=MONDAY).out) == shown(
        "Paper number 1\nPaper number 2"
    )
    assert (
        shown(inside("digest --name other", now=MONDAY).out)
        == [f"Paper number {number}" for number in (3, 1, 2)]
        or len(shown(inside("digest --name other", now=MONDAY).out)) == 3
    )
    assert inside("undo 2", now=MONDAY).code == 0
    assert len(shown(inside("digest", now=MONDAY).out)) == 2


def test_late_papers_are_in_the_next_digest(inside, fetched, tmp_path):
    """One that is added late, whatever its day; one that matches only now; one that was
    left over by --limit.
    """
    out = str(tmp_path / "x.txt")
    query = ["digest", "upvotes:10..", "--name", "popular"]
    fetched(1, upvotes=50)
    fetched(2, upvotes=3)
    assert inside([*query, "-o", out], now=FRIDAY).code == 0
    fetched(2, upvotes=30, now=MONDAY)
    fetched(4, 5, upvotes=20, now=MONDAY)
    ran = inside([*query, "-n", "2", "-o", out], now=MONDAY)
    assert "1 more will be in the next digest" in ran.err
    first = shown(Path(out).read_text())
    last = shown(inside(query, now=MONDAY).out)
    assert len(first) == 2
    assert sorted([*first, *last]) == [f"Paper number {n}" for n in (2, 4, 5)]


def test_a_view_is_a_name(inside, fetched, tmp_path):
    fetched(1, 2)
    assert inside("view save all upvotes:1..").code == 0
    assert inside(["digest", "@all", "-o", str(tmp_path / "x.md")], now=FRIDAY).err
    assert shown(inside("digest @all", now=FRIDAY).out) == []
    assert shown(inside("digest upvotes:1.. --name all", now=FRIDAY).out) == []
    assert len(shown(inside("digest", now=FRIDAY).out)) == 2


def test_a_paper_joined_under_another_key_is_not_new(inside, fetched, home, tmp_path):
    title = "A Title That Two Sources Share Word for Word"
    bib = tmp_path / "x.bib"
    bib.write_text(f"@misc{{x, title={{{title}}}, year={{2025}}}}")
    assert inside(["import", str(bib)], now=FRIDAY).code == 0
    assert inside(["digest", "-o", str(tmp_path / "x.md")], now=FRIDAY).code == 0
    fetched(9, title=title, now=MONDAY)
    assert "Nothing new since" in inside("digest", now=MONDAY).err


def test_hidden_papers_are_left_out_and_starred_ones_are_first(inside, fetched):
    fetched(1, 2, 3)
    assert inside("mark hidden 2511.00001").code == 0
    assert inside("star 2511.00003").code == 0
    found = shown(inside("digest", now=FRIDAY).out)
    assert found == ["Paper number 3", "Paper number 2"]


def test_reasons(inside, fetched):
    assert inside("rule add threes --if title:3 --do 'tag x'").code == 0
    assert inside("rule add noise --if title:4 --do hide").code == 0
    fetched(3, 4)
    assert inside("tag add llm/agents 2511.00003").code == 0
    out = inside("digest tag:llm", now=FRIDAY).out
    assert "  why: rule threes, tag llm/agents\n" in out
    assert "noise" not in out


def write_failure(home):
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    content = json.loads(desk.read_text())
    content["sources"] = {
        "1": {
            "key": "hf",
            "tried": "2025-11-21T09:00:00Z",
            "since": "2025-11-20T09:00:00Z",
            "error": "https://ann:secret@owls.example/: the server is down",
        }
    }
    desk.write_text(json.dumps(content))


def test_why_there_is_nothing(inside, fetched, home, tmp_path):
    """Without --empty it is reported, with it it is the digest."""
    ran = inside("digest --empty", now=FRIDAY)
    assert (ran.code, ran.err) == (0, "")
    assert "nothing was fetched yet; papertrack fetch" in ran.out
    fetched(1, 2)
    assert inside(["digest", "-o", str(tmp_path / "x.md")], now=FRIDAY).code == 0
    cases = (
        (FRIDAY, "", "nothing was fetched since 2025-11-21"),
        (SATURDAY, "", "list no papers on weekends"),
        (SATURDAY, "upvotes:99.. --name y", "2 other new papers did not match"),
        (MONDAY, "", "earlier digests had 2 papers of this time"),
    )
    for now, words, reason in cases:
        if now != FRIDAY:
            fetched(1, now=now)
        ran = inside(f"digest {words}", now=now)
        assert (ran.code, ran.out) == (0, "")
        assert reason in ran.err
        ran = inside(f"digest {words} --empty", now=now)
        assert reason in " ".join(ran.out.split())
        assert "no new papers" in ran.out


def test_a_failed_source(inside, fetched, home):
    fetched(1)
    write_failure(home)
    ran = inside("digest", now=FRIDAY)
    assert ran.code == 0
    assert "hf could not be read since 2025-11-20" in " ".join(ran.out.split())
    for query in ("", "upvotes:99.."):
        ran = inside(f"digest --empty {query}", now=FRIDAY)
        assert ran.code == 3
        assert "papertrack fetch tries again" in ran.err
        assert "secret" not in ran.out + ran.err


WRONG = {
    "digest -o x.docx": (2, "no format of a digest has this suffix; known: .txt"),
    "digest -o x": (2, "no format of a digest has this suffix"),
    "digest --format htm1": (2, "unknown format htm1; did you mean html?"),
    "digest --name 'a b'": (2, "is not a name"),
    "digest --since never": (2, "never"),
    "digest --group week": (2, "week"),
    "digest --again": (5, "no digest named default was written or sent yet"),
    "digest @nosuch": (5, "unknown view @nosuch"),
    "digest -o missing/../../../proc/x.md": (1, ""),
}


@pytest.mark.parametrize("words", WRONG)
def test_mistakes(words, inside, fetched, home, monkeypatch):
    monkeypatch.chdir(home["HOME"])
    fetched(1)
    before = files(home)
    code, message = WRONG[words]
    ran = inside(words.replace("missing/../../../", "/"), now=FRIDAY)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert files(home) == before
