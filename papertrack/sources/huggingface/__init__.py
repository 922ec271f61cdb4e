"""Hugging Face's Daily Papers.

source  targets, plans of requests, pages of responses
rows    the API's JSON
page    the web page of a listing
"""
