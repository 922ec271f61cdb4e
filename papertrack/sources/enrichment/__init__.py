"""Responses of services that know about papers of all publishers.

Each module reads what its service's API sends: one work, a list of them, or a batch. A
preprint's date and DOI are not taken for those of the publication, nor the name of a
preprint server for a venue.

    semantic_scholar  Semantic Scholar: paper, search, batch, citations, references
    openalex          OpenAlex: works
    crossref          Crossref: works
    dblp              DBLP: the search for publications

They share `responses` (the items of a response; what preprints are). Papers of the
library are looked up at them:

    services          the services: addresses, rate limits, what they know
    lookups         the requests to each, and what is taken of the responses
    subjects          the papers, and whether what is found by a title is one of them
"""
