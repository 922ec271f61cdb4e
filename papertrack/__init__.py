"""papertrack: the papers a researcher follows, fetched, kept, found, marked and exported.

The way of the data, in one direction:

    fetch   target -> source.start -> Request -> web -> bytes -> parse (pure) -> Listing
            -> library.take: lock, merge (pure), write the months that changed, index those
    read    text -> query.parse -> Clause -> views.expand -> index -> Papers -> render | export -> stdout
    mark    SELECT -> keys -> library.marking.mark: lock, the step that undoes it (desk.json), marks.json, index

Imports point downwards only (tests/test_layers.py holds this as data):

    cli > library > web, store, index, config, render > query > fields, merge, sources, exports
        > model, identity, text, dates, paths > errors

Nothing heavy is imported here: reading commands start in a few milliseconds beyond Typer itself.
"""

__version__ = "0.1.0"
