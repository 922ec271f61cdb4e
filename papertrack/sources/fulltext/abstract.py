"""What is known of a paper without its text, as a text: title, authors, abstract."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core import formulas
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.markdown import Formula, Piece, Text


def text(title: str, authors: Sequence[str], abstract: str) -> str:
    """A text in Markdown with one section, the abstract."""
    names = ", ".join(authors)
    blocks = [
        markdown.heading(1, markdown.inline(_pieces(title))),
        markdown.paragraph([Text(names)]),
        markdown.heading(2, "Abstract"),
        markdown.paragraph(_pieces(abstract)),
    ]
    return markdown.joined([block for block in blocks if block])


def _pieces(line: str) -> list[Piece]:
    """A line with its formulas."""
    pieces: list[Piece] = []
    for place, part in enumerate(formulas.parts(line)):
        is_formula = place % 2 == 1
        pieces.append(Formula(part.strip("$")) if is_formula else Text(part))
    return pieces
