"""One paper from what many sources report of it; pure: no clock, no files.

entries    what one source reports of one paper, and what two entries have in common
conflicts  which entries are never one paper; parts of papers while they are joined
titles     parts without an id, joined with others of their title
groups     which entries are one paper, in whatever order they are fetched
states     entries of one source: states of one entry, or several
keys       the main key of each paper, and all its keys
facts      what one source reported of a paper at several times
records    records of papers made from entries, and listings merged into records
venues     whether two names are of one venue; the year in a name
publication  where a paper was published, and its counts, from what sources agree on
settle     the paper that is shown, from a record and a mark
marks      several marks of one paper as one
libraries  two libraries as one: papers, marks, views, rules, feeds, sources
"""
