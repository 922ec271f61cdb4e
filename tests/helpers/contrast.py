"""How well a color stands out from another, as WCAG 2 defines it."""

from __future__ import annotations


def _luminance(color: str) -> float:
    """The relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = []
    for start in (0, 2, 4):
        value = int(color[start : start + 2], 16) / 255
        dark = value <= 0.03928
        parts.append(value / 12.92 if dark else ((value + 0.055) / 1.055) ** 2.4)
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors of six hexadecimal digits, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)
