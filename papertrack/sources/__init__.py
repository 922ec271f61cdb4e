"""Bytes from a service or a file to a Listing of facts. Pure."""
