"""The block of authors, in a paragraph: names, with what belongs to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.converter import Converter, Pieces
from papertrack.sources.fulltext.markdown import Block, Break, Mark, Piece

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def authors(converter: Converter, node: LexborNode) -> Pieces:
    """Names and affiliations: `A (X), B (Y)`; a block of many lines stays lines."""
    creators = converter.outermost(node, "ltx_creator") or [node]
    blocks = [_lines(converter, creator) for creator in creators]
    blocks = [lines for lines in blocks if lines]
    if len(blocks) == 1:
        return [Block("  \n".join(map(markdown.escape_start, blocks[0])))]
    people = []
    for name, *others in blocks:
        people.append(f"{name} ({'; '.join(others)})" if others else name)
    return [Block(markdown.escape_start(", ".join(people)))]


def _lines(converter: Converter, creator: LexborNode) -> list[str]:
    """The lines of one author, or of all in one block."""
    lines: list[str] = []
    line: list[Piece] = []
    for piece in [*converter.inside(creator), Break()]:
        if isinstance(piece, Block | Break):
            lines.append(markdown.inline(line))
            line = []
        if isinstance(piece, Block):
            lines.append(" ".join(piece.markdown.split()))
        elif not isinstance(piece, Mark | Break):
            line.append(piece)
    stripped = (line.strip(" ,;") for line in lines)
    return [line for line in stripped if line]
