"""The commands `backup` and `restore`."""

import shutil
import tarfile
from pathlib import Path

import pexpect
import pytest

ID = "2511.04570"


@pytest.fixture
def filled(sample_home, home, papertrack):
    """A home with the sample and a mark."""
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    assert papertrack(f"tag add old {ID}").code == 0
    return home


def test_backup_and_restore(papertrack, filled, tmp_path):
    out = tmp_path / "b.tar.gz"
    ran = papertrack(["backup", str(out)])
    assert (ran.code, ran.out) == (0, f"{out}\n")
    assert ran.err.startswith("wrote 40 papers and 1 mark (")
    with tarfile.open(out) as tar:
        assert tar.getnames()[:2] == [
            "papertrack/manifest.json",
            "papertrack/desk.json",
        ]
    papertrack(f"tag add new {ID}")
    refused = papertrack(["restore", str(out)])
    assert refused.code == 2
    day = papertrack("list -n 1 --json").out.split('"added": "')[1][:10]
    assert refused.err == (
        "papertrack: this would replace 40 papers and 1 mark by those of "
        f"{day}: 40 papers and 1 mark; add --yes to do it\n"
    )
    assert "new" in papertrack("tags").out
    ran = papertrack(["restore", str(out), "--yes"])
    assert ran.code == 0
    message, saved = ran.err.splitlines()
    assert message == "restored 40 papers and 1 mark (undo: papertrack undo)"
    assert saved.startswith(
        f"the previous library was saved to {filled['PAPERTRACK_LIBRARY']}/backups/before-restore-"
    )
    assert "new" not in papertrack("tags").out
    assert papertrack("undo").err == "undone: restored b.tar.gz\n"
    assert "new" in papertrack("tags").out


def test_a_backup_in_the_library_is_restored_by_name(papertrack, filled):
    ran = papertrack("backup")
    path = Path(ran.out.strip())
    assert path.parent == Path(filled["PAPERTRACK_LIBRARY"], "backups")
    assert path.name.startswith("papertrack-20")
    assert papertrack(["restore", path.name, "--yes"]).code == 0


def test_restore_needs_confirmation(papertrack, filled, spawn, tmp_path):
    out = tmp_path / "b.tar.gz"
    papertrack(["backup", str(out)])
    papertrack(f"star {ID}")
    for answer, code, starred in (("n", 2, 1), ("y", 0, 0)):
        child = spawn(["restore", str(out)], columns=200)
        child.expect_exact("40 papers and 1 mark? [y/N] ")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == code
        assert papertrack("list is:starred").out.count("\n") == starred


def test_fuller_backups_and_other_files_are_not_replaced(papertrack, filled, tmp_path):
    out = tmp_path / "b.tar.gz"
    papertrack(["backup", str(out)])
    papertrack(f"tag remove old {ID}")
    ran = papertrack(["backup", str(out)])
    assert ran.code == 1
    assert (
        "contains 40 papers and 1 mark, the library only 40 papers and 0 marks; choose another name"
        in ran.err
    )
    (tmp_path / "mine.txt").write_text("mine")
    ran = papertrack(["backup", str(tmp_path / "mine.txt")])
    assert ran.code == 1
    assert "not a backup; choose another name" in ran.err
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["nosuch.tar.gz", "marks-0001-2026-01-01.json", "/nosuch/b.tar.gz"]
)
def test_a_missing_backup(papertrack, filled, name):
    ran = papertrack(["restore", name, "--yes"])
    assert ran.code == 1
    assert "No such file" in ran.err
    assert ran.err.count("\n") == 1
