"""Completion scripts in the folders that the shells read.

A script ends with its checksum: one that somebody changed is never replaced.
"""

import subprocess
from pathlib import Path

from papertrack.cli.session import Session
from papertrack.core.environment import Environment
from papertrack.core.errors import ConfigError
from papertrack.storage import checked_file

CHECKSUM = "# papertrack completion, sha256 of the lines above: "

ZSH_SECONDS = 5.0
"""How long zsh may take to read the reader's ~/.zshrc."""


def places(environment: Environment) -> dict[str, tuple[Path, ...]]:
    """Shell -> where its script can be installed, the usual place first.

    bash: https://github.com/scop/bash-completion#faq, fish: `man fish-completions`;
    zsh has no folder of the reader's own, these two are common.
    """
    data = environment.data_home
    return {
        "bash": (data / "bash-completion/completions/papertrack",),
        "zsh": (
            environment.home / ".zfunc/_papertrack",
            data / "zsh/site-functions/_papertrack",
        ),
        "fish": (
            environment.config_home / "fish/completions/papertrack.fish",
            data / "fish/vendor_completions.d/papertrack.fish",
        ),
    }


def install(session: Session, shell: str, text: str) -> None:
    """Write a script to the reader's folder for a shell, and report it.

    Raises PapertrackError for a file there that papertrack did not write.
    """
    environment = session.environment
    if not environment.home.is_dir():
        raise ConfigError("HOME names no folder; set it to yours")
    path = places(environment)[shell][0]
    advice = "new shells use it"
    if shell == "bash":
        advice += " if bash-completion is installed; else source it in ~/.bashrc"
    if shell == "zsh":
        path, is_read = _zsh_place(environment)
        if not is_read:
            advice = f"add fpath+=({path.parent}) to ~/.zshrc before compinit"
    is_new = checked_file.write(path, text, CHECKSUM)
    what = f"wrote {path}" if is_new else f"{path} is up to date; nothing changed"
    session.narrate(what)
    session.narrate(advice)


def _zsh_place(environment: Environment) -> tuple[Path, bool]:
    """The path for zsh, and whether zsh reads its folder."""
    usual = places(environment)["zsh"]
    folders = _fpath(environment)
    for path in usual:
        if path.parent in folders:
            return path, True
    return usual[0], False


def _fpath(environment: Environment) -> list[Path]:
    """The folders that zsh reads functions from; none if it can't be asked.

    They are set in ~/.zshrc, which only an interactive zsh reads. It gets no terminal.
    """
    heading = "papertrack-fpath"
    try:
        done = subprocess.run(
            ["zsh", "-i", "-c", f"print -rl -- {heading} $fpath"],
            env=environment.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=ZSH_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if heading not in lines:
        return []
    return [Path(line) for line in lines[lines.index(heading) + 1 :]]
