"""Kinds of input that went wrong once, each with inputs of our own and what is right."""
