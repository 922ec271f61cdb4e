"""Writing shell: quoting, filling templates, and the awk program that all three scripts share."""

import re
from collections.abc import Iterable


def quoted(text: str) -> str:
    """`text` as one word of bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def plain(words: Iterable[str]) -> str:
    return " ".join(
        word if re.fullmatch(r"[\w-]+", word, re.ASCII) else quoted(word)
        for word in words
    )


def patterns(paths: Iterable[str]) -> str:
    return " | ".join(quoted(path) for path in paths)


def filled(template: str, **parts: str) -> str:
    """The template with its `@name@`s replaced; a line that holds an empty part alone goes."""
    for name, part in parts.items():
        template = template.replace(
            f"\n@{name}@\n", f"\n{part}\n" if part else "\n"
        ).replace(f"@{name}@", part)
    return template.lstrip("\n")


AWK = r"""
    { value = $1; note = $2 }
    value == "" || value ~ /[\001-\037\177]/ { next }
    index(tolower(value), tolower(ENVIRON["PAPERTRACK_PIECE"])) != 1 { next }
    { gsub(/[\001-\037\177]/, " ", note); print value "\t" note; if (++count == 200) exit }
""".strip()
"""The rows whose value begins with the piece typed, without control characters. The piece comes through the
environment: `-v` would read backslashes in it."""
