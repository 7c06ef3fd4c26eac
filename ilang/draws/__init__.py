"""Draws of a model at their addresses: kept, found again, or made in as few calls as can be."""
