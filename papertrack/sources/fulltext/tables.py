"""Tables of pages as tables in Markdown, which have one heading and no cells that span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.lazy_regex import pattern
from papertrack.sources.fulltext import markdown
from papertrack.sources.fulltext.blocks import image
from papertrack.sources.fulltext.converter import Converter, Pieces
from papertrack.sources.fulltext.markdown import Block
from papertrack.sources.fulltext.nodes import classes, number

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_IMAGE = pattern(r"!\[\]\([^()\s]*\)\s*")

MOST_COLUMNS = 60
"""Columns of a table; a page may claim a million."""
MOST_CELLS = 50_000
SENTENCE = 30
"""Characters of a cell that is more than a name or a number."""


class Cell(NamedTuple):
    """A cell: its text in Markdown, and the columns and rows that it spans."""

    text: str
    columns: int = 1
    rows: int = 1
    alignment: str = "left"


class Row(NamedTuple):
    """A row of a table, or of its heading."""

    cells: Sequence[Cell]
    is_heading: bool = False


def table(converter: Converter, node: LexborNode) -> Pieces:
    """A table; one within a cell is a line, and one of images is its images."""
    lines = list(_rows(node))
    if all(len(_cells(line)) < 2 for line in lines):
        return _box(converter, lines)
    converter.tables_around += 1
    rows = [_read(converter, line) for line in lines]
    converter.tables_around -= 1
    if not any(_IMAGE.sub("", cell.text) for row in rows for cell in row.cells):
        images = (image(converter, one) for one in node.css("img"))
        return [piece for pieces in images for piece in pieces]
    if converter.tables_around:
        return [Block(flat(rows))]
    return list(map(Block, blocks(rows)))


def _rows(node: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, not those of tables within it."""
    for child in node.iter():
        names = classes(child)
        if child.tag == "tr" or "ltx_tr" in names:
            yield child
        elif child.tag in ("thead", "tbody", "tfoot") or _GROUPS & set(names):
            yield from _rows(child)


_GROUPS = {"ltx_thead", "ltx_tbody", "ltx_tfoot"}


def _cells(row: LexborNode) -> list[LexborNode]:
    return [
        child
        for child in row.iter()
        if child.tag in ("td", "th") or "ltx_td" in classes(child)
    ]


def _box(converter: Converter, rows: Sequence[LexborNode]) -> Pieces:
    """A table of one column: a box around a text, drawn as a table."""
    blocks: list[str] = []
    for row in rows:
        for cell in _cells(row):
            blocks += converter.blocks(cell)
    if converter.tables_around:
        return [Block("; ".join(blocks))] if blocks else []
    return [Block(markdown.quotation(blocks))] if blocks else []


def _read(converter: Converter, row: LexborNode) -> Row:
    """A row; it is one of the heading if all its texts are headings of columns."""
    cells: list[Cell] = []
    are_headings = True
    for child in _cells(row):
        names = classes(child)
        text = converter.line(child, in_table=True)
        alignment = "left"
        for name in ("right", "center"):
            if f"ltx_align_{name}" in names:
                alignment = name
        cells.append(
            Cell(text, number(child, "colspan"), number(child, "rowspan"), alignment)
        )
        are_headings &= not text or "ltx_th_column" in names
    parent = row.parent
    is_in_heading = parent is not None and parent.tag == "thead"
    return Row(cells, is_in_heading or are_headings)


def blocks(rows: Sequence[Row]) -> list[str]:
    """A table as blocks of Markdown; what spans its whole heading is above it."""
    grid = _grid(rows)
    if not grid:
        return []
    above, heading, body = _parts(rows, grid)
    cells = [heading, *([cell.text for cell in row] for row in body)]
    columns = zip(*(body or grid), strict=True)
    alignments = [_alignment(column, at) for at, column in enumerate(columns)]
    return [*above, markdown.table(cells, alignments)]


def flat(rows: Sequence[Row]) -> str:
    """A table within a cell, in a line."""
    lines = (", ".join(cell.text for cell in row.cells if cell.text) for row in rows)
    return "; ".join(line for line in lines if line)


def _grid(rows: Sequence[Row]) -> list[list[Cell]]:
    """The rows with as many cells each; what a cell spans beside it is empty."""
    spanned: dict[int, int] = {}
    grid: list[list[Cell]] = []
    for row in rows:
        line: list[Cell] = []
        for cell in row.cells:
            _skip(line, spanned)
            if len(line) >= MOST_COLUMNS:
                break
            is_claim = not 1 <= cell.columns <= MOST_COLUMNS
            width = 1 if is_claim else min(cell.columns, MOST_COLUMNS - len(line))
            if cell.rows > 1:
                spanned |= dict.fromkeys(
                    range(len(line), len(line) + width), cell.rows - 1
                )
            line += [cell, *[Cell("", alignment=cell.alignment)] * (width - 1)]
        _skip(line, spanned)
        if any(cell.text for cell in line):
            grid.append(line)
    width = max(map(len, grid), default=0)
    most_rows = MOST_CELLS // max(width, 1)
    return [line + [Cell("")] * (width - len(line)) for line in grid[:most_rows]]


def _skip(line: list[Cell], spanned: dict[int, int]) -> None:
    """Fill the next places of a row that cells of rows above span."""
    while spanned.get(len(line), 0):
        spanned[len(line)] -= 1
        line.append(Cell(""))


def _parts(
    rows: Sequence[Row], grid: Sequence[Sequence[Cell]]
) -> tuple[list[str], list[str], Sequence[Sequence[Cell]]]:
    """What is above the table, its heading in one row, and the other rows."""
    filled = [row for row in rows if any(cell.text for cell in row.cells)]
    count = 0
    while count < len(filled) and filled[count].is_heading:
        count += 1
    if count == len(grid):
        count = 1
    if not count and not any(len(cell.text) > SENTENCE for cell in grid[0]):
        count = 1
    if not count:
        return [], [""] * len(grid[0]), grid
    above: list[str] = []
    heading = list(grid[:count])
    while len(heading) > 1 and _is_alone(heading[0]):
        above.append(markdown.escape_start(heading.pop(0)[0].text))
    names = [_spread(row) for row in heading[:-1]] + [
        [cell.text for cell in row] for row in heading[-1:]
    ]
    joined = [
        " ".join(dict.fromkeys(name for name in column if name))
        for column in zip(*names, strict=True)
    ]
    return above, joined, grid[count:]


def _is_alone(row: Sequence[Cell]) -> bool:
    """Whether one text spans the whole row."""
    return bool(row[0].text) and row[0].columns >= len(row)


def _spread(row: Sequence[Cell]) -> list[str]:
    """The texts of a row of a heading, each in all of the columns that it spans."""
    texts: list[str] = []
    for at, cell in enumerate(row):
        if len(texts) > at:
            continue
        width = min(max(cell.columns, 1), len(row) - at)
        texts += [cell.text] * width
    return texts


def _alignment(cells: Sequence[Cell], place: int) -> str:
    """How most cells of a column are aligned; names and texts are at the left."""
    names = [cell.alignment for cell in cells if cell.text]
    most = max(("left", "right", "center"), key=names.count)
    is_text = place == 0 or any(len(cell.text) > SENTENCE for cell in cells)
    return "left" if is_text and most == "center" else most
