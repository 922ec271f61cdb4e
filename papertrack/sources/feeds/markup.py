"""Markup as text, by patterns that take time in proportion to it."""

from __future__ import annotations

import html
import re

from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean

_RAW = pattern(r"<(?:script|style)\b", re.I)
_RAW_END = pattern(r"</(?:script|style)[^<>]*+>", re.I)
_TAG = pattern(r"</?([A-Za-z][\w:-]{0,40})[^<>]*+>")
_INLINE = pattern(
    r"(?i)a|abbr|b|code|em|font|i|mark|small|span|strong|sub|sup|u",
)
_HUGE = pattern(r"&#[xX]?[0-9a-fA-F]{9,};?")


def text_of(markup: str) -> str:
    """HTML as one line of text, without comments, scripts and tags."""
    if "<" in markup:
        first, *rest = _RAW.split(without_comments(markup))
        ends = ((part, _RAW_END.search(part)) for part in rest)
        markup = first + "".join(part[end.end() :] for part, end in ends if end)
        markup = _TAG.sub(_space, markup)
    return clean(unescaped(markup))


def _space(tag: re.Match[str]) -> str:
    return "" if _INLINE.fullmatch(tag[1]) else " "


def unescaped(markup: str) -> str:
    """HTML with its references as characters."""
    return html.unescape(_HUGE.sub("", markup))


def without_comments(markup: str) -> str:
    """HTML without comments; one that nothing closes reaches to the end."""
    first, *rest = markup.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)
