"""Addresses where none belongs: with a password in what is saved, or for a file."""

import re
from pathlib import Path

from papertrack.core.errors import UsageError
from papertrack.core.secrets import hide_in_address, remove_passwords, without_password
from papertrack.core.text import clean
from papertrack.core.wording import excerpt

_ADDRESS = r"(?i)\s*(?:[a-z][a-z0-9+.-]+:)+/|(?:https?|ftps?|feed):"
"""The start of one in a path, which has no empty parts."""


def check_text(
    text: str, what: str, file: str = "the library", *, is_address: bool = False
) -> None:
    """Raise UsageError for a text with a password in an address, which is to be saved.

    What `is_address` as a whole needs no scheme for that.
    """
    bare = without_password(text) if is_address else text
    if remove_passwords(bare) != text:
        raise UsageError(
            f"{what}: the password would be readable in {file}; put it into ~/.netrc"
            " and leave it out"
        )


def check_path(path: Path) -> None:
    """Raise UsageError for a web address, of which a folder would be made."""
    typed = clean(str(path))
    if re.match(_ADDRESS, typed) and not path.exists():
        address = re.sub(":/+", "://", typed, count=1)
        raise UsageError(
            f"{excerpt(hide_in_address(address), 200)} is an address; name a file or"
            " folder of this machine"
        )
