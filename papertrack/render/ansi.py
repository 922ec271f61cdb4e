"""Styles as control sequences, for a screen that is not drawn by Rich's Console."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.color import ColorSystem
from rich.errors import StyleSyntaxError
from rich.style import Style

from papertrack.render.theme import THEMES

Paint = Callable[[str, str], str]
"""A text and the name of a style -> the text with control sequences around it."""

PLAIN = {"bold": "bold", "dim": "dim", "reverse": "reverse", "underline": "underline"}


def painter(
    theme: str,
    own: Mapping[str, str],
    *,
    colored: bool,
    many_colors: bool,
) -> Paint:
    """What paints texts in the styles of a theme, and in the reader's own.

    `many_colors` is whether the terminal has 256 colors, not only 16.
    """
    if not colored:
        return lambda text, style: text
    system = ColorSystem.EIGHT_BIT if many_colors else ColorSystem.STANDARD
    around: dict[str, tuple[str, str]] = {"": ("", "")}
    for name, style in {**PLAIN, **THEMES[theme], **own}.items():
        try:
            before, after = (
                Style.parse(style).render("\0", color_system=system).split("\0")
            )
        except StyleSyntaxError:  # the check of config.toml is our own
            before = after = ""
        around[name] = (before, after)

    def paint(text: str, style: str) -> str:
        before, after = around[style]
        return f"{before}{text}{after}"

    return paint
