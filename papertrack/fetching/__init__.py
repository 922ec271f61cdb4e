"""Fetching targets and importing files: from a plan to the library, with a report each.

run      one target: plan, read, add, report
files    one file, whole or as a stream
client   the HTTP client, set up from the environment
"""
