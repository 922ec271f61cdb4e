"""Papers, tags, counts and settings as tables. Nothing is printed here.

Listings are lines of styled text; what is drawn less often consists of renderables of
Rich, which takes longer to import than a listing to draw.

theme       the styles by name, themes
cells       the columns that texts take, and their lines
ansi        styles as control sequences
lines       lines of styled texts and links: cut, padded, wrapped, drawn
days        days and times as they are shown
columns     which columns a listing has, and how wide they are
rows        a paper as a row of a listing: its cells
papers      a listing, a grouped listing
elements    tables and texts for Rich
charts      bars, sparklines, the calendar
paper       a whole paper, without Rich
fulltext    a full text in Markdown, and its outline
tags        the table of tags
reasons     why a paper is recommended, or matches
stats       what `stats` and `trends` show
settings    views, rules, the undo log, the changes of a dry run
sources     followed feeds, and when each source was read
progress    the bar of long work

A module is imported when it is first used: off a terminal nothing is drawn.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papertrack.render import (
        ansi,
        lines,
        paper,
        papers,
        reasons,
        settings,
        sources,
        stats,
        tags,
        theme,
    )

__all__ = [
    "ansi",
    "lines",
    "paper",
    "papers",
    "reasons",
    "settings",
    "sources",
    "stats",
    "tags",
    "theme",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"papertrack.render.{name}")
