"""Hugging Face's Daily Papers."""
