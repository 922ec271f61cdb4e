"""Things with names: views, rules and feeds, as their commands find and list them."""

from collections.abc import Sequence

from papertrack.core.errors import NotFound
from papertrack.core.slips import unknown
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean


def find(
    text: str,
    known: Sequence[str],
    kind: str,
    *,
    prefix: str = "",
    by_number: bool = False,
    advice: str = "",
) -> str:
    """The known name that `text` is, in any case, with or without the prefix.

    Or, `by_number`, the number of one in the list. Raises NotFound with the closest name,
    or with advice if none is known.
    """
    name = clean(text).removeprefix(prefix)
    for one in known:
        if one.casefold() == name.casefold():
            return one
    numbers = map(str, range(1, len(known) + 1))
    by_its_number = dict(zip(numbers, known, strict=True)) if by_number else {}
    if name in by_its_number:
        return by_its_number[name]
    hint = did_you_mean(name, known) or advice
    raise unknown(NotFound, f"unknown {kind} {prefix}{name}", name, known, hint=hint)
