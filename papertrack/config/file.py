"""config.toml: read, checked against the table of keys, and cached in its parsed form.

Parsing takes 20 ms, so the parsed file is saved as JSON in the cache, beside the inode,
the time and the size of the file. What it means is checked on every run: the next version
may know other keys.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from papertrack.config import keys
from papertrack.config.kinds import Wrong
from papertrack.core.errors import ConfigError, StoreError
from papertrack.core.secrets import hide_secrets
from papertrack.core.wording import excerpt
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import read_cached

CACHED = "config.json"
ALIASES = Path("complete") / "aliases.tsv"
"""The aliases for completion in the shells, in the cache."""
LARGEST = 64 * 1024
"""Bytes of a config file at most."""
LONGEST_LINE = 2_000
"""Characters of a line at most: the parser needs the square of the dots of a key."""
REPORTED = 3
"""How many unknown keys are reported."""

Parsed = dict[str, Any]


class ConfigFile:
    """A config file that was read: its values by name, and the names it should not have."""

    def __init__(self, path: Path, parsed: Parsed, text: str | None = None) -> None:
        """`text` is that of the file, where it is not yet saved."""
        self.path = path
        self._text = text
        self.values: dict[str, Any] = {}
        self.unknown: list[str] = []
        for name, stored in _flattened(parsed):
            self._check(name, stored)

    def _check(self, name: str, stored: object) -> None:
        key = keys.find(name)
        if key is None:
            self._refuse_secrets(name, stored)
        if key is None and name in keys.SECTIONS:
            raise ConfigError(
                f"{self.place(name)}: {name} is not a key but a section; write [{name}]"
            )
        if key is None:
            self.unknown.append(name)
            return
        try:
            value = key.kind.value(stored)
            if value != ():  # an empty list is like none
                self.values[name] = value
        except Wrong as expected:
            raise ConfigError(
                f"{self.place(name)}: {name} must be {expected}, not"
                f" {excerpt(_written(stored), 40)}; correct it with:"
                " papertrack config edit"
            ) from None

    def _refuse_secrets(self, name: str, stored: object) -> None:
        """Raise ConfigError for the value of an unknown key that would be a secret."""
        if isinstance(stored, dict):
            for below, inner in stored.items():
                if not isinstance(inner, dict):
                    self._refuse_secrets(f"{name}.{below}", inner)
            return
        instead = keys.command_form(name)
        if instead:
            raise ConfigError(f"{self.place(name)}: {secret_refused(name, instead)}")

    def place(self, name: str) -> str:
        """FILE:LINE of a key."""
        from papertrack.config.lines import lines_of  # tomllib: 20 ms

        if self._text is None:
            self._text = read_text(self.path)
        found = lines_of(self._text)
        while name not in found and "." in name:
            name = name.rpartition(".")[0]  # an inline table
        return f"{self.path}:{found.get(name, 1)}"

    def warnings(self) -> list[str]:
        """A message for each of the first unknown keys."""
        messages = [
            f"{self.place(name)}: unknown key {excerpt(name, 60)} is ignored"
            f"{keys.nearest(name)}"
            for name in self.unknown[:REPORTED]
        ]
        more = len(self.unknown) - REPORTED
        if more > 0:
            messages.append(f"{self.path}: {more} more unknown keys are ignored")
        return messages


def secret_refused(name: str, instead: str) -> str:
    """The message for a secret that should not be in the file."""
    return (
        f"{name} would be a secret in a plain file; use {instead} with a command that"
        f" prints it, such as {instead} = 'pass show papertrack'"
    )


def _written(stored: object) -> str:
    """A value as JSON writes it, which for most is as TOML writes it."""
    try:
        return json.dumps(stored, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "this"


def _flattened(parsed: Parsed) -> Iterator[tuple[str, object]]:
    """(name, value) of each key; an unknown section is one name."""
    for name, value in parsed.items():
        if not isinstance(value, dict) or name not in keys.SECTIONS:
            yield name, value
            continue
        for below, inner in value.items():
            yield f"{name}.{below}", inner


# ------------------------------------------------------------------ reading


def read(path: Path, cache: Path) -> ConfigFile:
    """The file at `path`, empty if there is none. Raises ConfigError.

    Its parsed form is saved in the folder `cache`.
    """
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):  # a HOME of /dev/null
        return ConfigFile(path, {})
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    stamp = [str(path), status.st_ino, status.st_mtime_ns, status.st_size]
    parsed = _cached(cache / CACHED, stamp)
    if parsed is None:
        text = read_text(path)
        parsed = parse(path, text)
        file = ConfigFile(path, parsed)
        if hide_secrets(text) == text:
            _save(cache / CACHED, stamp, parsed)
        _save_aliases(cache / ALIASES, file)
        return file
    return ConfigFile(path, parsed)


def unreadable(path: Path, error: OSError | ValueError) -> ConfigError:
    """The error for a file that the system does not open."""
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(
        f"{excerpt(str(path), 200)}: {reason}; check its permissions, or set"
        " PAPERTRACK_CONFIG to another file"
    )


def read_text(path: Path) -> str:
    """The text of a config file, "" if there is none. Raises ConfigError; never waits."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and str(path) != os.devnull:
            raise ConfigError(f"{path}: not a file; move it away, or set another")
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise unreadable(path, error) from None
    if len(body) > LARGEST:
        raise ConfigError(
            f"{path}: larger than {LARGEST // 1024} KB; this is not a config file of"
            " papertrack, move it away"
        )
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8; save it as UTF-8") from None


