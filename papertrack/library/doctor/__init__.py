"""Checks of all that a library promises, and repairs that need no choice.

doctor    the checks in their order, and the repair of what they found
finding   a fault, and what repairs it
files     conflict copies, files that can't be read, a missing version
survey    all records, one at a time, and the few that may have faults
papers    keys, duplicates, marks without papers
derived   the index, and sources that fail
disk      remains of killed processes, permissions, free space
programs  versions of SQLite and expat, installed completions

A check is a generator of findings. A file that is replaced is copied to the library's
backups before.
"""
