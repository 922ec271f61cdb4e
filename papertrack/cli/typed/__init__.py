"""What readers type and papertrack does not know: the command line that does it.

A table decides first, then the edit distance. Neither suggests a command that removes,
restores or undoes. Imported when a command line has failed.

table     what other programs call things, and the lines that do them here
patterns  the patterns of that table
mistakes  what Typer refuses in a command line
slips     a line with slips in names
answers   the line to suggest
"""
