"""Things with names: views, rules and feeds, as their commands find and list them."""

from collections.abc import Sequence

from papertrack.core.errors import NotFound
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, noun


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
    is_number = name.isascii() and name.isdecimal()
    if by_number and is_number and 1 <= int(name) <= len(known):
        return known[int(name) - 1]
    hint = did_you_mean(name, known) or advice
    raise NotFound(f"unknown {kind} {prefix}{name}{hint}")


def find_all(
    texts: Sequence[str],
    known: Sequence[str],
    kind: str,
    *,
    prefix: str = "",
    by_number: bool = False,
    advice: str = "",
) -> list[str]:
    """The known names that the texts are, each once: see `find`."""
    found = [
        find(text, known, kind, prefix=prefix, by_number=by_number, advice=advice)
        for text in texts
    ]
    return list(dict.fromkeys(found))


def listed(names: Sequence[str], kind: str, *, prefix: str = "") -> str:
    """`the rule a`, `the rules a, b`."""
    shown = ", ".join(f"{prefix}{clean(name)}" for name in names)
    return f"the {noun(len(names), kind)} {shown}"
