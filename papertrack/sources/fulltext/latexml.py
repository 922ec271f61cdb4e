"""The page that LaTeXML makes of a paper's source, as arXiv shows it, in Markdown.

What an element is, its classes say (https://math.nist.gov/~BMiller/LaTeXML/manual/);
pages of all years agree in them. What is around the paper, as menus, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from papertrack.core.errors import Unrecognised
from papertrack.core.lazy_regex import pattern
from papertrack.sources.fulltext import blocks, lines, lists, markdown, tables
from papertrack.sources.fulltext.authors import authors
from papertrack.sources.fulltext.converter import Converter, Handler
from papertrack.sources.fulltext.nodes import attribute
from papertrack.sources.fulltext.text import FullText, bounded, is_broken_off
from papertrack.sources.limits import PAPER, check_end, html, page_title

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

HANDLERS: Mapping[str, Handler] = {
    "math": lines.formula,
    "br": lines.line_break,
    "sup": lines.superscript,
    "sub": lines.subscript,
    "ltx_sup": lines.superscript,
    "ltx_sub": lines.subscript,
    "a": lines.link,
    "ltx_cite": lines.cite,
    "cite": lines.cite,
    "ltx_ERROR": lines.error,
    "ltx_verbatim": lines.verbatim,
    "pre": lines.verbatim,
    "code": lines.verbatim,
    "ltx_note": lines.footnote,
    **dict.fromkeys(
        ("ltx_tag_part", "ltx_tag_chapter", "ltx_tag_section", "ltx_tag_appendix"),
        lines.numbered,
    ),
    **dict.fromkeys(
        ("ltx_tag_subsection", "ltx_tag_subsubsection", "ltx_tag_paragraph"),
        lines.numbered,
    ),
    "ltx_authors": authors,
    **dict.fromkeys(("ltx_author_notes", "ltx_contact"), lines.on_new_line),
    "ltx_title": blocks.title,
    **dict.fromkeys(
        ("ltx_theorem", "ltx_proof", "ltx_keywords", "ltx_classification"),
        blocks.titled,
    ),
    **dict.fromkeys(
        ("ltx_equation", "ltx_equationgroup", "ltx_eqn_table"), blocks.equation
    ),
    "ltx_listing": blocks.listing,
    "ltx_quote": blocks.quotation,
    "blockquote": blocks.quotation,
    "ltx_framed": blocks.quotation,
    "figure": blocks.figure,
    "ltx_figure": blocks.figure,
    "ltx_table": blocks.figure,
    "ltx_float": blocks.figure,
    "ltx_caption": blocks.caption,
    "figcaption": blocks.caption,
    **dict.fromkeys(
        ("ltx_tag_figure", "ltx_tag_table", "ltx_tag_float"), blocks.caption_number
    ),
    "img": blocks.image,
    "svg": blocks.drawing,
    "ul": lists.items,
    "ol": lists.items,
    "dl": lists.definitions,
    "ltx_biblist": lists.references,
    "ltx_tabular": tables.table,
    "table": tables.table,
}
"""What becomes of classes and tags."""

_VERSION = pattern(r"(?<![\w.])(?:arXiv:)?[\w./-]{4,30}?v([0-9]{1,4})(?![0-9])")


def parse(
    body: bytes, headers: Mapping[str, str], *, url: str, where: str = "arXiv's page"
) -> FullText:
    """The full text in the page at `url`.

    Raises Unrecognised for a page of anything else, and for one that is not whole.
    """
    page = html(body, headers, where=where, whose="a paper", limits=PAPER)
    document = page.css_first("article.ltx_document") or page.css_first(
        ".ltx_page_content"
    )
    if document is None:
        title = page_title(body)
        what = f"a page titled {title!r}" if title else "no page of a paper"
        raise Unrecognised(f"{where}: {what}, not a full text; try again later")
    check_end(body, where=where)
    converter = Converter(
        _base(page, url), HANDLERS, has_chapters=page.css_matches(".ltx_chapter")
    )
    text, is_cut = bounded(markdown.joined(converter.blocks(document)))
    return FullText(text, _version(page, url), is_cut or is_broken_off(text))


def _base(page: LexborHTMLParser, url: str) -> str:
    """The address that the links and images of a page are relative to.

    Without a declared one it is the folder of the paper, where its images are.
    """
    base = page.css_first("base[href]")
    declared = attribute(base, "href") if base is not None else f"{url}/"
    try:
        return urljoin(url, declared)
    except ValueError:
        return url


def _version(page: LexborHTMLParser, url: str) -> int | None:
    """The version that the page is of: `arXiv:2511.04570v2 [cs.CL] 7 Nov 2025`."""
    mark = page.css_first("#watermark-tr")
    for text in (mark.text() if mark is not None else "", re.sub(r"[?#].*", "", url)):
        match = _VERSION.search(text)
        if match:
            return int(match[1])
    base = page.css_first("base[href]")
    match = _VERSION.search(attribute(base, "href")) if base is not None else None
    return int(match[1]) if match else None
