"""Reading the full text of a paper: a cached copy, else Hugging Face's Markdown, else
arXiv's page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core import identity
from papertrack.core.environment import Environment
from papertrack.core.errors import FetchError, Refused
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.fetching.cached_texts import CachedText, CachedTexts
from papertrack.sources.arxiv import services as arxiv
from papertrack.sources.fulltext.text import FullText
from papertrack.sources.huggingface.source import ENDPOINT as HUGGINGFACE

if TYPE_CHECKING:
    from papertrack.web.http import Http

HUGGING_FACE, ARXIV = "Hugging Face's Markdown", "arXiv's HTML"
"""Where a text comes from, as messages name it."""

_MISSING = (404, 410)


class Wanted(NamedTuple):
    """The paper whose text is wanted: its arXiv id, and the version.

    `is_exact`: the reader named the version; else it is the newest that is known.
    """

    id: str
    version: int | None
    is_exact: bool


class NoFullText(Exception):
    """No service has the full text of a paper."""


def arxiv_id(paper: Paper) -> str | None:
    """The arXiv id of a paper, also of one that has another key; None without one."""
    for text in (paper.key, paper.url or "", paper.pdf or ""):
        key = text if text.startswith("arxiv:") else identity.normalise(text)
        if key and key.startswith("arxiv:"):
            return identity.show(key)
    return None


def read(
    http: Callable[[], Http],
    wanted: Wanted,
    environment: Environment,
    cached: CachedTexts,
    *,
    now: str,
    progress: Progress,
) -> CachedText:
    """Read a text, and store it in the cache.

    Raises NoFullText if there is none, FetchError if that can't be known as a service
    failed.
    """
    errors: list[FetchError] = []
    older: CachedText | None = None
    for service in (_hugging_face, _arxiv):
        progress.report(f"reading {wanted.id}")
        try:
            text = service(http, wanted, environment, now)
        except FetchError as error:
            if not (isinstance(error, Refused) and error.status in _MISSING):
                errors.append(error)
            continue
        if text is None:
            continue
        if _fits(text, wanted):
            cached.store(wanted.id, text)
            return text
        older = text
    if older is not None and not wanted.is_exact:
        if not errors:
            cached.store(wanted.id, older)
        return older
    if errors:
        raise FetchError("; ".join(map(str, errors)))
    raise NoFullText


def _fits(text: CachedText, wanted: Wanted) -> bool:
    """Whether a text is of the version wanted, or of a newer one."""
    if wanted.version is None or text.version == wanted.version:
        return True
    if text.version is None:
        # The Markdown of a first version may not say that it is.
        return text.service == ARXIV or wanted.version == 1
    return not wanted.is_exact and text.version > wanted.version


def _hugging_face(
    http: Callable[[], Http], wanted: Wanted, environment: Environment, now: str
) -> CachedText | None:
    # With selectolax and the parsers 20 ms, not for cached texts.
    from papertrack.sources.fulltext import huggingface

    if "/" in wanted.id:
        return None  # it has no papers from before 2007
    base = environment.endpoint(HUGGINGFACE.variable, HUGGINGFACE.url)
    url = f"{base}/papers/{wanted.id}.md"
    response = http().read(url)
    text = huggingface.parse(response.body, response.headers, where=url)
    return _read(text, HUGGING_FACE, url, wanted, now) if text else None


def _arxiv(
    http: Callable[[], Http], wanted: Wanted, environment: Environment, now: str
) -> CachedText:
    from papertrack.sources.fulltext import latexml

    own = environment.endpoint(arxiv.ENDPOINT.variable)
    base = f"{own}/html" if own else arxiv.URLS["html"]
    suffix = f"v{wanted.version}" if wanted.version else ""
    url = f"{base}/{wanted.id}{suffix}"
    response = http().read(url)
    text = latexml.parse(response.body, response.headers, url=response.url, where=url)
    return _read(text, ARXIV, url, wanted, now)


def _read(
    text: FullText, service: str, url: str, wanted: Wanted, now: str
) -> CachedText:
    return CachedText(
        text.markdown,
        service,
        url,
        now,
        text.version,
        wanted.version,
        text.is_truncated,
    )
