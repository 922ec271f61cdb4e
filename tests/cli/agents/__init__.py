"""Tests of `mcp` and `skill`."""
