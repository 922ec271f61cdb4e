"""Values, fields, ids, dates and text that every other package uses. No clock, no output.

addresses    web addresses: what is one, its host; which are private
cite_keys    keys of papers in BibTeX files
comments     comments on arXiv: venue, code, withdrawal
dates        dates as a reader types them; ISO days
environment  every environment variable, its help and its default
errors       the errors that a command may end with, and their exit codes
facts        what sources return: facts, listings, requests
fields       FIELDS: the table of a paper's fields
field_names  look-ups derived from that table
file_names   names for files, as any system takes them
formulas     formulas in a text, and the commands that they may contain
gunzip       decompressing with one limit
identity     ids of papers: found, normalised to keys, shown
latex        LaTeX as plain text
lazy_regex   regular expressions that are compiled on first use
local_time   the reader's days as intervals of UTC
many_texts   texts and whether they occurred before, in little memory
model        papers, records, marks
nearest      the known names that a mistyped one is closest to
paper_urls   the ids in URLs of arXiv, its mirrors, readers and publishers
people       Jr., III and the like after a name
periods      days, weeks and months: their names, papers of each
progress     how far long work is; the command line shows it
reading      how much was added and read, month by month
secrets      secrets in web addresses: found in any form, and removed
siunitx      numbers and units of LaTeX as text
slips        errors for unknown names, with the known one that is meant
tags         names of tags
text         cleaning, folding, shortening
trends       the share of papers that match a query, by period
services     the services that describe papers of others
votes        readings of a paper's votes: how many, and when
weeks        the days of a calendar: weeks, months, shades
wording      parts of messages: plural, excerpt, did you mean
"""
