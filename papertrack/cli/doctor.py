"""`doctor`: what is not as it should be, and with --fix, put right."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError
from papertrack.core.text import clean

if TYPE_CHECKING:
    from papertrack.library.doctor import Finding

ROUNDS = 4
"""What is mended may uncover what could not be seen before: a file that parses again holds papers."""


def doctor_command(
    ctx: typer.Context,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Repair what can be repaired without a choice."),
    ] = False,
    json: opt.Json = False,
) -> None:
    """Check the library, its index, places and sources; a line a finding.

    Files that don't parse or hold both sides of a merge, conflict copies of sync tools, papers that stand twice, keys,
    marks without papers, an index that tells otherwise, what killed processes left, permissions, free space, versions,
    sources that fail, completions that are out of date. --fix says what it did; what it replaces is kept in backups/.
    """
    from papertrack.library.doctor import Doctor, versions

    session: Session = ctx.obj
    locations = session.locations
    doctor = Doctor(
        locations.library, locations.cache, now=session.now, scripts=_scripts(session)
    )
    found, mended = doctor.examine(), []
    for _ in range(ROUNDS if fix else 0):
        done = doctor.repair(found)
        mended += done
        if not done:
            break
        found = doctor.examine()
    _show(session, found, mended, json=json)
    if found:
        able = sum(finding.fix is not None for finding in found)
        which = f"{able} of them" if able < len(found) else "them" if able > 1 else "it"
        hint = (
            f"papertrack doctor --fix repairs {which}"
            if able
            else "what is left needs a hand"
        )
        raise PapertrackError(f"{len(found)} finding{'s' * (len(found) != 1)}; {hint}")
    held = ", ".join(f"{name} {version}" for name, version in versions().items())
    session.narrate(
        f"{'all is well now' if mended else 'all is well'} in {clean(str(locations.library))} ({held})"
    )


def _show(
    session: Session,
    found: "Sequence[Finding]",
    mended: "Sequence[Finding]",
    *,
    json: bool,
) -> None:
    if json:
        done = [{**finding.as_json(), "mended": True} for finding in mended]
        output.write_json(
            session,
            [*done, *({**finding.as_json(), "mended": False} for finding in found)],
        )
        return
    if not session.on_terminal:
        output.write_rows(
            session,
            [(one.check, one.where, one.what, f"mended: {one.mend}") for one in mended],
        )
        output.write_rows(
            session, [(one.check, one.where, one.what, one.mend) for one in found]
        )
        return
    import textwrap

    lines = [f"{one.where} {one.what}: mended ({one.mend})" for one in mended]
    lines += [
        f"{one.where} {one.what}" + (f" (--fix: {one.mend})" if one.mend else "")
        for one in found
    ]
    for line in lines:
        output.write(
            session,
            textwrap.fill(clean(line), session.width, subsequent_indent="  ") + "\n",
        )


def _scripts(session: Session) -> dict[Path, str]:
    """Where completions are usually put, and what should be there; for those that are there."""
    environment = session.environment
    home, data = environment.home, environment.data_home
    usual = {
        "bash": (data / "bash-completion/completions/papertrack",),
        "zsh": (home / ".zfunc/_papertrack", data / "zsh/site-functions/_papertrack"),
        "fish": (
            environment.config_home / "fish/completions/papertrack.fish",
            data / "fish/vendor_completions.d/papertrack.fish",
        ),
    }
    there = {
        shell: [path for path in paths if path.is_file()]
        for shell, paths in usual.items()
    }
    if not any(there.values()):
        return {}
    from papertrack.cli.completion.command import script  # imports every command

    return {path: script(shell) for shell, paths in there.items() for path in paths}
