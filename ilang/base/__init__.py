"""Nouns that every room may know: places, problems, types and values."""
