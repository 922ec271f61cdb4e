"""Changes that were decided, but not by this machine as far as it knows.

Its state folder was deleted after a kill, or the library comes from elsewhere. Such a
change is completed only if the reader agrees, and only as long as no file of it was
changed since.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from papertrack.storage import plans
from papertrack.storage.folder import Folder, is_plain_folder, staged
from papertrack.storage.layout import LIBRARY_FILE, STAGING
from papertrack.storage.plans import Plan, version_of


class Abandoned(NamedTuple):
    """A change that can be completed: the folder of its staged files, the files that
    were written or deleted before it was interrupted, and those that were not yet.
    """

    name: str
    plan: Plan
    done: list[str]
    left: list[str]


def abandoned(folder: Folder) -> Iterator[Abandoned]:
    """The changes in a library that can be completed if the reader agrees."""
    for name in staged(folder.root):
        staging = folder.root / name
        number = name.removeprefix(f"{STAGING}-")
        is_own = number == plans.journal_of(folder).id
        if is_own or not re.fullmatch(plans.ID, number) or not is_plain_folder(staging):
            continue
        plan = _copied_plan(staging)
        if plan is not None:
            change = _compared(folder.root, staging, plan)
            if change is not None and change.left:
                yield change


def adopt(folder: Folder, change: Abandoned) -> None:
    """Make a change one of this machine: `journal.finish` completes it. Hold the lock.

    Raises StoreError.
    """
    number = change.name.removeprefix(f"{STAGING}-")
    plans.decide(plans.journal_of(folder)._replace(id=number), change.plan)


def _copied_plan(staging: Path) -> Plan | None:
    path = staging / plans.COPY
    try:
        if path.is_symlink() or not path.is_file():
            return None
        plan = plans.parsed(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if plan is None:
        return None
    is_ours = all(map(LIBRARY_FILE.fullmatch, (*plan.put, *plan.drop)))
    return plan if is_ours else None


def _compared(root: Path, staging: Path, plan: Plan) -> Abandoned | None:
    """How much of a plan was done; None if a file is neither as before nor as planned."""
    done: list[str] = []
    left: list[str] = []
    for name, (before, after) in sorted(plan.put.items()):
        current = version_of(root / name)
        if _is_staged(staging, name) and version_of(staging / name) == after:
            if current != before:
                return None
            left.append(name)
        elif current == after:
            done.append(name)
        else:
            return None
    for name, version in sorted(plan.drop.items()):
        current = version_of(root / name)
        if current == version:
            left.append(name)
        elif current is None:
            done.append(name)
        else:
            return None
    return Abandoned(staging.name, plan, done, left)


def _is_staged(staging: Path, name: str) -> bool:
    """Whether a file is staged that is no link, in a folder that is none."""
    path = staging / name
    return path.is_file() and not path.is_symlink() and is_plain_folder(path.parent)
