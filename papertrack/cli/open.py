"""`open`: show papers in the browser. Only addresses of the web are opened, and PDFs that
were downloaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

from papertrack.cli import output, programs
from papertrack.cli.select import select
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, StoreError
from papertrack.core.model import Paper
from papertrack.exports.links import web_url
from papertrack.library import pdfs

if TYPE_CHECKING:
    from typer import Option

    from papertrack.cli import options as opt

MAX_UNCONFIRMED = 5
"""More pages than this are opened only after the reader has agreed."""


def open_command(
    session: Session,
    select_: opt.Select,
    pdf: Annotated[bool, Option("--pdf", help="Open the PDF.")] = False,
    code: Annotated[bool, Option("--code", help="Open the code.")] = False,
    project: Annotated[
        bool, Option("--project", help="Open the project page.")
    ] = False,
    hf: Annotated[
        bool, Option("--hf", help="Open the discussion on Hugging Face.")
    ] = False,
    print_: Annotated[
        bool, Option("--print", help="Print the addresses; open nothing.")
    ] = False,
    yes: opt.Yes = False,
) -> None:
    """Open papers in the browser (open.browser, $BROWSER, else the system's).

    papertrack open 2511.04570 --pdf --code

    Without options, the web page of each paper is opened; --pdf opens the file of a PDF
    that was downloaded.
    """
    flags = {"pdf": pdf, "code": code, "project": project, "hf": hf}
    wanted = [name for name, is_set in flags.items() if is_set] or ["page"]
    keys, _ = select(session, select_)
    papers = [session.library.get(key) for key in keys]
    addresses, missing = _addresses(session, papers, wanted)
    if print_:
        output.write_rows(session, ([address] for address in addresses))
    else:
        if len(addresses) > MAX_UNCONFIRMED and not yes:
            session.confirm(f"open {len(addresses)} pages")
        for address, name in addresses.items():
            session.narrate(f"opening {address}")
            programs.browse(session, address, _program(session, name))
    if missing:
        raise NotFound("; ".join(missing))


def open_page(session: Session, paper: Paper, name: str) -> None:
    """Open a page of a paper, by its name in PAGES. Raises PapertrackError."""
    addresses, missing = _addresses(session, [paper], [name])
    for message in missing:
        raise NotFound(message)
    for address in addresses:
        programs.browse(session, address, _program(session, name))


def _addresses(
    session: Session, papers: Sequence[Paper], wanted: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """The distinct addresses of papers with the names of their pages, and a message for
    each that is missing.
    """
    addresses: dict[str, str] = {}
    missing: list[str] = []
    for paper in papers:
        for name in wanted:
            page = PAGES[name]
            address = web_url(page.address(session, paper))
            if name == "pdf":
                address = _file(session, paper) or address
            if address:
                addresses.setdefault(address, name)
            else:
                missing.append(f"{paper.id} has no {page.name}")
    return addresses, missing


def _file(session: Session, paper: Paper) -> str | None:
    """The path of a paper's PDF, as an address where a browser opens it."""
    config = session.config
    with contextlib.suppress(StoreError):  # its folder is a link, and not used
        folder = pdfs.folder(session.locations.library, config["pdf.folder"])
        shelf = pdfs.Shelf(folder)
        found = shelf.find(paper, paper.version) or shelf.find(paper, None)
        if found:
            return str(found) if config["open.pdf"] else found.as_uri()
    return None


def _program(session: Session, name: str) -> str:
    """The key of the program that opens a page."""
    has_own = name == "pdf" and session.config["open.pdf"]
    return "open.pdf" if has_own else "open.browser"


class Page(NamedTuple):
    """A page of a paper: its name in messages, and what finds its address."""

    name: str
    address: Callable[[Session, Paper], str | None]


def _on_hugging_face(session: Session, paper: Paper) -> str | None:
    if not paper.key.startswith("arxiv:"):
        return None
    # The sources take 20 ms to import, and only `open --hf` needs this one.
    from papertrack.sources.huggingface.source import ENDPOINT

    host = session.environment.endpoint(ENDPOINT.variable, ENDPOINT.url)
    return f"{host}/papers/{paper.id}"


PAGES = {
    "page": Page("address", lambda _, paper: paper.url or paper.project or paper.pdf),
    "pdf": Page("PDF", lambda _, paper: paper.pdf),
    "code": Page("code", lambda _, paper: paper.github),
    "project": Page("project page", lambda _, paper: paper.project),
    "hf": Page("page on Hugging Face", _on_hugging_face),
}
