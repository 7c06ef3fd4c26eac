"""The protocol of a language model and its nouns. Knows no provider and no program."""
