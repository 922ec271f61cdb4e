"""Names of people in parts."""

from __future__ import annotations

import pytest

from papertrack.exports.names import parts

PARTS = {
    "Ann Doe Jr.": ("Doe", "Ann", "", "Jr."),
    "Ann Doe III": ("Doe", "Ann", "", "III"),
    "Ann Doe VI": ("Doe", "Ann", "", "VI"),
    "Ann Doe Jnr": ("Doe", "Ann", "", "Jnr"),
    "Ann Doe 3rd": ("Doe", "Ann", "", "3rd"),
    "Doe, Jr., Ann": ("Doe", "Ann", "", "Jr."),
    "Bo van der Berg": ("Berg", "Bo", "van der", ""),
    "Ann Jr": ("Jr", "Ann", "", ""),
    "Ann V": ("V", "Ann", "", ""),
    "The Owl Collaboration": ("The Owl Collaboration", "", "", ""),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts(name: str) -> None:
    assert tuple(parts(name)) == PARTS[name]
