"""The parsers, each as `bytes -> listings`, by the names in `hostile_bodies.BODIES`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from papertrack.core.errors import FetchError, Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.text import UNWANTED
from papertrack.sources import copied_page as plain
from papertrack.sources import formats
from papertrack.sources import ids as idlist
from papertrack.sources.arxiv import formats as arxiv
from papertrack.sources.arxiv.announcements import parse_rss
from papertrack.sources.arxiv.atom import parse_atom
from papertrack.sources.arxiv.oai import parse_oai
from papertrack.sources.base import Context
from papertrack.sources.bibliography import (
    arxiv_snapshot,
    bibtex,
    csl,
    papertrack_json,
    ris,
)
from papertrack.sources.feeds import source as feed
from papertrack.sources.huggingface import source as huggingface

Parser = Callable[[bytes], Sequence[Listing]]

_HF = huggingface.HuggingFace().start(
    "hf:2025-11-07", Context(today=dt.date(2025, 11, 8))
)[0]


def _hf_page(body: bytes) -> Listing:
    assert _HF.fallback is not None
    return _HF.fallback.parse(body, {})


PARSERS: dict[str, Parser] = {
    "file": lambda body: [formats.read_file(body, name="-")],
    "hf-json": lambda body: [_HF.parse(body, {})],
    "hf-page": lambda body: [_hf_page(body)],
    "arxiv-page": lambda body: [arxiv.parse(body, {})],
    "api": lambda body: [parse_atom(body, {})],
    "announced": lambda body: [parse_rss(body, {})],
    "oai": lambda body: [parse_oai(body, {})],
    "feed": lambda body: [feed.parse(body, {}, url="https://owls.example/feed")],
    "bibtex": lambda body: [bibtex.parse(body, name="x")],
    "ris": lambda body: [ris.parse(body, name="x")],
    "csl": lambda body: [csl.parse(body, name="x")],
    "own": lambda body: [papertrack_json.parse(body, name="x")],
    "lines": lambda body: list(
        papertrack_json.parse_lines(iter(body.split(b"\n")), name="x")
    ),
    "snapshot": lambda body: list(
        arxiv_snapshot.parse_lines(iter(body.split(b"\n")), name="x")
    ),
    "ids": lambda body: [idlist.parse(body, name="x")],
    "plain": lambda body: [plain.parse(body, name="x", date=None)],
}


def _clean(text: str) -> str:
    """`text`, which must be one line that any terminal can show."""
    assert not re.search(UNWANTED, text), repr(text)
    return text


def outcome(parser: str, body: bytes) -> str:
    """`read N`, `reported …` (read with problems), or `refused …`. Other exceptions are
    bugs, and propagate.
    """
    try:
        listings = PARSERS[parser](body)
    except (Unrecognised, FetchError) as error:
        return f"refused: {_clean(str(error))}"
    problems = [
        _clean(line)
        for listing in listings
        for line in (*listing.problems, *listing.notes)
    ]
    return (
        f"reported: {problems[0]}"
        if problems
        else f"read {sum(len(listing.facts) for listing in listings)}"
    )
