"""Rows of data: read from files, chosen, and written with what became of them."""
