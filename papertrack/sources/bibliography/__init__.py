"""Bibliographies and records of papers in files.

Each reader turns the bytes of a file into a Listing:

    bibtex           BibTeX and BibLaTeX
    ris              RIS
    csl              CSL-JSON
    nbib             PubMed's citation format
    pubmed_xml       PubMed's XML
    endnote          EndNote's tagged format, refer
    zotero           Zotero's JSON and Better BibTeX JSON
    tables           CSV and TSV of papertrack and other programs
    papertrack_json  papertrack's own exports as JSON and JSON lines
    arxiv_snapshot   arXiv's metadata, and collections with its field names

bibtex uses `bibtex_syntax` (a file to entries), `bibtex_entry` (types and raw fields) and
`journals` (ADS's macros); tables uses `columns` (their names); nbib and endnote use
`tagged` (a record of tags). All share

    entries          entries to a listing; dates, venues and keywords in a text
    identifiers      the arXiv id and the DOI of an entry, wherever they are
    people           authors and editors, however they are separated
    types            the types of papers by their names elsewhere
    markup           HTML and JATS in titles and abstracts
    json_objects     JSON with line numbers
"""
