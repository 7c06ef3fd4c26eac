"""What `checks.py` imports: another file of the library that runs with it."""


def remainder(x: float) -> float:
    """What is left of a number divided by two."""
    return x % 2
