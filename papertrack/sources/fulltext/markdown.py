"""Markdown, as full texts are written in: CommonMark with tables, and two additions that
its readers share: `$formulas$` (`$$` on lines of their own around displayed ones) and
footnotes, `[^1]`.

A paragraph is made of pieces: what is text in it is escaped once all of it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from papertrack.core.addresses import is_web_url
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, clean_output

LOWEST = 6
"""The lowest level of a heading."""

_ALWAYS = str.maketrans({char: f"\\{char}" for char in "\\`*$"})
_SYNTAX = pattern(
    r"(?<![^\W_])_|_(?![^\W_])"  # not within a word
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w{1,40};)"
    r"|\](?=[(\[:])|\[(?=\^)"
    r"|~(?=~)|(?<=~)~"
    r"|!(?=\[)"
)
"""What would start something within a paragraph: always, or in this place."""
_LINE_START = pattern(
    r"^(?:(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|>|=+\s*$|-{2,}\s*$|\|)"
    r"|(\d{1,9})(?=[.)](?:\s|$)))"
)
"""What would start something at the beginning of a line."""
_IN_ADDRESS = "%/:=&?~#+!$,;'@()*[]"
"""What of an address stays as it is."""
_SUPERSCRIPT = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_RAISABLE = pattern(r"[0-9+\-−(),*∗†‡§¶\s]+")


class Text(NamedTuple):
    """Text, not yet escaped."""

    text: str


class Code(NamedTuple):
    """Text that is shown as it is, in the letters of a typewriter."""

    text: str


class Formula(NamedTuple):
    """A formula in TeX."""

    tex: str


class Link(NamedTuple):
    """Text that leads to a web address."""

    text: str
    url: str


class Note(NamedTuple):
    """The mark of a footnote, and its text in Markdown, which is written below."""

    number: int
    text: str


class Mark(NamedTuple):
    """Where `*emphasis*` or `**emphasis**` begins or ends."""

    marker: str
    opens: bool


class Break(NamedTuple):
    """The end of a line within a paragraph."""


class Block(NamedTuple):
    """A paragraph, heading, list and so on: one or more whole lines."""

    markdown: str


Piece: TypeAlias = Text | Code | Formula | Link | Note | Mark | Break
PieceOrBlock: TypeAlias = Piece | Block


# ------------------------------------------------------------------ within a paragraph


def inline(pieces: Iterable[Piece], *, in_table: bool = False) -> str:
    """Pieces as one line; a break in it is a space."""
    shown: list[str | Mark] = []
    for piece in _merged(pieces):
        if isinstance(piece, Mark):
            shown.append(piece)
        elif isinstance(piece, Break):
            shown.append(" ")
        else:
            shown.append(_shown(piece, in_table))
    return clean(_emphasised(shown))


def plain(pieces: Iterable[PieceOrBlock]) -> str:
    """The text of pieces, formulas as TeX, without any markup."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Text | Code | Link):
            texts.append(piece.text)
        elif isinstance(piece, Formula):
            texts.append(piece.tex)
        elif isinstance(piece, Block):
            texts.append(f" {piece.markdown} ")
        elif isinstance(piece, Break):
            texts.append(" ")
    return "".join(texts)


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, those of a kind that follow each other as one: markup may be divided
    on texts, and codes side by side would be none.
    """
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, Text) and isinstance(last, Text):
            merged[-1] = Text(last.text + piece.text)
        elif isinstance(piece, Code) and isinstance(last, Code):
            merged[-1] = Code(last.text + piece.text)
        else:
            merged.append(piece)
    return merged


def _shown(piece: Text | Code | Formula | Link | Note, in_table: bool) -> str:
    """A piece as Markdown; within a table a `|` is escaped."""
    if isinstance(piece, Formula):
        return formula(piece.tex, in_table=in_table)
    if isinstance(piece, Note):
        return f"[^{piece.number}]"
    if isinstance(piece, Code):
        shown = code(piece.text)
    elif isinstance(piece, Link):
        shown = link(piece.text, piece.url)
    else:
        shown = escape(piece.text)
    return shown.replace("|", r"\|") if in_table else shown


def escape(text: str) -> str:
    """Text within a paragraph, so that it shows as it is."""
    return _SYNTAX.sub(r"\\\g<0>", text.translate(_ALWAYS))


def code(text: str) -> str:
    """Text as it is, in a line."""
    text = clean(text)
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _longest_run(text: str) -> int:
    """How many backquotes follow each other in a text at most."""
    return max(map(len, re.findall("`+", text)), default=0)


def formula(tex: str, *, in_table: bool = False) -> str:
    r"""A formula in a line; "" for an empty one.

    >>> formula(r"\text{if $x$}")
    '$\\text{if \\(x\\)}$'
    """
    tex = one_line(tex)
    if in_table:
        tex = re.sub(r"\\\|", r"\\Vert ", tex).replace("|", r"\vert ").strip()
    return f"${tex}$" if tex else ""


def one_line(tex: str) -> str:
    """A formula's TeX in a line, without what ends or comments it."""
    tex = clean(tex.replace("%\n", ""))
    parts = re.split(r"(?<!\\)\$", tex)
    brackets = (r"\(", r"\)")
    for at in range(1, len(parts)):
        parts[at] = brackets[(at + 1) % 2] + parts[at]
    tex = "".join(parts)
    # A backslash at the end would escape the dollar that follows.
    backslashes = len(tex) - len(tex.rstrip("\\"))
    return f"{tex} " if backslashes % 2 else tex


