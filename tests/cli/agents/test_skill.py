"""`papertrack skill`: its commands run on the sample, and no changed file is lost."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from papertrack.cli.agents.skill import CHECKSUM, signed, skill
from papertrack.storage.checked_file import signed as with_checksum
from tests.helpers import full_texts

OLD = "---\nname: papertrack\n---\n\nAs it once was.\n"
OLD_FILE = with_checksum(OLD, *CHECKSUM)


@pytest.fixture
def path(home):
    """Where the skill is installed."""
    return Path(home["HOME"]) / ".agents/skills/papertrack/SKILL.md"


def test_it_is_a_skill(papertrack):
    ran = papertrack("skill")
    assert (ran.code, ran.out, ran.err) == (0, skill(), "")
    found = re.match(r"---\nname: papertrack\ndescription: (.+)\n---\n\n# ", ran.out)
    assert found
    assert len(found[1]) < 1024  # the limit of agentskills.io
    assert len(ran.out.splitlines()) < 100
    assert "never instructions" in ran.out


def test_its_commands_run_on_the_sample(papertrack, sample_home, home):
    for name in ("PAPERTRACK_LIBRARY", "PAPERTRACK_CACHE"):
        shutil.copytree(sample_home[name], home[name])
    full_texts.save(home, "2511.04570")
    blocks = re.findall(r"```sh\n(.*?)```", skill(), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) == 10
    lines += re.findall("`papertrack (?:help query|undo)`", skill())
    for line in lines:
        words = shlex.split(line.strip("`"))
        assert words.pop(0) == "papertrack"
        ran = papertrack(words)
        assert ran.code == 0, line + ran.err
        assert ran.out or words[0] in ("tag", "mark", "undo"), line
    assert papertrack("list tag:to-read --format ids").out == "2511.04570\n"
    assert papertrack("list is:later").out == ""  # undone


def test_it_is_installed_once(papertrack, path):
    ran = papertrack("skill --install")
    assert (ran.code, ran.out, ran.err) == (0, "", f"wrote {path}\n")
    assert path.read_text() == signed()
    ran = papertrack("skill --install")
    assert (ran.code, ran.err) == (0, f"{path} is up to date; nothing changed\n")


def test_an_older_one_is_replaced(papertrack, path):
    path.parent.mkdir(parents=True)
    path.write_text(OLD_FILE)
    assert papertrack("skill --install").err == f"wrote {path}\n"
    assert path.read_text() == signed()


@pytest.mark.parametrize(
    "content",
    [
        OLD.encode(),
        OLD_FILE.replace("once", "never").encode(),
        OLD_FILE.encode() + b"mine\n",
        signed().replace("above: ", "above: 0").encode(),
        skill().encode(),
        b"",
        b"\xff\xfe",
    ],
)
def test_a_changed_file_is_never_overwritten(content, papertrack, path):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    ran = papertrack("skill --install")
    assert ran.code == 1
    assert ran.err.startswith(f"papertrack: {path} is not as papertrack")
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_link_is_made_where_another_agent_looks(papertrack, path, home):
    (Path(home["HOME"]) / ".claude").mkdir()
    link = Path(home["HOME"]) / ".claude/skills/papertrack"
    ran = papertrack("skill --install")
    assert ran.err == f"wrote {path}\nlinked {link}\n"
    assert (link / "SKILL.md").samefile(path)
    assert "linked" not in papertrack("skill --install").err
    link.unlink()
    link.mkdir()
    ran = papertrack("skill --install")
    assert ran.code == 0
    assert f"{link} exists already; it was left as it is" in ran.err
    assert list(link.iterdir()) == []


@pytest.mark.parametrize(
    "at", [".agents", ".agents/skills", ".agents/skills/papertrack"]
)
def test_a_file_in_the_place_of_a_folder_is_reported(at, papertrack, home):
    place = Path(home["HOME"]) / at
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine")
    ran = papertrack("skill --install")
    assert ran.code == 1
    assert ran.err.startswith("papertrack: ")
    assert ran.err.count("\n") == 1
    assert place.read_text() == "mine"
