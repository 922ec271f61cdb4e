"""The full texts of papers, in Markdown, from what services make of them. Pure.

Modules, from the bottom up:

    text          a full text, how long it may be, and whether it broke off
    markdown      writing Markdown: pieces of a line, blocks, what is escaped in them
    sections      the headings of a text, and one section of it
    nodes         elements of a page: classes, attributes, the TeX of a formula
    converter     an element with what is in it as pieces and blocks
    lines         what stands in a line: formulas, links, citations, footnotes
    blocks        what stands on lines of its own: headings, equations, code, figures
    lists         lists, definitions, references
    tables        tables
    latexml       the page that arXiv shows of a paper, made by LaTeXML
    verbalised    formulas that another converter wrote four times
    huggingface   the Markdown that Hugging Face has of it
"""
