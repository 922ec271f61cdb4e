"""Programs of the reader that get a message, or print a password."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

from papertrack.core.errors import ConfigError, PapertrackError
from papertrack.core.wording import excerpt
from papertrack.mail.account import Account
from papertrack.storage import processes

# sysexits.h, which msmtp and other sendmails follow.
_EX_NOPERM = 77
_EX_CONFIG = 78


class Ran(NamedTuple):
    """How a program ended: its exit code, its output, the last line of its stderr."""

    code: int
    output: bytes
    error: str


def name(command: str) -> str:
    """The program of a command line, for messages: its arguments may be secret."""
    return excerpt(shlex.split(command)[0], 100)


def run(
    command: str, body: bytes, variables: Mapping[str, str], seconds: float
) -> Ran | None:
    """Run a command line without a shell, with `body` as its input; None if it takes
    longer than `seconds`. Raises OSError where it can't be started.
    """
    words = shlex.split(command)
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(variables),
    ) as program:
        try:
            output, error = program.communicate(body, timeout=seconds)
        except subprocess.TimeoutExpired:
            processes.end(program, may_be_killed=True)
            return None
        except BaseException:
            processes.end(program, may_be_killed=True)
            raise
        lines = error.decode("utf-8", "replace").strip().splitlines()
        return Ran(program.returncode, output, excerpt(lines[-1], 200) if lines else "")


def send(account: Account, message: bytes) -> None:
    """Send a message, whose recipients are in its headers, by `mail.command`.

    Raises ConfigError where the program, or its own settings, are wrong, PapertrackError
    where it fails.
    """
    called = name(account.command)
    try:
        ran = run(account.command, message, account.variables, account.seconds)
    except OSError as error:
        raise ConfigError(
            f"mail.command: {called} can't be started: {error.strerror}; install it, or"
            " correct the key"
        ) from None
    if ran is None:
        raise PapertrackError(
            f"mail.command: {called} did not end in {account.seconds:g} seconds"
        )
    if ran.code:
        kind = ConfigError if ran.code in (_EX_NOPERM, _EX_CONFIG) else PapertrackError
        reason = f": {ran.error}" if ran.error else ""
        raise kind(f"mail.command: {called} failed with exit code {ran.code}{reason}")
