"""Papers to text, one module per format: they open nothing, print nothing and read no
clock.

`registry` lists the formats and calls their `pieces(papers, ..., progress)`, which yields
the text of a paper after the other, so that a library of any size fits into memory:

    markdown   a reading list
    bibtex     entries for LaTeX
    ris        records for Zotero, EndNote and Mendeley
    csl        items for pandoc and citation styles
    hayagriva  entries for Typst
    atom       a feed
    html       a page
    org        headlines for Emacs
    csv, tsv   tables
    json       an array of papers
    jsonl      a paper a line
    ids        an id a line
    obsidian   a note per paper, the one format of many files
    template   text by the reader's own template
    opml       the followed feeds, the one format without papers

They share `grouping` (papers under headings), `cited` (each paper once, with its key),
`rows` (papers as rows of a table), `latex` (text as LaTeX), `authors` (a line of them),
`names` (people's names in parts), `publication` (who wrote a paper and where it
appeared), `links` (addresses that no markup language takes for syntax), `frontmatter`
(the properties of a note) and `partitions` (the folder of a paper in a table of many
files). The HTML page has its style and script in `page`, its calendar and tags in
`page_pictures`. To add a format: a module with its name and a function `pieces`, a row in
`registry.FORMATS`, a golden file.
"""
