"""Only a plan that this machine decided is carried out, and only on the files that it was
made for.
"""

from __future__ import annotations

import os
import shutil
import signal
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage import journal, plans, waiting
from papertrack.storage.abandoned import abandoned, adopt
from papertrack.storage.folder import Folder, staged
from papertrack.storage.journal import Staging
from papertrack.storage.lock import locked, settle
from papertrack.storage.plans import Journal, Plan
from papertrack.storage.transaction import transaction
from tests.helpers.files import contents, folder_of

OLD = {
    "marks.json": b"old m",
    "desk.json": b"old d",
    "papers/2025-10.json": b"o10",
    "papers/2025-11.json": b"o11",
}
NEW = {
    "marks.json": b"new m",
    "desk.json": b"new d",
    "papers/2025-11.json": b"n11",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    root = tmp_path / "library"
    (root / "papers").mkdir(parents=True)
    for name, body in OLD.items():
        (root / name).write_bytes(body)
    return folder_of(root)


def replace_all(folder: Folder) -> None:
    """Make NEW of OLD: two files changed, one deleted."""
    with transaction(folder) as changes:
        for name, body in NEW.items():
            changes.put(name, body)
        changes.delete("papers/2025-10.json")


def killed(folder: Folder, *, decided: bool = True, moves: int = 0) -> None:
    """Have a child make NEW of OLD, and end it when the plan is on disk, or just before;
    or after it has moved so many files.
    """
    child = os.fork()
    if not child:
        decide, replace = plans.decide, Path.replace
        moved = []

        def and_die(journal: Journal, plan: Plan) -> None:
            if decided:
                decide(journal, plan)
            if not moves:
                os._exit(9)

        def replace_and_die(path: Path, target: Path) -> Path:
            result = replace(path, target)
            moved.append(target)
            if len(moved) == moves:
                os._exit(9)
            return result

        plans.decide = and_die
        Path.replace = replace_and_die  # type: ignore[method-assign,assignment]
        replace_all(folder)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def staging_of(folder: Folder) -> Path:
    (name,) = staged(folder.root)
    return folder.root / name


def write(folder: Folder) -> None:
    """A change of one file that has nothing to do with the interrupted one."""
    with transaction(folder) as changes:
        changes.put("papers/2025-12.json", b"n12")


# ------------------------------------------------------------------ our own


@pytest.mark.parametrize("moves", range(4))
def test_a_decided_change_is_completed_by_a_reader(folder: Folder, moves: int) -> None:
    killed(folder, moves=moves)
    settle(folder)
    assert contents(folder.root) == NEW


def test_an_undecided_change_is_dropped_by_the_next_writer(folder: Folder) -> None:
    killed(folder, decided=False)
    settle(folder)
    assert staged(folder.root)
    write(folder)
    assert contents(folder.root) == {**OLD, "papers/2025-12.json": b"n12"}


def test_a_plan_that_is_only_to_delete(folder: Folder) -> None:
    with transaction(folder) as changes:
        changes.delete("papers/2025-10.json")
        changes.delete("papers/2025-09.json")
    assert contents(folder.root).keys() == OLD.keys() - {"papers/2025-10.json"}


def test_a_plan_of_which_not_all_is_on_disk_was_never_decided(folder: Folder) -> None:
    """A power cut can leave any beginning of the line that decides, or garbage."""
    killed(folder)
    journal = plans.journal_of(folder)
    line = journal.path.read_bytes()[len(journal.head) :]
    beginnings = [line[:length] for length in range(0, len(line) - 1, 7)]
    garbage = [
        b"\0" * len(line),
        line.replace(b'"', b"'", 1),
        line[:20] + line[30:],
        line[1:],
        b"00000000 {}\n",
    ]
    for number, written in enumerate([*beginnings, *garbage]):
        journal.path.write_bytes(journal.head + written)
        settle(folder)
        assert (folder.root / "marks.json").read_bytes() == b"old m", number
    with locked(folder):
        pass
    assert contents(folder.root) == OLD


def test_a_moved_library_is_completed_where_it_is_now(folder: Folder) -> None:
    killed(folder, moves=1)
    moved = folder._replace(root=folder.root.with_name("moved"))
    folder.root.rename(moved.root)
    settle(moved)
    assert contents(moved.root) == NEW
    write(moved)
    assert not staged(moved.root)


def test_a_copy_is_not_completed_and_the_original_is(folder: Folder) -> None:
    killed(folder)
    copy = folder._replace(root=folder.root.with_name("copy"))
    shutil.copytree(folder.root, copy.root, symlinks=True)
    settle(copy)
    assert (copy.root / "marks.json").read_bytes() == b"old m"
    settle(folder)
    assert contents(folder.root) == NEW
    write(copy)
    assert contents(copy.root).items() >= OLD.items()


# ------------------------------------------------------------------ not for these files

CHANGES: dict[str, Callable[[Path], object]] = {
    "marks edited": lambda root: (root / "marks.json").write_bytes(b"mine"),
    "the same size": lambda root: (root / "marks.json").write_bytes(b"him m"),
    "settings edited": lambda root: (root / "desk.json").write_bytes(b"mine, longer"),
    "a month added to": lambda root: (root / "papers/2025-11.json").write_bytes(
        b"more"
    ),
    "deleted": lambda root: (root / "marks.json").unlink(),
    "emptied": lambda root: (root / "marks.json").write_bytes(b""),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_plan_never_replaces_a_later_change(
    folder: Folder, change: Callable[[Path], object]
) -> None:
    killed(folder)
    change(folder.root)
    changed = contents(folder.root)
    with pytest.raises(StoreError, match=r"interrupted, and .*; papertrack doctor"):
        settle(folder)
    settle(folder)
    write(folder)
    left = contents(folder.root)
    assert {name: left.get(name) for name in OLD} == {
        name: changed.get(name) for name in OLD
    }
    assert [path.read_bytes() for path in staging_of(folder).rglob("marks.json")] == [
        b"new m"
    ], "what was staged is kept"


def test_what_a_plan_deletes_is_kept_if_it_changed(folder: Folder) -> None:
    killed(folder)
    (folder.root / "papers/2025-10.json").write_bytes(b"more papers")
    settle(folder)
    assert contents(folder.root) == {**NEW, "papers/2025-10.json": b"more papers"}


def test_a_finished_change_that_comes_back_is_not_done_again(folder: Folder) -> None:
    """Of a copy, by git or a backup, of the library as it was when a change was decided."""
    killed(folder)
    staging = staging_of(folder)
    saved = folder.root.with_name("saved")
    shutil.copytree(staging, saved)
    settle(folder)
    (folder.root / "marks.json").write_bytes(b"newest")
    saved.rename(staging)
    settle(folder)
    assert (folder.root / "marks.json").read_bytes() == b"newest"
    write(folder)
    assert not staged(folder.root)
    assert (folder.root / "marks.json").read_bytes() == b"newest"


def test_a_plan_whose_end_was_lost_by_a_power_cut_changes_nothing(
    folder: Folder,
) -> None:
    killed(folder)
    journal = plans.journal_of(folder)
    line = journal.path.read_bytes()
    settle(folder)
    (folder.root / "marks.json").write_bytes(b"newest")
    journal.path.write_bytes(line)
    expected = {**NEW, "marks.json": b"newest"}
    settle(folder)
    assert contents(folder.root) == expected
    staging = Staging(folder)  # as a killed process leaves it
    staging.stage("marks.json", b"undecided")
    settle(folder)
    write(folder)
    assert contents(folder.root) == {**expected, "papers/2025-12.json": b"n12"}


# ------------------------------------------------------------------ of others


def _old_journal(root: Path) -> None:
    """One of the releases before plans were kept in the state folder."""
    (root / ".replacing").mkdir()
    (root / ".replacing/marks.json").write_bytes(b"theirs")
    plan = b'{"put": ["marks.json"], "drop": ["papers/2025-10.json", "desk.json"]}'
    (root / ".replacing/plan.json").write_bytes(plan)


def _staged_by_another(root: Path) -> None:
    (root / ".staging-00112233aabbccdd/papers").mkdir(parents=True)
    (root / ".staging-00112233aabbccdd/marks.json").write_bytes(b"theirs")
    (root / ".staging-00112233aabbccdd/papers/2025-11.json").write_bytes(b"theirs")


def _with_a_journal(root: Path) -> None:
    """What another machine's state folder has, beside what it staged."""
    _staged_by_another(root)
    text = b'{"put": {"marks.json": [null, [1, 6]]}, "drop": {}}'
    head = b'{"id": "00112233aabbccdd", "library": "%b"}\n' % os.fsencode(root)
    body = head + b"00000000 " + text + b"\n"
    (root / "journals").mkdir()
    (root / "journals" / ("0" * 32)).write_bytes(body)


def _a_link(root: Path) -> None:
    (root / ".staging-0011").symlink_to(root.parent)
    (root / ".replacing").symlink_to(root.parent)


def _files(root: Path) -> None:
    (root / ".staging-0011").write_bytes(b"theirs")
    (root / ".replacing").write_bytes(b"theirs")
    (root / ".staging").write_bytes(b"theirs")


def _pipes(root: Path) -> None:
    os.mkfifo(root / ".staging-0011")
    os.mkfifo(root / ".replacing")


FOREIGN = (
    _old_journal,
    _staged_by_another,
    _with_a_journal,
    _a_link,
    _files,
    _pipes,
)
each_foreign = pytest.mark.parametrize("plant", FOREIGN)


@each_foreign
def test_a_foreign_journal_is_not_carried_out(
    folder: Folder, plant: Callable[[Path], None]
) -> None:
    plant(folder.root)
    before = contents(folder.root)
    names = staged(folder.root)
    settle(folder)
    replace_all(folder)
    settle(folder)
    expected = {**before, **NEW}
    del expected["papers/2025-10.json"]
    assert contents(folder.root) == expected
    assert staged(folder.root) == names, "it is left for doctor"


@each_foreign
def test_a_foreign_journal_beside_a_killed_change(
    folder: Folder, plant: Callable[[Path], None]
) -> None:
    killed(folder, moves=1)
    plant(folder.root)
    settle(folder)
    after = contents(folder.root)
    assert {name: after[name] for name in NEW} == NEW


@pytest.mark.parametrize("kind", ["link", "chain", "dangling", "file", "pipe", "full"])
def test_in_place_of_the_own_staging_folder(
    folder: Folder, tmp_path: Path, kind: str
) -> None:
    """Its name is known to whoever saw it in a shared copy of the library."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "marks.json").write_bytes(b"precious")
    write(folder)
    staging = plans.journal_of(folder).staging(folder.root)
    if kind == "link":
        staging.symlink_to(outside)
    elif kind == "chain":
        (tmp_path / "second").symlink_to(outside)
        staging.symlink_to(tmp_path / "second")
    elif kind == "dangling":
        staging.symlink_to(tmp_path / "nowhere")
    elif kind == "file":
        staging.write_bytes(b"x")
    elif kind == "pipe":
        os.mkfifo(staging)
    else:
        staging.mkdir()
        (staging / "papers").symlink_to(outside)
        (staging / "marks.json").symlink_to(outside / "marks.json")
    settle(folder)
    replace_all(folder)
    assert contents(folder.root) == {**NEW, "papers/2025-12.json": b"n12"}
    assert contents(outside) == {"marks.json": b"precious"}
    assert not (tmp_path / "nowhere").exists()
    assert not staged(folder.root)


@pytest.mark.parametrize(
    "name",
    [
        "../marks.json",
        "/etc/x.json",
        "papers/../../x.json",
        "undo/../marks.json",
        ".git/config",
        "papers/.hidden.json",
        "marks.json/x",
    ],
)
def test_only_files_of_a_library_are_written_or_deleted(
    folder: Folder, name: str
) -> None:
    def put() -> None:
        with transaction(folder) as changes:
            changes.put(name, b"x")

    def delete() -> None:
        with transaction(folder) as changes:
            changes.put("marks.json", b"new")
            changes.delete(name)

    for step in (put, delete):
        with pytest.raises(StoreError, match="is not a file of a library"):
            step()
    assert contents(folder.root) == OLD


# ------------------------------------------------------------------ the state folder


@pytest.mark.parametrize("kind", ["device", "file", "below a file", "link", "too long"])
def test_without_a_state_folder_only_one_file_can_be_changed(
    folder: Folder, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    link = tmp_path / "link"
    link.symlink_to(link)
    places = {
        "device": Path("/dev/null/state"),
        "file": file,
        "below a file": file / "state",
        "link": link,
        "too long": tmp_path / ("x" * 300),
    }
    folder = folder._replace(state=places[kind])
    settle(folder)
    with pytest.raises(StoreError, match=r"nothing was changed: .* PAPERTRACK_STATE"):
        replace_all(folder)
    assert contents(folder.root) == OLD
    write(folder)
    assert contents(folder.root) == {**OLD, "papers/2025-12.json": b"n12"}


# ------------------------------------------------------------------ power cuts


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_what_is_on_disk_before_what(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is staged is synced before the plan, the plan before the first move, and
    the library before the plan's end.
    """
    write(folder)  # so that the journal exists
    steps: list[str] = []
    base = folder.root.parent
    staging = plans.journal_of(folder).staging(folder.root).name
    journal = plans.journal_of(folder).path
    fsync, replace, unlink, truncate = os.fsync, Path.replace, Path.unlink, os.truncate

    def shown(path: Path) -> str:
        name = os.path.relpath(path, base).replace(staging, "S")
        return "journal" if path == journal else name

    def synced(handle: int) -> None:
        fsync(handle)
        steps.append(f"sync {shown(Path(f'/proc/self/fd/{handle}').readlink())}")

    def moved(path: Path, target: Path) -> Path:
        steps.append("move")
        return replace(path, target)

    def deleted(path: Path, missing_ok: bool = False) -> None:
        steps.append("move")
        unlink(path, missing_ok=missing_ok)

    def ended(path: Path, length: int) -> None:
        steps.append("end")
        truncate(path, length)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "truncate", ended)
    monkeypatch.setattr(Path, "replace", moved)
    monkeypatch.setattr(Path, "unlink", deleted)
    replace_all(folder)
    plan, end = steps.index("sync journal"), steps.index("end")
    assert set(steps[:plan]) == {
        *("sync library/S/marks.json", "sync library/S/desk.json"),
        *("sync library/S/papers/2025-11.json", "sync library/S/papers"),
        *("sync library/S", "sync library"),
    }
    moves = [number for number, step in enumerate(steps[:end]) if step == "move"]
    assert len(moves) == 4
    assert plan < moves[0]
    assert set(steps[moves[-1] + 1 : end]) == {"sync library", "sync library/papers"}
    for name in ("library/S/papers", "library/S", "library"):
        before = [step for step in steps[:plan] if step.startswith(f"sync {name}/")]
        last = max(map(steps.index, before))
        assert last < steps.index(f"sync {name}"), f"{name} is synced after its files"


# ------------------------------------------------------------------ damaged journals


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def head(*values: str) -> Callable[[Path], object]:
    """A first line with this id and library, as JSON."""
    one, library = values
    line = f'{{"id": {one}, "library": {library}}}\n'
    return lambda path: path.write_text(line.replace("PATH", str(path)))


JOURNALS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "not JSON": lambda path: path.write_bytes(b"\xff\n"),
    "a list": lambda path: path.write_bytes(b"[]\n"),
    "nested": lambda path: path.write_bytes(b"[" * 100_000),
    "numbers": head("5", "5"),
    "null": head("null", "null"),
    "an id that leads up": head('"../../evil"', '"PATH"'),
    "an id with a folder": head('"a/b"', '"PATH"'),
    "an id of dots": head('".."', '"PATH"'),
    "a NUL": head('"0123456789abcde\\u0000"', '"\\u0000"'),
    "a pipe": pipe,
    "a link": link,
}


