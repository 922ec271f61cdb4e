"""An e-mail of a digest: plain text and HTML, with lines that every server takes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from email import message_from_string
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from papertrack.core.text import clean, shorten
from papertrack.mail import html, text
from papertrack.mail.account import Account, Mailbox
from papertrack.mail.digest import Digest

MOST_HTML = 90_000
"""Bytes of the HTML part: Gmail cuts messages at 102 KB."""

_LONGEST_SUBJECT = 200
_POLICY = SMTP.clone(cte_type="7bit", linesep="\n")
_HEADER = "X-Papertrack-Digest"


def of_digest(digest: Digest, account: Account, key: str) -> str:
    """The source of a digest's message, in ASCII; its Message-ID is made of `key`."""
    message = _message(account, account.recipients, digest.title, digest.at, key)
    message[_HEADER] = digest.name
    message.set_content(text.dumps(digest))
    page = html.dumps(
        digest, most=MOST_HTML, rest=", in the plain text of this message"
    )
    message.add_alternative(page, subtype="html")
    return message.as_string()


def of_test(account: Account, at: str, key: str) -> str:
    """The source of a message of one line to the sender."""
    title = "papertrack: a test"
    message = _message(account, [account.sender], title, at, key)
    message.set_content("papertrack can send you digests.\n")
    return message.as_string()


def _message(
    account: Account,
    recipients: Sequence[Mailbox],
    subject: str,
    at: str,
    key: str,
) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(account.sender)
    message["To"] = [_address(one) for one in recipients]
    message["Subject"] = shorten(clean(subject), _LONGEST_SUBJECT)
    message["Date"] = format_datetime(dt.datetime.fromisoformat(at))
    message["Message-ID"] = _message_id(key, account.sender)
    # RFC 3834: no server answers that the recipient is on holiday.
    message["Auto-Submitted"] = "auto-generated"
    return message


def _address(mailbox: Mailbox) -> Address:
    return Address(display_name=clean(mailbox.name), addr_spec=mailbox.address)


def _message_id(key: str, sender: Mailbox) -> str:
    unique = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:24]
    _, _, domain = sender.address.partition("@")
    return f"<{unique}.papertrack@{domain}>"


def as_sent(source: str) -> bytes:
    """The bytes of a message for SMTP: CR LF at the end of each line."""
    return source.replace("\n", "\r\n").encode("ascii", "replace")


def is_from(source: str, account: Account, reached: Collection[str] = ()) -> bool:
    """Whether a stored message is of this account, and for its recipients, or those who
    have `reached` it already.

    A library from elsewhere may contain a message that somebody else wrote.
    """
    message = message_from_string(source)
    senders = [address for _, address in getaddresses(message.get_all("From", []))]
    named = [address for _, address in getaddresses(message.get_all("To", []))]
    has_others = any(
        name.lower().startswith(("cc", "bcc", "resent")) for name in message
    )
    # A program reads the recipients from the headers, a server gets them apart.
    known = {*account.addresses, *(reached if account.server else ())}
    is_ours = senders == [account.sender.address] and not has_others
    return is_ours and bool(named) and known.issuperset(named)
