"""JSON: an array of papers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import UNWANTED

# Legal in JSON, but terminals obey some of them, `str.splitlines` breaks lines at
# others, some are invisible, and UTF-8 has no surrogates. They occur inside strings
# only, where their escape is the same value.
_UNSAFE = re.compile(f"(?!\\n){UNWANTED}")


def pieces(
    papers: Collection[Paper],
    *,
    fields: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> Iterator[str]:
    """An array of objects, indented; `[]` for no papers."""
    counted = progress.counted(papers, "writing", "papers")
    return array(selected(paper, fields) for paper in counted)


def selected(paper: Paper, fields: Sequence[str] | None) -> dict[str, Any]:
    """The fields of a paper, all of them unless some are chosen."""
    values = paper.as_json()
    if fields is None:
        return values
    return {name: values[name] for name in fields}


def array(items: Iterable[object]) -> Iterator[str]:
    """An array, indented, in a piece for each item; `[]` for none."""
    before = "[\n"
    for item in items:
        lines = encoded(item, indent=2).rstrip("\n").replace("\n", "\n  ")
        yield f"{before}  {lines}"
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def encoded(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON and a line break, with characters that could do harm escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    # Nothing unsafe is printable; the test takes a hundredth of the search.
    if not text.replace("\n", "").isprintable():
        text = _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return f"{text}\n"
