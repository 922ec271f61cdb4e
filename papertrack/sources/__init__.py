"""Where papers come from: bytes of a service or a file to a Listing of facts. Pure.

registry       the sources of targets, in order
short_targets  short forms of targets: today, a day, an id, a paper's address
base           what a source declares, and what it may know about a run
trust          which source is believed first, as they declare it
huggingface/   Hugging Face's Daily Papers
arxiv/         arXiv's API, announcements, pages and OAI-PMH
feeds/         RSS, Atom, RDF and JSON Feed; OPML
bibliography/  BibTeX, RIS, CSL, tables, PubMed, Zotero; exports of papertrack
fulltext/      full texts of papers: arXiv's HTML and Hugging Face's Markdown
enrichment/    responses of Semantic Scholar, OpenAlex, Crossref, DBLP
formats        the formats of files, in order, and reading a file in any of them
refusals       formats that are known but not read, with what to do instead
detect         what the head of a file shows of its format
streams        the bytes of a file: decompressed, whole or in lines
line_batches   JSON lines in batches, each parsed apart from the others
limits         text, JSON, XML and HTML of a size that parsers can bear
names          names of people: rules that all readers share; arXiv's strings
copied_page    the text of a Daily Papers page
ids            arXiv ids and DOIs in any text
sample         the papers that come with papertrack
"""
