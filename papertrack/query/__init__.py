"""The query language: text to a clause, saved views, and the spelling of words for index and query."""