@pytest.mark.parametrize("damage", JOURNALS.values(), ids=JOURNALS.keys())
def test_a_damaged_journal_is_replaced(
    folder: Folder, damage: Callable[[Path], object]
) -> None:
    killed(folder, decided=False)
    damage(plans.journal_of(folder).path)
    settle(folder)
    write(folder)
    written = {**OLD, "papers/2025-12.json": b"n12"}
    assert contents(folder.root).items() >= written.items()
    if damage is not pipe:
        replace_all(folder)
        assert contents(folder.root).items() >= NEW.items()


# ------------------------------------------------------------------ without the state

MOVED = ("marks.json", "papers/2025-11.json", "desk.json")
"""The files of the change in the order in which they are moved."""


@pytest.fixture
def notices() -> Iterator[list[str]]:
    """What is reported to the user."""
    lines: list[str] = []
    waiting.report_to(lines.append)
    yield lines
    waiting.report_to(None)


@pytest.mark.parametrize("moves", range(3))
def test_without_the_state_a_change_is_completed_on_request(
    folder: Folder, moves: int, notices: list[str]
) -> None:
    killed(folder, moves=moves)
    shutil.rmtree(folder.state)
    before = contents(folder.root)
    settle(folder)
    assert contents(folder.root) == before
    (change,) = abandoned(folder)
    assert change.done == sorted(MOVED[:moves])
    assert change.left == [*sorted(MOVED[moves:]), "papers/2025-10.json"]
    assert bool(notices) == (moves > 0), "half of a change, or nothing of it"
    assert all("doctor --fix can complete it" in line for line in notices)
    with locked(folder):
        adopt(folder, change)
        journal.finish(folder)
    assert contents(folder.root) == NEW
    assert not list(abandoned(folder))


