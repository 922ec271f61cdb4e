"""Targets and files to the library, with one report for each."""
