"""Standard output: tables on a terminal, tab-separated whole values off it, JSON.

`emit` chooses the form for a command, `emit_papers` for one that prints papers. Rich is
imported only to draw what consists of its renderables: a listing does not.
"""

from __future__ import annotations

import errno
import gc
import io
import json as json_format
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from papertrack import render
from papertrack.cli.listing import Listing
from papertrack.cli.session import Session
from papertrack.cli.streams import CleanStream
from papertrack.core.errors import PapertrackError, ReaderGone, StoreError
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean_output
from papertrack.exports.rows import cell, row_line
from papertrack.index.stored_papers import StoredPapers

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    from papertrack.render.ansi import Paint
    from papertrack.render.lines import LazyLines, Line, Lines
    from papertrack.render.papers import Snippets

PIPED = ("id", "date", "upvotes", "title", "authors", "tags")
"""The columns of a listing off a terminal."""

DRAWN, PLAIN = "█▓▒░·▇▆▅▄▃▂▁•✓↻×★⊘▲…─–━╸╺", "#*+-.%*+=-:_*v~x*!^~--=  "
"""The characters of tables and charts, and their replacements in ASCII."""

CHUNK = 1 << 16
"""Characters that are written at once."""

LINK = "\x1b]8;[^\x1b]*\x1b\\\\"

Row = Sequence[object]
Drawing: TypeAlias = "RenderableType | Lines | LazyLines"


def emit(
    session: Session,
    *,
    table: Callable[[], Drawing],
    rows: Iterable[Row],
    objects: Callable[[], object] | None = None,
    json: bool = False,
    as_table: bool = False,
) -> None:
    """Print the result of a command in one of three forms; only that one is made.

    With `json` it is `objects()`; on a terminal, or with `as_table`, `table()`; else
    `rows`, tab-separated. A table without rows is not drawn, not even its header.
    """
    if json and objects:
        write_json(session, objects())
    elif not (session.on_terminal or as_table):
        write_rows(session, rows)
    elif any(True for _ in rows):
        draw(session, table())


def emit_list(
    session: Session,
    objects: Sequence[Mapping[str, object]],
    columns: str,
    *,
    table: Callable[[], Drawing],
    json: bool,
) -> None:
    """Print a list of things, whose rows have these columns: see `emit`."""
    emit(
        session,
        table=table,
        rows=cells(objects, columns),
        objects=lambda: objects,
        json=json,
    )


def cells(objects: Iterable[Mapping[str, object]], columns: str) -> list[Row]:
    """A row of these columns for each of some objects for JSON."""
    return [[one[name] for name in columns.split()] for one in objects]


def emit_papers(
    session: Session,
    papers: Sequence[Paper],
    options: Listing,
    *,
    table: Callable[[], Drawing],
    rows: Iterable[Row] | None = None,
    objects: Callable[[], object] | None = None,
) -> None:
    """Print papers in the form that the options name.

    `rows` and `objects` replace a row and an object per paper.
    """
    if options.is_export:
        write_pieces(session, export_pieces(papers, options))
        return
    emit(
        session,
        table=table,
        rows=paper_rows(papers, options) if rows is None else rows,
        objects=objects or (lambda: paper_objects(papers, options)),
        json=options.json or options.fields is not None,
        as_table=options.format == "table",
    )


def print_stored(session: Session, write: Callable[[], None]) -> None:
    """Print papers that are read when they are needed, in one state of the index, again
    from the start where the index was damaged.

    What was printed can't be taken back: raises StoreError if that has begun.
    """
    gc.enable()  # `__main__` disables it; some formats make a cycle for each paper
    index = session.library.index
    before = session.stdout.written

    def attempt() -> None:
        if session.stdout.written > before:
            raise StoreError(
                f"{index.path}: the index was damaged and has been rebuilt, the"
                " output ends in the middle; run the command again"
            )
        write()

    index.read(attempt)


def table_columns(session: Session, options: Listing) -> Sequence[str] | None:
    """The columns of a table of papers: option, config.toml, None for what fits."""
    configured: Sequence[str] | None = session.config["list.columns"]
    return options.columns or configured or None


