"""The password or token for a mail server, or a service's key: from a program, a private
file or the system's keyring. It is never stored, printed, or an argument of a program.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from papertrack.core.errors import ConfigError
from papertrack.core.wording import excerpt
from papertrack.mail import program
from papertrack.mail.account import Account, Server

PROMPT_SECONDS = 300.0
"""How long a command may take: it may ask for a passphrase."""

_LARGEST = 10_000
"""Characters of a secret at most; tokens have some 2,000."""


def secret(account: Account, server: Server) -> str:
    """The password or token of the server's user. Raises ConfigError."""
    key = f"mail.{server.secret}"
    if server.secret == "password_file":
        text = _from_file(Path(server.source), key)
    elif server.secret == "keyring":
        text = _from_keyring(server)
    else:
        return of_command(server.source, key, account.variables)
    return _first_line(text, key)


def of_command(command: str, key: str, variables: Mapping[str, str]) -> str:
    """The secret that a command prints on its first line. Raises ConfigError naming the
    `key` of the command.
    """
    return _first_line(_output(command, key, variables), key)


def _first_line(text: str, key: str) -> str:
    line = text.partition("\n")[0].rstrip("\r")
    if not line or len(line) > _LARGEST or not line.isprintable():
        raise ConfigError(
            f"{key}: its first line is not a password or a key; it must contain nothing else"
        )
    return line


def _output(command: str, key: str, variables: Mapping[str, str]) -> str:
    name = program.name(command)
    try:
        ran = program.run(command, b"", variables, PROMPT_SECONDS)
    except OSError as error:
        raise ConfigError(
            f"{key}: {name} can't be started: {error.strerror}; correct the key"
        ) from None
    if ran is None:
        raise ConfigError(
            f"{key}: {name} did not end in {PROMPT_SECONDS:.0f} seconds; run it by itself"
        )
    if ran.code:
        reason = f": {ran.error}" if ran.error else ""
        raise ConfigError(
            f"{key}: {name} failed with exit code {ran.code}{reason}; run it by itself"
        )
    return ran.output.decode("utf-8", "replace")


def _from_file(path: Path, key: str) -> str:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise ConfigError(
                    f"{key}: {path} can be read by others; make it yours alone with:"
                    f" chmod 600 {path}"
                )
            return file.read(_LARGEST + 1).decode("utf-8", "replace")
    except OSError as error:
        raise ConfigError(
            f"{key}: {path}: {error.strerror}; correct the key, or the file"
        ) from None


def _from_keyring(server: Server) -> str:
    try:
        import keyring  # an extra: 17 MB, 370 ms
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigError(
            "mail.keyring needs the package keyring; install it with:"
            " pip install 'papertrack[keyring]'"
        ) from None
    try:
        found = keyring.get_password(server.host, server.user)
    except KeyringError as error:
        raise ConfigError(
            f"mail.keyring: the keyring can't be read: {excerpt(str(error), 200)};"
            " unlock it, or use mail.password_command"
        ) from None
    if not found:
        raise ConfigError(
            f"mail.keyring: the keyring has no password; store it with:"
            f" keyring set {server.host} {server.user}"
        )
    return str(found)
