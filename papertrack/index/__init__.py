"""The index: derived from the library's files, it answers all reads.

The only package that knows SQLite, but for temporary databases (`library.temporary`).

From the bottom up:

- `tallies`: counts of all papers, by day, time and label, kept up to date with every
  write
- `schema`: the tables, and what they depend on
- `common_text`: what many papers have in common, for their compression
- `bodies`: how a paper is stored in them
- `literals`: what any match of a regular expression contains
- `clauses`: a query as SQL
- `scores`: `score:` in a query
- `sql_functions`: exact comparisons and regular expressions, which SQL calls
- `matching`: the papers that match, for queries about them
- `counts`: tags, statistics and trends, counted by SQL
- `cite_keys`: the key of each paper in BibTeX files
- `stored_papers`: papers that are read when they are needed
- `order`: how results are sorted
- `search`: finding, sorting and ranking papers
- `patterned`: a page of the papers that regular expressions match
- `snippets`: where the words of a query are in a paper
- `suggestions`: "did you mean", if a query finds nothing; corrected words
- `finding`: papers with all the words of a search, or with some
- `vocabulary`: how many papers have each word
- `recent`: the full text of the newest papers once more, by which they are ranked
- `likeness`: papers by the words of others, and by marks, for `ranking`
- `ranking_cache`: what ranking saves, in a file of its own
- `prepared`: what the tables are given of a paper
- `rows`: adding papers to the tables, and removing them
- `files`: the files that the index was made from, and how one was changed
- `marks`: the marks of marks.json
- `update`: the files that changed; `build`: all files
- `drafts`: records and marks as if they were stored
- `integrity`: whether the index is as it was left
- `diagnosis`: how it differs from the files, for `doctor`; `verified`: what of it was
  compared before and has not changed since
- `completion_words`: what the shells complete, written when the index changes
- `database`: opens the index, updates it, rebuilds it on any doubt
- `index`: `Index`, all reads
"""
