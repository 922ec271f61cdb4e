"""The statuses that a paper can be marked as."""

from enum import StrEnum


class Status(StrEnum):
    """What a paper can be marked as."""

    READ = "read"
    UNREAD = "unread"
    LATER = "later"
    HIDDEN = "hidden"
