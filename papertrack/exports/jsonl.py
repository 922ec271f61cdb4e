"""Papers as JSON: an array, or a line each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from papertrack.core.model import Paper
from papertrack.core.text import UNWANTED

# Legal in JSON as they are, but a terminal obeys some, `str.splitlines` breaks lines at others, some can't be seen,
# and UTF-8 can't carry surrogates. They stand inside strings only, where their escape is the same value.
_UNSAFE = re.compile(f"(?!\\n){UNWANTED}")


def json(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """An array of objects, indented; `[]` for no papers."""
    return _dump([_object(paper, fields) for paper in papers], indent=2)


def jsonl(papers: Sequence[Paper], *, fields: Sequence[str] | None = None) -> str:
    """An object a line; nothing for no papers."""
    return "".join(_dump(_object(paper, fields), indent=None) for paper in papers)


def _object(paper: Paper, fields: Sequence[str] | None) -> dict[str, Any]:
    whole = paper.as_json()
    return whole if fields is None else {name: whole[name] for name in fields}


def _dump(value: Any, *, indent: int | None) -> str:
    import json

    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"
