"""The services that describe papers of others, by the names under which their facts are
stored.
"""

SERVICES = {
    "crossref": "Crossref",
    "dblp": "DBLP",
    "openalex": "OpenAlex",
    "semanticscholar": "Semantic Scholar",
    "huggingface": "Hugging Face",
}
"""What each is called."""
