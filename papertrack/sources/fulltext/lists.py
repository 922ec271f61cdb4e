"""Lists of a paper, and its references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.blocks import is_paragraph
from papertrack.sources.fulltext.converter import Converter, Pieces
from papertrack.sources.fulltext.lines import cite
from papertrack.sources.fulltext.markdown import Block
from papertrack.sources.fulltext.nodes import child_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def items(converter: Converter, node: LexborNode) -> Pieces:
    """A list; a marker that Markdown does not know, as (a), begins the text."""
    parts: list[str] = []
    for entry in node.iter():
        if entry.tag != "li":
            continue
        marker, label = _marker(converter, entry)
        if not marker:
            marker = f"{len(parts) + 1}." if node.tag == "ol" else "-"
        blocks = converter.blocks(entry)
        if label:
            is_joined = bool(blocks) and is_paragraph(blocks[0])
            blocks[:is_joined] = [" ".join([label, *blocks[:is_joined]])]
        if blocks:
            parts.append(markdown.item(marker, blocks))
    return [Block(markdown.items(parts))]


def _marker(converter: Converter, entry: LexborNode) -> tuple[str, str]:
    """The marker of an item, and the label that begins its text; "" without one."""
    tag = child_of(entry, "ltx_tag_item")
    if tag is None:
        return "", ""
    label = converter.line(tag)
    number = re.fullmatch(r"\(?(\d{1,9})\\?[.)]?", label)
    if number:
        return f"{number[1]}.", ""
    has_letter = any(char.isalnum() for char in label)
    return "-", label if has_letter else ""


def definitions(converter: Converter, node: LexborNode) -> Pieces:
    """Terms, each with what it means, as a list."""
    parts: list[str] = []
    term = ""
    for entry in node.iter():
        if entry.tag == "dt":
            tag = child_of(entry, "ltx_tag_item")
            term = converter.line(tag if tag is not None else entry)
            if term and not term.startswith("*"):
                term = f"**{term}**"
        elif entry.tag == "dd":
            blocks = converter.blocks(entry)
            if blocks and is_paragraph(blocks[0]):
                blocks[0] = f"{term} {blocks[0]}".strip()
            elif term:
                blocks.insert(0, term)
            parts.append(markdown.item("-", blocks))
            term = ""
    return [Block(markdown.items(parts))]


def references(converter: Converter, node: LexborNode) -> Pieces:
    """The references, each after the label that the text cites it by."""
    parts: list[str] = []
    for entry in converter.outermost(node, "ltx_bibitem"):
        tag = child_of(entry, "ltx_tag_bibitem")
        label = ""
        if tag is not None:
            label = converter.as_line(cite(converter, tag))
        if label and not label.startswith("["):
            label = f"**{label}**"
        text = converter.line(entry)
        parts.append(markdown.item("-", [f"{label} {text}".strip()]))
    return [Block(markdown.items(parts))]
