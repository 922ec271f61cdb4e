"""What services state of papers that were looked up, stored and undone.

The facts of a service are replaced by what it states later, those of other sources stay.
For the undo log a document of the table `said` has what a service stated before: its
`key` is the service and the key of the paper, `facts` are null if it had stated none,
and `keys` are all those that the paper had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.core.wording import plural
from papertrack.index.index import Index
from papertrack.joining import records as joining
from papertrack.joining.facts import READ, FactsOfSource
from papertrack.library import stored
from papertrack.library.edit import Edit
from papertrack.library.settings import Settings
from papertrack.library.storing import store
from papertrack.library.undo_log import SAID, Change, Step

DAYS = 30
"""So long what a service stated counts as known: it is not looked up again before."""


def is_due(record: Record, service: str, now: str) -> bool:
    """Whether a paper is to be looked up at a service: it was not, or long ago."""
    read = record.said.get(service, {}).get(READ)
    try:
        age = dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(str(read))
    except (ValueError, TypeError):  # never, or edited by hand
        return True
    return age >= dt.timedelta(days=DAYS)


class Enriching:
    """Stores results of services, in one run of the program: one step of the undo log."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self.settings = settings
        self.index = index
        self._step: Step | None = None
        self._papers: set[str] = set()
        self._services: dict[str, None] = {}

    def add(
        self, service: str, title: str, results: Sequence[Facts], *, now: str
    ) -> None:
        """Store what a service states of papers, in one transaction.

        The first id of each result is the key of its paper; of papers that were removed
        meanwhile nothing is stored. `title` is the service's, for the undo log; `now` is
        when it did (ISO 8601 in UTC). Raises StoreError.
        """
        with self.settings.edit(self.index, now=now) as edit:
            known = [one for one in results if self.index.main_key(one.ids[0])]
            new = [joining.record_of(one, source=service, now=now) for one in known]
            before = stored.related(self.settings.root, self.index, new)
            merge = joining.merge(before, {service: known}, now=now, is_read_now=True)
            store(edit, merge)
            for key, record in merge.records.items():
                parts = [before[place] for place in merge.origins[key]]
                _note(edit, service, record, parts)
            self._papers.update(merge.records)
            self._services[title] = None
            if merge.records:
                self._log(edit)

    def _log(self, edit: Edit) -> None:
        """Log the results so far; after the step of another process a new one begins."""
        if self._step not in edit.steps[-1:]:
            self._step = None
        count = len(self._papers)
        what = f"enriched {plural(count, 'paper')} from {', '.join(self._services)}"
        self._step = edit.log(what, papers=count, continues=self._step)


def _note(edit: Edit, service: str, record: Record, parts: Sequence[Record]) -> None:
    """Note for the undo log what a service stated of a paper before."""
    said = [one.said[service] for one in parts if service in one.said]
    facts = said[0] if said else None
    if facts != record.said.get(service):
        keys = {key for one in parts for key in one.keys}
        edit.note(_change(service, record.key, facts, sorted(keys)))


def _change(
    service: str, key: str, facts: FactsOfSource | None, keys: Sequence[str]
) -> Change:
    name = f"{service} {key}"
    return Change(
        SAID,
        name,
        {"key": name, "paper": key, "keys": list(keys), "facts": facts},
    )


def restore(edit: Edit, changes: Iterable[Change]) -> None:
    """Restore what services stated of papers, and note what they state now.

    Papers that are no longer there are left out.
    """
    by_paper: dict[str, dict[str, Mapping[str, Any]]] = {}
    for change in changes:
        service, _, key = change.key.partition(" ")
        if change.before is not None:
            by_paper.setdefault(key, {})[service] = change.before
    for main, located in stored.parts(edit.root, edit.index, by_paper).items():
        before: dict[str, Mapping[str, Any]] = {}
        for key in edit.index.keys_of(main):
            before |= by_paper.get(key, {})
        present = stored.joined(located)
        for service in before:
            facts = present.said.get(service)
            edit.note(_change(service, present.key, facts, present.keys))
        files: dict[str, dict[str, Record | None]] = {}
        for file, old in located:
            files.setdefault(file, {})[old.key] = None
        files[located[0][0]][present.key] = _restored(present, before)
        for file, records in files.items():
            edit.set_records(file, records)


def _restored(record: Record, before: Mapping[str, Mapping[str, Any]]) -> Record:
    """The record with what services stated before, and the keys that it then had.

    Keys that another source has stated since stay.
    """
    said = {name: facts for name, facts in record.said.items() if name not in before}
    keys = {key for facts in said.values() for key in facts.get("ids", ())}
    keys &= {*record.keys}
    keys |= set.intersection(*({*one.get("keys", ())} for one in before.values()))
    keys.add(record.key)
    for service, one in before.items():
        facts = one.get("facts")
        if facts is not None:
            said[service] = facts
    ordered = sorted(keys, key=identity.by_trust)
    return record._replace(said=said, keys=tuple(ordered))
