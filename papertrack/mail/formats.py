"""The forms of a digest, by name and by the suffix of a file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from papertrack.core.errors import UsageError
from papertrack.core.wording import did_you_mean
from papertrack.mail.digest import Digest

EMAIL = "email"
FORMATS = {
    "text": (".txt", ".text"),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm"),
    EMAIL: (".eml",),
}
"""The names of the forms, and the suffixes of their files."""

_BY_SUFFIX = {suffix: name for name, all in FORMATS.items() for suffix in all}


def named(text: str) -> str:
    """The form of a name, or of a suffix: `md`, `.html`. Raises UsageError."""
    name = text.lower().removeprefix(".")
    if name in FORMATS:
        return name
    if f".{name}" in _BY_SUFFIX:
        return _BY_SUFFIX[f".{name}"]
    raise UsageError(f"unknown format {text}{did_you_mean(text, FORMATS)}")


def of_file(path: Path) -> str:
    """The form that the suffix of a file names. Raises UsageError."""
    name = _BY_SUFFIX.get(path.suffix.lower())
    if name is None:
        known = ", ".join(_BY_SUFFIX)
        raise UsageError(
            f"{path}: no format of a digest has this suffix; known: {known};"
            " or choose one with --format"
        )
    return name


def dumps(digest: Digest, format: str) -> str:
    """A digest as text, Markdown or a page."""
    module = import_module(f"papertrack.mail.{format}")
    text: str = module.dumps(digest)
    return text
