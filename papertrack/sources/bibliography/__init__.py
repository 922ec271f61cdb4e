"""Bibliographies: BibTeX, RIS, CSL-JSON, and JSON records."""
