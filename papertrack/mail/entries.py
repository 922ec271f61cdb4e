"""What a digest says of a paper, the same in every form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.exports import authors
from papertrack.exports.grouping import sections
from papertrack.exports.links import pages, web_url
from papertrack.mail.digest import Digest

_AUTHORS_SHOWN = 5


class Entry(NamedTuple):
    """A paper: plain text in every part. `links` are names and addresses of its pages."""

    title: str
    address: str
    byline: str
    facts: str
    summary: str
    why: str
    links: Sequence[tuple[str, str]]


class Section(NamedTuple):
    """Papers under a heading, "" for all of them; `above` are the titles of those that
    a section above has.
    """

    heading: str
    entries: Sequence[Entry]
    above: Sequence[str] = ()


def divided(digest: Digest) -> Iterator[Section]:
    """The papers of a digest in its groups, each paper once."""
    made = {paper.key: _entry(paper, digest) for paper in digest.papers}
    if not digest.group:
        if made:
            yield Section("", list(made.values()))
        return
    shown: set[str] = set()
    for heading, papers in sections(digest.papers, digest.group):
        new = [paper.key for paper in papers if paper.key not in shown]
        above = [made[paper.key].title for paper in papers if paper.key in shown]
        shown.update(new)
        yield Section(heading, [made[key] for key in new], above)


def _entry(paper: Paper, digest: Digest) -> Entry:
    address = web_url(paper.url) or web_url(paper.pdf) or ""
    byline = (
        authors.line(paper, _AUTHORS_SHOWN),
        clean(paper.venue or paper.organization or ""),
    )
    return Entry(
        clean(paper.title) or clean(paper.id),
        address,
        " · ".join(filter(None, byline)),
        " · ".join(filter(None, _facts(paper))),
        clean(paper.summary or paper.abstract or ""),
        digest.why.get(paper.key, ""),
        list(_links(paper, address)),
    )


def _facts(paper: Paper) -> Iterator[str]:
    yield clean(paper.date or "")
    if paper.upvotes is not None:
        yield f"▲ {paper.upvotes}"
    if paper.comments:
        yield plural(paper.comments, "comment")
    if paper.starred:
        yield "★"
    if paper.status != "unread":
        yield clean(paper.status)
    yield " ".join(f"#{clean(tag)}" for tag in paper.tags)


def _links(paper: Paper, address: str) -> Iterator[tuple[str, str]]:
    """The pages of a paper that are not its `address`; code with its stars."""
    for name, url in pages(paper).items():
        page = web_url(url)
        if page and page != address:
            if name == "code" and paper.stars:
                name = f"code (★ {paper.stars:,})"
            yield name, page