def emit_sections(
    session: Session,
    sections: Sequence[tuple[str, Sequence[Paper]]],
    papers: Sequence[Paper],
    options: Listing,
    *,
    heading: Callable[[str, Sequence[Paper]], Sequence[Line]],
    facts: Callable[[str], Mapping[str, object]],
    snippets: Snippets | None = None,
) -> None:
    """Print papers in sections with names: the first column of their rows.

    `papers` are those of all sections, each once: what is exported. `facts` are those of
    a section for JSON.
    """

    def table() -> Drawing:
        session.library.number(*(papers for _, papers in sections))
        columns = table_columns(session, options)
        return render.papers.divided(
            [
                render.papers.Part(
                    heading(name, papers), with_fields(papers, columns or ())
                )
                for name, papers in sections
            ],
            columns=columns,
            today=session.today,
            width=session.width,
            snippets=snippets,
        )

    def rows() -> Iterator[Row]:
        for name, papers in sections:
            for row in paper_rows(papers, options):
                yield [name, *row]

    def objects() -> Iterator[dict[str, object]]:
        for name, papers in sections:
            yield {**facts(name), "papers": paper_objects(papers, options)}

    emit_papers(
        session,
        papers,
        options,
        table=table,
        rows=rows(),
        objects=objects,
    )


def export_pieces(
    papers: Sequence[Paper], options: Listing, progress: Progress = SILENT
) -> Iterator[str]:
    """Papers in the export format of the options, piece by piece. Raises UsageError."""
    from papertrack.exports import registry  # 2 ms

    format = options.format or "markdown"
    fields = options.fields
    if options.columns is not None:
        registry.check_option(registry.row_of(format), "columns")
        fields = fields or options.columns
    if fields is not None or format in registry.UNCITED:
        papers = with_fields(papers, fields or ())
    return registry.pieces(
        papers,
        format,
        group=options.group and options.group.value,
        title=options.title,
        fields=fields,
        progress=progress,
    )


def paper_rows(papers: Iterable[Paper], options: Listing) -> Iterable[Row]:
    """The chosen columns of each paper."""
    columns = options.columns or PIPED
    papers = with_fields(papers, columns)
    return ([getattr(paper, name) for name in columns] for paper in papers)


def paper_objects(
    papers: Iterable[Paper], options: Listing
) -> Iterator[dict[str, Any]]:
    """Papers for JSON: the chosen fields, else all."""
    from papertrack.exports.json import selected  # 1 ms, for JSON only

    if options.fields is not None:
        papers = with_fields(papers, options.fields)
    return (selected(paper, options.fields) for paper in papers)


Papers = TypeVar("Papers", bound=Iterable[Paper])


def with_fields(papers: Papers, names: Collection[str]) -> Papers | StoredPapers:
    """The papers with fields of these names: a cite key of its own takes as long to find
    as the others to read.
    """
    if isinstance(papers, StoredPapers) and "cite_key" not in names:
        return papers.as_stored()
    return papers


# ------------------------------------------------------------------ writing


def write(session: Session, text: str) -> None:
    """Write a text, cleaned. Raises ReaderGone for a closed pipe, else PapertrackError."""
    write_to(session.stdout, text)


def write_to(stream: CleanStream, text: str) -> None:
    """Write a text on standard output, cleaned. Raises as `write`."""
    with _reporting_faults():
        stream.write(text)
        stream.flush()


def write_pieces(session: Session, pieces: Iterable[str]) -> None:
    """Write a text that comes in pieces, cleaned. Raises as `write`."""
    for part in in_chunks(pieces):
        write(session, part)


