"""Forty papers of one week, as Hugging Face's API returns them, to try papertrack offline.

The facts are those of the week 2025-W45; the abstracts and keywords were written for this package.
"""

from __future__ import annotations

from importlib.resources import files

name = "sample"
trust = {name: 15}


def body() -> bytes:
    """The rows of `/api/daily_papers`, as JSON."""
    return (files("papertrack.sources") / "sample.json").read_bytes()
