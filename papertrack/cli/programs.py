"""The reader's own programs: pager, editor and browser. They get the run's environment."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from papertrack.cli import interruption
from papertrack.cli.session import Session
from papertrack.core.environment import DEFAULT_EDITOR
from papertrack.core.errors import PapertrackError, UsageError

SHELL_COMMAND_NOT_FOUND = 127
SHELL_CHARACTERS = frozenset("|&;<>()$`\\*?[]#~=%{}\n")
"""A pager with one of these is for the shell. Others run without one between them and
papertrack, so that signals reach them."""


def page(session: Session, text: str) -> bool:
    """Show a text in the pager. False if there is none; quitting it early is no error."""
    command = session.config["pager.command"]
    if command in ("", "cat"):
        return False
    # -F returns at once if the text fits, -R passes colours and links on, -X leaves the
    # text on the screen, -K ends at Ctrl-C.
    less = {"LESS": "FRXK", "LESSCHARSET": "utf-8"}
    environment = {**less, **session.environment.variables}
    is_for_shell = not SHELL_CHARACTERS.isdisjoint(command)
    try:
        pager = subprocess.Popen(
            command if is_for_shell else shlex.split(command),
            shell=is_for_shell,
            stdin=subprocess.PIPE,
            env=environment,
        )
    except (OSError, ValueError):
        return False
    with interruption.passed_on(pager, has_nothing_to_save=True):
        with contextlib.suppress(BrokenPipeError):
            pager.communicate(text.encode("utf-8", "replace"))
        return pager.wait() != SHELL_COMMAND_NOT_FOUND


def open_manual(session: Session, page: str) -> bool:
    """Show a manual page in man; whether there is a man that could."""
    import tempfile  # 2 ms, for the manual only

    with tempfile.TemporaryDirectory(prefix="papertrack-") as folder:
        path = Path(folder) / "papertrack.1"
        path.write_text(page, encoding="utf-8")
        try:
            # -K of less, in which man shows it, ends at Ctrl-C.
            environment = {"LESS": "K", **session.environment.variables}
            man = subprocess.Popen(["man", path], env=environment)
        except OSError:
            return False
        with interruption.passed_on(man, has_nothing_to_save=True):
            return man.wait() == 0


def edit(session: Session, text: str, *, name: str = "note.md") -> str:
    """The text as the reader's editor leaves it.

    If the editor fails or is ended, what was written is left, and the place reported.
    Raises UsageError, PapertrackError.
    """
    import tempfile  # 2 ms, for the editor only

    command = session.environment.editor
    on_terminal = sys.stdin.isatty() and session.on_terminal
    if command == DEFAULT_EDITOR and not on_terminal:
        raise UsageError(f"no terminal for the editor {command}; set EDITOR to another")
    path = Path(tempfile.mkdtemp(prefix="papertrack-")) / name
    path.write_text(text, encoding="utf-8")
    is_left = False
    editor = None
    try:
        editor = _start_editor(session, command, path)
        with interruption.passed_on(editor):
            code = editor.wait()
        if not code:
            return path.read_text(encoding="utf-8", errors="replace")
        is_left = _has_changed(path, text)
        advice = f"; what you wrote is in {path.parent}" if is_left else ""
        raise PapertrackError(
            f"the editor {command!r} failed with exit code {code}; "
            f"nothing was changed{advice}"
        )
    except KeyboardInterrupt:
        is_running = editor is not None and editor.poll() is None
        is_left = is_running or _has_changed(path, text)
        if is_left:
            session.narrate(f"what you wrote is in {path.parent}")
        raise
    except OSError as error:
        raise PapertrackError(
            f"the editor's file can't be read: {error.strerror}; nothing was changed"
        ) from None
    finally:
        if not is_left:
            shutil.rmtree(path.parent, ignore_errors=True)


def _start_editor(
    session: Session, command: str, path: Path
) -> subprocess.Popen[bytes]:
    """The editor of a file, started. Raises UsageError if it can't be."""
    try:
        arguments = [*shlex.split(command), str(path)]
        return subprocess.Popen(arguments, env=session.environment.variables)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the editor {command!r} can't be started: {error}; set EDITOR"
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
        import webbrowser  # 5 ms, searches for the system's browsers

        opened = webbrowser.open(address)
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
    try:
        browser = subprocess.Popen(arguments, env=session.environment.variables)
    except (OSError, ValueError):
        return False
    if not waits:
        return True
    with interruption.passed_on(browser):
        return browser.wait() == 0
