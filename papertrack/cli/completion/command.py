"""`completion`: the completion scripts of bash, zsh and fish, generated from the command tree.

What is static (commands, options, their choices) is written into the script. Ids, tags and names come from small
TSV files that each write renews in the cache, read with awk: a Tab starts no Python, and nothing read
there is evaluated. The scripts that lie in `completions/` are this module's output:

    python -m papertrack completion bash > completions/papertrack.bash
    python -m papertrack completion zsh > completions/_papertrack
    python -m papertrack completion fish > completions/papertrack.fish
"""

from enum import StrEnum
from typing import Annotated

import typer

from papertrack.cli import output
from papertrack.cli.completion import bash, fish, zsh
from papertrack.cli.completion.tree import tree
from papertrack.cli.session import Session


class Shell(StrEnum):
    """A shell with a completion script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion_command(
    ctx: typer.Context,
    shell: Annotated[
        Shell, typer.Argument(help="Whose script to print.", case_sensitive=False)
    ],
) -> None:
    """Print the completion script of a shell.

    papertrack completion bash > ~/.local/share/bash-completion/completions/papertrack

    papertrack completion zsh > ~/.zfunc/_papertrack     (with fpath+=~/.zfunc before compinit in ~/.zshrc)

    papertrack completion fish > ~/.config/fish/completions/papertrack.fish

    Without the bash-completion package, source the file from ~/.bashrc.
    """
    session: Session = ctx.obj
    output.write(session, script(shell.value))


def script(shell: str) -> str:
    """The completion script of `bash`, `zsh` or `fish`."""
    text: str = {"bash": bash, "zsh": zsh, "fish": fish}[shell].script(tree())
    return text
