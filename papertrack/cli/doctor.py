"""`doctor`: report what is wrong with the library, and with --fix repair it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from papertrack.cli import output, targets
from papertrack.cli.completion.install import CHECKSUM, places
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.library.doctor.doctor import Doctor
from papertrack.library.doctor.finding import Finding
from papertrack.library.doctor.programs import Script, versions

if TYPE_CHECKING:
    from typer import Option

    from papertrack.cli import options as opt


def doctor_command(
    session: Session,
    fix: Annotated[
        bool,
        Option("--fix", help="Repair what needs no decision of yours."),
    ] = False,
    json: opt.Json = False,
) -> None:
    """Check the library, its index, its folders and sources; print a line per finding.

    It finds files that don't parse or contain both sides of a merge, conflict copies of
    sync tools, links, changes that other machines began, duplicate papers, wrong keys,
    marks without papers, an outdated index, remains of killed processes, permissions,
    low free space, old versions, failing sources, and outdated completions. --fix saves
    what it replaces to backups/.

    papertrack doctor

    papertrack doctor --fix
    """
    locations = session.locations
    doctor = Doctor(
        session.folder,
        locations.cache,
        now=session.now,
        scripts=_scripts(session),
        progress=session.progress,
        first=targets.followed_at_first(session),
    )
    if fix and session.can_ask:
        questions = doctor.questions()
        doctor.answers = {one: session.agrees(one) for one in questions}
    with session.progress.working():
        if fix:
            repaired, findings = doctor.repair()
        else:
            repaired, findings = [], doctor.examine()
    _emit(session, findings, repaired, json=json)
    if findings:
        count = plural(len(findings), "finding")
        raise PapertrackError(f"{count}; {_next_step(findings)}")
    known = ", ".join(f"{name} {version}" for name, version in versions().items())
    state = "all is well now" if repaired else "all is well"
    session.narrate(f"{state} in {locations.library} ({known})")


def _next_step(findings: Sequence[Finding]) -> str:
    if any(finding.question for finding in findings):
        return "papertrack doctor --fix lets you choose, on a terminal"
    repairable = sum(finding.fix is not None for finding in findings)
    if not repairable:
        return "papertrack can't repair this; each line names the next step"
    if repairable < len(findings):
        return f"papertrack doctor --fix repairs {repairable} of them"
    return f"papertrack doctor --fix repairs {'it' if repairable == 1 else 'them'}"


def _emit(
    session: Session,
    findings: Sequence[Finding],
    repaired: Sequence[Finding],
    *,
    json: bool,
) -> None:
    objects = [{**one.as_json(), "mended": True} for one in repaired]
    objects += [{**one.as_json(), "mended": False} for one in findings]

    def rows() -> Iterator[output.Row]:
        for one in objects:
            prefix = "mended: " if one["mended"] else ""
            yield (
                one["check"],
                one["where"],
                one["what"],
                f"{prefix}{one['mend'] or ''}",
            )

    def lines() -> output.Drawing:
        return "\n".join(_line(one, session.width) for one in objects)

    output.emit(session, table=lines, rows=rows(), objects=lambda: objects, json=json)


def _line(finding: Mapping[str, Any], width: int) -> str:
    line = f"{finding['where']} {finding['what']}"
    repair = finding["mend"]
    if finding["mended"]:
        line += f": repaired ({repair})"
    elif repair:
        line += f" (--fix: {repair})"
    return textwrap.fill(clean(line), width, subsequent_indent="  ")


def _scripts(session: Session) -> dict[Path, Script]:
    """The installed completion scripts, and what they should contain."""
    usual = places(session.environment)
    installed = [
        (shell, path)
        for shell, paths in usual.items()
        for path in paths
        if path.is_file()
    ]
    if not installed:
        return {}
    from papertrack.cli.completion.command import script  # imports every command, 80 ms

    return {
        path: Script(
            script(shell), CHECKSUM, f"papertrack completion {shell} --install"
        )
        for shell, path in installed
    }
