"""The settings `mail.*`: who sends digests, to whom, and by which server or program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from papertrack.config.settings import Settings
from papertrack.core.errors import ConfigError

_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_SECRETS = ("password_command", "password_file", "token_command", "keyring")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Mailbox(NamedTuple):
    """A mail address, and the name of who has it, or ""."""

    name: str
    address: str


class Server(NamedTuple):
    """A mail server: `security` is `tls`, `starttls` or `none`.

    `secret` names the key of the settings that leads to the password or token of `user`,
    and `source` is its value; both are empty where no login is needed.
    """

    host: str
    port: int
    security: str
    user: str
    secret: str
    source: str
    ca_file: str | None = None

    @property
    def name(self) -> str:
        """The server in messages."""
        return f"{self.host}:{self.port}"


class Account(NamedTuple):
    """How digests are sent: by `server`, or by the program of a command line, within so
    many seconds. Programs get `variables` as their environment.
    """

    sender: Mailbox
    recipients: Sequence[Mailbox]
    server: Server | None
    command: str
    seconds: float
    variables: Mapping[str, str]

    @property
    def addresses(self) -> list[str]:
        """The addresses of the recipients, each once."""
        return list(dict.fromkeys(one.address for one in self.recipients))


def account(config: Settings) -> Account:
    """The account of the settings. Raises ConfigError, with the command to set a key."""
    sender = config["mail.from"]
    if not sender:
        raise ConfigError(
            "mail.from is not set; set it with: papertrack config set mail.from"
            " ada@example.org (papertrack help mail)"
        )
    command = config["mail.command"] or ""
    host = config["mail.host"] or ""
    if bool(command) == bool(host):
        both = "both mail.host and mail.command are set; unset one"
        neither = "neither mail.host nor mail.command is set; set one"
        raise ConfigError(
            f"{both if host else neither} of them with papertrack config"
            " (papertrack help mail)"
        )
    mailbox = _mailbox(sender)
    return Account(
        mailbox,
        tuple(map(_mailbox, config["mail.to"] or (sender,))),
        _server(config, host, mailbox.address) if host else None,
        command,
        config["mail.timeout"],
        config.variables,
    )


def _mailbox(text: str) -> Mailbox:
    """The parts of a mailbox, as `config.kinds.Mailbox` has checked it."""
    name, _, address = text.rpartition("<")
    return Mailbox(name.strip().strip('"'), address.removesuffix(">"))


def _server(config: Settings, host: str, sender: str) -> Server:
    secrets = [name for name in _SECRETS if config[f"mail.{name}"]]
    if len(secrets) > 1:
        named = " and ".join(f"mail.{name}" for name in secrets)
        raise ConfigError(f"{named} are set; unset all but one with papertrack config")
    secret = secrets[0] if secrets else ""
    user = config["mail.user"] or ""
    if user and not secret:
        raise ConfigError(
            "mail.user is set, but no key for its password; set mail.password_command,"
            " mail.password_file, mail.token_command or mail.keyring"
        )
    port = config["mail.port"]
    security = config["mail.security"] or _security_of(port)
    if secret and security == "none" and host not in _LOOPBACK:
        raise ConfigError(
            "mail.security is none: the password would cross the network unencrypted;"
            " set it to tls or starttls"
        )
    ca_file = config["mail.ca_file"]
    return Server(
        host,
        port or _PORTS[security],
        security,
        (user or sender) if secret else "",
        secret,
        str(config[f"mail.{secret}"]) if secret else "",
        str(ca_file) if ca_file else None,
    )


def _security_of(port: int | None) -> str:
    """The security that a port stands for; TLS where none is set (RFC 8314)."""
    if port is None:
        return "tls"
    for security, usual in _PORTS.items():
        if port == usual and security != "none":
            return security
    raise ConfigError(
        f"mail.port is {port}, which can be several things; set mail.security to tls,"
        " starttls or none"
    )