def in_chunks(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces of a text in pieces that are worth a write each."""
    chunk: list[str] = []
    length = 0
    for piece in pieces:
        chunk.append(piece)
        length += len(piece)
        if length >= CHUNK:
            yield "".join(chunk)
            chunk.clear()
            length = 0
    yield "".join(chunk)


def write_drawn(session: Session, text: str) -> None:
    """Write a text with colours and links of papertrack's own. Raises as `write`."""
    with _reporting_faults():
        session.stdout.draw(text)
        session.stdout.flush()


@contextmanager
def _reporting_faults() -> Iterator[None]:
    """Explain why standard output can't be written."""
    try:
        yield
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise PapertrackError(_unwritable(error)) from None


def _unwritable(error: OSError) -> str:
    if error.errno == errno.EBADF:
        return "standard output is closed; redirect it to a file, or to /dev/null"
    return f"standard output: {error.strerror}; free some space, or write elsewhere"


def write_rows(session: Session, rows: Iterable[Row]) -> None:
    """Write tab-separated lines; a tab or line break inside a value becomes a space."""
    texts = ([cell(value, true="yes", false="no") for value in row] for row in rows)
    write_pieces(session, map(row_line, texts))


def write_json(session: Session, value: object) -> None:
    """Write JSON; what a list or an iterator has, item by item, as an array."""
    # 1 ms, for JSON only.
    from papertrack.exports.json import array, encoded

    if isinstance(value, list | Iterator):
        pieces = array(value)
    else:
        pieces = iter([encoded(value, indent=2)])
    write_pieces(session, map(_printable, pieces))


def _printable(text: str) -> str:
    """JSON with all that is not printable escaped, such as rare kinds of spaces."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    if char == "\n" or char.isprintable():
        return char
    return json_format.dumps(char)[1:-1]


def write_long(session: Session, text: str) -> None:
    """Write a text, cleaned, through a pager if it is longer than the screen."""
    text = clean_output(text)
    _write_paged(session, lambda: iter([text]), write)


def draw(session: Session, drawing: Drawing) -> None:
    """Draw on the terminal, through a pager if it is longer than the screen."""

    def texts() -> Iterator[str]:
        return in_chunks(_texts(session, session.stdout, drawing, session.width))

    _write_paged(session, texts, write_drawn)


def drawn(session: Session, stream: CleanStream, drawing: Drawing, width: int) -> str:
    """A drawing as text, with the colors and characters that a stream takes."""
    return "".join(_texts(session, stream, drawing, width))


def _texts(
    session: Session, stream: CleanStream, drawing: Drawing, width: int
) -> Iterator[str]:
    """The text of a drawing, piece by piece."""
    texts: Callable[[], Iterator[str]]
    if isinstance(drawing, render.lines.Lines | render.lines.LazyLines):
        texts = partial(
            render.lines.drawn,
            drawing,
            painter(session, stream),
            links=session.colors(stream) > 0 and session.environment.hyperlinks,
        )
    else:
        text = _drawn_by_rich(session, stream, drawing, width)
        texts = partial(iter, [text])
    encoding = stream.encoding or "utf-8"
    # Rich and `lines` clean their texts: nothing is left that UTF-8 lacks.
    is_complete = encoding.lower() in ("utf-8", "utf8")
    if is_complete or all(_is_encodable(text, encoding) for text in texts()):
        return texts()
    return (_encodable(text, encoding) for text in texts())


def painter(session: Session, stream: CleanStream) -> Paint:
    """What paints texts for a stream, in the styles of config.toml."""
    name, own = _theme(session)
    return render.ansi.painter(name, own, colors=session.colors(stream))


def _theme(session: Session) -> tuple[str, Mapping[str, str]]:
    """The name of the theme, and the reader's own styles."""
    own = session.config.section("colors")
    return own.pop("theme", "auto"), own


def _drawn_by_rich(
    session: Session, stream: CleanStream, drawing: RenderableType, width: int
) -> str:
    from rich.console import Console  # 15 ms
    from rich.theme import Theme

    colored = session.colored(stream)
    lines = io.StringIO()
    console = Console(
        file=lines,
        force_terminal=colored,
        no_color=not colored,
        color_system="auto" if colored else None,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        theme=Theme(render.theme.styles(*_theme(session))),
    )
    console.print(_Cleaned(drawing))
    text = "\n".join(line.rstrip() for line in lines.getvalue().split("\n"))
    if colored and not session.environment.hyperlinks:
        text = re.sub(LINK, "", text)
    return text


class _Cleaned:
    """A drawing whose texts are cleaned and whose links are safe, whatever made them."""

    def __init__(self, drawing: RenderableType) -> None:
        self.drawing = drawing

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[Segment]:
        from rich.segment import Segment

        for segment in console.render(self.drawing, options):
            style = segment.style
            if style and style.link and not render.lines.link(style.link):
                style = style.update_link(None)
            yield Segment(clean_output(segment.text), style)


def _write_paged(
    session: Session,
    texts: Callable[[], Iterator[str]],
    write: Callable[[Session, str], None],
) -> None:
    """Write texts; in the pager if they are longer than the screen."""
    beginning: list[str] = []
    following = texts()
    if session.on_terminal:
        lines = 0
        for text in following:
            beginning.append(text)
            lines += text.count("\n")
            if lines >= session.height:
                break
        if lines >= session.height:
            from papertrack.cli import programs  # 4 ms, for long screens only

            if programs.page(session, chain(beginning, following)):
                return
            beginning, following = [], texts()
    for text in chain(beginning, following):
        write(session, text)


def _is_encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _encodable(text: str, encoding: str) -> str:
    """A drawing with replacements of equal width for what `encoding` lacks."""
    from rich.cells import cell_len

    plain = text.translate(str.maketrans(DRAWN, PLAIN))
    known = set(plain.encode(encoding, "ignore").decode(encoding))
    return "".join(char if char in known else "?" * cell_len(char) for char in plain)