def test_without_the_state_an_undecided_change_can_not_be_completed(
    folder: Folder, notices: list[str]
) -> None:
    killed(folder, decided=False)
    shutil.rmtree(folder.state)
    staging = staging_of(folder)
    (staging / plans.COPY).unlink()  # killed before all was staged
    settle(folder)
    assert not list(abandoned(folder))
    assert not notices


def _damage(staging: Path) -> None:
    body = (staging / plans.COPY).read_bytes()
    (staging / plans.COPY).write_bytes(body.replace(b"marks", b"harks"))


def _leads_out(staging: Path) -> None:
    plan = plans.parsed((staging / plans.COPY).read_bytes())
    assert plan is not None
    put = {"../outside": plan.put["desk.json"]}
    (staging / plans.COPY).write_bytes(plans.line_of(plan._replace(put=put)))


def _is_a_link(staging: Path) -> None:
    (staging / "desk.json").rename(staging / "secret")
    (staging / "desk.json").symlink_to(staging / "secret")


def _is_below_a_link(staging: Path) -> None:
    (staging / "papers").rename(staging / "elsewhere")
    (staging / "papers").symlink_to(staging / "elsewhere")


def _is_a_pipe(staging: Path) -> None:
    (staging / plans.COPY).unlink()
    os.mkfifo(staging / plans.COPY)


