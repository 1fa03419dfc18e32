"""Reads what others have written: web pages, sitemaps, PDFs, Word files. It runs in a child process (`__main__`).

Knows neither Django nor the network nor our rows. `reader` is the parent's side of it.
"""
