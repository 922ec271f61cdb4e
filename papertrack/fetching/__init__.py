"""Fetching targets and importing files: from a plan to the library, with a report each.

run      one target: plan, read, add, report
followed which followed targets are read, and from whom they come
files    one file, whole or as a stream
client   the HTTP client, set up from the environment
"""
