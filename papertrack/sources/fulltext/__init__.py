"""The full texts of papers, in Markdown, from what services make of them. Pure.

Modules, from the bottom up:

    text          a full text, how long it may be, and whether it broke off
    markdown      writing Markdown: pieces of a line, blocks, what is escaped in them
    sections      the headings of a text, and one section of it
    abstract      the abstract as a text, where there is no other
    nodes         elements of a page: classes, attributes, the TeX of a formula
    converter     an element with what is in it as pieces and blocks
    lines         what is within a line: formulas, links, citations, footnotes
    blocks        what is on lines of its own: headings, equations, code, figures
    lists         lists, definitions, references
    tables        tables
    authors       the block of authors
    latexml       the page that arXiv shows of a paper, made by LaTeXML
    verbalised    formulas that another converter wrote four times
    tex_in_text   formulas that another converter left without marks around them
    huggingface   the Markdown that Hugging Face has of it
"""
