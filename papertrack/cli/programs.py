"""The reader's own programs: pager, editor and browser. They get the run's environment."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from papertrack.cli.foreground import Foreground, open_in_a_browser
from papertrack.cli.session import Session
from papertrack.core.environment import DEFAULT_EDITOR
from papertrack.core.errors import PapertrackError, UsageError

SHELL_COMMAND_NOT_FOUND = 127
SHELL_CHARACTERS = frozenset("|&;<>()$`\\*?[]#~=%{}\n")
"""A pager with one of these is for the shell. Others run without one between them and
papertrack, so that signals reach them."""

IN_MEMORY = 1 << 20
"""Bytes for the pager that are in memory; more are in a temporary file."""


def page(session: Session, texts: Iterable[str]) -> bool:
    """Show a text, which comes in pieces, in the pager. False if there is none; quitting
    it early is no error.
    """
    command = session.config["pager.command"]
    if command in ("", "cat"):
        return False
    # -F returns at once if the text fits, -R passes colours and links on, -X leaves the
    # text on the screen, -K ends at Ctrl-C.
    less = {"LESS": "FRXK", "LESSCHARSET": "utf-8"}
    environment = {**less, **session.environment.variables}
    is_for_shell = not SHELL_CHARACTERS.isdisjoint(command)
    import tempfile  # 2 ms, for long screens only

    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as feed:
            for text in texts:
                feed.write(text.encode("utf-8", "replace"))
            feed.seek(0)
            pager = Foreground(
                command if is_for_shell else shlex.split(command),
                environment,
                feed=feed,
                has_nothing_to_save=True,
            )
            return pager.run() != SHELL_COMMAND_NOT_FOUND
    except (OSError, ValueError):
        return False


def open_manual(session: Session, page: str) -> bool:
    """Show a manual page in man; whether there is a man that could."""
    import tempfile  # 2 ms, for the manual only

    with tempfile.TemporaryDirectory(prefix="papertrack-") as folder:
        path = Path(folder) / "papertrack.1"
        path.write_text(page, encoding="utf-8")
        # -K of less, in which man shows it, ends at Ctrl-C.
        environment = {"LESS": "K", **session.environment.variables}
        man = Foreground(["man", str(path)], environment, has_nothing_to_save=True)
        try:
            return man.run() == 0
        except OSError:
            return False


@contextlib.contextmanager
def edited(session: Session, text: str, *, name: str = "note.md") -> Iterator[str]:
    """The text as the reader's editor leaves it, to be saved within the block.

    If the editor fails or is ended, or the block raises, what was written is left, and
    the place reported. Raises UsageError, PapertrackError.
    """
    import tempfile  # 2 ms, for the editor only

    command = session.environment.editor
    on_terminal = sys.stdin.isatty() and session.on_terminal
    if command == DEFAULT_EDITOR and not on_terminal:
        raise UsageError(f"no terminal for the editor {command}; set EDITOR to another")
    path = Path(tempfile.mkdtemp(prefix="papertrack-")) / name
    path.write_text(text, encoding="utf-8")
    editor = _editor(session, command, path)
    is_left = False
    try:
        _run_editor(editor, command)
        yield _read_edited(path)
    except BaseException as error:
        is_left = editor.is_running or _has_changed(path, text)
        if is_left:
            _report_place(session, error, f"what you wrote is in {path.parent}")
        raise
    finally:
        if not is_left:
            shutil.rmtree(path.parent, ignore_errors=True)


def _report_place(session: Session, error: BaseException, place: str) -> None:
    """Report where a text is, with the error because of which it was not saved."""
    if isinstance(error, PapertrackError):
        error.add(place)
    else:
        session.report(place)


def _editor(session: Session, command: str, path: Path) -> Foreground:
    """The editor of a file. Raises UsageError for a command that is none."""
    try:
        arguments = [*shlex.split(command), str(path)]
    except ValueError as error:
        raise _not_startable(command, error) from None
    return Foreground(arguments, session.environment.variables)


def _not_startable(command: str, error: Exception) -> UsageError:
    return UsageError(f"the editor {command!r} can't be started: {error}; set EDITOR")


def _run_editor(editor: Foreground, command: str) -> None:
    """Run the editor. Raises UsageError, PapertrackError."""
    try:
        code = editor.run()
    except (OSError, ValueError) as error:
        raise _not_startable(command, error) from None
    if code:
        raise PapertrackError(
            f"the editor {command!r} failed with exit code {code}; nothing was changed"
        )


def _read_edited(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise PapertrackError(
            f"the editor's file can't be read: {error.strerror}; nothing was changed"
        ) from None


def _has_changed(path: Path, text: str) -> bool:
    """Whether an editor that was ended has left something that the reader typed: in its
    file, or in one of its own beside it (vim's swap file).
    """
    try:
        others = len(list(path.parent.iterdir())) > 1
        return others or path.read_text(encoding="utf-8", errors="replace") != text
    except OSError:
        return False


def browse(session: Session, address: str, key: str = "open.browser") -> None:
    """Open an address in the first program of a key that accepts it.

    Raises PapertrackError.
    """
    browsers, origin = session.config.setting(key)
    if browsers:
        commands = filter(str.strip, browsers.split(os.pathsep))
        opened = any(_run_browser(session, command, address) for command in commands)
        where = origin.removeprefix("env ") if origin.startswith("env ") else key
        hint = f"{where}: {browsers} could not open {address}; set it to a program"
    else:
        opened = open_in_a_browser(address, session.environment.variables)
        hint = f"no browser could be started for {address}; set BROWSER"
    if not opened:
        raise PapertrackError(f"{hint}, or add --print")


def _run_browser(session: Session, command: str, address: str) -> bool:
    """Run one command of BROWSER, without a shell; whether it could open the address.

    `%s` is replaced by the address; without it the address is the last argument. With a
    final `&` papertrack does not wait for the browser to end.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    waits = words[-1:] != ["&"]
    if not waits:
        words.pop()
    if "%s" in command:
        arguments = [word.replace("%s", address) for word in words]
    else:
        arguments = [*words, address]
    variables = session.environment.variables
    try:
        if waits:
            return Foreground(arguments, variables).run() == 0
        subprocess.Popen(arguments, env=variables)
    except (OSError, ValueError):
        return False
    return True
