"""Files that papertrack writes into folders of other programs: no changed one is lost.

Such a file ends with the checksum of what is above. So one that nobody changed is
replaced by that of a newer papertrack, and one that somebody changed never is.
"""

import hashlib
from pathlib import Path

from papertrack.core.errors import PapertrackError, StoreError
from papertrack.storage.atomic import write_atomically


def signed(body: str, mark: str, end: str = "\n") -> str:
    """A text with its checksum, between `mark` and `end`."""
    return f"{body}{mark}{hashlib.sha256(body.encode()).hexdigest()}{end}"


def write(path: Path, text: str, mark: str, end: str = "\n") -> bool:
    """Write a signed text, unless the file has it already; whether it was written.

    Raises PapertrackError for a file that papertrack did not write.
    """
    is_new = _is_new(path, text, mark, end)
    if is_new:
        write_atomically(path, text.encode())
    return is_new


def is_ours(text: str, mark: str, end: str = "\n") -> bool:
    """Whether a text is as some papertrack wrote it."""
    body, found, _ = text.rpartition(mark)
    return bool(found) and signed(body, mark, end) == text


def _is_new(path: Path, text: str, mark: str, end: str) -> bool:
    """Whether a text is to be written. Raises PapertrackError where that is not safe."""
    if not path.exists():
        return True
    if not path.is_file():  # a pipe would never end
        raise StoreError(f"{path} is not a file; nothing was changed, move it away")
    try:
        existing = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; nothing was changed") from None
    if existing == text:
        return False
    if is_ours(existing, mark, end):
        return True
    raise PapertrackError(
        f"{path} is not as papertrack writes it; nothing was changed, "
        "move it away and repeat"
    )
