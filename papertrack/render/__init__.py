"""Rich renderables of papers, tags, counts and settings. Nothing is printed here.

elements    tables, texts, colours, links, days as they are shown
charts      bars, sparklines, the calendar
papers      a listing, a grouped listing, a whole paper
tags        the table of tags, the heading above a tag's papers
stats       what `stats` and `trends` show
settings    views, rules, the undo log, the changes of a dry run
sources     followed feeds, and when each source was read
"""
