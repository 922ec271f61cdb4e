"""The papers of an export, written as they are read: to stdout, a file, or a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from papertrack.cli import output
from papertrack.cli.listing import Listing
from papertrack.cli.select import matching, search, split
from papertrack.cli.session import Session
from papertrack.cli.template import Make
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT
from papertrack.core.wording import plural
from papertrack.exports import registry


class Export:
    """One export of the papers that options select, in their format or as `make` has it.

    `run` writes them in one state of the index, again from the start where the index
    was damaged; `papers` is how many they are, `report` a line about that.
    """

    def __init__(
        self,
        session: Session,
        options: Listing,
        out: Path | None,
        partition: str | None = None,
        make: Make | None = None,
    ) -> None:
        self.session = session
        self.keys, words = split(session, options.words)
        self.options = options._replace(words=words)
        self.out = out
        self.partition = partition
        self.make = make
        self.index = session.library.index
        self.papers = 0
        self.report = ""

    def run(self) -> None:
        """Write the papers. Raises UsageError, StoreError, and as `output.write`."""
        output.print_stored(self.session, self._write)

    def _write(self) -> None:
        with ExitStack() as work:
            work.enter_context(self.session.progress.working())
            self.session.progress.report("reading")
            papers = self._selected()
            self.papers = len(papers)
            self.report = written(plural(self.papers, "paper"), self.out)
            if self.out is None:
                self._print(papers, work)
            elif self.partition is not None:
                self._write_parts(self.out, self.partition, papers)
            elif self.options.format == registry.OBSIDIAN.name:
                self._write_notes(self.out, papers)
            else:
                write_file(self.out, self._pieces(papers))

    def _selected(self) -> Sequence[Paper]:
        """The papers named by id, those of them that match the query if there is one
        too, or all that match.
        """
        options = self.options
        if not self.keys:
            return search(self.session, options, stored=True)[1].papers
        keys = self.keys
        if options.words or options.since or options.until:
            keys = matching(self.session, keys, options)
        return self.index.stored_papers(keys[: options.limit])

    def _pieces(self, papers: Sequence[Paper]) -> Iterator[str]:
        if self.make:
            return self.make(papers)
        return output.export_pieces(papers, self.options, self.session.progress)

    def _print(self, papers: Sequence[Paper], work: ExitStack) -> None:
        for chunk in output.in_chunks(self._pieces(papers)):
            if not self.session.stdout.is_file():
                # Whoever reads it, such as a pager, may use the terminal: no more bar.
                work.close()
            output.write(self.session, chunk)

    def _write_parts(self, folder: Path, by: str, papers: Sequence[Paper]) -> None:
        """Write a file for each month into folders below this one."""
        # With --partition only: 16 ms, TinyDB
        from papertrack.exports.partitions import PARTITIONS
        from papertrack.storage import parts

        progress = self.session.progress

        def texts() -> Iterator[tuple[str, str]]:
            for paper in progress.counted(papers, "writing", "papers"):
                pieces = output.export_pieces([paper], self.options, SILENT)
                yield PARTITIONS[by](paper), "".join(pieces)

        self._pieces([])  # raises UsageError before a folder is created
        replaced = parts.replace(folder, f"part.{self.options.format}", texts())
        changed = plural(replaced.changed, "file")
        self.report += f": {changed} of {replaced.files:,} changed"
        if replaced.removed:
            self.report += f", {replaced.removed:,} removed"

    def _write_notes(self, folder: Path, papers: Sequence[Paper]) -> None:
        """Write a note for each paper."""
        # 20 ms, which only notes need.
        from papertrack.cli.vault import export_notes

        group = self.options.group and self.options.group.value
        registry.check_options(registry.OBSIDIAN, group, self.options.fields)
        find, progress = self.index.main_key, self.session.progress
        self.report = export_notes(papers, folder, find, progress)


def written(content: str, out: Path | None) -> str:
    """A line about what was written: "3 papers"."""
    return f"wrote {content} to {out}" if out else content


def write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write a text that comes in pieces to a file, which is replaced as a whole."""
    from papertrack.storage.atomic import atomic_file  # 16 ms, TinyDB

    with atomic_file(path) as file:
        for chunk in output.in_chunks(pieces):
            file.write(chunk.encode("utf-8", "replace"))