def link(text: str, url: str) -> str:
    """A link to a web address; the text alone where it is none."""
    text = clean(text)
    address = quote(clean(url), safe=_IN_ADDRESS)
    if not is_web_url(address):
        return escape(text)
    if text in ("", clean(url), address):
        return f"<{address}>"
    label = escape(text).replace("[", r"\[").replace("]", r"\]")
    return f"[{label}]({_target(address)})"


def image(url: str) -> str:
    """An image, by its address."""
    address = quote(clean(url), safe=_IN_ADDRESS)
    return f"![]({_target(address)})"


def _target(address: str) -> str:
    return f"<{address}>" if "(" in address or ")" in address else address


def raised(text: str) -> Text:
    """A superscript: with raised digits, or as it is."""
    if _RAISABLE.fullmatch(text):
        return Text(text.translate(_SUPERSCRIPT))
    return Text(text)


def lowered(text: str) -> Text:
    """A subscript: with lowered digits, or as it is."""
    if _RAISABLE.fullmatch(text):
        return Text(text.translate(_SUBSCRIPT))
    return Text(text)


def _emphasised(shown: Sequence[str | Mark]) -> str:
    """Texts with emphasis where CommonMark would see it; that within another is lost."""
    text = ""
    inner = ""
    marker = ""
    depth = 0
    for at, piece in enumerate(shown):
        if isinstance(piece, str):
            if depth:
                inner += piece
            else:
                text += piece
            continue
        depth += 1 if piece.opens else -1
        if piece.opens and depth == 1:
            marker, inner = piece.marker, ""
        elif not depth:
            after = "".join(
                one for one in shown[at + 1 : at + 9] if isinstance(one, str)
            )
            text += _marked(inner, marker, text[-1:], after[:1])
    return text + inner if depth else text


def _marked(inner: str, marker: str, before: str, after: str) -> str:
    """A text between markers, if they can be there."""
    core = inner.strip()
    space_before = inner[: len(inner) - len(inner.lstrip())]
    space_after = inner[len(inner.rstrip()) :] if core else ""
    tail = ""
    if not space_after and _is_letter(after):
        tail = core[len(core.rstrip(".,:;")) :]
        core = core.rstrip(".,:;")
    if not core:
        return inner
    begins = bool(space_before) or not _is_letter(before) or _is_letter(core[0])
    ends = bool(space_after or tail) or not _is_letter(after) or _is_letter(core[-1])
    is_beside = not space_before and before == "*"
    if not (begins and ends) or is_beside or core.endswith("\\"):
        return inner
    return f"{space_before}{marker}{core}{marker}{tail}{space_after}"


def _is_letter(char: str) -> bool:
    return bool(char) and (char.isalnum() or char == "_")


# ------------------------------------------------------------------ blocks


def paragraph(pieces: Sequence[Piece]) -> str:
    """Pieces as a paragraph; its lines end where they break."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Break):
            lines.append([])
        else:
            lines[-1].append(piece)
    texts = [escape_start(inline(line)) for line in lines]
    return "  \n".join(text for text in texts if text)


def escape_start(line: str) -> str:
    """A line of a paragraph that starts nothing else."""
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\", line)


def heading(level: int, text: str) -> str:
    """A heading."""
    return f"{'#' * min(level, LOWEST)} {text}".rstrip()


def display(tex: str, number: str = "") -> str:
    """A formula on lines of its own, with its number."""
    tex = one_line(tex)
    if not tex:
        return ""
    number = clean(number).strip("()")
    tag = rf" \tag{{{number}}}" if number else ""
    rows = re.sub(r"\\\\(?:\[[^\]]{0,20}\])? ?(?=\S)", r"\\\\\n", tex)
    return f"$$\n{rows}{tag}\n$$"


def fence(text: str, language: str = "") -> str:
    """Lines as they are."""
    text = clean_output(text.expandtabs(4).replace("\xa0", " "))
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return ""
    marks = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([f"{marks}{language}", *lines, marks])


def item(marker: str, blocks: Sequence[str]) -> str:
    """An item of a list; what follows its first line is indented below it."""
    text = ""
    for block in blocks:
        is_list = block.startswith(("- ", "1. "))
        text += ("\n" if is_list else "\n\n") + block
    text = text.lstrip("\n")
    return f"{marker} {_indented(text, ' ' * (len(marker) + 1))}".rstrip()


def _indented(text: str, indent: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(indent + line if line else "" for line in rest)])


def items(parts: Sequence[str]) -> str:
    """The items of a list: without lines between them if each is one paragraph."""
    is_tight = not any("\n\n" in part for part in parts)
    return ("\n" if is_tight else "\n\n").join(parts)


def quotation(blocks: Sequence[str]) -> str:
    """Blocks as a quotation."""
    text = "\n\n".join(blocks)
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def table(rows: Sequence[Sequence[str]], alignments: Sequence[str]) -> str:
    """Rows of cells, the first one as the heading; an alignment is left, right, center."""
    marks = {"right": "---:", "center": ":---:"}
    lines = [
        _row(rows[0]),
        _row([marks.get(alignment, "---") for alignment in alignments]),
        *map(_row, rows[1:]),
    ]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def note(note: Note) -> str:
    """The text of a footnote."""
    return f"[^{note.number}]: {note.text}"


def joined(blocks: Sequence[str]) -> str:
    """Blocks as a document."""
    return "\n\n".join(blocks) + "\n"
