"""A real mail server on loopback (aiosmtpd), with TLS, logins, and faults on request."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "geheim-7"
HOST = "localhost"

Hook = Callable[[], str | None]
"""Called when a message has arrived: the reply to it, or None for 250."""


class Received(NamedTuple):
    """A message that the server was given, in full."""

    body: bytes
    recipients: tuple[str, ...]
    was_encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.body, policy=default)

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


class MailServer:
    """A server that accepts what it is given; `refused` are replies by recipient.

    `cut` closes the connection instead of the reply to a message, `silent` sends none.
    `security` is `tls`, `starttls` or `none`.
    """

    def __init__(self, folder: Path, security: str = "tls") -> None:
        self.received: list[Received] = []
        self.refused: dict[str, str] = {}
        self.cut = False
        self.silent = False
        self.hook: Hook = lambda: None
        self.logins: list[str] = []
        self.security = security
        self.ca_file = folder / "ca.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(context)
        with socket.create_server((HOST, 0)) as free:
            self.port = free.getsockname()[1]
        options: dict[str, Any] = {
            "authenticator": self._authenticate,
            "auth_require_tls": False,
        }
        if security == "tls":
            options["ssl_context"] = context
        elif security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        self._controller = Controller(self, hostname=HOST, port=self.port, **options)
        self._controller.start()

    def close(self) -> None:
        self.silent = False
        self._controller.stop()

    @property
    def ids(self) -> list[str]:
        """The Message-IDs in the order in which they came, each once."""
        return list(dict.fromkeys(one.id for one in self.received))

    def settings(self, **more: object) -> dict[str, object]:
        """The keys of `[mail]` for this server."""
        return {
            "from": "Ada Quill <ada@example.org>",
            "host": HOST,
            "port": self.port,
            "security": self.security,
            "user": "ada",
            "password_command": f"echo {PASSWORD}",
            "ca_file": str(self.ca_file),
            "timeout": 20,
            **more,
        }

    # ------------------------------------------------------------------ aiosmtpd's hooks

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: Any
    ) -> AuthResult:
        if isinstance(data, LoginPassword):
            self.logins.append(data.login.decode())
            is_right = data.password == PASSWORD.encode()
            return AuthResult(success=is_right, handled=False, auth_data=data.login)
        return AuthResult(success=False, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:
        """Refuses with a challenge, as Google does, unless the token is the password."""
        from base64 import b64decode

        sent = b64decode(words[1]).decode()
        self.logins.append(sent)
        if sent == f"user=ada\1auth=Bearer {PASSWORD}\1\1":
            return AuthResult(success=True, auth_data=b"ada")
        reply = await server.challenge_auth('{"status":"400"}')
        assert reply == b""
        return AuthResult(success=False, handled=False)

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        body = envelope.content
        assert isinstance(body, bytes)
        reply = self.hook()
        if reply is None:
            recipients = tuple(map(str, envelope.rcpt_tos))
            user = session.auth_data.decode() if session.auth_data else ""
            over_tls = session.ssl is not None or self.security == "tls"
            self.received.append(Received(body, recipients, over_tls, user))
        if self.cut:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        while self.silent:
            await asyncio.sleep(0.05)
        return reply or "250 OK"


@contextmanager
def rude_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """The port of a server that talks to each client as it likes, until it is closed."""
    listening = socket.create_server((HOST, 0))
    connections: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connections.append(connection)
                with suppress(OSError):
                    talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in connections:
            connection.close()
        thread.join()


def toml(settings: dict[str, object]) -> str:
    """The section `[mail]` of a config file."""
    import json

    lines = (f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    return "".join(["[mail]\n", *lines])


def papers_of(received: Iterable[Received]) -> list[str]:
    """The titles of papers in messages, those of one Message-ID once."""
    by_id = {one.id: one for one in received}
    return [
        line
        for one in by_id.values()
        for line in one.text.splitlines()
        if line.startswith("Paper number")
    ]
