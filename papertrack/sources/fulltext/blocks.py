"""What is on lines of its own in a paper: headings, equations, code, figures."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from papertrack.core.addresses import is_web_url
from papertrack.core.lazy_regex import pattern
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.converter import Converter, Pieces, marked
from papertrack.sources.fulltext.lines import absolute
from papertrack.sources.fulltext.markdown import Block, Formula, Mark, Text
from papertrack.sources.fulltext.nodes import attribute, classes

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

LEVELS = {
    "document": 1,
    **dict.fromkeys(("abstract", "acknowledgements", "part", "chapter"), 2),
    **dict.fromkeys(("section", "appendix", "bibliography", "index", "glossary"), 2),
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
"""The levels of headings by the class of their title."""
IN_CHAPTERS = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")
"""One level lower where there are chapters."""
SENTENCE = 60
"""Characters from which on a text in a drawing is more than a label."""

_STARTS = pattern(r"[#>|]|[-+*] |\d+[.)] |```|\$\$|!\[|\[\^|    ")
_LANGUAGE = "ltx_lst_language_"


def title(converter: Converter, node: LexborNode) -> Pieces:
    """A heading; the title of a theorem and the like is the start of its paragraph."""
    pieces = [one for one in converter.inside(node) if not isinstance(one, Mark)]
    for name in classes(node):
        kind = name.removeprefix("ltx_title_")
        if kind in LEVELS:
            is_lower = converter.has_chapters and kind in IN_CHAPTERS
            text = converter.as_line(pieces)
            return [Block(markdown.heading(LEVELS[kind] + is_lower, text))]
    text = converter.as_line(pieces)
    return [Block(f"**{text}**")] if text else []


def titled(converter: Converter, node: LexborNode) -> Pieces:
    """A theorem, a proof, keywords: the title begins the first paragraph."""
    blocks = converter.blocks(node)
    if len(blocks) > 1 and blocks[0].startswith("**") and is_paragraph(blocks[1]):
        blocks[:2] = [f"{blocks[0]} {blocks[1]}"]
    return list(map(Block, blocks))


def is_paragraph(block: str) -> bool:
    """Whether a block is a paragraph."""
    return not _STARTS.match(block)


def equation(converter: Converter, node: LexborNode) -> Pieces:
    """Formulas on lines of their own, those of a row in one line."""
    shown: Pieces = []
    for row in converter.outermost(node, "ltx_eqn_row") or [node]:
        tag = row.css_first(".ltx_tag_equation, .ltx_tag_equationgroup")
        label = tag.text().strip() if tag is not None else ""
        formulas: list[str] = []
        for piece in converter.inside(row):
            formulas += _formulas(converter, piece, label)
        shown.append(Block(markdown.display(" ".join(formulas), label)))
    return shown


def _formulas(
    converter: Converter, piece: markdown.PieceOrBlock, label: str
) -> list[str]:
    """The TeX of a piece of an equation, that of words too; none for its number."""
    if isinstance(piece, Formula):
        return [piece.tex]
    words = markdown.plain([piece]).strip()
    if not words or words == label:
        return []
    if isinstance(piece, Block) and words.startswith("$"):
        return [words.strip("$").strip()]
    words = re.sub(r"[\\{}$%#&_^~]", " ", words)
    return [rf"\text{{{words}}}"]


def listing(converter: Converter, node: LexborNode) -> Pieces:
    """Code: the copy of its text that is beside it, else its lines."""
    code = _data(node)
    if code is None:
        lines = converter.outermost(node, "ltx_listingline") or [node]
        texts = (markdown.plain(converter.inside(line)) for line in lines)
        code = "\n".join(text.strip("\n").replace("\n", " ") for text in texts)
    return [Block(markdown.fence(code, _language(node)))]


def _data(node: LexborNode) -> str | None:
    """The text of a listing, which LaTeXML adds for readers to save."""
    saved = node.css_first(".ltx_listing_data a")
    if saved is None:
        return None
    kind, _, data = attribute(saved, "href").partition(",")
    if kind != "data:text/plain;base64":
        return None
    try:
        return base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _language(node: LexborNode) -> str:
    """The name of a listing's language, as Markdown has it; "" for an unusual one."""
    for name in classes(node):
        if name.startswith(_LANGUAGE):
            language = name.removeprefix(_LANGUAGE).lower()
            return language if re.fullmatch("[a-z0-9+#]{1,20}", language) else ""
    return ""


def quotation(converter: Converter, node: LexborNode) -> Pieces:
    """A quotation, or a text in a frame; a frame in a line is none."""
    if node.tag == "span":
        return converter.inside(node)
    blocks = converter.blocks(node)
    return [Block(markdown.quotation(blocks))] if blocks else []


def figure(converter: Converter, node: LexborNode) -> Pieces:
    """A figure, table or algorithm with its caption, in their order."""
    was_in_figure = converter.is_in_figure
    converter.is_in_figure = True
    blocks = converter.blocks(node)
    converter.is_in_figure = was_in_figure
    return list(map(Block, blocks))


def caption(converter: Converter, node: LexborNode) -> Pieces:
    """A caption in a line; its number is bold."""
    text = converter.line(node)
    return [Block(markdown.escape_start(text))] if text else []


def caption_number(converter: Converter, node: LexborNode) -> Pieces:
    """`Figure 1:` in bold."""
    pieces: Pieces = []
    pieces += (one for one in converter.inside(node) if not isinstance(one, Mark))
    return [*marked(pieces, "**"), Text(" ")]


def image(converter: Converter, node: LexborNode) -> Pieces:
    """The image of a figure, by its address; signs within the text are left out."""
    url = absolute(converter, attribute(node, "src"), is_image=True)
    if not converter.is_in_figure or not is_web_url(url):
        return []
    return [Block(markdown.image(url))]


def drawing(converter: Converter, node: LexborNode) -> Pieces:
    """The text of a box that is drawn, such as a prompt; not the labels of a diagram."""
    blocks: list[str] = []
    for part in converter.outermost(node, "foreignObject"):
        if len(part.text().strip()) >= SENTENCE:
            blocks += converter.blocks(part)
    return [Block(markdown.quotation(blocks))] if blocks else []
