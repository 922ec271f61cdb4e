"""The errors that a command may end with: one line and one exit code each.

The message names the file, URL or key and the next step; only `cli` prints it, as
`papertrack: MESSAGE`.
"""

from typing import NamedTuple

from papertrack.core.secrets import hide_secrets


class Slip(NamedTuple):
    """A name that does not exist, and the known one that is meant.

    `reason` is the message without that.
    """

    reason: str
    wrong: str
    right: str


class PapertrackError(Exception):
    """Something failed; the library is unchanged. Exit code 1.

    Passwords and tokens in web addresses are removed from the message.
    """

    exit_code = 1
    slip: Slip | None = None

    def __init__(self, message: str = "") -> None:
        super().__init__(hide_secrets(message))
        self.as_written = message
        """For `Session.report` alone, which knows the arguments as wholes."""

    def add(self, advice: str) -> None:
        """Add to the message what else the reader has to know."""
        self.as_written = f"{self.as_written}; {advice}"
        self.args = (hide_secrets(self.as_written),)


class UsageError(PapertrackError):
    """The command line asks for something that does not exist. Exit code 2."""

    exit_code = 2


class QueryError(UsageError):
    """A query that does not parse; `position` is the 0-based offset of the mistake in `query`.

    Where it is clear what a term means, `term` is that term, `reason` is what is wrong
    with it, and `instead` the right one; else they are empty.
    """

    def __init__(
        self,
        message: str,
        query: str,
        position: int,
        *,
        term: str = "",
        instead: str = "",
    ) -> None:
        hint = f"; did you mean {instead}?" if instead else ""
        super().__init__(message + hint)
        self.reason = message
        self.query = query
        self.position = position
        self.term = term
        self.instead = instead


class ReaderGone(PapertrackError):
    """The reader of standard output closed it: nothing more is printed. Exit code 0."""

    exit_code = 0


class Interrupted(PapertrackError):
    """The user interrupted the command; what was done before is saved. Exit code 130."""

    exit_code = 130


class SomeTargetsFailed(PapertrackError):
    """Some targets failed; what the others returned is saved. Exit code 3."""

    exit_code = 3


class ConfigError(PapertrackError):
    """The configuration or a credential is unusable. Exit code 4."""

    exit_code = 4


class NotFound(PapertrackError):
    """No such paper, tag or view. Exit code 5."""

    exit_code = 5


class StoreError(PapertrackError):
    """A file of the library can't be read or written; nothing was overwritten."""


class FetchError(PapertrackError):
    """A URL or file could not be read; the message names it."""


class Refused(FetchError):
    """A server responded with an error; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class UnknownPaper(NotFound, FetchError):
    """A service does not have a paper that was requested by its id. Exit code 5."""


class Unrecognised(FetchError):
    """A body that is not what the source returns: a changed page, a captive portal,
    another format.
    """
