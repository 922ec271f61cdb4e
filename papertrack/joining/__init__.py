"""One paper from what many sources report of it; pure: no clock, no files.

entries    which entries of sources are one paper, in whatever order they are fetched
facts      what one source reported of a paper at several times
records    records of papers made from entries, and listings merged into records
settle     the paper that is shown, from a record and a mark
marks      several marks of one paper as one
libraries  two libraries as one: papers, marks, views, rules, feeds, sources
"""
