"""`completion`: the completion scripts of bash, zsh and fish.

A script in `scripts/` is a few shell functions that hand the words of the line to
`complete.awk`, with the generated table of commands. Ids, tags and names are read from
small TSV files in the cache, which every write renews. `completions/` has the results:

    python -m papertrack completion bash > completions/papertrack.bash
    python -m papertrack completion zsh > completions/_papertrack
    python -m papertrack completion fish > completions/papertrack.fish
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from papertrack.cli import output
from papertrack.cli.completion.install import CHECKSUM, install
from papertrack.cli.completion.table import table
from papertrack.cli.session import Session
from papertrack.storage import checked_file

SCRIPTS = Path(__file__).with_name("scripts")
FILES = {"bash": "papertrack.bash", "zsh": "_papertrack", "fish": "papertrack.fish"}


class Shell(StrEnum):
    """A shell with a completion script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion_command(
    session: Session,
    shell: Annotated[
        Shell,
        Argument(help="The shell.", case_sensitive=False),
    ],
    is_installed: Annotated[
        bool,
        Option("--install", help="Write it to your folder for this shell instead."),
    ] = False,
) -> None:
    """Print the completion script for bash, zsh or fish.

    --install reports the file that it wrote, and what is left for you to do. It replaces
    an older script of papertrack, never a file that you changed.

    papertrack completion bash --install

    papertrack completion zsh --install

    papertrack completion fish > papertrack.fish
    """
    text = script(shell.value)
    if is_installed:
        install(session, shell.value, text)
    else:
        output.write(session, text)


def script(shell: str) -> str:
    """The completion script of `bash`, `zsh` or `fish`; its last line is its checksum."""
    quote = _fish_quoted if shell == "fish" else _quoted
    text = _read(FILES[shell])
    text = text.replace("@table@", quote(table()))
    text = text.replace("@awk@", quote(_read("complete.awk").rstrip("\n")))
    return checked_file.signed(text, CHECKSUM)


def _read(name: str) -> str:
    return (SCRIPTS / name).read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    """`text` as one word of bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
