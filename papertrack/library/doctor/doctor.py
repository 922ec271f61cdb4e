"""All checks of a library in their order, and the repair of what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from papertrack.library.doctor import derived, disk, files, papers, programs
from papertrack.library.doctor.finding import Finding
from papertrack.library.join import read_all_records
from papertrack.library.library import Library
from papertrack.storage import reading
from papertrack.storage.folder import Folder
from papertrack.storage.lock import locked
from papertrack.storage.transaction import transaction


@dataclass(slots=True)
class Doctor:
    """The checks of the library in `folder`, its cache and installed completions.

    `scripts` maps the paths of completions to what they should contain.
    """

    folder: Folder
    cache: Path
    now: str
    scripts: Mapping[Path, str]

    def examine(self) -> list[Finding]:
        """All findings. Raises StoreError if the library can't be locked."""
        if not self.root.exists():
            return self._around()
        found = list(disk.check_links(self.folder))
        if found:
            return [*found, *self._around()]
        with locked(self.folder):
            found = [
                *files.check_copies(self.root, self.now),
                *files.check_files(self.root, self.now),
            ]
            if not found:
                found += self._content()
            found += disk.check_interrupted(self.root, self.now)
            found += disk.check_temporary_files(self.root, self.cache, self.now)
            found += disk.check_modes(self.root, self.cache)
            found += disk.check_space(self.root)
            found += self._around()
        return found

    @property
    def root(self) -> Path:
        """The library's folder."""
        return self.folder.root

    def _content(self) -> list[Finding]:
        """Faults in files that can be read; of index and sources where there are none."""
        stored = read_all_records(self.root)
        records = [record for _, record in stored]
        marks = reading.read_marks(self.root)
        found = [
            *papers.check_keys(stored),
            *papers.check_duplicates(self.root, stored),
            *papers.check_marks(records, marks),
        ]
        if not found:
            folder = self.folder
            library = Library(
                folder.root,
                self.cache,
                folder.state,
                folder.linked,
                now=self.now,
            )
            found += derived.check_index(library, records, marks)
            found += derived.check_sources(library)
        return found

    def _around(self) -> list[Finding]:
        """Faults that are not the library's."""
        return [
            *programs.check_versions(),
            *programs.check_completions(self.scripts),
        ]

    def repair(self, findings: Sequence[Finding]) -> list[Finding]:
        """Repair what needs no choice; the findings repaired. Raises StoreError."""
        repaired = []
        for finding in findings:
            if finding.fix is not None:
                with transaction(self.folder) as changes:
                    finding.fix(changes)
                repaired.append(finding)
        return repaired
