"""JSON: an array of papers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from types import GeneratorType
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
    """An array, indented, item by item; `[]` for none."""
    yield from _array(items)
    yield "\n"


def _array(items: Iterable[object]) -> Iterator[str]:
    before = "[\n"
    for item in items:
        for piece in _value(item):
            indented = piece.replace("\n", "\n  ")
            yield f"{before}  {indented}" if before else indented
            before = ""
        before = ",\n"
    yield "[]" if before == "[\n" else "\n]"


def _value(value: object) -> Iterator[str]:
    """A value, indented; an object that has a generator is written in pieces: what that
    generates as an array.
    """
    if isinstance(value, GeneratorType):
        yield from _array(value)
    elif isinstance(value, dict) and _has_generator(value.values()):
        before = "{\n"
        for name, member in value.items():
            yield f"{before}  {encoded(name).rstrip()}: "
            for piece in _value(member):
                yield piece.replace("\n", "\n  ")
            before = ",\n"
        yield "\n}"
    else:
        yield encoded(value, indent=2).removesuffix("\n")


def _has_generator(values: Iterable[object]) -> bool:
    return any(isinstance(value, GeneratorType) for value in values)


def encoded(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON and a line break, with characters that could do harm escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    # Nothing unsafe is printable; the test takes a hundredth of the search.
    if not text.replace("\n", "").isprintable():
        text = _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return f"{text}\n"
