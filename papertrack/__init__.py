"""papertrack: fetch listings of papers, then list, search, tag and export them offline.

Start here. Each package's docstring describes its modules in a line each.

Packages, from the bottom up:

    core      values, the table of fields, ids, dates, text; no clock, no output
    query     the query language: text to a clause
    storage   the library's files on disk, the lock, the transaction (TinyDB)
    config    config.toml: the table of keys, and which of flag, variable, file wins
    sources   bytes of a service or a file to a Listing of facts; pure
    joining   one paper from what many sources report of it; pure
    ranking   which papers are like others, and which are hot; pure
    index     derived from the files, results all reads (SQLite)
    web       reading URLs over HTTP (httpx)
    pictures  counts of papers as SVG; pure
    exports   papers to text, one module per format; pure
    library   the door to papers, marks and settings; every change goes through it
    fetching  a target or a file to the library, with a report
    render    papers, tags and counts as Rich renderables; prints nothing
    mail      digests of new papers: text, pages, e-mail, and their delivery
    cli       the commands (Typer); the only package that reads the environment,
              asks the clock and prints

Who may import whom: imports point downwards in this list, between packages and inside
them, and never in a circle. `MAY_IMPORT` in tests/test_layers.py states it for each
package, `LIBRARIES` where each third-party library may be imported.

One fetch, `papertrack fetch hf:2025-11-07`:

    cli.fetch             targets and options; a Session with clock and folders
    fetching.run.plan     sources.registry finds the source, its `start` gives Requests
    fetching.run.fetch    web.crawl reads them; each Request's parser turns bytes into a
                          Listing: facts, requests that follow, problems
    library.adding        one transaction, under the lock: joining merges the facts into
                          the stored records, rules mark new papers, the source's state,
                          the history and the undo step are set; each changed file is
                          written once, then the index is updated
    cli.fetch_reports     the Report as a line for each target

One search, `papertrack search diffusion is:unread`:

    cli.direct            a usual line as a call; any other is read by Typer
    cli.search            words and options as one Listing value
    library.searching     what the line may mean: a title, a query, or words alone
    query.language        the words as a Clause; query.views puts saved queries in,
                          query.loose shows which words may be missing
    index.database        brings the index up to date with the files that changed
    index.search          the clause as SQL (index.clauses), the best papers first;
                          index.finding adds those with fewer words
    cli.output.emit       a table (render.papers), rows or JSON

How to add

    a source    a module in sources/ with a class that declares its targets, endpoint,
                rate limit and trust (sources.base), and its parser; a line in
                sources.registry
    a format    to read: a module with `parse`, a row in sources.formats;
                to export: a module with `pieces`, a row in exports.registry, a golden,
                a checker in tests/hostile/test_outputs.py
    a field     a row in core.fields; a line in core.facts.Facts and core.model.Paper,
                at the same place; the source that knows it
    a command   a function NAME_command in a module of cli, a row in cli.command_table
    a key of triage  a row in config.triage_keys, a method in cli.triage.controls
    a setting   a row in config.keys, which commands read as session.config["NAME"]; for
                what only a variable can set, a row in core.environment and a property
                of Environment

Then `pytest tests/test_layers.py tests/exports tests/cli` names the generated files that
are out of date; README.md (Development) says how to write `completions/` and goldens.
A new module has its line in the docstring of its package.

Nothing is imported here, so that a command starts fast: tests/cli/test_startup.py.
"""

__version__ = "0.1.0"
