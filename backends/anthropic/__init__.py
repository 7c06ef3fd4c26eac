"""Anthropic's models. Known from the start, so that programs can be checked against them; not called yet."""
