"""Where papers come from: the registry, in order; the first source that matches a target starts it.

A source is a name, the targets that it takes, and the first requests for one. What is read next, a
parser says itself, through `Listing.follow`. Parsers are pure: bytes in, a Listing out. Importing
this package loads no parser's library: each is imported by the function that needs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Protocol

from papertrack.core.environment import Environment
from papertrack.core.errors import Unrecognised, UsageError
from papertrack.core.facts import Listing, Request
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.oai import ArxivOai
from papertrack.sources.arxiv.source import Arxiv
from papertrack.sources.base import Context, RateLimit, Source
from papertrack.sources.feeds.source import Feed
from papertrack.sources.huggingface.source import HuggingFace

_DAY = pattern(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")


class LineReader(Protocol):
    """Reads the lines of a file in batches, a Listing each; `first_line` is the number of the first of `lines`."""

    def __call__(
        self, lines: Iterable[bytes], *, name: str, first_line: int = 1
    ) -> Iterator[Listing]: ...


REGISTRY: tuple[Source, ...] = (HuggingFace(), Arxiv(), ArxivOai(), Feed())


def find(target: str) -> Source:
    """The source that takes `target`. Raises UsageError naming the forms there are."""
    for source in REGISTRY:
        if source.matches(target):
            return source
    raise UsageError(
        f"no source for {shorten(clean(target), 100) or 'an empty target'}; a target is one of: {_forms()}"
    )


def _forms() -> str:
    return f"{', '.join(source.forms() for source in REGISTRY)}, a file, -, sample"


def endpoints(environment: Environment) -> dict[str, str]:
    """The base URLs set in the environment, by their variables; see `Context`."""
    variables = {source.endpoint.variable for source in REGISTRY if source.endpoint}
    urls = {variable: environment.endpoint(variable) for variable in variables}
    return {variable: url for variable, url in urls.items() if url}


def rate_limit(url: str, endpoints: Mapping[str, str]) -> RateLimit | None:
    """The rate limit of the service that a URL is of; None if it has none."""
    for source in REGISTRY:
        if source.endpoint and source.endpoint.rate_limit:
            set_base = endpoints.get(source.endpoint.variable)
            if source.endpoint.rate_limit.applies(url, set_base):
                return source.endpoint.rate_limit
    return None


def read_file(
    body: bytes, *, name: str, date: str | None = None, context: Context | None = None
) -> Listing:
    """The papers of a saved answer, page or feed, a bibliography, copied text or ids, told apart by content.

    `name` is for messages and may carry the listing day; `date` (ISO) is what the user says it is. With a
    `context` the listing may lead to requests: arXiv's ids in a text are asked for. Gzip is opened. Raises
    Unrecognised.
    """
    from papertrack.sources.detect import opened, recognise

    shown = shorten(clean(name), 200)
    body = opened(body, name=shown)
    if not body.strip():
        raise Unrecognised(f"{shown}: the file is empty; save it again")
    kind, day = recognise(body, name=name), date or _day_in(name)
    if kind in _READERS:
        module, function = _READERS[kind]
        listing: Listing = getattr(
            import_module(f"papertrack.sources.{module}"), function
        )(body, name=shown)
        return listing
    if kind == "hf-json":
        from papertrack.sources.huggingface.rows import parse_saved

        return parse_saved(body, name=shown, day=day)
    if kind in ("html", "xml-feed"):
        return _saved_page(body, kind, shown, day)
    return _text(body, name, date, context)


def line_reader(head: bytes, *, name: str) -> LineReader | None:
    """What reads a file that begins with `head` line by line, so that its size is no matter; None for others."""
    from papertrack.sources.detect import recognise

    kind = recognise(head, name=name)
    if kind not in ("own-jsonl", "arxiv-snapshot"):
        return None
    from papertrack.sources.bibliography import arxiv_snapshot, papertrack_json
    from papertrack.sources.bibliography.json_objects import is_lined

    if not is_lined(head.decode("utf-8-sig", "replace")):
        return None
    if kind == "own-jsonl":
        return papertrack_json.parse_lines
    return arxiv_snapshot.parse_lines


def _text(body: bytes, name: str, date: str | None, context: Context | None) -> Listing:
    """Text copied from a listing page, else the ids in any other."""
    from papertrack.sources import copied_page as plain
    from papertrack.sources import ids as idlist

    def lookups(ids: Sequence[str]) -> tuple[Request, ...]:
        return Arxiv().start(f"arxiv:{','.join(ids)}", context) if context else ()

    try:
        return plain.parse(body, name=name, date=date)
    except Unrecognised as error:
        try:
            return idlist.parse(body, name=name, lookups=lookups if context else None)
        except Unrecognised:
            raise error from None


_READERS = {
    "bibtex": ("bibliography.bibtex", "parse"),
    "ris": ("bibliography.ris", "parse"),
    "csl": ("bibliography.csl", "parse"),
    "own-json": ("bibliography.papertrack_json", "parse"),
    "own-jsonl": ("bibliography.papertrack_json", "parse"),
    "arxiv-snapshot": ("bibliography.arxiv_snapshot", "parse"),
    "json-feed": ("feeds.source", "parse_saved"),
    "opml": ("feeds.opml", "parse"),
}
"""Format -> the module and function that read it."""


def _saved_page(body: bytes, kind: str, name: str, day: str | None) -> Listing:
    """A page or feed that was saved: Hugging Face's, else arXiv's, else any feed."""
    from papertrack.sources.arxiv import source as arxiv
    from papertrack.sources.huggingface.page import parse_saved_page

    if kind == "xml-feed":
        if arxiv.is_own(body):
            return arxiv.recognise(body, {}, where=name)
        from papertrack.sources.feeds import source as feed

        return feed.parse_saved(body, name=name)
    try:
        return parse_saved_page(body, name=name, day=day)
    except Unrecognised as error:
        first = error.with_traceback(None)  # whose frames would keep the page in memory
    try:
        return arxiv.recognise(body, {}, where=name)
    except Unrecognised:
        raise first from None


def _day_in(name: str) -> str | None:
    """The first ISO day in a file's own name."""
    for day in _DAY.findall(name.replace("\\", "/").rpartition("/")[2]):
        try:
            return dt.date.fromisoformat(day).isoformat()
        except ValueError:
            continue
    return None
