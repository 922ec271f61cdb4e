"""The query language.

language   text to a clause: the grammar, and all that other packages use of it
terms      a term to a clause: a word, a field with a value, a condition
tokens     text to parentheses, operators and terms
clauses    the values of a clause
loose      which words of a query a search may do without
views      saved queries in place of their names
typed      what other programs call fields and states, for mistakes only
normalize  the spelling of words, the same for index and query
scripts    letters beyond ASCII: accents, scripts without spaces, emoji
pieces     the words of a text, each with its place in it
"""
