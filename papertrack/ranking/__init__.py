"""Which papers are like others, and which are hot: pure, over what the index returns.

From the bottom up:

- `hot`: votes, and how long ago
- `terms`: the words of papers, and pairs of words, by which papers are compared
- `similar`: the words that make a paper what it is
- `vectors`: papers as numbers
- `model`: what the papers of a tag have in common
- `recommend`: papers by how well they fit the best of several models

How they are measured: `python -m tests.benchmarks.relevance`.
"""
