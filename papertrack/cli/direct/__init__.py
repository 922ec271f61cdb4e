"""Usual lines of the most used commands, run without Typer.

Importing Typer, and building the command for a line, takes three times as long as finding
and printing papers. What a line may contain is stated once, in the functions that Typer
reads; `table` is generated from Typer's commands, and a test fails where it is stale:

    python -m papertrack.cli.direct.generate > /tmp/table.py
    mv /tmp/table.py papertrack/cli/direct/table.py

A line with anything else in it (a mistake, --help, `-n5`) is Typer's, so that there is
one set of messages.

parameters  what a row of the table says
table       the options and arguments of each command: generated
generate    prints the table
call        a line as a call of its command
"""
