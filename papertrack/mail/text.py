"""A digest as plain text, in lines of 72 columns; an address is never broken."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from papertrack.core.text import columns, sentences
from papertrack.mail.digest import Digest
from papertrack.mail.entries import Entry, divided

_WIDTH = 72
_SUMMARY_WIDTH = 400
_INDENT = "  "


def dumps(digest: Digest) -> str:
    """A heading, the papers of each group, then remarks."""
    blocks = [_underlined(digest.title, "=")]
    for section in divided(digest):
        if section.heading:
            blocks.append(_underlined(section.heading, "-"))
        blocks += ["\n".join(_lines(entry)) for entry in section.entries]
        if section.above:
            lines = [line for title in section.above for line in _wrapped(title, "- ")]
            blocks.append("\n".join(["See above:", *lines]))
    blocks += ["\n".join(_wrapped(remark)) for remark in digest.remarks]
    return "\n\n".join(blocks) + "\n"


def _underlined(heading: str, line: str) -> str:
    return f"{heading}\n{line * min(columns(heading), _WIDTH)}"


def _lines(entry: Entry) -> Iterator[str]:
    yield from _wrapped(entry.title)
    for text in (
        entry.byline,
        entry.facts,
        sentences(entry.summary, _SUMMARY_WIDTH),
        f"why: {entry.why}" if entry.why else "",
    ):
        yield from _wrapped(text, _INDENT)
    if entry.address:
        yield _INDENT + entry.address
    for name, address in entry.links:
        yield f"{_INDENT}{name}: {address}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
