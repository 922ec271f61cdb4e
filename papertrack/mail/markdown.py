"""A digest as Markdown: a reading list, with the reason why each paper is in it."""

from __future__ import annotations

from papertrack.exports import markdown
from papertrack.mail.digest import Digest


def dumps(digest: Digest) -> str:
    """The reading list, then remarks. The reader's own notes on papers are left out: a
    digest is sent to others.
    """
    papers = [paper._replace(note=None) for paper in digest.papers]
    pieces = markdown.pieces(
        papers, group=digest.group, title=digest.title, why=digest.why
    )
    listed = "".join(pieces)
    remarks = map(markdown.escape, digest.remarks)
    return "\n\n".join([listed.rstrip("\n"), *remarks]) + "\n"
