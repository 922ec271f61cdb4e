"""One paper from what many sources report of it; pure: no clock, no files.

records    the facts of several sources as records, records of one paper as one
settle     the paper that is shown, from a record and a mark
marks      several marks of one paper as one
libraries  two libraries as one: papers, marks, views, rules, feeds, sources
"""
