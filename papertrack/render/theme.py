"""The styles of tables by name, and the reader's own in their place.

The colours of `auto` are of the fixed part of the 256, each with a contrast of at least
three to one on black and on white: what a terminal calls yellow or cyan vanishes on a
light background, and its blue on a dark one. The others are of the terminal's own 16.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.theme import Theme

AUTO = {
    "id": "color(31)",
    "title": "bold",
    "date": "dim",
    "votes": "color(64)",
    "tag": "color(31)",
    "unread": "color(31)",
    "later": "color(133)",
    "star": "color(136)",
    "match": "not dim bold color(166)",
    "change": "color(31)",
    "bar": "color(31)",
    "warning": "color(136)",
    "error": "color(160)",
}
"""The names of styles, as `colors.NAME` sets them in config.toml. `title` is that of what
is still to read.
"""

_DARK = {
    **dict.fromkeys(("id", "tag", "unread", "change", "bar"), "bright_cyan"),
    "votes": "bright_green",
    "later": "bright_magenta",
    "star": "bright_yellow",
    "match": "not dim bold bright_yellow",
    "warning": "bright_yellow",
    "error": "bright_red",
}

_LIGHT = {
    **dict.fromkeys(("id", "tag", "unread", "change", "bar"), "blue"),
    "votes": "green",
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


def theme(name: str, own: Mapping[str, str]) -> Theme:
    """A theme of Rich, with the reader's own styles by name."""
    return Theme({**THEMES[name], **own})
