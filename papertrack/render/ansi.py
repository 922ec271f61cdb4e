"""Styles as control sequences, for what is not drawn by Rich's Console.

A style is written as Rich writes it; a word in it can be the name of one of the theme:
`title strike`.
"""

from collections.abc import Callable, Mapping
from functools import cache

from papertrack.render.theme import THEMES

Paint = Callable[[str, str], str]
"""A text and its style -> the text with control sequences around it."""

ATTRIBUTES = {
    "bold": 1,
    "dim": 2,
    "italic": 3,
    "underline": 4,
    "blink": 5,
    "reverse": 7,
    "strike": 9,
}
COLORS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
"""The terminal's own colors in the order of their numbers; each also as `bright_`."""

RESET = "\x1b[0m"


def painter(theme: str, own: Mapping[str, str], *, colors: int) -> Paint:
    """What paints texts in the styles of a theme, and in the reader's own.

    `colors` is how many the terminal has: 0 for none, and no styles at all.
    """
    if not colors:
        return lambda text, style: text
    styles = {**THEMES[theme], **own}

    @cache
    def before(style: str) -> str:
        definition = " ".join(styles.get(word, word) for word in style.split())
        codes = codes_of(definition)
        if codes is None:
            return _by_rich(definition, colors)
        return f"\x1b[{codes}m" if codes else ""

    def paint(text: str, style: str) -> str:
        start = before(style)
        return f"{start}{text}{RESET}" if start else text

    return paint


def codes_of(definition: str) -> str | None:
    """The codes of a style that has only attributes and the terminal's own 16 colors.

    None for another one.
    """
    attributes: set[int] = set()
    colors: dict[bool, int] = {}
    previous = ""
    for word in definition.split():
        if word in ATTRIBUTES and previous == "not":
            attributes.discard(ATTRIBUTES[word])
        elif word in ATTRIBUTES:
            attributes.add(ATTRIBUTES[word])
        elif word.removeprefix("bright_") in COLORS:
            is_background = previous == "on"
            colors[is_background] = _code_of(word) + 10 * is_background
        elif word not in ("not", "on", "none"):
            return None
        previous = word
    codes = [*sorted(attributes), *(colors[key] for key in sorted(colors))]
    return ";".join(map(str, codes))


def _code_of(color: str) -> int:
    first = 90 if color.startswith("bright_") else 30
    return first + COLORS.index(color.removeprefix("bright_"))


def _by_rich(definition: str, colors: int) -> str:
    """The control sequence before a text in this style; "" for a wrong one."""
    from rich.color import ColorSystem  # 5 ms, for the reader's own colors only
    from rich.errors import StyleSyntaxError
    from rich.style import Style

    system = ColorSystem.TRUECOLOR
    if colors <= 256:
        system = ColorSystem.EIGHT_BIT if colors == 256 else ColorSystem.STANDARD
    try:
        style = Style.parse(definition)
    except StyleSyntaxError:  # the check of config.toml is our own
        return ""
    return style.render("\0", color_system=system).partition("\0")[0]
