"""HTML and JATS in the titles and abstracts of bibliographies, as publishers write them."""

from __future__ import annotations

import html
import re

from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern

# Known elements alone: `the <EOS> token` contains no markup.
_INLINE = (
    "i|b|u|em|strong|sub|sup|span|sc|scp|tt|code|font|a|italic|bold|monospace|xref"
    "|ext-link|inline-formula"
)
_BLOCK = "p|br|div|h[1-6]|ul|ol|li|title|sec|label|list|list-item|disp-formula|abstract"
_TAG = pattern(
    rf"(?i)</?(?:(?:jats|mml|html):[\w-]{{1,30}}|(?:(?P<block>{_BLOCK})|{_INLINE}))"
    r"(?:\s[^<>]{0,500})?/?>"
)
_HEADING = pattern(
    r"(?is)\A\s*<(jats:)?(title|h[1-6])\b[^<>]{0,200}>\s*(?:abstract|summary)[.:]?\s*</(jats:)?\2>"
)
# Encoded twice, by a publisher and by Crossref: `&lt;i&gt;E. coli&lt;/i&gt;`.
_PAIR = pattern(r"(?i)<(i|b|u|em|strong|sub|sup|sc|scp|italic|bold)>([^<>]*+)</\1>")
_ENTITY = pattern(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
# Crossref's BibTeX has `{\&}amp$\mathsemicolon$`, Mendeley's `\&amp;`.
_LATEX_ENTITY = pattern(
    r"(?:\{\\&\}|\\?&)(?P<name>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30})"
    r"(?:;|\$\\mathsemicolon\$)"
)
_SYNTAX = pattern(r"[\\{}$~%#&_^]")


def without_markup(text: str) -> str:
    """Text without JATS and HTML: the heading `Abstract` is dropped, paragraphs are set
    apart.

    Entities and LaTeX's accents become letters.
    """
    if "&" not in text and "<" not in text:
        return accents(text)
    text = _without_tags(text)
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return accents(_PAIR.sub(r"\2", text))


def without_markup_in_latex(text: str) -> str:
    """LaTeX without JATS and HTML; `&amp;` becomes `\\&`."""
    if "&" not in text and "<" not in text:
        return text
    text = _without_tags(text)
    return _PAIR.sub(r"\2", _LATEX_ENTITY.sub(_latex_of_entity, text))


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    return _TAG.sub(_space, _HEADING.sub("", text, count=1))


def _space(tag: re.Match[str]) -> str:
    return " " if tag["block"] or ":" in tag[0][:7] else ""


def _latex_of_entity(entity: re.Match[str]) -> str:
    written = f"&{entity['name']};"
    letters = html.unescape(written)
    if letters == written:  # no such entity
        return entity[0]
    return _SYNTAX.sub(lambda sign: f"\\{sign[0]}", letters)
