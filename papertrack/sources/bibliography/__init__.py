"""Bibliographies and records of papers in files.

Each reader turns the bytes of a file into a Listing:

    bibtex           BibTeX and BibLaTeX
    ris              RIS
    csl              CSL-JSON
    papertrack_json  papertrack's own exports as JSON and JSON lines
    arxiv_snapshot   arXiv's metadata, and collections with its field names

They share `entries` (entries to a listing; ids, days and names in a text) and
`json_objects` (JSON with line numbers).
"""
