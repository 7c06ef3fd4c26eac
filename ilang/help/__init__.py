"""What `ilang help` can tell: the language on one page, and every code of an error."""
