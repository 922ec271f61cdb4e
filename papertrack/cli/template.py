"""`export --template`: the text of an export by a template of the reader's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from papertrack.cli.listing import Listing
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, UsageError
from papertrack.core.model import Paper

Make = Callable[[Sequence[Paper]], Iterator[str]]
"""Makes the text of an export, piece by piece."""


def by_template(
    session: Session, options: Listing, path: Path, partition: str | None
) -> Make:
    """What writes papers by a template. Raises UsageError, also for its mistakes."""
    chosen = (options.format, options.json, options.group, partition)
    if any((*chosen, options.fields, options.columns)):
        raise UsageError(
            "a template writes a format of its own; remove --format, --json, --fields,"
            " --columns, --group and --partition"
        )
    try:
        # 140 ms. It is an extra, which only templates need.
        from papertrack.exports.template import Template, Values
    except ModuleNotFoundError:
        raise PapertrackError(
            "--template needs Jinja, which is not installed;"
            " run: pip install 'papertrack[templates]'"
        ) from None
    try:
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name a template") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: it is not UTF-8; save it as UTF-8") from None
    template = Template(source, str(path))
    values = Values(options.title, " ".join(options.words), session.now)

    def make(papers: Sequence[Paper]) -> Iterator[str]:
        return template.pieces(papers, values, session.progress)

    return make
