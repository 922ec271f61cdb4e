"""config.toml changed: one key set or removed, or the whole text replaced.

Comments, order, mode and links survive. Each change reads the file and replaces it under
a lock, so that two processes lose nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from papertrack.config.file import Parsed, parse, read_text
from papertrack.core.environment import cache_name
from papertrack.core.errors import ConfigError
from papertrack.storage import file_lock
from papertrack.storage.atomic import write_atomically

LOCK_SECONDS = 10.0


def set_key(path: Path, state: Path, name: str, stored: object) -> bool:
    """Set a key to a value of TOML; whether that changed anything. Raises ConfigError.

    `state` is the folder of the lock.
    """
    return _change(path, state, name, stored)


def unset_key(path: Path, state: Path, name: str) -> bool:
    """Remove a key; whether it was there. Raises ConfigError."""
    return _change(path, state, name, None)


def replace(path: Path, state: Path, before: str, text: str) -> None:
    """Replace the text `before`. Raises ConfigError if the file has another by now."""
    with _locked(path, state):
        if read_text(path) != before:
            raise ConfigError(f"{path}: was changed meanwhile")
        _write(path, text)


def _change(path: Path, state: Path, name: str, stored: object) -> bool:
    with _locked(path, state):
        text = read_text(path)
        parsed = parse(path, text)
        if _get(parsed, name) == stored and type(_get(parsed, name)) is type(stored):
            return False
        changed = _changed(path, text, name, stored)
        # tomlkit 0.15 misplaces some keys of dotted and repeated sections.
        _assign(parsed, name, stored)
        if _filled(parse(path, changed)) != _filled(parsed):
            raise _not_changeable(path, name)
        _write(path, changed)
    return True


def _changed(path: Path, text: str, name: str, stored: object) -> str:
    """The text with a key set, or removed if `stored` is None."""
    try:
        document = tomlkit.parse(text)
        section = name.partition(".")[0]
        if "." in name and section not in document and stored is not None:
            document[section] = tomlkit.table()
        _assign(document, name, stored)
        return tomlkit.dumps(document)
    except (TOMLKitError, RecursionError):
        raise _not_changeable(path, name) from None


def _not_changeable(path: Path, name: str) -> ConfigError:
    return ConfigError(
        f"{path}: {name} can't be changed without changing more; nothing was changed,"
        " change it with: papertrack config edit"
    )


def _parts(name: str) -> tuple[str, str]:
    """The section of a key, "" for none, and its name there."""
    first, dot, rest = name.partition(".")
    return (first, rest) if dot else ("", first)


def _get(parsed: Parsed, name: str) -> Any:
    section, last = _parts(name)
    table = parsed.get(section) if section else parsed
    return table.get(last) if isinstance(table, dict) else None


def _assign(document: MutableMapping[str, Any], name: str, stored: object) -> None:
    """Set a key of a document, or remove it if `stored` is None."""
    section, last = _parts(name)
    table = document.setdefault(section, {}) if section else document
    if not isinstance(table, MutableMapping):
        raise ConfigError(
            f"{section} is not a section but a value; papertrack config unset {section}"
        )
    if stored is None:
        table.pop(last, None)
    else:
        table[last] = stored


def _filled(parsed: Parsed) -> Parsed:
    """Without empty sections: the last key of a section may leave one, or none."""
    return {name: value for name, value in parsed.items() if value != {}}


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode(), private=True)


def _locked(path: Path, state: Path) -> contextlib.AbstractContextManager[None]:
    """Hold the lock of a config file. It lies in `state`: the file's folder may be in git."""

    def busy(process: str) -> ConfigError:
        return ConfigError(
            f"{path}: {process} has been changing it for {LOCK_SECONDS:.0f} seconds;"
            " try again when it has ended, or end it"
        )

    lock = state / f"config-{cache_name(Path(os.path.realpath(path)))}.lock"
    return file_lock.held(lock, LOCK_SECONDS, f"the file {path}", busy)
