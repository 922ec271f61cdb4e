"""A message to a mail server, within a time that no server can stretch."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Sequence
from typing import NamedTuple

from papertrack.core.errors import ConfigError, PapertrackError
from papertrack.core.wording import excerpt
from papertrack.mail.account import Account, Server

_HELLO = "[127.0.0.1]"
"""How papertrack introduces itself: the name of this machine is nobody's business, and
looking it up may take a minute."""

_CLOSING_SECONDS = 1.0

_TEMPORARY = range(400, 500)
"""Codes of refusals that may be lifted (RFC 5321, 4.2.1)."""


class Refusal(NamedTuple):
    """Why a server refused a recipient."""

    code: int
    reason: str

    def __str__(self) -> str:
        return f"{self.code} {self.reason}".strip()


def send(
    account: Account,
    server: Server,
    password: str,
    message: bytes,
    recipients: Sequence[str],
) -> dict[str, Refusal]:
    """Send a message to these addresses; the refused ones with the reasons.

    Raises ConfigError for a refused login or certificate, PapertrackError for all else:
    then the server has accepted the message for nobody, or that is not known.
    """
    dialogue = _Dialogue(account, server, password, message, recipients)
    thread = threading.Thread(target=dialogue.run, daemon=True)
    thread.start()
    thread.join(account.seconds)
    if thread.is_alive() and dialogue.end():
        thread.join(_CLOSING_SECONDS)
    if dialogue.refused is not None:
        return dialogue.refused
    if dialogue.error is None:
        raise PapertrackError(
            f"the mail server {server.name} did not finish in {account.seconds:g} seconds"
        )
    raise _explained(server, dialogue.error)


class _Dialogue:
    """One connection, in a thread of its own: time limits of sockets are for each read,
    and a server that sends a byte a minute would never exceed one.
    """

    def __init__(
        self,
        account: Account,
        server: Server,
        password: str,
        message: bytes,
        recipients: Sequence[str],
    ) -> None:
        self.refused: dict[str, Refusal] | None = None
        self.error: Exception | None = None
        self._account = account
        self._server = server
        self._password = password
        self._message = message
        self._recipients = recipients
        self._client: smtplib.SMTP | None = None
        self._is_over = False

    def run(self) -> None:
        """Connect, log in, send; the outcome is `refused` or `error`."""
        try:
            with contextlib.closing(self._connected()) as client:
                self._client = client
                self.refused = self._sent(client)
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    if client.sock:
                        client.sock.settimeout(_CLOSING_SECONDS)
                    client.quit()  # what it replies makes no difference
        except Exception as error:
            # Of any kind: the other thread reports it, once it is over.
            if not self._is_over:
                self.error = error

    def end(self) -> bool:
        """End the dialogue; whether there was one: what waits for the server then fails.

        Before the greeting there is none, and the thread ends with the process.
        """
        self._is_over = True
        connection = self._client and self._client.sock
        if not connection:
            return False
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        return True

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        seconds = self._account.seconds
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                _HELLO,
                timeout=seconds,
                context=_trust(server),
            )
        return smtplib.SMTP(server.host, server.port, _HELLO, timeout=seconds)

    def _sent(self, client: smtplib.SMTP) -> dict[str, Refusal]:
        server = self._server
        if server.security == "starttls":
            client.starttls(context=_trust(server))
        if server.secret == "token_command":
            client.ehlo_or_helo_if_needed()
            client.auth("XOAUTH2", self._xoauth2)
        elif server.secret:
            client.login(server.user, self._password)
        try:
            refused = client.sendmail(
                self._account.sender.address, list(self._recipients), self._message
            )
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        return {
            address: Refusal(code, _shown(reason))
            for address, (code, reason) in refused.items()
        }

    def _xoauth2(self, challenge: bytes | None = None) -> str:
        """The response to the server, which explains a refusal in a challenge.

        (https://developers.google.com/workspace/gmail/imap/xoauth2-protocol)
        """
        if challenge is not None:
            return ""
        return f"user={self._server.user}\1auth=Bearer {self._password}\1\1"


def _trust(server: Server) -> ssl.SSLContext:
    """What certificates are trusted: the system's, or those of a file alone."""
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or "no certificate"
        raise ConfigError(
            f"mail.ca_file: {server.ca_file}: {excerpt(reason, 100)}; correct the key"
        ) from None


def _shown(reason: bytes | str) -> str:
    """The words of a server, cleaned for a message."""
    text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return excerpt(text, 200)


def _explained(server: Server, error: Exception) -> Exception:
    """The error for what a dialogue raised, in one line with the next step."""
    if isinstance(error, smtplib.SMTPException):
        return _of_dialogue(server, error)
    if isinstance(error, OSError | UnicodeError):
        return _of_connection(server, error)
    return error


def _of_dialogue(server: Server, error: smtplib.SMTPException) -> PapertrackError:
    """The error for a refusal of the server, or words that are not SMTP."""
    name = f"the mail server {server.name}"
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=code, smtp_error=reason):
            what = f"{name} refused the login of {server.user}: {code} {_shown(reason)}"
            if code in _TEMPORARY:
                return PapertrackError(what)
            return ConfigError(f"{what}; check mail.user and mail.{server.secret}")
        case smtplib.SMTPNotSupportedError():
            return ConfigError(
                f"{name} does not offer {_missing(server, error)}; check mail.host,"
                " mail.port and mail.security"
            )
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=reason):
            return PapertrackError(
                f"{name} refused the sender: {code} {_shown(reason)}; check mail.from"
            )
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=reason):
            return PapertrackError(f"{name} refused: {code} {_shown(reason)}")
        case smtplib.SMTPServerDisconnected():
            return PapertrackError(f"{name} closed the connection")
    return PapertrackError(f"{name}: {_shown(str(error))}")


def _of_connection(server: Server, error: OSError | UnicodeError) -> PapertrackError:
    """The error for a server that can't be reached, or that is not the right one."""
    name = f"the mail server {server.name}"
    match error:
        case ssl.SSLCertVerificationError():
            return ConfigError(
                f"{name} has a certificate that is not trusted:"
                f" {_shown(error.verify_message)}; for a server of your own set"
                " mail.ca_file"
            )
        case ssl.SSLEOFError():
            return PapertrackError(f"{name} closed the connection")
        case ssl.SSLError():
            reason = _shown(error.reason or str(error))
            return ConfigError(
                f"{name}: TLS failed: {reason}; check mail.port and mail.security"
            )
        case UnicodeEncodeError():
            return ConfigError(
                f"mail.{server.secret}: the password, or mail.user, has characters that"
                " the login can't send; choose others"
            )
        case TimeoutError():
            return PapertrackError(f"{name} did not respond in time")
        case socket.gaierror() | UnicodeError():
            return PapertrackError(
                f"{name}: the host was not found; check mail.host and the network"
            )
    reason = _shown(error.strerror or str(error))
    return PapertrackError(f"{name}: {reason}; check mail.host and mail.port")


def _missing(server: Server, error: smtplib.SMTPNotSupportedError) -> str:
    if "STARTTLS" in str(error):
        return "STARTTLS"
    return "a login" if server.secret else excerpt(str(error), 100)
