"""Messages that wait to be sent: a line for each, with the command that sends it."""

from papertrack.cli.session import Session
from papertrack.core.local_time import local_day
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.library import digests


def report_waiting(session: Session, name: str | None = None) -> None:
    """Report the messages that wait, those of one digest, or all."""
    documents = session.library.settings.documents(digests.TABLE)
    for one in digests.waiting(documents, name):
        who = ", ".join(map(clean, one.recipients))
        session.narrate(
            f"a message of {local_day(clean(one.at))} with"
            f" {plural(len(one.papers), 'paper')} waits for {who};"
            f" {digests.send_command(clean(one.name))} repeats it"
        )
