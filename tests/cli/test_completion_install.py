"""`completion SHELL --install`: where the script goes, and what it never replaces."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from papertrack.cli.completion.command import script

USUAL = {
    "bash": ".local/share/bash-completion/completions/papertrack",
    "zsh": ".zfunc/_papertrack",
    "fish": ".config/fish/completions/papertrack.fish",
}
each_shell = pytest.mark.parametrize("shell", USUAL)


@each_shell
def test_writes_to_the_folder_of_the_shell(shell, inside, home):
    path = Path(home["HOME"], USUAL[shell])
    ran = inside(f"completion {shell} --install")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"wrote {path}\n")
    assert path.read_text(encoding="utf-8") == script(shell)
    again = inside(f"completion {shell} --install")
    assert again.err.startswith(f"{path} is up to date; nothing changed\n")
    assert inside(f"-q completion {shell} --install").err == ""


@pytest.mark.parametrize(
    ("shell", "variable", "below"),
    [
        ("bash", "XDG_DATA_HOME", "bash-completion/completions/papertrack"),
        ("fish", "XDG_CONFIG_HOME", "fish/completions/papertrack.fish"),
    ],
)
def test_follows_the_variables_of_xdg(shell, variable, below, inside, home, tmp_path):
    env = {**home, variable: str(tmp_path / "elsewhere")}
    assert inside(f"completion {shell} --install", env=env).code == 0
    assert (tmp_path / "elsewhere" / below).read_text() == script(shell)


OTHERS = {
    "somebody's": lambda text: "# mine\n",
    "empty": lambda text: "",
    "changed": lambda text: text.replace("papertrack", "pt", 1),
    "a line more": lambda text: f"{text}alias pt=papertrack\n",
    "cut": lambda text: text[: len(text) // 2],
    "no checksum": lambda text: "".join(text.splitlines(keepends=True)[:-1]),
    "not text": lambda text: "\udcff",
}


@each_shell
def test_a_file_that_is_not_papertracks_stays(shell, inside, home):
    path = Path(home["HOME"], USUAL[shell])
    path.parent.mkdir(parents=True)
    for make in OTHERS.values():
        existing = make(script(shell)).encode("utf-8", "surrogateescape")
        path.write_bytes(existing)
        ran = inside(f"completion {shell} --install")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == (
            f"papertrack: {path} is not as papertrack writes it; nothing was changed, "
            "move it away and repeat\n"
        )
        assert path.read_bytes() == existing


@each_shell
def test_an_older_script_of_papertrack_is_replaced(shell, inside, home, monkeypatch):
    path = Path(home["HOME"], USUAL[shell])
    path.parent.mkdir(parents=True)
    with monkeypatch.context() as older:
        older.setattr(
            "papertrack.cli.completion.command.table", lambda: "command\t\told"
        )
        path.write_text(script(shell))
    assert path.read_text() != script(shell)
    assert inside(f"completion {shell} --install").err.startswith(f"wrote {path}\n")
    assert path.read_text() == script(shell)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_stays(make, inside, home):
    path = Path(home["HOME"], USUAL["bash"])
    path.parent.mkdir(parents=True)
    make(path)
    ran = inside("completion bash --install")
    assert (ran.code, ran.err) == (
        1,
        f"papertrack: {path} is not a file; nothing was changed, move it away\n",
    )


def test_a_link_is_followed(inside, home, tmp_path):
    """As those who have their settings in one folder set it up."""
    path = Path(home["HOME"], USUAL["fish"])
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "dotfiles.fish")
    assert inside("completion fish --install").code == 0
    assert path.is_symlink()
    assert (tmp_path / "dotfiles.fish").read_text() == script("fish")


def test_a_folder_that_cannot_be_written_is_named(inside, home):
    Path(home["HOME"], ".config").write_text("a file")
    ran = inside("completion fish --install")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was changed" in ran.err
    nowhere = {**home, "HOME": str(Path(home["HOME"], "nowhere"))}
    ran = inside("completion bash --install", env=nowhere)
    message = "papertrack: HOME names no folder; set it to yours\n"
    assert (ran.code, ran.err) == (4, message)


def needs(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


@pytest.mark.parametrize("folder", [".zfunc", ".local/share/zsh/site-functions"])
def test_a_folder_of_fpath_is_used(folder, inside, home):
    needs("zsh")
    zshrc = Path(home["HOME"], ".zshrc")
    zshrc.write_text(f"print loud; fpath+=(~/{folder})\n")
    ran = inside("completion zsh --install")
    path = Path(home["HOME"], folder, "_papertrack")
    assert ran.err == f"wrote {path}\nnew shells use it\n"
    assert path.is_file()


@pytest.mark.parametrize("zshrc", ["", "exit 3\n", "if\n", "exec false\n"])
def test_what_to_add_is_said_where_zsh_does_not_read_the_folder(zshrc, inside, home):
    folder = Path(home["HOME"], ".zfunc")
    Path(home["HOME"], ".zshrc").write_text(zshrc)
    ran = inside("completion zsh --install")
    assert ran.err == (
        f"wrote {folder}/_papertrack\n"
        f"add fpath+=({folder}) to ~/.zshrc before compinit\n"
    )


LOADED = {
    "zsh": "autoload -Uz compinit && compinit -u -D; print $_comps[papertrack]",
    "fish": "complete -C 'papertrack sh'",
}


@pytest.mark.parametrize("shell", LOADED)
def test_a_new_shell_finds_what_was_installed(shell, inside, home):
    needs(shell)
    Path(home["HOME"], ".zshrc").write_text("fpath+=(~/.zfunc)\n")
    assert inside(f"completion {shell} --install").code == 0
    # fish loads what completes a program only if there is one.
    program = Path(home["HOME"], "bin", "papertrack")
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = subprocess.run(
        [shell, "-i", "-c", LOADED[shell]],
        env={**home, "PATH": f"{program.parent}:{home['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )
    assert {"zsh": "_papertrack", "fish": "show\t"}[shell] in done.stdout
