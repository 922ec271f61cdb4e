"""All checks of a library in their order, and the repair of what they found."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from papertrack.core.progress import SILENT, Progress
from papertrack.library.doctor import derived, disk, files, papers, programs
from papertrack.library.doctor.finding import Finding
from papertrack.library.doctor.survey import Survey
from papertrack.library.library import Library
from papertrack.storage.folder import Folder
from papertrack.storage.lock import locked
from papertrack.storage.transaction import Transaction

ROUNDS = 4
"""How often all is examined and repaired."""


@dataclass(slots=True)
class Doctor:
    """The checks of the library in `folder`, its cache and installed completions.

    `scripts` maps the paths of completions to what they should contain. What is being
    checked is reported to `progress`. `first` is what is followed at first. `answers` are
    the reader's to the `questions`; what has no answer is not repaired.
    """

    folder: Folder
    cache: Path
    now: str
    scripts: Mapping[Path, programs.Script]
    progress: Progress = SILENT
    first: Sequence[str] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)

    def examine(self) -> list[Finding]:
        """All findings. Raises StoreError if the library can't be locked."""
        with self._locked():
            return self._findings()

    def questions(self) -> list[str]:
        """What the reader has to decide before a repair. Raises StoreError."""
        with self._locked():
            if not self.root.exists() or self._has_links():
                return []
            findings = disk.check_interrupted(self.folder, self.now)
            return [one.question for one in findings if one.question is not None]

    def repair(self) -> tuple[list[Finding], list[Finding]]:
        """Repair what needs no choice, and what the reader chooses; what was repaired,
        and the findings left.

        A repair can reveal new findings: a file that parses again contains papers. The
        lock is held throughout: what another process wrote between a finding and its
        repair would be replaced. Raises StoreError.
        """
        repaired: list[Finding] = []
        with self._locked():
            for _ in range(ROUNDS):
                done = [one for one in self._findings() if self._is_repaired(one)]
                if not done:
                    break
                repaired += done
            return repaired, self._findings()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """The library locked, unless it is missing or must not be written to."""
        if self.root.exists() and not self._has_links():
            with locked(self.folder):
                yield
        else:
            yield

    def _has_links(self) -> bool:
        return any(disk.check_links(self.folder))

    def _findings(self) -> list[Finding]:
        """All findings in a locked library."""
        if not self.root.exists():
            return self._around()
        found = list(disk.check_links(self.folder))
        if found:
            return [*found, *self._around()]
        survey = Survey(self.root, self.progress)
        found = [
            *files.check_copies(self.root, self.now),
            *files.check_files(self.root, self.now, survey, self.progress),
        ]
        if not found:
            found += self._content(survey)
        found += disk.check_interrupted(self.folder, self.now)
        found += disk.check_temporary_files(self.root, self.cache, self.now)
        found += disk.check_modes(self.root, self.cache)
        found += disk.check_space(self.root)
        found += self._around()
        return found

    @property
    def root(self) -> Path:
        """The library's folder."""
        return self.folder.root

    def _content(self, survey: Survey) -> list[Finding]:
        """Faults in files that can be read; of index and sources where there are none."""
        suspects = survey.suspects()
        found = [
            *papers.check_keys(suspects),
            *papers.check_duplicates(self.root, suspects),
            *papers.check_marks(survey.marked, survey.marks),
        ]
        if not found:
            folder = self.folder
            library = Library(
                folder.root,
                self.cache,
                folder.state,
                folder.linked,
                now=self.now,
                progress=self.progress,
            )
            found += derived.check_index(library, survey.files, survey.marks)
            found += derived.check_sources(library, self.first)
        return found

    def _around(self) -> list[Finding]:
        """Faults that are not the library's."""
        return [
            *programs.check_versions(),
            *programs.check_completions(self.scripts),
        ]

    def _is_repaired(self, finding: Finding) -> bool:
        """Repair a finding, if that needs no choice, or as the reader chooses; whether
        it was. Hold the lock.
        """
        fix = finding.fix
        if finding.question is not None:
            answer = self.answers.get(finding.question)
            if answer is None:
                return False
            fix = fix if answer else finding.otherwise
        if fix is None:
            return False
        changes = Transaction(self.folder)
        try:
            fix(changes)
            changes.commit()
        finally:
            changes.discard()
        return True
