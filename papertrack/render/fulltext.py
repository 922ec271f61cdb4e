"""A full text in Markdown on a terminal: by Rich, but for formulas, tables and figures.

Formulas are TeX in the style of code, without their dollars. A table that is too wide is
a list of its rows. Images can't be shown, and only their captions are.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from rich import box
from rich import markdown as rich
from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    JustifyMethod,
    RenderableType,
    RenderResult,
)
from rich.constrain import Constrain
from rich.padding import Padding
from rich.table import Table
from rich.text import Text, TextType

from papertrack.core import latex
from papertrack.core.text import columns

LONGEST, MOST_LINES = 1_000_000, 50_000
"""Characters and lines of a text that can be drawn in a few seconds, whatever it is."""
WIDEST = 100
"""Columns of a text, also in a wider window: longer lines are hard to read."""
LEAST_COLUMN = 6
"""Columns of a terminal that a column of a table needs at least, if it has words."""

_FORMULA = re.compile(r"\$((?:[^$\\]|\\.)+)\$", re.DOTALL)
_SIGN = re.compile(r"\\[A-Za-z]+|[\d.,]+\s*\\%")
_NOTE = re.compile(r"\[\^(\d{1,6})\](:\s)?")
_TAG = re.compile(r"\s*\\tag\{([^{}]*)\}\s*$")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def document(text: str, about: str) -> RenderableType:
    """A text, after a line about it."""
    parts = Group(Text(about, "date"), Text(""), _FullText(text))
    return Constrain(parts, WIDEST)


def can_be_drawn(text: str) -> bool:
    """Whether a text is short enough for `document`; theses are."""
    return len(text) <= LONGEST and text.count("\n") <= MOST_LINES


def outline(sections: Iterable[tuple[int, str, str]]) -> Table:
    """Sections by level, number and name, those within others indented."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for level, number, name in sections:
        indent = "  " * max(level - 2, 0)
        table.add_row(Text(number, "id"), Text(f"{indent}{name}"))
    return table


# ------------------------------------------------------------------ parsing


def _parser() -> MarkdownIt:
    parser = MarkdownIt().enable("table")
    # `[^1]: text` is no address of a link.
    parser.disable(["reference", "html_block", "html_inline", "lheading", "code"])
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.before("link", "note", _note)
    parser.block.ruler.before("fence", "display", _display, {"alt": ["paragraph"]})
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    """`$x$` is code."""
    match = _FORMULA.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = _shown(match[1])
    state.pos = match.end()
    return True


def _shown(tex: str) -> str:
    """A formula as it is shown: one that is a sign, or a percentage, as it prints."""
    tex = " ".join(tex.split())
    printed = latex.plain(tex) if _SIGN.fullmatch(tex) else ""
    return printed if len(printed) == 1 or printed.endswith("%") else tex


def _note(state: StateInline, silent: bool) -> bool:
    """`[^1]` is a raised number."""
    match = _NOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        mark = match[1].translate(_RAISED)
        state.push("text", "", 0).content = f"{mark} " if match[2] else mark
    state.pos = match.end()
    return True


def _display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines between lines of `$$`."""
    if _line(state, start) != "$$":
        return False
    last = start + 1
    while last < end and _line(state, last) != "$$":
        last += 1
    if last >= end:
        return False
    if not silent:
        token = state.push("display", "", 0)
        token.content = "\n".join(_line(state, at) for at in range(start + 1, last))
        state.line = last + 1
    return True


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].strip()


# ------------------------------------------------------------------ drawing


class _Heading(rich.Heading):
    """A heading at the left, whatever its level."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _Code(rich.CodeBlock):
    """Code, indented; colours would be those of a theme, not of the terminal."""

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        room = max(options.max_width - 4, 10)
        code = textwrap.dedent(str(self.text).rstrip())
        lines = [part for line in code.split("\n") for part in _wrapped(line, room)]
        text = Text("\n".join(lines), "markdown.code_block", overflow="fold")
        yield Padding(text, (0, 0, 0, 4))


