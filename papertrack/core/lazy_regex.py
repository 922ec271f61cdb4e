"""Regular expressions that are compiled on first use.

A fetch imports every source and meets the patterns of one: to compile all of them on import took it 12 ms.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, and stands for it: it is compiled when something is asked of it. `re.error` is then."""
    return cast("re.Pattern[AnyStr]", _Uncompiled(text, flags))


class _Uncompiled:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Kept in the instance: the next time it is found there, as fast as the pattern's own.
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
