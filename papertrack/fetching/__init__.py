"""Fetching targets and importing files: from a plan to the library, with a report each.

run             one target: plan, read, add, report
followed        which followed targets are read, and from whom they come
known_problems  which problems of a source were reported before
files           one file, whole or as a stream
remote          a service's own search, and what it finds
remote_query    a query in the language of that search
pdfs            a paper's PDF: its address, its file, reading it
fulltexts       a paper's full text: which service has it, in which version
cached_texts    the full texts that were read, in the cache
enrich          papers looked up at a service, with a report
client          the HTTP client, set up from the environment
"""
