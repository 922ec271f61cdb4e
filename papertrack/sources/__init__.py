"""Where papers come from: the registry, in order; the first source that matches a target starts it.

A source is a name, the targets that it takes, and the first requests for one. What is read next, a
parser says itself, through `Listing.follow`. Parsers are pure: bytes in, a Listing out. Importing
this package loads no parser's library: each is imported by the function that needs it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from papertrack.errors import Unrecognised, UsageError
from papertrack.facts import Listing, Request
from papertrack.sources.arxiv import Arxiv
from papertrack.sources.huggingface import HuggingFace
from papertrack.sources.oai import ArxivOai
from papertrack.text import clean, shorten

_FORMS = (
    "hf, hf:2025-11-07, hf:2025-W45, hf:2025-11, hf:trending, hf:2511.04570, "
    "arxiv:cs.CL, arxiv:2511.04570, arxiv:'abs:diffusion AND cat:cs.CL', arxiv-oai:cs, a file, -, sample"
)
_JSON = re.compile(rb"\s*(?:\[\s*[\[{\]]|\{\s*[\"}])")
_HTML = re.compile(rb"(?is)\s*<(?:!--.{0,200}?--\s*>\s*<)?(?:!doctype\s+html|html|head|body|main|div|article)\b")
_DAY = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Context:
    """What a source may need to know of the world. Days are UTC's; base URLs end without a slash.

    `since` and `until` are the first and last day asked for; `seen` maps a target to the last listing
    day (ISO) that was read of it; `kinds` are the announcements wanted (arXiv's new, cross, replace…).
    """

    today: dt.date
    hf: str = "https://huggingface.co"
    arxiv: str = "https://export.arxiv.org"
    since: dt.date | None = None
    until: dt.date | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] | None = None


class Source(Protocol):
    """Something that papers can be fetched from."""

    @property
    def name(self) -> str: ...

    def matches(self, target: str) -> bool: ...

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        """The first requests for a target. Raises UsageError for a malformed one, FetchError for an idle one."""


REGISTRY: tuple[Source, ...] = (HuggingFace(), Arxiv(), ArxivOai())


def find(target: str) -> Source:
    """The source that takes `target`. Raises UsageError naming the forms there are."""
    for source in REGISTRY:
        if source.matches(target):
            return source
    raise UsageError(f"no source for {shorten(clean(target), 100) or 'an empty target'}; a target is one of: {_FORMS}")


def read_file(body: bytes, *, name: str, date: str | None = None) -> Listing:
    """The papers of a saved answer, a saved page or copied text, told apart by content.

    `name` is for messages and may carry the listing day; `date` (ISO) is what the user says it is.
    Raises Unrecognised.
    """
    shown = shorten(clean(name), 200)
    if not body.strip():
        raise Unrecognised(f"{shown}: the file is empty; save it again")
    day = date or _day_in(name)
    start = body[:4096].removeprefix(b"\xef\xbb\xbf")
    if name.lower().endswith(".json") or _JSON.match(start):
        from papertrack.sources.huggingface_rows import parse_saved

        return parse_saved(body, name=shown, day=day)
    if _HTML.match(start) or (name.lower().endswith((".html", ".htm")) and start.lstrip().startswith(b"<")):
        from papertrack.sources.huggingface_page import parse_saved_page

        return parse_saved_page(body, name=shown, day=day)
    from papertrack.sources import plain

    return plain.parse(body, name=name, date=date)


def _day_in(name: str) -> str | None:
    """The first ISO day in a file's own name."""
    for day in _DAY.findall(name.replace("\\", "/").rpartition("/")[2]):
        try:
            return dt.date.fromisoformat(day).isoformat()
        except ValueError:
            continue
    return None
