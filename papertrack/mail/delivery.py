"""Sending digests: never twice, never lost.

SMTP can't promise that a message arrives exactly once: where the connection ends before
the server's last word, nobody knows whether it has the message. So a digest is recorded
before it is sent, with its bytes, and again after the server has accepted it. What was
recorded and not accepted is sent again, the same bytes with the same Message-ID, by
which mail programs know it as one message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from papertrack.core.errors import PapertrackError, SomeTargetsFailed, StoreError
from papertrack.core.local_time import local_day
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.library import digests
from papertrack.library.digests import Stored
from papertrack.library.library import Library
from papertrack.mail import message, program, smtp
from papertrack.mail.account import Account
from papertrack.mail.digest import Digest, Request, gather
from papertrack.mail.secret import secret
from papertrack.mail.smtp import Refusal

_LOCK_SECONDS = 30.0
"""How much longer than two messages take another process is waited for."""

MOST_WAITING = 20
"""Messages that may wait for recipients who are refused, before no more are made."""


class Sent(NamedTuple):
    """A digest, and whether it was sent; how many messages were sent again."""

    digest: Digest
    is_sent: bool
    again: int


class _Sender:
    """Sends messages by an account. The password is asked for once, where it is needed:
    its command may ask for a passphrase.
    """

    def __init__(self, account: Account, progress: Progress) -> None:
        self._account = account
        self._progress = progress

    @cached_property
    def _password(self) -> str:
        server = self._account.server
        return secret(self._account, server) if server and server.secret else ""

    def send(self, source: str, recipients: Sequence[str]) -> dict[str, Refusal]:
        """Send a message; the refused recipients with the reasons.

        Raises ConfigError, PapertrackError.
        """
        password = self._password
        with self._progress.working():
            self._progress.report("sending")
            server = self._account.server
            if server is None:
                program.send(self._account, source.encode("ascii", "replace"))
                return {}
            body = message.as_sent(source)
            return smtp.send(self._account, server, password, body, recipients)


def send(
    library: Library,
    account: Account,
    request: Request,
    *,
    empty: bool,
    report: Callable[[str], object],
) -> Sent:
    """Send the messages of this name that wait, then the new digest; one without papers
    only if `empty`. What becomes of waiting messages is reported.

    Raises ConfigError, PapertrackError, StoreError; SomeTargetsFailed if some recipients
    were refused: their messages wait.
    """
    sender = _Sender(account, library.progress)
    with digests.sending(library, 2 * account.seconds + _LOCK_SECONDS):
        refused: dict[str, Refusal] = {}
        again = 0
        for one in _waiting(library, request.name):
            usable = _usable(library, account, one, report)
            if usable is not None:
                refused |= _deliver(library, sender, usable)
                again += 1
        _check_waiting(library, request.name)
        digest, new = _record(library, account, request, empty=empty)
        if new is not None:
            refused |= _deliver(library, sender, new)
    if refused:
        shown = "; ".join(f"{who}: {why}" for who, why in refused.items())
        raise SomeTargetsFailed(
            f"the mail server refused {excerpt(shown, 300)}; the others got the message."
            f" Correct mail.to, or repeat it with: {digests.send_command(request.name)}"
        )
    return Sent(digest, new is not None, again)


def send_test(account: Account, at: str, progress: Progress = SILENT) -> None:
    """Send a line to the sender. Raises ConfigError, PapertrackError."""
    source = message.of_test(account, at, digests.new_key("test", at))
    address = account.sender.address
    for refusal in _Sender(account, progress).send(source, [address]).values():
        raise PapertrackError(f"the mail server refused {address}: {refusal}")


def _waiting(library: Library, name: str) -> list[Stored]:
    return digests.waiting(library.settings.documents(digests.TABLE), name)


def _record(
    library: Library, account: Account, request: Request, *, empty: bool
) -> tuple[Digest, Stored | None]:
    """Record the new digest before it is sent; None where there is nothing to send."""
    with library.settings.edit(library.index) as edit:
        digest = gather(library, request)
        if not digest.papers and not empty:
            return digest, None
        stored = digest.stored(library)
        new = stored._replace(
            message=message.of_digest(digest, account, stored.key),
            recipients=tuple(account.addresses),
        )
        digests.add(edit, new)
    return digest, new


def _usable(
    library: Library, account: Account, one: Stored, report: Callable[[str], object]
) -> Stored | None:
    """A waiting message, for those recipients who are still in the settings.

    None if it can't be sent as it is. Where nobody got it, its papers are new again.
    """
    allowed = tuple(who for who in one.recipients if who in account.addresses)
    if allowed and message.is_from(one.message, account, one.reached):
        return one._replace(recipients=allowed)
    day = local_day(clean(one.at))
    if one.reached:
        digests.update(library, one.key, one._replace(recipients=()))
        report(f"the message of {day} no longer waits: the others in mail.to have it")
    else:
        digests.update(library, one.key, None)
        report(
            f"the message of {day} was for other addresses than mail.from and mail.to;"
            " its papers are new again"
        )
    return None


def _check_waiting(library: Library, name: str) -> None:
    """Raise PapertrackError where too many messages wait."""
    messages = _waiting(library, name)
    if len(messages) >= MOST_WAITING:
        who = sorted({who for one in messages for who in one.recipients})
        raise PapertrackError(
            f"{len(messages)} messages wait for {excerpt(', '.join(who), 200)}; correct"
            " mail.to, or remove that address from it"
        )


def _deliver(library: Library, sender: _Sender, one: Stored) -> dict[str, Refusal]:
    """Send a recorded message, and record who has got it; who was refused, and why.

    Raises an error that says that it waits, where nobody has got it.
    """
    waits = f"the message waits, and {digests.send_command(one.name)} tries again"
    try:
        refused = sender.send(one.message, one.recipients)
    except PapertrackError as error:
        raise type(error)(f"{error.as_written}; {waits}") from None
    reached = [who for who in one.recipients if who not in refused]
    if not reached and one.reached:
        return refused  # the others are not kept waiting for these
    if not reached:
        shown = "; ".join(f"{who}: {why}" for who, why in refused.items())
        raise PapertrackError(f"the mail server refused {excerpt(shown, 300)}; {waits}")
    left = one._replace(
        recipients=tuple(refused), reached=(*one.reached, *sorted(reached))
    )
    try:
        digests.update(library, one.key, left)
    except StoreError as error:
        raise StoreError(
            f"the message was sent, but that can't be recorded: {error.as_written};"
            f" {digests.send_command(one.name)} will repeat it with the same Message-ID"
        ) from None
    return refused
