"""Completion scripts of bash, zsh and fish."""
