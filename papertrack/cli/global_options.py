"""What the options of papertrack itself set, whichever command follows."""

from pathlib import Path

from papertrack.cli.session import Color, Session
from papertrack.core.progress import SILENT
from papertrack.storage import waiting


def set_up(
    session: Session,
    *,
    library: Path | None,
    quiet: bool,
    verbose: bool,
    color: Color,
    no_color: bool,
    no_pager: bool,
) -> None:
    """Set up the session for a command."""
    if library:
        from papertrack.cli.typed_secrets import check_path  # 0.5 ms, if it is typed

        check_path(library)
        library = library.expanduser()
    session.flags["library"] = library
    session.quiet = quiet
    session.verbose = verbose
    session.color = Color.NEVER if no_color else color
    session.flags["pager.command"] = "" if no_pager else None
    waiting.report_to(session.notice)
    if session.progress is SILENT and session.shows_progress:
        from papertrack.cli import progress  # 3 % of the start; on a terminal only

        session.progress = progress.for_session(session)