NOT_COMPLETABLE: dict[str, Callable[[Path], object]] = {
    "damaged": _damage,
    "no plan": lambda staging: (staging / plans.COPY).unlink(),
    "empty": lambda staging: (staging / plans.COPY).write_bytes(b""),
    "no object": lambda staging: (staging / plans.COPY).write_bytes(
        b"%08x []\n" % zlib.crc32(b"[]")
    ),
    "leads out": _leads_out,
    "a link": _is_a_link,
    "below a link": _is_below_a_link,
    "a plan that is a pipe": _is_a_pipe,
    "a staged file is missing": lambda staging: (staging / "desk.json").unlink(),
    "cloned": lambda staging: os.utime(staging.parent / "desk.json"),
    "changed since": lambda staging: (staging.parent / "desk.json").write_bytes(b"x"),
    "removed since": lambda staging: (
        staging.parent / "papers/2025-10.json"
    ).write_bytes(b"more papers"),
}


@pytest.mark.parametrize("plant", NOT_COMPLETABLE.values(), ids=NOT_COMPLETABLE.keys())
def test_what_can_not_be_completed_is_left_to_doctor(
    folder: Folder, plant: Callable[[Path], object], notices: list[str]
) -> None:
    killed(folder, moves=1)
    shutil.rmtree(folder.state)
    plant(staging_of(folder))
    settle(folder)
    assert not list(abandoned(folder))
    assert not notices


def test_a_process_that_is_stopped_in_a_change_is_named(
    folder: Folder, notices: list[str]
) -> None:
    child = os.fork()
    if not child:
        replace = Path.replace

        def and_stop(path: Path, target: Path) -> Path:
            result = replace(path, target)
            os.kill(os.getpid(), signal.SIGSTOP)
            return result

        Path.replace = and_stop  # type: ignore[method-assign,assignment]
        replace_all(folder)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    settle(folder)
    (line,) = notices
    assert f"process {child} (" in line
    assert "has made half of a change, this is the state before: " in line
    assert f"continue it with kill -CONT {child}" in line
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    settle(folder)
    assert contents(folder.root) == NEW
