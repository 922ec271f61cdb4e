"""arXiv: its API, announcements, listing pages and OAI-PMH harvest."""
