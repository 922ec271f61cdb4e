"""`skill`: a file that explains papertrack to coding agents (https://agentskills.io).

It is for all projects, so it is installed in the home folder.
"""

from __future__ import annotations

import contextlib
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from typer import Option

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.errors import ConfigError
from papertrack.storage import checked_file

FOLDER = Path("skills", "papertrack")
FILE = "SKILL.md"
CHECKSUM = ("\n<!-- papertrack skill, sha256 of the lines above: ", " -->\n")
"""What is before and after the checksum of an installed file."""
SHARED = ".agents"
"""Where agents of many makers look for skills, in the home folder."""
OTHERS = (".claude",)
"""Folders in the home folder of agents that look in their own only."""


def skill_command(
    session: Session,
    install: Annotated[
        bool,
        Option("--install", help="Write it to ~/.agents/skills/papertrack."),
    ] = False,
) -> None:
    """Print or install a skill file, which explains papertrack to coding agents.

    Where ~/.claude exists, a link to it is made there. A file that was changed is never
    overwritten.

    papertrack skill

    papertrack skill --install
    """
    if not install:
        output.write(session, skill())
        return
    home = session.environment.home
    if not home.is_dir():
        raise ConfigError("HOME names no folder; set it to yours")
    path = home / SHARED / FOLDER / FILE
    is_new = checked_file.write(path, signed(), *CHECKSUM)
    what = f"wrote {path}" if is_new else f"{path} is up to date; nothing changed"
    session.narrate(what)
    for name in OTHERS:
        if (home / name).is_dir():
            _link(session, home / name / FOLDER, path.parent)


def skill() -> str:
    """The text of the skill."""
    return (files("papertrack.cli.agents") / FILE).read_text(encoding="utf-8")


def signed() -> str:
    """The text as it is installed."""
    return checked_file.signed(skill(), *CHECKSUM)


def _link(session: Session, link: Path, folder: Path) -> None:
    """Link to the folder of the skill, unless there is something already."""
    if link.is_symlink() and link.resolve() == folder.resolve():
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        link.symlink_to(folder, target_is_directory=True)
        session.narrate(f"linked {link}")
        return
    session.narrate(f"{link} exists already; it was left as it is")
