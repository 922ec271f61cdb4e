"""The colours of the themes are of the terminal's own 16, and visible in the palettes that
terminals come with, on their dark and on their light background.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from papertrack.render.ansi import codes_of
from papertrack.render.theme import THEMES
from tests.helpers.contrast import contrast


class Palette(NamedTuple):
    """The 16 colours in the order of their numbers, and two backgrounds."""

    colors: str
    dark: str
    light: str


PALETTES = {
    "xterm": Palette(
        "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
        "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
        *("000000", "ffffff"),
    ),
    "VGA": Palette(
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
        "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
        *("000000", "ffffff"),
    ),
    "Solarized": Palette(
        "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 "
        "002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3",
        *("002b36", "fdf6e3"),
    ),
    "GNOME": Palette(
        "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc "
        "5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff",
        *("1e1e1e", "ffffff"),
    ),
    "Tango": Palette(
        "2e3436 cc0000 4e9a06 c4a000 3465a4 75507b 06989a d3d7cf "
        "555753 ef2929 8ae234 fce94f 729fcf ad7fa8 34e2e2 eeeeec",
        *("2e3436", "eeeeec"),
    ),
    "macOS": Palette(
        "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf "
        "666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5",
        *("000000", "ffffff"),
    ),
    "Windows": Palette(
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc "
        "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
        *("0c0c0c", "f2f2f2"),
    ),
}

BACKGROUNDS = {"auto": ("dark", "light"), "dark": ("dark",), "light": ("light",)}
"""What each theme is for."""

SIGNS = {"unread", "later", "bar"}
"""The styles of signs and bars, whose form says all: they may be weaker than words."""

LEAST, LEAST_OF_SIGNS = 3.0, 1.85


def test_the_contrast_of_known_colours() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("ff0000", "ffffff") == pytest.approx(4.0, abs=0.01)


def _color(style: str) -> int | None:
    """The number of a style's colour among the 16; None for the usual one."""
    codes = codes_of(style)
    assert codes is not None, f"{style}: not of the terminal's own 16 colours"
    numbers = [int(code) for code in codes.split(";") if code]
    for number in numbers:
        if 30 <= number < 38:
            return number - 30
        if 90 <= number < 98:
            return number - 90 + 8
    return None


@pytest.mark.parametrize("theme", BACKGROUNDS)
@pytest.mark.parametrize("palette", PALETTES)
def test_words_are_readable_and_signs_visible(theme: str, palette: str) -> None:
    colors = PALETTES[palette].colors.split()
    assert len(colors) == 16
    for name, style in THEMES[theme].items():
        number = _color(style)
        if number is None:
            continue
        for background in BACKGROUNDS[theme]:
            least = LEAST_OF_SIGNS if name in SIGNS else LEAST
            found = contrast(colors[number], getattr(PALETTES[palette], background))
            assert round(found, 2) >= least, (name, style, background, found)
