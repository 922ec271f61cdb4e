"""arXiv.

source          targets, queries to the API, papers by id
search          the API's own search, the best matches first
services        addresses of the services, and their rate limit
category_names  the known categories, typed in any case
formats         any document of arXiv, its format detected
atom            responses of the API
announcements   feeds of announcements
pages           listing pages and abstract pages
oai             the bulk harvest, OAI-PMH
xml             what the formats share
"""
