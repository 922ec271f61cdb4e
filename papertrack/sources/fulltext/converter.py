"""The elements of a paper as pieces and blocks of Markdown: see `lines` and `blocks` for
what becomes of each kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from papertrack.core.errors import Unrecognised
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.markdown import (
    Block,
    Code,
    Mark,
    Note,
    Piece,
    PieceOrBlock,
    Text,
)
from papertrack.sources.fulltext.nodes import TEXT, classes

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

Pieces: TypeAlias = list[PieceOrBlock]
Handler: TypeAlias = "Callable[[Converter, LexborNode], Pieces]"

DEEPEST = 80
"""Elements within each other whose structure is looked at; papers have 40."""
MOST_STEPS = 3_000_000
"""How many elements are looked at again, as those of lists within lists, in all."""
SHORT_CODE = 80
"""Characters of a text in typewriter letters that is shown as code."""

_LEFT_OUT = """
    script style template noscript nav button dialog form input label textarea select
    head title meta link object iframe audio video canvas -comment
"""
_NO_PART = """
    ltx_pagination ltx_rule ltx_TOC ltx_note_mark ltx_note_type ltx_tag_note ltx_tag_item
    ltx_tag_bibitem ltx_bib_cited ltx_page_navbar ltx_page_footer ltx_page_logo
    ltx_listing_data ltx_phantom ltx_dates
"""
_BLOCK_TAGS = """
    div p section article main header footer aside address details summary center
    fieldset hr h1 h2 h3 h4 h5 h6 li dt dd
"""
_BLOCK_CLASSES = """
    ltx_p ltx_para ltx_block ltx_minipage ltx_inline-block ltx_logical-block
"""
LEFT_OUT = frozenset(_LEFT_OUT.split())
"""Tags of what is no part of a paper."""
NO_PART = frozenset(_NO_PART.split())
"""Classes of what is no part of the text, or is read by what is around it."""
BLOCKS = frozenset(_BLOCK_TAGS.split() + _BLOCK_CLASSES.split())
"""Tags and classes of what is on lines of its own."""
_FONTS = {
    **dict.fromkeys(("em", "i", "ltx_emph", "ltx_font_italic"), "*"),
    **dict.fromkeys(("strong", "b", "ltx_font_bold"), "**"),
}


class Converter:
    """Makes Markdown of the elements of one page, whose address is `url`.

    `handlers` are for classes and tags; of an element's classes the first that has one
    decides.
    """

    def __init__(
        self, url: str, handlers: Mapping[str, Handler], *, has_chapters: bool
    ) -> None:
        self.url = url
        self.has_chapters = has_chapters
        self.is_in_figure = False
        self.tables_around = 0
        self._handlers = handlers
        self._depth = 0
        self._lines_around = 0
        self._steps = 0
        self._notes: list[Note] = []
        self._note_count = 0

    def blocks(self, node: LexborNode) -> list[str]:
        """What is in an element, as blocks."""
        return self.assembled(self.inside(node))

    def line(self, node: LexborNode, *, in_table: bool = False) -> str:
        """What is in an element, as one line."""
        self._lines_around += 1
        pieces = self.inside(node)
        self._lines_around -= 1
        return self.as_line(pieces, in_table=in_table)

    def inside(self, node: LexborNode) -> Pieces:
        """The pieces of what is in an element."""
        if self._depth >= DEEPEST:
            return [Text(node.text())]
        self._depth += 1
        pieces: Pieces = []
        for child in node.iter(include_text=True):
            pieces += self._pieces(child)
        self._depth -= 1
        return pieces

    def assembled(self, pieces: Iterable[PieceOrBlock]) -> list[str]:
        """Pieces as paragraphs between the blocks; the notes to each follow it."""
        blocks: list[str] = []
        line: list[Piece] = []
        for piece in [*pieces, Block("")]:
            if not isinstance(piece, Block):
                line.append(piece)
                continue
            notes = map(markdown.note, _notes(line))
            blocks += [markdown.paragraph(line), *notes, piece.markdown]
            line = []
        return [block for block in blocks if block]

    def as_line(self, pieces: Iterable[PieceOrBlock], *, in_table: bool = False) -> str:
        """Pieces as one line, also what would be on lines of its own."""
        parts: list[str] = []
        line: list[Piece] = []
        for piece in [*pieces, Block("")]:
            if not isinstance(piece, Block):
                line.append(piece)
                continue
            self._notes += _notes(line)
            own = " ".join(piece.markdown.replace("$$", "$").split())
            if in_table:
                own = own.replace(r"\|", "|").replace("|", r"\|")
            parts += [markdown.inline(line, in_table=in_table), own]
            line = []
        return " ".join(part for part in parts if part)

    def outermost(self, node: LexborNode, name: str) -> list[LexborNode]:
        """The elements in another one that have a class or tag, not those within them.

        Raises Unrecognised for a page whose nesting would take long.
        """
        found: list[LexborNode] = []
        waiting = list(node.iter())[::-1]
        while waiting:
            child = waiting.pop()
            self._steps += 1
            if child.tag == name or name in classes(child):
                found.append(child)
            else:
                waiting += list(child.iter())[::-1]
        if self._steps > MOST_STEPS:
            raise Unrecognised(f"{self.url}: its markup is nested as no paper's is")
        return found

    def note(self, text: str) -> Note:
        """A footnote with this text, numbered."""
        self._note_count += 1
        return Note(self._note_count, text)

    def _handled(self, handler: Handler, node: LexborNode) -> Pieces:
        """What becomes of an element, and the notes to lines in it."""
        pieces = handler(self, node)
        if self._lines_around or not self._notes:
            return pieces
        notes, self._notes = self._notes, []
        return [*pieces, *(Block(markdown.note(note)) for note in notes)]

    def _pieces(self, node: LexborNode) -> Pieces:
        """The pieces of an element."""
        tag = node.tag or ""
        if tag == TEXT:
            return [Text(node.text(deep=False))]
        if tag in LEFT_OUT:
            return []
        names = classes(node)
        if not NO_PART.isdisjoint(names):
            return []
        for name in (*names, tag):
            handler = self._handlers.get(name)
            if handler is not None:
                return self._handled(handler, node)
        if not BLOCKS.isdisjoint((*names, tag)):
            return list(map(Block, self.blocks(node)))
        return _in_font(self.inside(node), (*names, tag))


def _notes(pieces: Iterable[Piece]) -> list[Note]:
    return [piece for piece in pieces if isinstance(piece, Note)]


def _in_font(inside: Pieces, names: Sequence[str]) -> Pieces:
    """Pieces within the marks of their font, which is one of the names."""
    if "ltx_font_typewriter" in names:
        text = markdown.plain(inside)
        is_text = all(isinstance(piece, Text) for piece in inside)
        if is_text and text.strip() and len(text) <= SHORT_CODE:
            return [Code(text)]
    for name in names:
        if name in _FONTS:
            return marked(inside, _FONTS[name])
    return inside


def marked(pieces: Pieces, marker: str) -> Pieces:
    """Pieces with emphasis; blocks have none."""
    if any(isinstance(piece, Block) for piece in pieces):
        return pieces
    return [Mark(marker, True), *pieces, Mark(marker, False)]
