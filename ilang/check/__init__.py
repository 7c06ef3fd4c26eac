"""check: from a Module to a Program. Knows names, types and imports; runs nothing."""
