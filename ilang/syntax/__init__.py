"""parse: from a source to a Module. Knows nothing of names, types or meaning."""