def parse(path: Path, text: str) -> Parsed:
    """The keys and values of a text of TOML. Raises ConfigError with the line."""
    import tomllib  # 20 ms, for a file that has changed

    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise ConfigError(
                f"{path}:{number}: longer than {LONGEST_LINE:,} characters; break it"
            )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, position = _reason(str(error), text)
        raise ConfigError(
            f"{path}:{position}: not valid TOML: {excerpt(reason, 100)}; correct it"
            " with: papertrack config edit"
        ) from None
    except (RecursionError, ValueError):
        # ValueError: a number of more digits than Python converts.
        raise ConfigError(
            f"{path}: nested too deeply, or a number is too long; correct it with:"
            " papertrack config edit"
        ) from None


def _reason(message: str, text: str) -> tuple[str, str]:
    """What tomllib complains about, and LINE:COLUMN, or the last LINE."""
    reason, _, position = message.rpartition(" (at ")
    if not position.startswith("line "):
        return reason or message, str(len(text.rstrip().split("\n")))
    line, _, column = position.removeprefix("line ").rstrip(")").partition(", column ")
    return reason, f"{line}:{column}"


def save_beside(path: Path, text: str) -> None:
    """Save a text that is no valid config file yet. Raises StoreError."""
    write_atomically(path, text.encode(), private=True)


def _cached(path: Path, stamp: list[object]) -> Parsed | None:
    """The parsed file that was saved with this stamp; None if there is none."""
    try:
        saved = json.loads(read_cached(path))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(saved, dict) or saved.get("stamp") != stamp:
        return None
    parsed = saved.get("parsed")
    return parsed if isinstance(parsed, dict) else None


def _save(path: Path, stamp: list[object], parsed: Parsed) -> None:
    """Save a parsed file for the next run; what can't be saved is parsed again."""
    try:
        body = json.dumps({"stamp": stamp, "parsed": parsed}, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):  # a date, or deep nesting
        return
    with contextlib.suppress(StoreError, UnicodeError):
        write_atomically(path, body.encode(), private=True, durable=False)


def _save_aliases(path: Path, file: ConfigFile) -> None:
    """Write the aliases for the shells; skipped where they can't be written."""
    lines = [
        f"{name.removeprefix('alias.')}\t{line}\n"
        for name, line in file.values.items()
        if name.startswith("alias.")
    ]
    if lines or path.exists():
        with contextlib.suppress(StoreError, UnicodeError):
            write_atomically(path, "".join(lines).encode(), private=True, durable=False)
