"""What the reader decided on this machine, in its state folder, where no library that was
copied, cloned or unpacked can put anything.

These are the feeds that were named here, by library, and the key that signs backups.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import write_atomically
from papertrack.storage.folder import Folder
from papertrack.storage.layout import private_folder

FEEDS = "feeds"
KEY = "backups.key"
SIGNATURE = "signature"
"""The entry of a backup's manifest by which this machine knows its own."""


def named_here(folder: Folder) -> frozenset[str]:
    """The targets that the reader followed on this machine."""
    try:
        stored = json.loads(_path(folder).read_bytes())
    except (OSError, ValueError, RecursionError):
        return frozenset()
    if not isinstance(stored, list):
        return frozenset()
    return frozenset(target for target in stored if isinstance(target, str))


def name_here(folder: Folder, targets: Iterable[str]) -> None:
    """Save that the reader followed targets on this machine. Raises StoreError."""
    before = named_here(folder)
    after = before.union(targets)
    if after != before:
        body = json.dumps(sorted(after), indent=0)
        write_atomically(
            _path(folder), body.encode("utf-8"), private=True, follow=False
        )


def _path(folder: Folder) -> Path:
    return folder.in_state(FEEDS).with_suffix(".json")


def signed(folder: Folder, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A backup's manifest with the signature of this machine.

    Without one if the state can't be written: it is then restored as one from elsewhere.
    """
    try:
        key = _key(folder.state)
    except (OSError, StoreError):
        return dict(manifest)
    return {**manifest, SIGNATURE: _signature(key, manifest)}


def is_signed(folder: Folder, manifest: Mapping[str, Any]) -> bool:
    """Whether this machine has signed a manifest, which has the checksum of each file."""
    signature = manifest.get(SIGNATURE)
    try:
        key = (folder.state / KEY).read_bytes()
    except OSError:
        return False
    others = {name: one for name, one in manifest.items() if name != SIGNATURE}
    if not isinstance(signature, str) or not signature.isascii():
        return False
    return hmac.compare_digest(signature, _signature(key, others))


def _signature(key: bytes, manifest: Mapping[str, Any]) -> str:
    body = json.dumps(manifest, sort_keys=True).encode("ascii")
    return hmac.new(key, body, "sha256").hexdigest()


def _key(state: Path) -> bytes:
    """The key of this machine, made on first use."""
    path = state / KEY
    if path.is_symlink() or not path.is_file():
        private_folder(state)
        write_atomically(path, os.urandom(32), private=True, follow=False)
    return path.read_bytes()
