"""The query language.

language   text to a clause
views      saved queries in place of their names
normalize  the spelling of words, the same for index and query
"""
