"""The styles of tables by name, and the reader's own in their place.

All colours are of the terminal's own 16, which its reader chose together with the
background. Those of `auto` have a contrast of at least three to one on a dark and on a
light background of the usual palettes: bright red has it on all. Magenta is weak on some
dark ones, so it colours signs only, never words.
"""

from __future__ import annotations

from collections.abc import Mapping

AUTO = {
    "id": "none",
    "title": "bold",
    "date": "dim",
    "votes": "none",
    "tag": "dim",
    "unread": "magenta",
    "later": "magenta",
    "star": "bright_red",
    "match": "not dim bold bright_red",
    "change": "bold",
    "bar": "magenta",
    "warning": "bright_red",
    "error": "bright_red",
}
"""The names of styles, as `colors.NAME` sets them in config.toml. `title` is that of what
is still to read.
"""

_DARK = {
    **dict.fromkeys(("id", "tag", "unread", "change", "bar"), "cyan"),
    "votes": "green",
    "later": "bright_magenta",
    "star": "yellow",
    "match": "not dim bold yellow",
    "warning": "yellow",
}

_LIGHT = {
    **dict.fromkeys(("id", "tag", "unread", "change", "bar"), "blue"),
    "votes": "magenta",
    "later": "magenta",
    "star": "red",
    "match": "not dim bold red",
    "warning": "red",
    "error": "bold red",
}

THEMES: dict[str, Mapping[str, str]] = {
    "auto": AUTO,
    "dark": AUTO | _DARK,
    "light": AUTO | _LIGHT,
    "none": dict.fromkeys(AUTO, "none"),
}
"""The styles of each theme; `none` is shown without any colors."""


_MARKDOWN = {
    **{f"markdown.h{level}": "title" for level in range(1, 7)},
    "markdown.table.header": "title",
    **dict.fromkeys(("markdown.code", "markdown.code_block"), "id"),
    **dict.fromkeys(("markdown.item.bullet", "markdown.item.number"), "date"),
    **dict.fromkeys(("markdown.table.border", "markdown.hr"), "date"),
}
"""Rich's styles for Markdown, which are for dark backgrounds only -> ours."""


def styles(name: str, own: Mapping[str, str]) -> dict[str, str]:
    """The styles of a theme by name, the reader's own in their place."""
    ours = {**THEMES[name], **own}
    markdown = {style: ours[name] for style, name in _MARKDOWN.items()}
    plain = {"markdown.block_quote": "none", "markdown.link_url": "underline"}
    return {**markdown, **plain, **ours}
