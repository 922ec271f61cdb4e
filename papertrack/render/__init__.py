"""Rich renderables of papers, tags, counts and settings. Nothing is printed here.

theme       the styles by name, themes
cells       the columns that texts take, and their lines
ansi        styles as control sequences
elements    tables, texts, links, days as they are shown
charts      bars, sparklines, the calendar
papers      a listing, a grouped listing, a whole paper
tags        the table of tags, the heading above a tag's papers
stats       what `stats` and `trends` show
settings    views, rules, the undo log, the changes of a dry run
sources     followed feeds, and when each source was read
progress    the bar of long work

A module is imported when it is first used: Rich takes 40 ms, and off a terminal nothing
is drawn.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papertrack.render import papers, settings, sources, stats, tags, theme

__all__ = ["papers", "settings", "sources", "stats", "tags", "theme"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"papertrack.render.{name}")