def _wrapped(line: str, room: int) -> list[str]:
    """A line of code; what has no room is below it, further to the right."""
    if columns(line) <= room:
        return [line]
    code = line.lstrip()
    indent = " " * min(len(line) - len(code), room // 2)
    return textwrap.wrap(
        code,
        room,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
    )


class _Quote(rich.BlockQuote):
    """A quotation; its paragraphs are apart."""

    def __init__(self) -> None:
        super().__init__()
        self._is_empty = True

    def on_child_close(
        self, context: rich.MarkdownContext, child: rich.MarkdownElement
    ) -> bool:
        """Take a paragraph."""
        if not self._is_empty:
            self.elements.append(Text(""))
        self._is_empty = False
        return super().on_child_close(context, child)


class _Display(rich.MarkdownElement):
    """A formula on lines of its own, its number behind it."""

    def __init__(self) -> None:
        self.tex = ""

    def on_text(self, context: rich.MarkdownContext, text: TextType) -> None:
        """Take the formula."""
        self.tex = str(text)

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        tag = _TAG.search(self.tex)
        tex = _TAG.sub("", self.tex)
        number = f"   ({tag[1]})" if tag else ""
        room = max(options.max_width - 4, 10)
        lines = [part for row in tex.split("\n") for part in broken(row, room)]
        if number and columns(lines[-1] + number) <= room:
            lines[-1] += number
        elif number:
            lines.append(number.strip())
        text = Text("\n".join(lines), "markdown.code", overflow="fold", no_wrap=False)
        yield Padding(text, (0, 0, 0, 4))


def broken(tex: str, width: int) -> list[str]:
    """A formula in lines, broken where a command or an argument begins."""
    lines: list[str] = []
    line = ""
    for part in re.findall(r"\\?[^\\=+,\s]+[=+,\s]?|\\.|[=+,\s]", tex):
        is_full = columns(line + part.rstrip()) > width
        if is_full and line.strip():
            lines.append(line.rstrip())
            line = "  "
        line += part
    return [*lines, line.rstrip()]


class _Table(rich.TableElement):
    """A table; a list of its rows where the window is too narrow for it."""

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        heading = self._cells(self.header.row if self.header else None)
        rows = [self._cells(row) for row in (self.body.rows if self.body else ())]
        if _least_width([heading, *rows]) > options.max_width:
            yield _as_list(heading, rows)
            return
        table = Table(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            show_edge=False,
            show_header=any(cell.plain for cell in heading),
        )
        for cell in heading:
            cell.stylize("markdown.table.header")
            table.add_column(cell, justify=cell.justify or "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        yield table

    def _cells(self, row: rich.TableRowElement | None) -> list[Text]:
        return [cell.content for cell in row.cells] if row is not None else []


def _least_width(rows: Sequence[Sequence[Text]]) -> int:
    """The columns that a table needs so that few words are broken."""
    widths: dict[int, int] = {}
    for row in rows:
        for at, cell in enumerate(row):
            words = (columns(word) for word in cell.plain.split())
            longest = min(max(words, default=0), 20)
            if columns(cell.plain) > LEAST_COLUMN:
                longest = max(longest, LEAST_COLUMN)
            widths[at] = max(widths.get(at, 0), longest)
    return sum(widths.values()) + 3 * max(len(widths) - 1, 0)


def _as_list(heading: Sequence[Text], rows: Sequence[Sequence[Text]]) -> Group:
    """The rows below each other, each value after the name of its column."""
    lines: list[RenderableType] = []
    for row in rows:
        if lines:
            lines.append(Text(""))
        for at, cell in enumerate(row):
            if not cell.plain.strip():
                continue
            name = heading[at].plain if at < len(heading) else ""
            label = Text(f"{name}: " if name else "", "markdown.table.header")
            value = Text.assemble(label, cell, overflow="fold")
            lines.append(Padding(value, (0, 0, 0, 2 if at else 0)))
    return Group(*lines)


class _FullText(rich.Markdown):
    """A text in Markdown, with formulas."""

    elements: ClassVar[dict[str, type[rich.MarkdownElement]]] = {
        **rich.Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "blockquote_open": _Quote,
        "display": _Display,
        "table_open": _Table,
    }

    def __init__(self, text: str) -> None:
        super().__init__("")
        self.parsed: list[Token] = list(_without_images(_parser().parse(text)))


def _without_images(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens without images, and without paragraphs that have nothing else."""
    for at, token in enumerate(tokens):
        near = (
            tokens[at - 1 : at + 2] if token.type == "inline" else tokens[at : at + 3]
        )
        if token.type == "paragraph_close":
            near = tokens[at - 2 : at]
        if token.type in _PARAGRAPH and any(map(_is_images, near)):
            continue
        if token.children:
            token.children = [one for one in token.children if one.type != "image"]
        yield token


_PARAGRAPH = ("paragraph_open", "inline", "paragraph_close")


def _is_images(token: Token) -> bool:
    children = token.children or []
    kinds = {one.type for one in children if one.content.strip() or one.type == "image"}
    return kinds == {"image"}
